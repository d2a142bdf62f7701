"""The card of one compound, as a fragment beside the map."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from geo.frames.past import managing_tree
from geo.models import Event, ManagingArea
from geo.words import EventResult
from layers.sites import SiteKind
from maps.asked import Asked, told_day
from maps.assessing.period import year_before
from maps.district_map.card import card_of
from maps.district_map.found import compound_called
from maps.district_map.scope import plans_of, scope_of
from maps.mode_sheet.rows import decided_told, in_words, mode_told, otherwise_told
from maps.mode_sheet.sheet import sheet_of
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
        "mode": mode_of(request, area, card.row["id"]),
        "row": card.row,
        "place": place,
        "status": place.status,
        "word": gettext(WORDS[place.status]),
        "colour": COLOURS[place.status],
        "day": told_day(asked),
        "told_of": told_of(card.row["id"], asked),
        "area": area,
    }
    return render(request, "maps/map/card.html", context)


def told_of(compound: int, asked: Asked) -> dict[str, Any]:
    """Return how many events of the last year are on record, and how many of them are open."""
    first = year_before(asked.valid)
    events = Event.objects.known_at(asked.known).filter(
        compound=compound, valid_from__range=(first, asked.valid)
    )
    counted = events.exclude(result=EventResult.UNFOUNDED)
    return {"events": counted.count(), "open": counted.filter(result=EventResult.OPEN).count()}


def mode_of(request: HttpRequest, area: ManagingArea, compound: int) -> dict[str, Any] | None:
    """Return the mode of a compound's site under the policy that is asked for, and why."""
    sheet = sheet_of(request, area)
    at = sheet.found.position(SiteKind.COMPOUND, compound)
    if at is None:
        return None
    why = sheet.found.modes.why(at)
    return {
        "policy": sheet.policy.name,
        "name": mode_told(why),
        "decided_by": decided_told(why),
        "missing": in_words(why.to_verify),
        "otherwise": [otherwise_told(each) for each in why.otherwise],
    }
