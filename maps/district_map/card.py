"""What is on record of one compound on a day, as known at a moment: the facts of its card."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from geo.frames.past import Tree, records
from geo.models import (
    Committee,
    Compound,
    ConditionFact,
    ContractItem,
    Fact,
    ImportBatch,
    ManagingArea,
    Member,
    OwnersDecision,
    Revision,
    ZoningWish,
)
from geo.words import CommitteeKind, Condition
from layers.models import Plan, PlanSite
from layers.planning.read_plan import sentences
from layers.way import Finding, Vote, finding_of
from maps.asked import Asked

COLUMNS = (
    *("name", "area_id", "address", "built", "households", "floor_area_m2", "buildings_reported"),
    *("old_list", "renovation", "fee_low", "fee_high", "source", "batch_id", "recorded_at"),
)
LINES = 30


@dataclass(frozen=True, kw_only=True)
class Told:
    """A condition and whether it is met; None = nobody said so."""

    label: str
    is_met: bool | None


@dataclass(frozen=True, kw_only=True)
class Placing:
    """What a plan does with the compound."""

    plan: Plan
    zone: int | None
    """The zone's number; None = left out."""
    reasons: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the history: what was recorded when, from where, and whether it still counts."""

    recorded_at: datetime
    text: str
    source: str
    withdrawn: str
    """Why it does not count any longer; "" = it does."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """The facts of one compound."""

    code: str
    row: dict[str, Any]
    area: ManagingArea | None
    managed: Member | None
    services: Sequence[ContractItem]
    """Contract items that hold on the day, the one that began last first."""
    decision: OwnersDecision | None
    """The last decision of the owners by the day."""
    finding: str
    """What is wrong with the basis of the contracts; "" = nothing."""
    committee: str
    conditions: Sequence[Told]
    placings: Sequence[Placing]
    history: Sequence[Line]


def card_of(code: str, tree: Tree, plans: Iterable[Plan], asked: Asked) -> Card | None:
    """Return the card of the compound of that code; None where the area holds none on the day."""
    rows = records(
        Compound,
        COLUMNS,
        valid=asked.valid,
        known=asked.known,
        inside=tree.inside(),
        where=Q(code=code),
    )
    if not rows:
        return None
    row = rows[0]
    holding = Member.objects.filter(compound_id=row["id"]).select_related("management_area")
    managed = as_of(holding, asked).first()
    about = Q(compound_id=row["id"])
    if managed:
        about |= Q(management_area_id=managed.management_area_id)
    services, decision = _services(about, asked), _decision(managed, asked)
    return Card(
        code=code,
        row=row,
        area=ManagingArea.objects.filter(pk=row["area_id"]).first(),
        managed=managed,
        services=services,
        decision=decision,
        finding=_finding(services, decision, asked),
        committee=_committee(about, asked),
        conditions=_conditions(row["id"], asked),
        placings=_placings(about, plans),
        history=_history(row, about, asked),
    )


def as_of(facts: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    """Return the facts that held on the day as known at the moment."""
    held: QuerySet[Any] = facts.as_of(valid=asked.valid, known=asked.known)  # type: ignore[attr-defined]
    return held


def _services(about: Q, asked: Asked) -> list[ContractItem]:
    items = ContractItem.objects.filter(about).select_related("contract__provider")
    return sorted(
        as_of(items, asked),
        key=lambda item: (item.valid_from or date.min, item.pk),
        reverse=True,
    )


def _decision(managed: Member | None, asked: Asked) -> OwnersDecision | None:
    """Return the last decision of the owners of the management area."""
    if managed is None:
        return None
    decisions = OwnersDecision.objects.filter(management_area_id=managed.management_area_id)
    found: OwnersDecision | None = as_of(decisions, asked).order_by("valid_from", "pk").last()
    return found


def _finding(
    services: Sequence[ContractItem], decision: OwnersDecision | None, asked: Asked
) -> str:
    """Return what is wrong: signed without a decision, else what the decision lacks."""
    if decision is None:
        is_signed = any(each.signed_on and each.signed_on <= asked.valid for each in services)
        return gettext(Finding.NO_BASIS.label) if is_signed else ""
    vote = Vote(
        way=decision.way,
        area_share=decision.area_share,
        count_share=decision.count_share,
        area_in_favour=decision.area_in_favour,
        count_in_favour=decision.count_in_favour,
    )
    found = finding_of(vote)
    return gettext(found.label) if found else ""


def _committee(about: Q, asked: Asked) -> str:
    """Return who decides for the owners; the management area's committee counts first."""
    held = as_of(Committee.objects.filter(about), asked).order_by("management_area_id")
    first = held.first()
    return gettext(CommitteeKind.label_of(first.kind)) if first else ""


