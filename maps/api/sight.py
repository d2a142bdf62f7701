"""What a program may be told: the areas open to its person, and the plans that are shown there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geo.errors import Fault, InputError, gettext_noop
from geo.frames.past import Tree, managing_tree
from layers.models import Plan, PlanStatus
from maps.access import Person, areas_open_to
from maps.api.wanted import WORLD, Wanted
from maps.district_map.scope import ranges

NO_SUCH_AREA = gettext_noop("没有编码为“{code}”的辖区。")
NO_SUCH_PLAN = gettext_noop("没有编号为“{given}”的方案。")


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What a program sees: ids of managing areas, and of plans."""

    areas: Sequence[int]
    """The areas, with all below them."""
    roots: Sequence[int]
    """Those of them that lie below no other."""
    plans: Sequence[int]

    def parameters(self, wanted: Wanted) -> dict[str, Any]:
        """Return what the statements of collections take."""
        west, south, east, north = wanted.box or (None,) * len(WORLD)
        return {
            "areas": ranges(self.areas),
            "roots": list(self.roots),
            "plans": list(self.plans),
            "valid": wanted.valid,
            "known": wanted.known,
            "is_past": True,
            "limit": wanted.limit,
            "offset": wanted.offset,
            "code": None,
            "west": west,
            "south": south,
            "east": east,
            "north": north,
        }


def sight_of(user: Person, wanted: Wanted) -> Sight:
    """Return what a person's program sees; a constant number of queries.

    Raises
    ------
    InputError
        Where it asks for an area or a plan that is not there, or not for this person: the two
        are told in the same words.
    """
    tree = managing_tree(area=None, known=wanted.known)
    is_open = set(areas_open_to(user).values_list("pk", flat=True))
    faults: list[Fault] = []
    inside = _inside(tree, is_open, wanted.area, faults)
    roots = [row for row in inside if tree.parents.get(row) not in inside]
    plans = _plans(tree, inside, roots, wanted, faults)
    if faults:
        raise InputError(*faults)
    return Sight(areas=sorted(inside), roots=sorted(roots), plans=plans)


def _inside(tree: Tree, is_open: set[int], code: str, faults: list[Fault]) -> set[int]:
    if not code:
        return is_open
    asked = next((row for row, held in tree.codes.items() if held == code), None)
    if asked not in is_open:
        faults.append(Fault(NO_SUCH_AREA, {"code": code}))
        return set()
    return {row for row in is_open if asked in tree.path(row)}


def _plans(
    tree: Tree, inside: set[int], roots: Sequence[int], wanted: Wanted, faults: list[Fault]
) -> list[int]:
    made = _newest_first(wanted.known)
    above = {row for root in roots for row in tree.path(root)}
    if wanted.plan is not None:
        if wanted.plan in {plan for area in inside | above for plan in made.get(area, ())}:
            return [wanted.plan]
        faults.append(Fault(NO_SUCH_PLAN, {"given": wanted.plan}))
        return []
    found = {made[area][0] for area in inside if area in made}
    for root in roots:
        # As on the map: where an area has no plan of its own, the nearest one above tells.
        below = {area for area in inside if root in tree.path(area)}
        nearest = next((area for area in tree.path(root)[1:] if area in made), None)
        if nearest is not None and not below & made.keys():
            found.add(made[nearest][0])
    return sorted(found)


def _newest_first(known: datetime) -> Mapping[int, Sequence[int]]:
    """Return the plans of each area that were known at a moment."""
    made: dict[int, list[int]] = {}
    rows = Plan.objects.filter(created_at__lte=known).exclude(status=PlanStatus.ABORTED)
    for area, plan in rows.order_by("area", "-version").values_list("area", "pk"):
        made.setdefault(area, []).append(plan)
    return made
