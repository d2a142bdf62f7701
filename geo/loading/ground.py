"""Areas, compounds, buildings, barriers and crossings: from frames to rows."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from geo.errors import Fault, gettext_noop
from geo.loading.job import Job, Row
from geo.loading.recorded import state
from geo.loading.references import (
    AREA_WORDS,
    Named,
    Unresolved,
    area_ground,
    resolve_areas,
    resolve_compounds,
)
from geo.loading.registered import Stored, as_array, as_multipolygons, as_points, store
from geo.loading.serving import state_providers
from geo.loading.wishes import check_wishes, state_wishes
from geo.models import (
    Barrier,
    Building,
    Committee,
    Compound,
    ConditionFact,
    Crossing,
    ManagingArea,
)
from geo.readers.codes import site_codes
from geo.words import AreaLevel, BarrierKind, CommitteeKind, Condition, CrossingKind, Word

LEVELS = [str(level) for level in AreaLevel]
UNKNOWN_WORD = gettext_noop("“{given}”不是可用的值。")
ALLOWED = gettext_noop("可用：{allowed}。")
NOT_POSITIVE = gettext_noop("“{column}”为 {given}，应大于 0。")
LEAVE_EMPTY = gettext_noop("不详请留空。")
SAME_LINES = gettext_noop("{count} 条图形与前面的完全相同，只导入一次。")
WRONG_ORDER = gettext_noop("{level}“{name}”不能隶属于“{parent}”。")
CHECK_PARENT = gettext_noop("请核对层级和上级。")

POSITIVE = ("households", "floor_area_m2", "buildings", "storeys", "height_m")


def load_areas(rows: Sequence[Row], shapes: Sequence[Any], job: Job) -> None:
    """Store managing areas from the top down, so that each finds the one above it."""
    check_words(rows, "level", AreaLevel, job)
    coded = [
        row | {"code": row["code"] or made or _code_of_words(row)}
        for row, made in zip(rows, site_codes(as_array(shapes)), strict=True)
    ]
    coming = {row[key] for row in coded for key in ("code", "name")}
    placed = list(zip(coded, as_multipolygons(shapes), strict=True))
    for level in LEVELS:
        of_level = [(row, shape) for row, shape in placed if row["level"] == level]
        _load_level(level, of_level, coming, job)


def _code_of_words(row: Row) -> str:
    """Return a code for an area that has neither code nor ground, from where it hangs."""
    told = "/".join((row["level"], row["parent"], row["name"]))
    return "N" + hashlib.sha256(told.encode()).hexdigest()[:16]


def _load_level(
    level: str, placed: Sequence[tuple[Row, Any]], coming: Collection[str], job: Job
) -> None:
    parents = _parents(level, placed, coming, job)
    columns = [
        {
            "row": row["row"],
            "code": row["code"],
            "name": row["name"],
            "level": level,
            "parent_id": parent,
            "valid_from": row["valid_from"] or None,
            "geometry": shape,
        }
        for (row, shape), parent in zip(placed, parents, strict=True)
    ]
    store(ManagingArea, columns, job=job)


def _parents(
    level: str, placed: Sequence[tuple[Row, Any]], coming: Collection[str], job: Job
) -> list[int | None]:
    """Return the area above each: the one it names, else the deepest one that it stands in.

    A parent that is `coming` in the same file, but was not stored for its own faults, is no fault
    of its children.
    """
    above = LEVELS[: LEVELS.index(level)]
    known = {
        row: (code, name, of_level)
        for row, code, name, of_level in ManagingArea.objects.there().values_list(
            "pk", "code", "name", "level"
        )
    }
    named = Named((row, code, name) for row, (code, name, _) in sorted(known.items()))
    unresolved = Unresolved(job, AREA_WORDS, column="parent")
    answer: list[int | None] = []
    held = area_ground().holding([shape for _, shape in placed])
    for (row, _), standing in zip(placed, held, strict=True):
        standing_above = [one for one in standing if known[one][2] in above]
        called = named.called(row["parent"])
        found = [one for one in called if known[one][2] in above]
        if not row["parent"]:
            answer.append(standing_above[0] if standing_above else None)
        elif called and not found:
            told = {"name": row["name"], "parent": row["parent"]}
            told["level"] = AreaLevel.label_of(level)
            job.reject(row, WRONG_ORDER, told, CHECK_PARENT)
            answer.append(None)
        elif not called and job.faults and row["parent"] in coming:
            answer.append(None)
        else:
            likely = [one for one in found if one in standing_above] if len(found) > 1 else found
            answer.append(unresolved.one_of(row, row["parent"], likely or found))
    unresolved.tell()
    return answer


def check_words(
    rows: Sequence[Row], column: str, words: type[Word], job: Job, *, may_lack: bool = False
) -> None:
    """Refuse values that are not words of the field."""
    allowed = {str(word) for word in words} | ({""} if may_lack else set())
    shown = "、".join(word.label for word in words)
    for row in rows:
        if row[column] not in allowed:
            told = {"given": row[column], "allowed": shown}
            job.faults.append(Fault(UNKNOWN_WORD, told, ALLOWED, row=row["row"], column=column))


def check_positive(rows: Sequence[Row], columns: Sequence[str], job: Job) -> None:
    """Refuse numbers that are 0 or less: unknown is empty, never 0."""
    for row in rows:
        for column in columns:
            given = row.get(column)
            if given is not None and given <= 0:
                told = {"column": column, "given": given}
                job.reject(row, NOT_POSITIVE, told, LEAVE_EMPTY)


def load_compounds(rows: Sequence[Row], shapes: Sequence[Any], job: Job) -> None:
    """Store compounds, and what their rows say of provider, committee and conditions."""
    check_positive(rows, (*POSITIVE, "spare_m2"), job)
    check_wishes(rows, job)
    kinds = _committee_kinds(rows, job)
    areas = resolve_areas(job, rows, shapes)
    outlines, points = as_multipolygons(shapes), as_points(shapes)
    plain = ("code", "name", "address", "title_area", "renovation", "built", "households")
    columns = [
        {name: row[name] for name in (*plain, "floor_area_m2", "fee_low", "fee_high", "row")}
        | {"old_list": None if row["old_list"] is None else bool(row["old_list"])}
        | {"buildings_reported": row["buildings"], "area_id": area}
        | {"geometry": outline, "point": point}
        for row, area, outline, point in zip(rows, areas, outlines, points, strict=True)
    ]
    stored = store(Compound, columns, job=job)
    if job.faults:
        return
    _state_committees(rows, kinds, stored, job)
    _state_conditions(rows, stored, job)
    state_wishes(rows, stored, "compound", job)
    state_providers({stored[r["code"]].pk: r["provider"] for r in rows if r["provider"]}, job=job)


def _committee_kinds(rows: Sequence[Row], job: Job) -> dict[str, CommitteeKind]:
    kinds: dict[str, CommitteeKind] = {}
    shown = "、".join(word.label for word in CommitteeKind)
    for row in rows:
        if not row["committee"]:
            continue
        kind = CommitteeKind.from_text(row["committee"])
        if kind is None:
            told = {"given": row["committee"], "allowed": shown}
            job.faults.append(
                Fault(UNKNOWN_WORD, told, ALLOWED, row=row["row"], column="committee")
            )
        else:
            kinds[row["code"]] = kind
    return kinds


def _state_committees(
    rows: Sequence[Row],
    kinds: Mapping[str, CommitteeKind],
    stored: Mapping[str, Stored],
    job: Job,
) -> None:
    told = {
        stored[row["code"]].pk: {
            "compound_id": stored[row["code"]].pk,
            "kind": str(kinds[row["code"]]),
        }
        for row in rows
        if row["code"] in kinds
    }
    among = {"compound_id__in": list(told)}
    state(Committee, told, job=job, key=lambda fact: fact.compound_id, among=among)


def _state_conditions(rows: Sequence[Row], stored: Mapping[str, Stored], job: Job) -> None:
    told = {
        (stored[row["code"]].pk, str(key)): {
            "compound_id": stored[row["code"]].pk,
            "key": str(key),
            "is_met": bool(row[key]),
        }
        for row in rows
        for key in Condition
        if row[key] is not None
    }
    among = {"compound_id__in": list({compound for compound, _ in told})}
    state(ConditionFact, told, job=job, key=lambda fact: (fact.compound_id, fact.key), among=among)


def load_buildings(rows: Sequence[Row], shapes: Sequence[Any], job: Job) -> None:
    """Store buildings in the compound that they name or stand in; the others are scattered."""
    check_positive(rows, [name for name in POSITIVE if name != "households"], job)
    outlines = as_multipolygons(shapes)
    compounds = resolve_compounds(job, rows, outlines)
    areas = _areas_of_buildings(compounds, outlines)
    plain = ("code", "name", "address", "use", "storeys", "height_m", "built", "households")
    columns = [
        {name: row[name] for name in (*plain, "floor_area_m2", "row")}
        | {"compound_id": compound, "area_id": area, "geometry": outline}
        for row, compound, area, outline in zip(rows, compounds, areas, outlines, strict=True)
    ]
    store(Building, columns, job=job)


def _areas_of_buildings(
    compounds: Sequence[int | None], outlines: Sequence[Any]
) -> list[int | None]:
    """Return the area of each building: that of its compound, else the one it stands in."""
    of_compounds = dict(Compound.objects.values_list("pk", "area_id"))
    areas = [None if compound is None else of_compounds[compound] for compound in compounds]
    lacking = [n for n, area in enumerate(areas) if area is None]
    standing = area_ground().holding([outlines[n] for n in lacking])
    for n, held in zip(lacking, standing, strict=True):
        areas[n] = held[0] if held else None
    return areas


def load_barriers(rows: Sequence[Row], shapes: Sequence[Any], job: Job) -> None:
    """Store barriers; their geometry is their code."""
    check_words(rows, "kind", BarrierKind, job)
    columns = [
        {"row": row["row"], "code": code, "name": row["name"], "kind": row["kind"]}
        | {"geometry": shape}
        for row, code, shape in _told_once(rows, shapes, job)
    ]
    store(Barrier, columns, job=job)


def load_crossings(rows: Sequence[Row], shapes: Sequence[Any], job: Job) -> None:
    """Store crossings; their geometry is their code."""
    check_words(rows, "kind", CrossingKind, job, may_lack=True)
    columns = [
        {"row": row["row"], "code": code, "kind": row["kind"], "note": row["note"]}
        | {"geometry": _line(shape)}
        for row, code, shape in _told_once(rows, shapes, job)
    ]
    store(Crossing, columns, job=job)


def _line(shape: Any) -> Any:
    """Return a line; a multiline of one is that one."""
    return shape.geoms[0] if shape.geom_type == "MultiLineString" else shape


def _told_once(rows: Sequence[Row], shapes: Sequence[Any], job: Job) -> list[tuple[Row, str, Any]]:
    """Return rows with code and shape; a shape that is there again is told and left out."""
    groups: dict[str, list[tuple[Row, str, Any]]] = defaultdict(list)
    for row, code, shape in zip(rows, site_codes(as_array(shapes)), shapes, strict=True):
        groups[code].append((row, code, shape))
    if more := len(rows) - len(groups):
        job.notices.append(Fault(SAME_LINES, {"count": more}))
    return [group[0] for group in groups.values()]
