"""Where a person begins: at the topmost area that they may see."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from geo.models import ManagingArea
from maps.access import Person, areas_open_to


@require_safe
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the overview of the person's topmost area, or say what to do next."""
    area = topmost_area(request.user)
    if area is None:
        context = {"has_areas": ManagingArea.objects.exists()}
        return render(request, "maps/start.html", context)
    return redirect("overview", area.code)


def topmost_area(user: Person) -> ManagingArea | None:
    """Return the area from which a person sees most: the highest, then the first by code."""
    seen = areas_open_to(user)
    return seen.exclude(parent__in=seen).order_by("code").first()
