"""What the pages of assessment share: their tabs, and the places that they speak of."""

from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy

from geo.models import ManagingArea
from layers.planning.read_assessed import Places, read_places
from maps.access import Right, may
from maps.asked import Asked

TABS = (
    ("assessment", gettext_lazy("概况")),
    ("events", gettext_lazy("投诉与巡查")),
    ("treatments", gettext_lazy("拟处理")),
    ("evaluations", gettext_lazy("季度评议")),
    ("checks", gettext_lazy("五好小区")),
    ("subsidies", gettext_lazy("补贴")),
    ("collection", gettext_lazy("收缴率")),
)
"""Names of addresses of an area, and what they are called."""


def told(request: HttpRequest, area: ManagingArea, here: str, asked: Asked) -> dict[str, Any]:
    """Return what every page of assessment shows: tabs, and whether records may be entered."""
    said = dict(parse_qsl(asked.query.removeprefix("?")))
    said |= {"policy": policy} if (policy := request.GET.get("policy", "")) else {}
    query = f"?{urlencode(said)}" if said else ""
    return {
        "area": area,
        "tabs": [
            (reverse(name, args=[area.code]) + query, title, name == here) for name, title in TABS
        ],
        "may_record": may(request.user, Right.LEDGER, area),
        "may_export": may(request.user, Right.EXPORT, area),
    }


def places_of(area: ManagingArea, asked: Asked) -> Places:
    """Return the compounds of the area on the day that is asked for."""
    return read_places(area, valid=asked.valid, known=asked.known)


def on_the_map(area: ManagingArea, compound: str, asked: Asked) -> str:
    """Return the address of the map with a compound selected."""
    return f"{reverse('district_map', args=[area.code])}{asked.query}#site={quote(compound)}"
