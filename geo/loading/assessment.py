"""Events, scores, grades, checks, treatments, subsidies and fees: a fact a row.

A file and a form go the same way: rows are resolved into the columns of facts, each with what
tells it apart from others of its kind.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from geo.errors import gettext_noop
from geo.loading.ground import check_words
from geo.loading.job import Job, Row
from geo.loading.providers import CHECK_DAYS, WRONG_PERIOD
from geo.loading.recorded import Values, enter
from geo.loading.references import (
    area_ground,
    resolve_compounds,
    resolve_granted_areas,
    resolve_providers,
)
from geo.loading.registered import as_points, check_lengths, geos
from geo.models import (
    CheckFact,
    Event,
    Fact,
    FeeCollection,
    QuarterGrade,
    Score,
    Subsidy,
    TreatmentDecision,
)
from geo.models.storage import NAME_LENGTH
from geo.readers import KIND_NAMES, Kind
from geo.words import EventCategory, EventKind, EventResult, QuarterMark, SubsidyBasis, Verdict

NOWHERE = gettext_noop("既没有小区，也没有坐标，无法确定位置。")
GIVE_PLACE = gettext_noop("请填写小区编码或名称，或经度、纬度。")
ONE_PLACE = gettext_noop("小区和辖区须填其中一项，且只填一项。")
AHEAD = gettext_noop("{day} 在今天之后。")
CHECK_DAY = gettext_noop("请核对日期。")
SCORE_RANGE = gettext_noop("得分 {given} 不在 0 到 100 之间。")
MORE_THAN_DUE = gettext_noop("实收 {received} 元大于应收 {due} 元。")
LEAVE_OUT_ARREARS = gettext_noop("请只计本期应收的实收，扣除预缴和补缴往期的金额。")
NOTHING_DUE = gettext_noop("应收须大于 0；没有应收的小区请不要列入。")
LUMP_HAS_NO_QUANTITY = gettext_noop("定额补贴不填数量。")
QUANTITY_MISSING = gettext_noop("按面积、户或处计算的补贴须填数量。")

CENT = Decimal("0.01")
ONE = Decimal(1)
_MONTHS = 12
_TELLS = ("valid_from", "kind", "category", "compound_id", "geometry", "document")
"""Columns that tell one event from another."""
Told = list[tuple[Row, Hashable, Values]]


@dataclass(frozen=True)
class Assessed:
    """How the rows of one kind become facts."""

    model: type[Fact]
    told: Callable[[Sequence[Row], Sequence[Any], Job], Told]
    key: Callable[[Any], Hashable]
    """What tells a stored fact apart from others of its kind."""


def load_assessed(kind: Kind) -> Callable[[Sequence[Row], Sequence[Any], Job], None]:
    """Return the loader of a kind."""

    def load(rows: Sequence[Row], shapes: Sequence[Any], job: Job) -> None:
        told = told_of(kind, rows, shapes, job)
        if not job.faults:
            current = current_of(kind, told)
            enter(ASSESSED[kind].model, told, job=job, current=current, what=KIND_NAMES[kind])

    return load


def told_of(kind: Kind, rows: Sequence[Row], shapes: Sequence[Any], job: Job) -> Told:
    """Return file row, identity and column values of each fact; faults go to the job."""
    limits = dict.fromkeys(("document", "channel", "party", "item", "treatment"), NAME_LENGTH)
    check_lengths(rows, limits | dict.fromkeys(("policy", "line", "vote"), NAME_LENGTH), job)
    _check_days(rows, job)
    told = ASSESSED[kind].told(rows, shapes, job)
    return [] if job.faults else _numbered(told)


def current_of(kind: Kind, told: Told) -> dict[Hashable, Fact]:
    """Return the facts that are believed now, by identity, of the days that are told."""
    days = [values["valid_from"] for _, _, values in told]
    if not days:
        return {}
    assessed = ASSESSED[kind]
    held = assessed.model.objects.current().filter(valid_from__range=(min(days), max(days)))
    seen: Counter[Hashable] = Counter()
    found: dict[Hashable, Fact] = {}
    for fact in held.order_by("pk"):
        key = assessed.key(fact)
        found[key, seen[key]] = fact
        seen[key] += 1
    return found


def _numbered(told: Told) -> Told:
    """Count what a file says several times: two complaints of one day are two."""
    seen: Counter[Hashable] = Counter()
    numbered: Told = []
    for row, key, values in told:
        numbered.append((row, (key, seen[key]), values))
        seen[key] += 1
    return numbered


def _check_days(rows: Sequence[Row], job: Job) -> None:
    for row in rows:
        day, first, last = row.get("date"), row.get("valid_from"), row.get("valid_to")
        if day is not None and day > job.today:
            job.reject(row, AHEAD, {"day": day}, CHECK_DAY)
        if first and last and last < first:
            job.reject(row, WRONG_PERIOD, {"first": first, "last": last}, CHECK_DAYS)


def _events(rows: Sequence[Row], shapes: Sequence[Any], job: Job) -> Told:
    check_words(rows, "kind", EventKind, job)
    check_words(rows, "category", EventCategory, job, may_lack=True)
    check_words(rows, "result", EventResult, job, may_lack=True)
    points = as_points(shapes)
    compounds = resolve_compounds(job, rows, points)
    areas = _areas_at(points)
    told: Told = []
    for row, point, compound, area in zip(rows, points, compounds, areas, strict=True):
        if compound is None and point is None and not row["compound"]:
            job.reject(row, NOWHERE, {}, GIVE_PLACE)
        values = {
            "kind": row["kind"],
            "category": row["category"] or str(EventCategory.OTHER),
            "compound_id": compound,
            "area_id": None if compound is not None else area,
            "geometry": geos(point),
            **{name: row[name] for name in ("channel", "document", "result")},
            **_on(row["date"], row["date"]),
        }
        told.append((row, _event_key(values), values))
    return told


def _event_key(values: Mapping[str, Any]) -> Hashable:
    place = values["compound_id"] or (values["geometry"] and values["geometry"].coords)
    paper = values["document"]
    return values["valid_from"], values["kind"], values["category"], place, paper


def _areas_at(points: Sequence[Any]) -> list[int | None]:
    """Return the deepest managing area that each point lies in."""
    if all(point is None for point in points):
        return [None] * len(points)
    return [held[0] if held else None for held in area_ground().holding(points)]


def _scores(rows: Sequence[Row], _shapes: Sequence[Any], job: Job) -> Told:
    for row in rows:
        if not 0 <= row["score"] <= 100:  # noqa: PLR2004 (marks are out of a hundred)
            job.reject(row, SCORE_RANGE, {"given": row["score"]})
    return [
        (row, (*place.values(), row["party"], row["quarter"].first), place | values)
        for row, place in _placed(rows, job)
        for values in [
            {name: row[name] for name in ("party", "score", "voters", "document")}
            | _on(row["quarter"].first, row["quarter"].last)
        ]
    ]


def _grades(rows: Sequence[Row], _shapes: Sequence[Any], job: Job) -> Told:
    check_words(rows, "grade", QuarterMark, job)
    return [
        (
            row,
            (*place.values(), row["quarter"].first),
            place
            | {"grade": row["grade"], "document": row["document"]}
            | _on(row["quarter"].first, row["quarter"].last),
        )
        for row, place in _placed(rows, job)
    ]


def _checks(rows: Sequence[Row], _shapes: Sequence[Any], job: Job) -> Told:
    told: Told = []
    for row, compound in zip(rows, _compounds(rows, job), strict=True):
        values = {name: row[name] for name in ("item", "is_met", "document")}
        values |= {"compound_id": compound, "valid_from": row["date"]}
        told.append((row, (compound, row["item"], row["date"]), values))
    return told


def _treatments(rows: Sequence[Row], _shapes: Sequence[Any], job: Job) -> Told:
    check_words(rows, "verdict", Verdict, job)
    told: Told = []
    for row, compound in zip(rows, _compounds(rows, job), strict=True):
        values = {name: row[name] for name in ("policy", "treatment", "verdict", "document")}
        values |= {"compound_id": compound, "valid_from": row["date"]}
        key = (compound, row["policy"], row["treatment"], row["date"])
        told.append((row, key, values))
    return told


def _subsidies(rows: Sequence[Row], _shapes: Sequence[Any], job: Job) -> Told:
    check_words(rows, "basis", SubsidyBasis, job)
    check_words(rows, "grade", QuarterMark, job, may_lack=True)
    told: Told = []
    for row, place in _placed(rows, job):
        _check_quantity(row, job)
        if not job.faults:
            values = place | _on(row["valid_from"], row["valid_to"]) | _reckoned(row)
            names = ("line", "basis", "grade", "vote", "document")
            values |= {name: row[name] for name in names}
            key = (*place.values(), row["line"], row["valid_from"])
            told.append((row, key, values))
    return told


def _check_quantity(row: Row, job: Job) -> None:
    is_lump = row["basis"] == SubsidyBasis.LUMP
    if is_lump and row["quantity"] not in {None, ONE}:
        job.reject(row, LUMP_HAS_NO_QUANTITY, {})
    elif not is_lump and row["quantity"] is None:
        job.reject(row, QUANTITY_MISSING, {})


def _reckoned(row: Row) -> Values:
    """Return the factors of a subsidy and what they come to, to the cent."""
    is_lump = row["basis"] == SubsidyBasis.LUMP
    months = 1 if is_lump else months_of(row["valid_from"], row["valid_to"])
    quantity, factor = row["quantity"] or ONE, row["factor"] or ONE
    if row["factor"] == 0:
        factor = Decimal(0)
    amount = row["standard"] * quantity * months * factor
    return {
        "standard": row["standard"],
        "quantity": quantity,
        "months": months,
        "factor": factor,
        "amount_yuan": amount.quantize(CENT, ROUND_HALF_UP),
    }


def months_of(first: date, last: date) -> int:
    """Return how many calendar months a period touches."""
    return _MONTHS * (last.year - first.year) + last.month - first.month + 1


def _collections(rows: Sequence[Row], _shapes: Sequence[Any], job: Job) -> Told:
    told: Told = []
    named = [row for row in rows if row["provider"]]
    providers = dict(zip((row["row"] for row in named), resolve_providers(job, named), strict=True))
    for row, compound in zip(rows, _compounds(rows, job), strict=True):
        if row["due"] == 0:
            job.reject(row, NOTHING_DUE, {})
        elif row["received"] > row["due"]:
            sums = {"received": row["received"], "due": row["due"]}
            job.reject(row, MORE_THAN_DUE, sums, LEAVE_OUT_ARREARS)
        values = {
            "compound_id": compound,
            "provider_id": providers.get(row["row"]),
            "due_yuan": row["due"],
            "received_yuan": row["received"],
            "document": row["document"],
            **_on(row["valid_from"], row["valid_to"]),
        }
        told.append((row, (compound, row["valid_from"]), values))
    return told


def _placed(rows: Sequence[Row], job: Job) -> list[tuple[Row, dict[str, Any]]]:
    """Return the provider of each row, and the compound or area that is judged."""
    for row in rows:
        if bool(row["compound"]) == bool(row["area"]):
            job.reject(row, ONE_PLACE, {})
    providers, compounds = resolve_providers(job, rows), _compounds(rows, job)
    areas = resolve_granted_areas(job, rows)
    return [
        (row, {"provider_id": provider, "compound_id": compound, "area_id": area})
        for row, provider, compound, area in zip(rows, providers, compounds, areas, strict=True)
    ]


def _compounds(rows: Sequence[Row], job: Job) -> list[int | None]:
    return resolve_compounds(job, rows, [None] * len(rows))


def _on(first: date, last: date) -> Values:
    return {"valid_from": first, "valid_to": last}


ASSESSED: Mapping[Kind, Assessed] = {
    Kind.EVENT: Assessed(
        Event, _events, lambda fact: _event_key({name: getattr(fact, name) for name in _TELLS})
    ),
    Kind.SCORE: Assessed(
        Score,
        _scores,
        lambda f: (f.provider_id, f.compound_id, f.area_id, f.party, f.valid_from),
    ),
    Kind.QUARTER_GRADE: Assessed(
        QuarterGrade,
        _grades,
        lambda f: (f.provider_id, f.compound_id, f.area_id, f.valid_from),
    ),
    Kind.CHECK: Assessed(CheckFact, _checks, lambda f: (f.compound_id, f.item, f.valid_from)),
    Kind.TREATMENT: Assessed(
        TreatmentDecision,
        _treatments,
        lambda f: (f.compound_id, f.policy, f.treatment, f.valid_from),
    ),
    Kind.SUBSIDY: Assessed(
        Subsidy,
        _subsidies,
        lambda f: (f.provider_id, f.compound_id, f.area_id, f.line, f.valid_from),
    ),
    Kind.COLLECTION: Assessed(FeeCollection, _collections, lambda f: (f.compound_id, f.valid_from)),
}
