"""Report five-good checklists (五好): per compound, and counted per area."""

from collections.abc import Sequence
from dataclasses import dataclass

from layers.assessment.checklists import CheckCount, Checklist, checklists_on, count_checks
from layers.planning.read_assessed import Place, Places, read_checks
from layers.policy import Policy


@dataclass(frozen=True, kw_only=True)
class AreaChecks:
    """How many compounds of an area meet what."""

    code: str
    name: str
    count: CheckCount


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """The checklists of an area on a day."""

    items: tuple[str, ...]
    whole: CheckCount
    below: Sequence[AreaChecks]
    rows: Sequence[tuple[Place, Checklist]]
    """Those that were looked at, what failed first."""


def report_checks(places: Places, policy: Policy) -> CheckReport:
    """Return the checklists of a policy's items on the day of the places."""
    items = policy.five_good
    lists = checklists_on(read_checks(places), items, places.compounds, day=places.day)
    below: dict[int, list[Checklist]] = {}
    for place in places.compounds.values():
        area = places.below_of(place.area)
        if area is not None and area != places.area.pk:
            below.setdefault(area, []).append(lists[place.id])
    counts = [
        AreaChecks(
            code=places.areas[pk][0], name=places.areas[pk][1], count=count_checks(those, items)
        )
        for pk, those in below.items()
    ]
    looked_at = [(places.compounds[pk], each) for pk, each in lists.items() if each.latest]
    return CheckReport(
        items=items,
        whole=count_checks(list(lists.values()), items),
        below=sorted(counts, key=lambda each: each.name),
        rows=sorted(looked_at, key=lambda row: (row[1].is_five_good, row[0].code)),
    )
