"""What the frame of every page shows: where one is, what else there is, who one is."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy

from geo.errors import InputError
from geo.models import ImportBatch, ManagingArea
from maps.access import Right, areas_beside, may
from maps.asked import Asked, asked_of

SECTIONS = (
    ("overview", gettext_lazy("总览"), Right.SEE),
    ("district_map", gettext_lazy("地图"), Right.SEE),
    ("ledger", gettext_lazy("台账"), Right.SEE),
    ("plans", gettext_lazy("方案"), Right.SEE),
    ("providers", gettext_lazy("服务主体"), Right.SEE),
    ("assessment", gettext_lazy("考评"), Right.SEE),
    ("policy", gettext_lazy("政策"), Right.SEE),
    ("imports", gettext_lazy("导入"), Right.IMPORT),
    ("exports", gettext_lazy("导出"), Right.EXPORT),
    ("audit", gettext_lazy("审计"), Right.AUDIT),
)
"""Names of addresses that take an area's code, what they are called, and who may open them."""


@dataclass(frozen=True)
class Section:
    """A main section of the site, for the area that one is in."""

    name: str
    title: str
    address: str
    is_here: bool


@dataclass(frozen=True)
class Step:
    """One area of the path from the city down, with its neighbours to go to instead."""

    area: ManagingArea
    address: str
    others: tuple[tuple[str, str], ...]
    """Names and addresses."""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return what `maps/frame.html` shows; worked out only when a template asks."""
    area: ManagingArea | None = getattr(request, "area", None)
    return {
        "here": area,
        "asked": SimpleLazyObject(lambda: _asked(request)),
        "asked_besides": [pair for pair in request.GET.items() if pair[0] != "date"],
        "sections": SimpleLazyObject(lambda: _sections(request, area)),
        "path": SimpleLazyObject(lambda: _path(request, area)),
        "areas_below": SimpleLazyObject(lambda: _below(request, area)),
        "holds_samples": SimpleLazyObject(_holds_samples),
    }


def _holds_samples() -> bool:
    """Tell whether anything that was ever brought in is sample data."""
    return ImportBatch.objects.filter(is_sample=True).exists()


def _asked(request: HttpRequest) -> Asked:
    try:
        return asked_of(request)
    except InputError:
        now = timezone.now()
        return Asked(valid=timezone.localdate(now), known=now, is_today=True)


def _sections(request: HttpRequest, area: ManagingArea | None) -> list[Section]:
    if area is None:
        return []
    here = _section_here(request)
    query = _asked(request).query
    return [
        Section(name, str(title), reverse(name, args=[area.code]) + query, name == here)
        for name, title, right in SECTIONS
        if _is_address(name) and may(request.user, right, area)
    ]


def _is_address(name: str) -> bool:
    try:
        reverse(name, args=["x"])
    except NoReverseMatch:
        return False
    return True


def _section_here(request: HttpRequest) -> str:
    match = request.resolver_match
    name = (match.url_name or "") if match else ""
    return getattr(match.func, "section", name) if match else name


def _address(request: HttpRequest, code: str) -> str:
    """Return the page that one is on, for another area: the same section, the same day."""
    here = _section_here(request)
    names = {name for name, _title, _right in SECTIONS}
    name = here if here in names and _is_address(here) else "overview"
    return reverse(name, args=[code]) + _asked(request).query


def _path(request: HttpRequest, area: ManagingArea | None) -> list[Step]:
    """Return the way from the topmost area that the person may see down to `area`."""
    steps: list[Step] = []
    while area is not None and may(request.user, Right.SEE, area):
        beside = areas_beside(request.user, area).order_by("code").values_list("name", "code")
        others = tuple((name, _address(request, code)) for name, code in beside)
        steps.insert(0, Step(area, _address(request, area.code), others))
        area = area.parent
    return steps


def _below(request: HttpRequest, area: ManagingArea | None) -> list[tuple[str, str]]:
    if area is None:
        return []
    below = area.children.order_by("code").values_list("name", "code")
    return [(name, _address(request, code)) for name, code in below]
