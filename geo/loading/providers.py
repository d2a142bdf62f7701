"""The register of providers, their bans and their roles."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from geo.errors import gettext_noop
from geo.loading.ground import check_positive, check_words
from geo.loading.job import Job, Row
from geo.loading.recorded import Values, conclude, enter, state
from geo.loading.references import (
    AREA_WORDS,
    Named,
    Unresolved,
    resolve_granted_areas,
    resolve_providers,
)
from geo.loading.registered import Stored, as_points, check_lengths, geos, store
from geo.loading.splitting import split_names
from geo.models import Ban, Base, Fact, Grade, ManagingArea, Provider, Role, ServiceArea
from geo.models.providers import GRADES, provider_code
from geo.models.storage import NAME_LENGTH
from geo.words import ProviderKind, ProviderRole

NO_REASON = gettext_noop("禁入决定没有写明原因。")
WRITE_REASON = gettext_noop("请填写原因。")
WRONG_PERIOD = gettext_noop("截止日期（{last}）早于起始日期（{first}）。")
CHECK_DAYS = gettext_noop("请核对日期。")
OTHERS_CREDIT_CODE = gettext_noop("统一社会信用代码“{given}”在库中属于“{name}”。")
CREDIT_CODE_TWICE = gettext_noop("统一社会信用代码“{given}”与第 {row} 行相同。")
CHECK_CREDIT_CODE = gettext_noop("请核对代码。")
UNKNOWN_GRADE = gettext_noop("信用等级“{given}”不是 A、B、C、D 之一。")
BAN, ROLE = gettext_noop("禁入决定"), gettext_noop("角色")


def load_providers(rows: Sequence[Row], shapes: Sequence[Any], job: Job) -> None:
    """Store providers with grade, base and service areas; those only named so far are filled in."""
    check_words(rows, "kind", ProviderKind, job, may_lack=True)
    check_positive(rows, ("capacity_m2", "capacity_households"), job)
    for row in rows:
        if row["grade"] and row["grade"] not in GRADES:
            job.reject(row, UNKNOWN_GRADE, {"given": row["grade"]})
    _check_credit_codes(rows, job)
    served = _service_areas(rows, job)
    known = dict(Provider.objects.there().values_list("code", "only_named"))
    columns = [
        {name: row[name] for name in ("name", "credit_code", "capacity_m2", "row")}
        | {"code": code, "capacity_households": row["capacity_households"], "only_named": False}
        | {"kind": row["kind"] or ("" if code in known else str(ProviderKind.OTHER))}
        for row, code in zip(rows, _codes(rows), strict=True)
    ]
    unfinished = {code for code, only_named in known.items() if only_named}
    stored = store(Provider, columns, job=job, unfinished=unfinished)
    if job.faults:
        return
    by_name = {row["name"]: stored[code] for row, code in zip(rows, _codes(rows), strict=True)}
    _state_grades(rows, by_name, job)
    _state_bases(rows, shapes, by_name, job)
    _state_service_areas(served, by_name, job)


def _codes(rows: Sequence[Row]) -> list[str]:
    return [provider_code(row["name"]) for row in rows]


def _check_credit_codes(rows: Sequence[Row], job: Job) -> None:
    known = Provider.objects.there().exclude(credit_code="")
    owners = dict(known.values_list("credit_code", "name"))
    first: dict[str, int] = {}
    for row in rows:
        given = row["credit_code"]
        if not given:
            continue
        if owners.get(given, row["name"]) != row["name"]:
            told = {"given": given, "name": owners[given]}
            job.reject(row, OTHERS_CREDIT_CODE, told, CHECK_CREDIT_CODE)
        if given in first:
            told = {"given": given, "row": first[given]}
            job.reject(row, CREDIT_CODE_TWICE, told, CHECK_CREDIT_CODE)
        first.setdefault(given, row["row"])


def _service_areas(rows: Sequence[Row], job: Job) -> dict[str, set[int]]:
    """Return the areas that each provider serves, for those whose row names any."""
    named = Named(ManagingArea.objects.there().order_by("code").values_list("pk", "code", "name"))
    unresolved = Unresolved(job, AREA_WORDS, column="service_areas")
    served: dict[str, set[int]] = {}
    for row in rows:
        found = [
            unresolved.one_of(row, name, named.called(name))
            for name in split_names(row["service_areas"])
        ]
        if found:
            served[row["name"]] = {area for area in found if area is not None}
    unresolved.tell()
    return served


def _state_grades(rows: Sequence[Row], stored: Mapping[str, Stored], job: Job) -> None:
    told = {
        stored[row["name"]].pk: {"provider_id": stored[row["name"]].pk, "grade": row["grade"]}
        for row in rows
        if row["grade"]
    }
    among = {"provider_id__in": list(told)}
    state(Grade, told, job=job, key=lambda fact: fact.provider_id, among=among)


def _state_bases(
    rows: Sequence[Row], shapes: Sequence[Any], stored: Mapping[str, Stored], job: Job
) -> None:
    told = {
        stored[row["name"]].pk: {"provider_id": stored[row["name"]].pk, "geometry": geos(point)}
        for row, point in zip(rows, as_points(shapes), strict=True)
        if point is not None
    }
    among = {"provider_id__in": list(told)}
    state(Base, told, job=job, key=lambda fact: fact.provider_id, among=among)


def _state_service_areas(
    served: Mapping[str, set[int]], stored: Mapping[str, Stored], job: Job
) -> None:
    told = {
        (stored[name].pk, area): {"provider_id": stored[name].pk, "area_id": area}
        for name, areas in served.items()
        for area in areas
    }
    among = {"provider_id__in": [stored[name].pk for name in served]}
    held = ServiceArea.objects.current().valid_on(job.today).filter(**among)
    left = [fact for fact in held if (fact.provider_id, fact.area_id) not in told]
    conclude(ServiceArea, left, on=job.yesterday, job=job)
    state(
        ServiceArea,
        told,
        job=job,
        key=lambda fact: (fact.provider_id, fact.area_id),
        among=among,
    )


def _check_periods(rows: Sequence[Row], job: Job) -> None:
    for row in rows:
        first, last = row["valid_from"], row["valid_to"]
        if first and last and last < first:
            job.reject(row, WRONG_PERIOD, {"first": first, "last": last}, CHECK_DAYS)


def load_bans(rows: Sequence[Row], _shapes: Sequence[Any], job: Job) -> None:
    """Store bans."""
    for row in rows:
        if not row["reason"]:
            job.reject(row, NO_REASON, {}, WRITE_REASON)
    _check_periods(rows, job)
    check_lengths(rows, {"document": NAME_LENGTH}, job)
    _enter_grants(Ban, rows, "reason", BAN, job)


def load_roles(rows: Sequence[Row], _shapes: Sequence[Any], job: Job) -> None:
    """Store roles."""
    check_words(rows, "role", ProviderRole, job)
    _check_periods(rows, job)
    check_lengths(rows, {"document": NAME_LENGTH}, job)
    _enter_grants(Role, rows, "role", ROLE, job)


def _enter_grants(
    model: type[Ban] | type[Role], rows: Sequence[Row], column: str, what: str, job: Job
) -> None:
    """Record bans or roles; provider, area, first day and role tell them apart."""
    providers, areas = resolve_providers(job, rows), resolve_granted_areas(job, rows)
    told: list[tuple[Row, Hashable, Values]] = [
        (
            row,
            (provider, area, row["valid_from"], row.get("role")),
            {name: row[name] for name in (column, "document", "valid_from", "valid_to")}
            | {"provider_id": provider, "area_id": area},
        )
        for row, provider, area in zip(rows, providers, areas, strict=True)
    ]
    if job.faults:
        return
    current: dict[Hashable, Fact] = {
        (fact.provider_id, fact.area_id, fact.valid_from, getattr(fact, "role", None)): fact
        for fact in model.objects.current().filter(provider_id__in=[p for p in providers if p])
    }
    enter(model, told, job=job, current=current, what=what)