def _conditions(compound: int, asked: Asked) -> list[Told]:
    facts = as_of(ConditionFact.objects.filter(compound_id=compound), asked)
    said = dict(facts.values_list("key", "is_met"))
    return [Told(label=gettext(each.label), is_met=said.get(str(each))) for each in Condition]


def _placings(about: Q, plans: Iterable[Plan]) -> list[Placing]:
    sites = PlanSite.objects.filter(about, plan__in=[plan.pk for plan in plans])
    return [
        Placing(
            plan=site.plan,
            zone=site.zone.number if site.zone else None,
            reasons=[sentences([reason], gettext) for reason in site.reasons],
        )
        for site in sites.select_related("plan__area", "zone").order_by("-plan__created_at")
    ]


def _history(row: dict[str, Any], about: Q, asked: Asked) -> list[Line]:
    """Return what was recorded of the compound by the moment, newest first."""
    lines = [_entry(row), *_changes(row, asked)]
    for facts in (
        ContractItem.objects.filter(about).select_related("contract__provider", "batch"),
        Committee.objects.filter(about).select_related("batch"),
        ConditionFact.objects.filter(compound_id=row["id"]).select_related("batch"),
        ZoningWish.objects.filter(about).select_related("batch"),
        Member.objects.filter(compound_id=row["id"]).select_related("management_area", "batch"),
    ):
        known: Iterable[Fact] = facts.filter(recorded_at__lte=asked.known)
        lines += [_line(fact, asked) for fact in known]
    lines.sort(key=lambda line: line.recorded_at, reverse=True)
    return lines[:LINES]


def _entry(row: dict[str, Any]) -> Line:
    batch = ImportBatch.objects.filter(pk=row["batch_id"]).first()
    recorded = row["recorded_at"]
    return Line(
        recorded_at=recorded
        if isinstance(recorded, datetime)
        else datetime.fromisoformat(recorded),
        text=gettext("登记入库"),
        source=str(batch or row["source"] or ""),
        withdrawn="",
    )


def _changes(row: dict[str, Any], asked: Asked) -> list[Line]:
    revisions = Revision.objects.filter(
        table="geo_compound", object_id=row["id"], superseded_at__lte=asked.known
    )
    told = gettext("登记内容有变更（变更前名称：{name}）")
    return [
        Line(
            recorded_at=each.superseded_at,
            text=told.format(name=each.before["name"]),
            source="",
            withdrawn="",
        )
        for each in revisions
    ]


def _line(fact: Fact, asked: Asked) -> Line:
    ended = fact.superseded_at is not None and fact.superseded_at <= asked.known
    days = "—".join(str(day) if day else "…" for day in (fact.valid_from, fact.valid_to))
    when = f"（{days}）" if fact.valid_from or fact.valid_to else ""
    return Line(
        recorded_at=timezone.localtime(fact.recorded_at),
        text=_said(fact) + when,
        source=str(fact.batch or fact.source or ""),
        withdrawn=fact.superseded_because if ended else "",
    )


def _wished(wish: ZoningWish) -> str:
    """Return what is wanted in zones of the compound, or of its management area."""
    told = {
        gettext("带动小区"): None
        if wish.is_lead is None
        else gettext("是" if wish.is_lead else "否"),
        gettext("可带动面积"): wish.spare_m2 and f"{wish.spare_m2:,.0f} ㎡",
        gettext("须同片"): wish.together,
        gettext("不得同片"): wish.apart,
    }
    listed = "；".join(f"{what} {said}" for what, said in told.items() if said)
    return gettext("划片要求：{wishes}").format(wishes=listed)


def _said(fact: Fact) -> str:
    match fact:
        case ContractItem():
            return gettext("合同：{provider}").format(provider=fact.contract.provider.name)
        case Committee():
            return gettext("业主组织：{kind}").format(kind=fact.get_kind_display())
        case ConditionFact():
            label = gettext(Condition.label_of(fact.key))
            is_met = gettext("具备") if fact.is_met else gettext("不具备")
            return f"{label}：{is_met}"
        case ZoningWish():
            return _wished(fact)
        case _:
            area = fact.management_area.name  # type: ignore[attr-defined]
            return gettext("编入物业管理区域：{area}").format(area=area)
