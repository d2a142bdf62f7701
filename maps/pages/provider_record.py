"""What is on record of one provider over time: facts, contracts, findings, and when they held."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from geo.frames.past import Tree, managing_tree
from geo.models import Ban, ContractItem, Exit, Grade, ManagingArea, Provider, Role, ServiceArea
from geo.models.contracts import COVERED
from layers.assignment import Ban as BarredFor
from layers.assignment import Held, Record, why_not_allowed
from layers.assignment.providers import EVERYWHERE
from layers.policy import Policy
from layers.reasons import Reason
from maps.asked import Asked


@dataclass(frozen=True, kw_only=True)
class Signed:
    """One thing that a contract covers, with what speaks against its signing."""

    item: ContractItem
    findings: tuple[Reason, ...]
    """None = nothing known."""
    exit: Exit | None = None
    """Why it ended, where that is on record."""


@dataclass(frozen=True, kw_only=True)
class ProviderRecord:
    """All that is on record of a provider, as known at a moment."""

    provider: Provider
    grades: list[Grade]
    bans: list[Ban]
    roles: list[Role]
    service_areas: list[ServiceArea]
    contracts: list[Signed]
    """In the area asked for, the newest first."""


def record_of(
    provider: Provider, *, area: ManagingArea, policy: Policy, asked: Asked
) -> "ProviderRecord":
    """Return what is on record of a provider, its contracts in the area alone."""
    return records_of([provider], area=area, policy=policy, asked=asked)[0]


def records_of(
    providers: Iterable[Provider], *, area: ManagingArea, policy: Policy, asked: Asked
) -> list[ProviderRecord]:
    """Return what is on record of some providers; a few statements for all together."""
    wanted = list(providers)
    tree = managing_tree(area=area.code, known=asked.known)
    facts = {model: _facts(model, wanted, asked) for model in (Grade, Ban, Role, ServiceArea)}
    items = _items(wanted, tree, asked)
    exits = _exits(wanted, asked)
    above = _Above()
    records = []
    for provider in wanted:
        held: dict[Any, list[Any]] = {m: facts[m].get(provider.pk, []) for m in facts}
        record = Record(
            bans=[_barred(ban, provider) for ban in held[Ban]],
            grades=[Held(value=g.grade, **_days(g)) for g in held[Grade]],
            service_areas=[Held(value=a.area.code, **_days(a)) for a in held[ServiceArea]],
        )
        records.append(
            ProviderRecord(
                provider=provider,
                grades=held[Grade],
                bans=held[Ban],
                roles=held[Role],
                service_areas=held[ServiceArea],
                contracts=[
                    Signed(
                        item=item,
                        findings=_findings(item, record, policy, above),
                        exit=exits.get(item.contract_id) if item.valid_to else None,
                    )
                    for item in items.get(provider.pk, [])
                ],
            )
        )
    return records


def _facts(model: Any, providers: list[Provider], asked: Asked) -> dict[int, list[Any]]:
    """Return the facts of each provider, the earliest first."""
    facts = model.objects.known_at(asked.known).filter(provider__in=providers)
    if model is not Grade:
        facts = facts.select_related("area")
    found: dict[int, list[Any]] = {}
    for fact in sorted(facts, key=lambda each: (each.valid_from or date.min, each.pk)):
        found.setdefault(fact.provider_id, []).append(fact)
    return found


def _items(providers: list[Provider], tree: Tree, asked: Asked) -> dict[int, list[ContractItem]]:
    items = ContractItem.objects.known_at(asked.known).filter(contract__provider__in=providers)
    inside = tree.inside()
    if inside is not None:
        lies = [Q(**{f"{thing}__area_id__in": inside}) for thing in COVERED]
        items = items.filter(lies[0] | lies[1] | lies[2] | lies[3])
    found: dict[int, list[ContractItem]] = {}
    rows = items.select_related("contract__provider", *COVERED)
    for item in sorted(rows, key=lambda i: (i.valid_from or date.min, i.pk), reverse=True):
        found.setdefault(item.contract.provider_id, []).append(item)
    return found


def _exits(providers: list[Provider], asked: Asked) -> dict[int, Exit]:
    """Return the last exit of each contract, by its row id."""
    rows = Exit.objects.known_at(asked.known).filter(contract__provider__in=providers)
    return {row.contract_id: row for row in rows.order_by("valid_from", "pk")}


def _days(fact: Any) -> dict[str, date | None]:
    return {"valid_from": fact.valid_from, "valid_to": fact.valid_to}


def _barred(ban: Ban, provider: Provider) -> BarredFor:
    return BarredFor(
        provider=provider.name,
        area=ban.area.code if ban.area else EVERYWHERE,
        document=ban.document,
        reason=ban.reason,
        **_days(ban),
    )


def _findings(
    item: ContractItem, record: Record, policy: Policy, above: "_Above"
) -> tuple[Reason, ...]:
    if item.signed_on is None:
        return ()
    covered: Any = item.covered
    codes = above.codes(covered.area_id)
    return why_not_allowed(item.signed_on, codes, record, policy.providers)


class _Above:
    """The codes of an area and of all above it."""

    def __init__(self) -> None:
        rows = ManagingArea.objects.values_list("pk", "code", "parent_id")
        self.rows = {pk: (code, parent) for pk, code, parent in rows}

    def codes(self, area: int | None) -> list[str]:
        codes = []
        while area is not None:
            code, area = self.rows[area]
            codes.append(code)
        return codes
