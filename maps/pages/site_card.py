"""The card of one compound, as a fragment beside the map."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from geo.frames.past import managing_tree
from geo.models import ManagingArea
from maps.asked import told_day
from maps.card import card_of
from maps.found import compound_called
from maps.scope import plans_of, scope_of
from maps.statuses import COLOURS, WORDS


@require_safe
@never_cache
def site_card(request: HttpRequest, area: ManagingArea, *, site: str) -> HttpResponse:
    scope = scope_of(request, area)
    asked = scope.asked
    tree = managing_tree(area=area.code, known=asked.known)
    card = card_of(site, tree, plans_of(tree, known=asked.known), asked)
    place = compound_called(scope, site)
    if card is None or place is None:
        raise Http404
    context = {
        "card": card,
        "row": card.row,
        "place": place,
        "status": place.status,
        "word": gettext(WORDS[place.status]),
        "colour": COLOURS[place.status],
        "day": told_day(asked),
    }
    return render(request, "maps/map/card.html", context)
