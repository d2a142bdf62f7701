"""Contracts and decisions: entered, put right, ended; what was on record before stays on record."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db.models import Q

from geo.errors import Fault, gettext_noop
from geo.loading.ground import ALLOWED, UNKNOWN_WORD
from geo.loading.references import THINGS
from geo.loading.serving import CHECK_DAYS, ORDERED_DAYS, WRONG_DAYS
from geo.models import (
    Contract,
    ContractItem,
    Exit,
    Fact,
    ManagementArea,
    OwnersDecision,
    Provider,
    Registered,
)
from geo.models.contracts import COVERED
from geo.readers import FIELDS, Kind
from geo.recording.cells import read_cells, too_long
from geo.recording.facts import mend
from geo.recording.telling import (
    BY_LEDGER,
    CellFaultsError,
    StaleError,
    Telling,
    one_act,
)
from geo.words import DecisionWay, ExitReason

NO_PROVIDER = gettext_noop("没有名为“{given}”的服务主体。")
REGISTER_FIRST = gettext_noop("请先在服务主体名录中登记，或改正名称。")
NO_THING_HERE = gettext_noop("本辖区内没有编码或名称为“{given}”的{kinds}。")
TWO_THINGS_HERE = gettext_noop("“{given}”在本辖区内对应不止一个对象。")
GIVE_CODE = gettext_noop("请填编码。")
SITES = gettext_noop("物业管理区域、小区或楼栋")
AREAS = gettext_noop("物业管理区域")
STILL_SERVED = gettext_noop("“{what}”现由“{provider}”服务（起于 {since}）。")
SAY_SUCCESSION = gettext_noop("如由新合同接替，请勾选“接替现有合同”。")
SUCCEEDED = gettext_noop("由新合同接替：{provider}")
NO_END = gettext_noop("请填写终止日期。")
ENDS_BEFORE_IT_BEGINS = gettext_noop("终止日期 {last} 早于起始日期 {first}。")
NO_EXIT_REASON = gettext_noop("请选择终止原因。")
AHEAD = gettext_noop("日期 {given} 在今天之后。")
WAIT = gettext_noop("尚未发生的决定不能入账。")

_Fact = TypeVar("_Fact", bound=Fact)

STEPS = ("signed_on", "filed_on", "in_service_from")
UNKNOWN_SINCE = "—"


def sign_contract(
    given: Mapping[str, str], *, inside: Collection[int], succeeds: bool, telling: Telling
) -> ContractItem:
    """Enter a contract for one thing in the area.

    Parameters
    ----------
    given
        Cells as typed, by key of the field.
    inside
        Row ids of the managing areas in which the person may change.
    succeeds
        Whether the contracts in force end the day before this one begins.
    telling
        Who enters it; the reason where it is entered late (补录).

    """
    with one_act():
        values, faults = _contract_cells(given)
        provider = _provider(values.pop("provider", ""), faults)
        thing = thing_inside(values.pop("what", ""), tuple(THINGS), inside, faults)
        begins = values["valid_from"]
        faults |= telling.faults(begins)
        held = _in_force(thing, begins or telling.today) if thing else []
        undated = [item for item in held if provider and _is_undated(item, provider)]
        others = [item for item in held if item not in undated]
        if others and not succeeds and thing is not None:
            faults["what"] = _still_served(others[0], thing)
        if faults or provider is None or thing is None:
            raise CellFaultsError(faults)
        for item in others:
            _give_way(item, provider, begins or telling.today, telling)
        for item in undated:
            item.withdraw(
                reason=telling.reason or SUCCEEDED.format(provider=provider), now=telling.now
            )
        header = _header(provider, values.pop("document"), telling)
        about = {"contract": header, THING_COLUMN[type(thing)]: thing}
        return _entered(ContractItem(**about, **values), telling)


THING_COLUMN: Mapping[type[Registered], str] = {model: name for name, model in THINGS.items()}


def mend_contract(pk: int, given: Mapping[str, str], *, telling: Telling) -> ContractItem:
    """Put an item of a contract right: it is superseded by what is so."""
    with one_act():
        item = locked(ContractItem, pk)
        values, faults = _contract_cells(given, known=item)
        if not telling.reason.strip():
            faults |= mistake(telling).faults()
        if faults:
            raise CellFaultsError(faults)
        document = values.pop("document", item.contract.document)
        if document != item.contract.document:
            values["contract_id"] = _header(item.contract.provider, document, telling).pk
        if all(getattr(item, name) == value for name, value in values.items()):
            return item
        mended = mend(item, values, telling=telling)
        assert isinstance(mended, ContractItem)  # noqa: S101 (tells the type)
        return mended


def end_contract(pk: int, given: Mapping[str, str], *, telling: Telling) -> ContractItem:
    """End service under a contract on a day, for a reason, by a document."""
    with one_act():
        item = locked(ContractItem, pk)
        fields = [each for each in FIELDS[Kind.CONTRACT] if each.key in {"ends_on", "document"}]
        cells = read_cells(given, fields)
        faults, last = dict(cells.faults), cells.values.get("ends_on")
        reason = ExitReason.from_text(given.get("exit_reason", ""))
        if last is None and "ends_on" not in faults:
            faults["ends_on"] = Fault(NO_END, column="终止日期")
        if last and item.valid_from and last < item.valid_from:
            told = {"last": last, "first": item.valid_from}
            faults["ends_on"] = Fault(ENDS_BEFORE_IT_BEGINS, told, CHECK_DAYS, column="终止日期")
        if reason is None:
            faults["exit_reason"] = Fault(NO_EXIT_REASON, column="终止原因")
        faults |= telling.faults(last)
        if faults or last is None or reason is None:
            raise CellFaultsError(faults)
        exit_row = Exit(
            contract=item.contract,
            reason=str(reason),
            document=cells.values.get("document", ""),
            valid_from=last,
        )
        _entered(exit_row, telling)
        label = telling.reason.strip() or reason.label
        ended: ContractItem = item.correct(
            reason=label,
            by=telling.by,
            now=telling.now,
            valid_to=last,
            batch=None,
            source=BY_LEDGER,
        )
        return ended


def record_decision(
    given: Mapping[str, str], *, inside: Collection[int], telling: Telling
) -> OwnersDecision:
    """Enter what the owners of a management area decided."""
    with one_act():
        values, faults = _decision_cells(given)
        about = ("management_area",)
        area = thing_inside(values.pop("management_area", ""), about, inside, faults)
        day = values.get("valid_from")
        if day and day > telling.today:
            faults["date"] = Fault(AHEAD, {"given": day}, WAIT, column="日期")
        faults |= telling.faults(day)
        if faults or not isinstance(area, ManagementArea):
            raise CellFaultsError(faults)
        return _entered(OwnersDecision(management_area=area, **values), telling)


def mend_decision(pk: int, given: Mapping[str, str], *, telling: Telling) -> OwnersDecision:
    """Put a decision on record right: it is superseded by what was decided."""
    with one_act():
        decision = locked(OwnersDecision, pk)
        values, faults = _decision_cells(given)
        if not telling.reason.strip():
            faults |= mistake(telling).faults()
        if faults:
            raise CellFaultsError(faults)
        if all(getattr(decision, name) == value for name, value in values.items()):
            return decision
        mended = mend(decision, values, telling=telling)
        assert isinstance(mended, OwnersDecision)  # noqa: S101 (tells the type)
        return mended


def locked(model: type[_Fact], pk: int) -> _Fact:
    """Return a fact that is still believed, kept from others until the act is done."""
    rows: Any = model.objects
    fact: _Fact = rows.select_for_update().get(pk=pk)
    if fact.superseded_at is not None:
        raise StaleError
    return fact


def successor_of(fact: _Fact) -> _Fact | None:
    """Return what is believed now in place of a fact that was superseded; None = withdrawn."""
    newest: _Fact | None = fact
    while newest is not None and newest.superseded_at is not None:
        told: Any = type(newest).objects.filter(recorded_at=newest.superseded_at)
        newest = told.filter(**_subject(newest)).order_by("pk").first()
    return newest


def _subject(fact: Fact) -> dict[str, Any]:
    names = ("management_area_id", *(f"{thing}_id" for thing in COVERED))
    return {name: getattr(fact, name) for name in dict.fromkeys(names) if hasattr(fact, name)}


def mistake(telling: Telling) -> Telling:
    """Return the same act as the putting right of a mistake."""
    return Telling(by=telling.by, now=telling.now, reason=telling.reason, is_mistake=True)


def _contract_cells(
    given: Mapping[str, str], known: ContractItem | None = None
) -> tuple[dict[str, Any], dict[str, Fault]]:
    """Return the columns of an item and the faults; what is not given stays as it is known."""
    fields = FIELDS[Kind.CONTRACT]
    if known is not None:
        fields = tuple(each for each in fields if each.key not in {"provider", "what"})
    cells = read_cells(given, fields)
    values, faults = cells.values, cells.faults
    faults |= too_long(ContractItem, values, fields) | too_long(Contract, values, fields)
    days: dict[str, Any] = {
        name: values.get(name, getattr(known, STORED_DAYS.get(name, name), None))
        for name in (*STEPS, "ends_on")
    }
    for first, second, earlier, later in ORDERED_DAYS:
        if days[first] and days[second] and days[second] < days[first]:
            told = {
                "earlier": earlier,
                "later": later,
                "first": days[first],
                "second": days[second],
            }
            faults[second] = Fault(WRONG_DAYS, told, CHECK_DAYS, column=later)
    values["valid_from"] = min((days[name] for name in STEPS if days[name]), default=None)
    values["valid_to"] = days["ends_on"]
    values.pop("ends_on", None)
    for name in ("document",) if known is None else ():
        values.setdefault(name, "")
    return values, faults


STORED_DAYS = {"ends_on": "valid_to"}


def _decision_cells(given: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Fault]]:
    fields = FIELDS[Kind.DECISION]
    cells = read_cells(given, fields)
    values, faults = cells.values, cells.faults | too_long(OwnersDecision, cells.values, fields)
    if "date" in values:
        values["valid_from"] = values.pop("date")
    if values.get("way"):
        way = DecisionWay.from_text(values["way"])
        if way is None:
            allowed = "、".join(each.label for each in DecisionWay)
            told = {"given": values["way"], "allowed": allowed}
            faults["way"] = Fault(UNKNOWN_WORD, told, ALLOWED, column="方式")
        else:
            values["way"] = str(way)
    return values, faults


def _provider(name: str, faults: dict[str, Fault]) -> Provider | None:
    provider = Provider.objects.filter(name=name).first() if name else None
    if provider is None and "provider" not in faults:
        fault = Fault(NO_PROVIDER, {"given": name}, REGISTER_FIRST, column="服务主体")
        faults["provider"] = fault
    return provider


def thing_inside(
    text: str, kinds: Collection[str], inside: Collection[int], faults: dict[str, Fault]
) -> Registered | None:
    """Return the thing in the area that a cell names: by code, else by a name that is unique."""
    column = "what" if len(kinds) > 1 else "management_area"
    if not text:
        return None
    for name in ("code", "name"):
        found = [
            thing
            for kind in kinds
            if name == "code" or kind in {"management_area", "compound"}
            for thing in _things(kind).filter(area_id__in=inside, **{name: text})
        ]
        if len(found) == 1:
            thing: Registered = found[0]
            return thing
        if found:
            faults[column] = Fault(TWO_THINGS_HERE, {"given": text}, GIVE_CODE, column="对象编码")
            return None
    told = {"given": text, "kinds": SITES if len(kinds) > 1 else AREAS}
    faults[column] = Fault(NO_THING_HERE, told, GIVE_CODE, column="对象编码")
    return None


def _things(kind: str) -> Any:
    return THINGS[kind].objects


def _in_force(thing: Registered, day: date) -> list[ContractItem]:
    """Return who serves the thing itself on a day and later, without a known end before."""
    mine = ContractItem.objects.current().filter(**{THING_COLUMN[type(thing)]: thing})
    running = mine.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
    return list(running.select_related("contract__provider").select_for_update(of=("self",)))


def _is_undated(item: ContractItem, provider: Provider) -> bool:
    """Tell whether a list only said that this provider serves, which the contract now shows."""
    dated = (item.signed_on, item.in_service_from, item.valid_to)
    return item.contract.provider_id == provider.pk and not any(dated)


def _still_served(item: ContractItem, thing: Registered) -> Fault:
    told = {"what": thing, "provider": item.contract.provider.name}
    since = item.valid_from or UNKNOWN_SINCE
    return Fault(STILL_SERVED, told | {"since": since}, SAY_SUCCESSION, column="对象编码")


def _give_way(item: ContractItem, provider: Provider, begins: date, telling: Telling) -> None:
    """End what was in force the day before the new contract begins."""
    reason = telling.reason.strip() or SUCCEEDED.format(provider=provider)
    last = begins - timedelta(days=1)
    if item.valid_from is not None and item.valid_from > last:
        item.withdraw(reason=reason, now=telling.now)
    else:
        item.end(on=last, reason=reason, by=telling.by, now=telling.now)


def _header(provider: Provider, document: str, telling: Telling) -> Contract:
    return Contract.objects.create(provider=provider, document=document, recorded_at=telling.now)


def _entered(fact: _Fact, telling: Telling) -> _Fact:
    fact.recorded_at, fact.recorded_by = telling.now, telling.by
    fact.source, fact.late_reason = BY_LEDGER, telling.reason.strip()
    fact.save(force_insert=True)
    return fact
