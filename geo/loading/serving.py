"""Who serves: providers, contracts, and what a list of compounds says of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from geo.errors import Fault, gettext_noop
from geo.loading.job import Job, Row
from geo.loading.recorded import SAID_ALREADY, Values, create, known_values, replace, state
from geo.loading.references import Things, resolve_providers
from geo.loading.registered import CHUNK, SAY_UPDATE, check_lengths
from geo.models import Contract, ContractItem, Provider
from geo.models.contracts import COVERED
from geo.models.providers import provider_code
from geo.models.registered import NEVER
from geo.models.storage import NAME_LENGTH
from geo.words import ProviderKind

ONLY_NAMED = gettext_noop(
    "{count} 个服务主体只有名称，性质暂记为“其他”，不计入物业企业服务覆盖率；请导入服务主体名录。"
)
CONTRADICTS = gettext_noop(
    "{count} 个小区名录所载管理单位与在有效期内的合同不同，以合同为准，请核实：{codes}。"
)
SAME_CONTRACT = gettext_noop("合同")
TWICE = gettext_noop("与第 {row} 行是同一合同。")
WRONG_DAYS = gettext_noop("{later}（{second}）早于{earlier}（{first}）。")
CHECK_DAYS = gettext_noop("请核对日期。")
SIGNED, FILED = gettext_noop("签约日期"), gettext_noop("备案日期")
ENTERED, ENDS = gettext_noop("进驻日期"), gettext_noop("终止日期")
SHOWN = 5
"""Codes that a notice names."""

ORDERED_DAYS = (
    ("signed_on", "filed_on", SIGNED, FILED),
    ("signed_on", "ends_on", SIGNED, ENDS),
    ("in_service_from", "ends_on", ENTERED, ENDS),
)


def state_providers(told: Mapping[int, str], *, job: Job) -> None:
    """Record who serves each compound (row id → name) today, as a contract without dates."""
    if not told:
        return
    providers = provider_ids(set(told.values()), job=job)
    agreed, contradicting = _in_force(told, job)
    if contradicting:
        values = {"count": len(contradicting), "codes": "、".join(contradicting[:SHOWN])}
        job.notices.append(Fault(CONTRADICTS, values))
    open_ones = {one: name for one, name in told.items() if one not in agreed}
    contracts = Contract.objects.bulk_create(
        [
            Contract(provider_id=providers[name], recorded_at=job.now, batch_id=job.batch.pk)
            for name in open_ones.values()
        ],
        batch_size=CHUNK,
    )
    items = {
        compound: {"compound_id": compound, "contract_id": contract.pk}
        for compound, contract in zip(open_ones, contracts, strict=True)
    }
    among = {
        "compound_id__in": list(items),
        "signed_on__isnull": True,
        "in_service_from__isnull": True,
    }
    state(ContractItem, items, job=job, key=lambda fact: fact.compound_id, among=among)


def provider_ids(names: Iterable[str], *, job: Job) -> dict[str, int]:
    """Return the row id of each provider; one that nobody registered is entered by its name."""
    wanted = sorted(names)
    _bring_back(wanted, job=job)
    known = dict(Provider.objects.filter(name__in=wanted).values_list("name", "pk"))
    made = Provider.objects.bulk_create(
        [
            Provider(
                code=provider_code(name),
                name=name,
                kind=str(ProviderKind.OTHER),
                only_named=True,
                recorded_at=job.now,
                changed_at=job.now,
                batch_id=job.batch.pk,
                source=job.batch.file_name,
            )
            for name in wanted
            if name not in known
        ],
        batch_size=CHUNK,
    )
    if made:
        job.notices.append(Fault(ONLY_NAMED, {"count": len(made)}))
    return known | {provider.name: provider.pk for provider in made}


def _bring_back(names: Sequence[str], *, job: Job) -> None:
    """Let providers that were taken back be there again, by their names only."""
    gone = Provider.objects.filter(name__in=names, valid_to=NEVER)
    gone.update(
        valid_to=None,
        kind=str(ProviderKind.OTHER),
        credit_code="",
        capacity_m2=None,
        capacity_households=None,
        only_named=True,
        changed_at=job.now,
        batch=job.batch,
        source=job.batch.file_name,
    )


def _in_force(told: Mapping[int, str], job: Job) -> tuple[set[int], list[str]]:
    """Return the compounds that need no new item, and the codes of those told otherwise."""
    items = ContractItem.objects.current().valid_on(job.today).filter(compound_id__in=list(told))
    serving: dict[int, set[str]] = defaultdict(set)
    dated: dict[int, str] = {}
    for compound, code, name, signed_on, entered in items.values_list(
        *("compound_id", "compound__code", "contract__provider__name"),
        *("signed_on", "in_service_from"),
    ):
        serving[compound].add(name)
        if signed_on or entered:
            dated[compound] = code
    same = {compound for compound, names in serving.items() if told[compound] in names}
    contradicting = sorted(code for compound, code in dated.items() if compound not in same)
    return same | set(dated), contradicting


def load_contracts(rows: Sequence[Row], _shapes: Sequence[Any], job: Job) -> None:
    """Store contracts; an undated entry of a list gives way to the contract that it spoke of."""
    check_lengths(rows, dict.fromkeys(("mode", "grade", "document"), NAME_LENGTH), job)
    providers = resolve_providers(job, rows)
    things = Things().resolve(job, rows, "what")
    for row in rows:
        _check_days(row, job)
    told = [
        (row, (provider, *thing, _begins(row)), _content(row, thing))
        for row, provider, thing in zip(rows, providers, things, strict=True)
        if provider is not None and thing is not None
    ]
    _reject_twice([(row, one) for row, one, _ in told], job)
    current = _current_items({one[0] for _, one, _ in told})
    known = [(row, current[one], values) for row, one, values in told if one in current]
    if not job.update:
        for row, _, _ in known:
            job.reject(row, SAID_ALREADY, {"what": SAME_CONTRACT}, SAY_UPDATE)
    if job.faults:
        return
    _update(known, job)
    fresh = [(row, one, values) for row, one, values in told if one not in current]
    undated = _undated_items(current)
    headers = _headers([(row, one[0]) for row, one, _ in fresh], job)
    numbered = [
        (undated.pop(one[:3], None), values | {"contract_id": headers[row["row"]]})
        for row, one, values in fresh
    ]
    replace(ContractItem, [(old, values) for old, values in numbered if old], job=job)
    create(ContractItem, [values for old, values in numbered if old is None], job=job)
    job.counts["created"] += len(fresh)


_Identity = tuple[int, str, int, date | None]
"""Provider, kind and row id of the covered thing, first day."""


def _check_days(row: Row, job: Job) -> None:
    for first, second, earlier, later in ORDERED_DAYS:
        if row[first] and row[second] and row[second] < row[first]:
            values = {"earlier": earlier, "later": later}
            values |= {"first": row[first], "second": row[second]}
            job.reject(row, WRONG_DAYS, values, CHECK_DAYS)


def _begins(row: Row) -> date | None:
    steps = [row["signed_on"], row["in_service_from"], row["filed_on"]]
    return min((day for day in steps if day), default=None)


def _content(row: Row, thing: tuple[str, int]) -> Values:
    kind, pk = thing
    plain = ("mode", "signed_on", "filed_on", "in_service_from", "fee_low", "fee_high", "grade")
    return {name: row[name] for name in plain} | {
        "valid_from": _begins(row),
        "valid_to": row["ends_on"],
        f"{kind}_id": pk,
    }


def _reject_twice(told: Sequence[tuple[Row, _Identity]], job: Job) -> None:
    first: dict[_Identity, int] = {}
    for row, one in told:
        if one in first:
            job.reject(row, TWICE, {"row": first[one]})
        first.setdefault(one, row["row"])


def _current_items(providers: Iterable[int]) -> dict[_Identity, ContractItem]:
    items = ContractItem.objects.current().filter(contract__provider_id__in=list(providers))
    found: dict[_Identity, ContractItem] = {}
    for item in items.select_related("contract"):
        kind = next(thing for thing in COVERED if getattr(item, f"{thing}_id"))
        pk = getattr(item, f"{kind}_id")
        found[(item.contract.provider_id, kind, pk, item.valid_from)] = item
    return found


def _undated_items(
    current: Mapping[_Identity, ContractItem],
) -> dict[tuple[int, str, int], ContractItem]:
    return {
        one[:3]: item
        for one, item in current.items()
        if item.signed_on is None and item.in_service_from is None and item.valid_to is None
    }


def _headers(rows: Sequence[tuple[Row, int]], job: Job) -> dict[int, int]:
    """Write the contracts of rows and return their ids; rows of one document share one."""
    groups: dict[tuple[object, ...], list[tuple[Row, int]]] = defaultdict(list)
    for row, provider in rows:
        mark = (row["document"], row["signed_on"]) if row["document"] else (row["row"],)
        groups[(provider, *mark)].append((row, provider))
    written = Contract.objects.bulk_create(
        [
            Contract(
                provider_id=group[0][1],
                document=group[0][0]["document"],
                recorded_at=job.now,
                batch_id=job.batch.pk,
            )
            for group in groups.values()
        ],
        batch_size=CHUNK,
    )
    return {
        row["row"]: contract.pk
        for group, contract in zip(groups.values(), written, strict=True)
        for row, _ in group
    }


def _update(known: Sequence[tuple[Row, ContractItem, Values]], job: Job) -> None:
    renamed = [
        (row, item.contract.provider_id)
        for row, item, _ in known
        if row["document"] and row["document"] != item.contract.document
    ]
    headers = _headers(renamed, job)
    laid = [
        (
            item,
            known_values(values)
            | ({"contract_id": headers[row["row"]]} if row["row"] in headers else {}),
        )
        for row, item, values in known
    ]
    changed = [
        (item, values)
        for item, values in laid
        if any(getattr(item, name) != value for name, value in values.items())
    ]
    replace(ContractItem, changed, job=job)
    job.counts["updated"] += len(changed)
    job.counts["unchanged"] += len(known) - len(changed)
