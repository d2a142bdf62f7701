"""The card of one compound, as a fragment beside the map."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from geo.frames.past import managing_tree
from geo.models import ManagingArea
from maps.asked import asked_of, told_day
from maps.card import card_of
from maps.found import compound_called
from maps.shown_plans import plans_of
from maps.statuses import COLOURS, WORDS
from maps.tiles import parameters_of


@require_safe
@never_cache
def site_card(request: HttpRequest, area: ManagingArea, *, site: str) -> HttpResponse:
    asked = asked_of(request)
    tree = managing_tree(area=area.code, known=asked.known)
    card = card_of(site, tree, plans_of(area, known=asked.known), asked)
    place = card and compound_called(parameters_of(request, area, asked), site)
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
