"""What a map shows: an area and all below it, a day, a moment, and plans.

The plans are those that the address asks for, else the newest of each area.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest

from geo.errors import Fault, InputError, gettext_noop
from geo.frames.past import Tree, managing_tree
from geo.models import ManagingArea
from layers.models import Plan, PlanStatus
from layers.planning.read_version import WRITERS
from maps.asked import Asked, asked_of
from maps.district_map.prepared import answer_of

VERSION = f"""
    WITH {WRITERS}
    SELECT maps_data_version(), (
        SELECT string_agg(concat("table", ':', who), ' ' ORDER BY "table") FROM writers
        WHERE "table"::regclass::text ~ '^(geo|layers)_'
    )
"""  # noqa: S608 (constants)
"""What `data_version` asks."""
NO_SUCH_PLAN = gettext_noop("没有编号为“{given}”的方案，或它不涉及{area}。")
PLAN_REMEDY = gettext_noop("请从图层列表中选择方案，或留空显示最新方案。")


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a map, a list or a search is about."""

    asked: Asked
    area: str
    version: str
    """Changes whenever something that is shown may have changed."""
    areas: str
    """Rows of the area and of all below it, as known at the moment, as ranges: {[1,4),[7,8)}."""
    plans: Sequence[int]

    @property
    def parameters(self) -> dict[str, Any]:
        """Return what every statement takes."""
        return {
            "area": self.area,
            "areas": self.areas,
            "plans": self.plans,
            "valid": self.asked.valid,
            "known": self.asked.known,
            "is_past": self.asked.is_past,
        }

    def tag(self, *more: object) -> str:
        """Return an entity tag of what is shown in this scope."""
        days = (self.asked.valid, self.asked.known_on, self.plans)
        told = repr((self.version, self.area, days, more))
        return f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'


def ranges(rows: Iterable[int]) -> str:
    """Return rows as the text of a multirange: what follows one another is one range."""
    runs: list[list[int]] = []
    for row in sorted(rows):
        if runs and runs[-1][1] == row:
            runs[-1][1] = row + 1
        else:
            runs.append([row, row + 1])
    return f"{{{','.join(f'[{first},{end})' for first, end in runs)}}}"


def scope_of(request: HttpRequest, area: ManagingArea) -> Scope:
    """Return what the address asks for about an area.

    Raises
    ------
    InputError
        Where a day is none, or the plan does not concern the area.
    """
    asked, version = asked_of(request), data_version()
    given = request.GET.get("plan", "").strip()
    key = hashlib.sha256(repr((version, area.code, asked.known_on, given)).encode()).hexdigest()
    held: Mapping[str, Any] | None = cache.get(key)
    if held is None:
        tree = managing_tree(area=area.code, known=asked.known)
        plans = chosen(given, plans_of(tree, known=asked.known), area)
        held = {"areas": ranges(tree.inside() or ()), "plans": [plan.pk for plan in plans]}
        cache.set(key, held)
    return Scope(asked=asked, area=area.code, version=version, **held)


def data_version() -> str:
    """Return what changes whenever something that a map shows does.

    Rows are never deleted, and never written in place without a trace (see `geo.models`), but for
    plans, whose row is written with every edit. The database keeps the plan of this question, which
    takes longer to make than the answer (see migration 0008). Who is still writing belongs to it: a
    row may be committed after one that was numbered later.
    """
    version, writers = answer_of(VERSION)
    return f"{version} {writers}"


def chosen(given: str, plans: Sequence[Plan], area: ManagingArea) -> list[Plan]:
    """Return the plan of that number among those of an area; without number the newest ones."""
    if not given:
        return newest(plans)
    found = [plan for plan in plans if str(plan.pk) == given]
    if not found:
        fault = Fault(NO_SUCH_PLAN, {"given": given[:20], "area": area.name}, fix=PLAN_REMEDY)
        raise InputError(fault)
    return found


def plans_of(tree: Tree, *, known: datetime) -> list[Plan]:
    """Return the plans that concern the tree's area, the newest of each area first.

    They are those of the area and all below it; where there are none, those of the nearest area
    above that has any.
    """
    above = tree.path(tree.asked)[1:]
    for areas in (tree.inside() or (), *({each} for each in above)):
        if found := list(_plans(areas, known)):
            return found
    return []


def _plans(areas: Iterable[int], known: datetime) -> Iterable[Plan]:
    made = Plan.objects.filter(area__in=areas, created_at__lte=known)
    kept = made.exclude(status=PlanStatus.ABORTED).select_related("area")
    return kept.defer("summary", "work").order_by("area__code", "-version")


def newest(plans: Iterable[Plan]) -> list[Plan]:
    """Return the first plan of each area."""
    of_area: dict[int, Plan] = {}
    for plan in plans:
        of_area.setdefault(plan.area_id, plan)
    return list(of_area.values())
