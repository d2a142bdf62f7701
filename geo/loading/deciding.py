"""Management areas with their members, and owners' decisions."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib.gis.db.models.functions import AsWKB
from django.db.models import Q

from geo.errors import Fault, gettext_noop
from geo.loading.ground import ALLOWED, UNKNOWN_WORD, check_positive
from geo.loading.job import Job, Row
from geo.loading.recorded import Values, conclude, create, enter
from geo.loading.references import THING_WORDS, Ground, Things, Unresolved, area_ground
from geo.loading.registered import (
    SAY_UPDATE,
    Stored,
    as_multipolygons,
    check_lengths,
    store,
)
from geo.loading.sides import tell_across
from geo.loading.splitting import split_names
from geo.loading.wishes import check_wishes, state_wishes
from geo.models import (
    Building,
    Compound,
    Fact,
    ManagementArea,
    ManagingArea,
    Member,
    OwnersDecision,
)
from geo.models.storage import NAME_LENGTH
from geo.words import DecisionWay

DECISION = gettext_noop("业主决定")
MEMBER_TWICE = gettext_noop("“{code}”同时列入第 {row} 行的物业管理区域。")
MEMBER_ELSEWHERE = gettext_noop("“{code}”已属于物业管理区域“{area}”。")
MERGE_NEEDS_DOCUMENT = gettext_noop(
    "“{code}”原属物业管理区域“{area}”，变更须有业主决定，请填写文号。"
)
MEMBERS_BY_PLACE = gettext_noop(
    "{count} 个物业管理区域未列组成，已按范围归入其中的小区和零散楼栋。"
)

_Thing = tuple[str, int]
"""Kind and row id."""


def load_management_areas(rows: Sequence[Row], shapes: Sequence[Any], job: Job) -> None:
    """Store management areas and their members; who changes area needs an owners' decision."""
    check_positive(rows, ("spare_m2",), job)
    check_wishes(rows, job)
    outlines = as_multipolygons(shapes)
    members = _members(rows, outlines, job)
    areas = _areas_of(members, outlines)
    plain = ("code", "name", "document", "row")
    columns = [
        {name: row[name] for name in plain}
        | {"decided_on": row["decided_on"], "area_id": area, "geometry": outline}
        for row, area, outline in zip(rows, areas, outlines, strict=True)
    ]
    moving = _moving(rows, members, job)
    stored = store(ManagementArea, columns, job=job)
    if not job.faults:
        _store_members(rows, members, stored, moving, job)
        state_wishes(rows, stored, "management_area", job)
        tell_across(rows, members, job)


def _members(rows: Sequence[Row], outlines: Sequence[Any], job: Job) -> list[list[_Thing]]:
    things = Things(("compound", "building"))
    unresolved = Unresolved(job, THING_WORDS, column="members")
    answer: list[list[_Thing]] = []
    for row in rows:
        found = [(name, things.called(name)) for name in split_names(row["members"])]
        named = [
            one[0]
            for name, one in found
            if unresolved.one_of(row, name, [pk for _, pk in one]) is not None
        ]
        answer.append(named)
    unresolved.tell()
    unlisted = [n for n, row in enumerate(rows) if not row["members"] and outlines[n] is not None]
    if unlisted:
        for n, found_there in zip(
            unlisted, _standing_in([outlines[n] for n in unlisted]), strict=True
        ):
            answer[n] = found_there
        job.notices.append(Fault(MEMBERS_BY_PLACE, {"count": len(unlisted)}))
    _reject_shared(rows, answer, job)
    return answer


def _standing_in(outlines: Sequence[Any]) -> list[list[_Thing]]:
    """Return the compounds, and the scattered buildings, that stand in each outline."""
    ground = Ground.of_shapes(outlines)
    inside: list[list[_Thing]] = [[] for _ in outlines]
    compounds = Compound.objects.filter(valid_to__isnull=True).order_by("code")
    scattered = Building.objects.filter(valid_to__isnull=True, compound__isnull=True).order_by(
        "code"
    )
    for kind, things in (("compound", compounds), ("building", scattered)):
        drawn = list(things.filter(geometry__isnull=False).values_list("pk", AsWKB("geometry")))
        shapes = Ground.of([(pk, wkb, 0) for pk, wkb in drawn]).polygons
        for (pk, _), holding in zip(drawn, ground.holding(list(shapes)), strict=True):
            for n in holding[:1]:
                inside[n].append((kind, pk))
    return inside


def _reject_shared(rows: Sequence[Row], members: Sequence[Sequence[_Thing]], job: Job) -> None:
    first: dict[_Thing, int] = {}
    for row, things in zip(rows, members, strict=True):
        for thing in things:
            if thing in first:
                told = {"code": _code_of(thing), "row": first[thing]}
                job.reject(row, MEMBER_TWICE, told)
            first.setdefault(thing, row["row"])


def _code_of(thing: _Thing) -> str:
    kind, pk = thing
    model = Compound if kind == "compound" else Building
    return model.objects.get(pk=pk).code


def _areas_of(members: Sequence[Sequence[_Thing]], outlines: Sequence[Any]) -> list[int | None]:
    """Return the area that each stands in; without outline the deepest that holds all members."""
    parents = dict(ManagingArea.objects.values_list("pk", "parent_id"))
    lies = {
        "compound": dict(Compound.objects.values_list("pk", "area_id")),
        "building": dict(Building.objects.values_list("pk", "area_id")),
    }
    standing = area_ground().holding(outlines)
    return [
        held[0] if held else _common([lies[kind].get(pk) for kind, pk in things], parents)
        for held, things in zip(standing, members, strict=True)
    ]


def _common(areas: Sequence[int | None], parents: Mapping[int, int | None]) -> int | None:
    paths = [_path(area, parents) for area in areas]
    if not paths:
        return None
    return next((area for area in paths[0] if all(area in path for path in paths)), None)


def _path(area: int | None, parents: Mapping[int, int | None]) -> list[int]:
    path: list[int] = []
    while area is not None and area not in path:
        path.append(area)
        area = parents.get(area)
    return path


def _memberships(things: Iterable[_Thing]) -> dict[_Thing, list[Member]]:
    """Return what is believed of where things belong."""
    told = list(things)
    facts = Member.objects.current().filter(
        Q(compound_id__in=[pk for kind, pk in told if kind == "compound"])
        | Q(building_id__in=[pk for kind, pk in told if kind == "building"])
    )
    found: dict[_Thing, list[Member]] = defaultdict(list)
    for fact in facts.select_related("management_area"):
        found[_thing_of(fact)].append(fact)
    return found


def _thing_of(fact: Member) -> _Thing:
    if fact.compound_id is not None:
        return "compound", fact.compound_id
    return "building", fact.building_id or 0


def _moving(
    rows: Sequence[Row], members: Sequence[Sequence[_Thing]], job: Job
) -> list[tuple[Member, date]]:
    """Return the memberships in other areas that must end, each with its last day."""
    known = _memberships(thing for things in members for thing in things)
    moving: list[tuple[Member, date]] = []
    for row, things in zip(rows, members, strict=True):
        last = (row["decided_on"] or job.today) - timedelta(days=1)
        for thing in things:
            for fact in known[thing]:
                stays = fact.management_area.code == row["code"]
                if stays or (fact.valid_to is not None and fact.valid_to <= last):
                    continue
                told = {"code": _code_of(thing), "area": fact.management_area.code}
                if not job.update:
                    job.reject(row, MEMBER_ELSEWHERE, told, SAY_UPDATE)
                elif not row["document"]:
                    job.reject(row, MERGE_NEEDS_DOCUMENT, told)
                moving.append((fact, last))
    return moving


def _store_members(
    rows: Sequence[Row],
    members: Sequence[Sequence[_Thing]],
    stored: Mapping[str, Stored],
    moving: Sequence[tuple[Member, date]],
    job: Job,
) -> None:
    # Who belonged somewhere before joins from a day on; who never did has always belonged.
    belonged = _memberships(thing for things in members for thing in things)
    for last in {last for _, last in moving}:
        conclude(Member, [fact for fact, day in moving if day == last], on=last, job=job)
    wanted = {
        (stored[row["code"]].pk, *thing): row["decided_on"]
        or (job.today if belonged[thing] else None)
        for row, things in zip(rows, members, strict=True)
        for thing in things
    }
    listed = [stored[row["code"]].pk for row, things in zip(rows, members, strict=True) if things]
    held = list(Member.objects.current().filter(management_area_id__in=listed))
    holding = [fact for fact in held if (fact.valid_to or date.max) >= job.today]
    told = {(fact.management_area_id, *_thing_of(fact)) for fact in holding}
    left = [fact for fact in holding if (fact.management_area_id, *_thing_of(fact)) not in wanted]
    conclude(Member, left, on=job.yesterday, job=job)
    create(
        Member,
        [
            {"management_area_id": area, f"{kind}_id": pk, "valid_from": begins}
            for (area, kind, pk), begins in wanted.items()
            if (area, kind, pk) not in told
        ],
        job=job,
    )


def load_decisions(rows: Sequence[Row], _shapes: Sequence[Any], job: Job) -> None:
    """Store owners' decisions; area, way and day tell them apart."""
    check_lengths(rows, {"document": NAME_LENGTH}, job)
    areas = Things(("management_area",)).resolve(job, rows, "management_area")
    told: list[tuple[Row, Hashable, Values]] = [
        (
            row,
            (area and area[1], way, row["date"]),
            {
                name: row[name]
                for name in (
                    *("area_share", "count_share", "area_in_favour", "count_in_favour"),
                    "document",
                )
            }
            | {"management_area_id": area and area[1], "way": way, "valid_from": row["date"]},
        )
        for row, area, way in zip(rows, areas, _ways(rows, job), strict=True)
    ]
    if job.faults:
        return
    current: dict[Hashable, Fact] = {
        (fact.management_area_id, fact.way, fact.valid_from): fact
        for fact in OwnersDecision.objects.current()
    }
    enter(OwnersDecision, told, job=job, current=current, what=DECISION)


def _ways(rows: Sequence[Row], job: Job) -> list[str]:
    shown = "、".join(way.label for way in DecisionWay)
    ways: list[str] = []
    for row in rows:
        way = DecisionWay.from_text(row["way"])
        if row["way"] and way is None:
            told = {"given": row["way"], "allowed": shown}
            job.faults.append(Fault(UNKNOWN_WORD, told, ALLOWED, row=row["row"], column="way"))
        ways.append(str(way) if way else "")
    return ways
