"""A provider leaves, and may be barred: all its contracts in an area end; a ban is a decision."""

from collections.abc import Collection, Mapping
from datetime import date

from django.db.models import Q

from geo.errors import Fault, gettext_noop
from geo.models import Ban, ContractItem, ManagingArea, Provider
from geo.models.contracts import COVERED
from geo.readers import FIELDS, Kind
from geo.recording.cells import read_cells, too_long
from geo.recording.contracts import end_contract
from geo.recording.telling import BY_LEDGER, CellFaultsError, Telling, one_act

NOTHING_SERVED = gettext_noop("“{provider}”在本辖区没有在管的合同，无可退出。")
NO_DOCUMENT = gettext_noop("禁入须有文件依据，请填写文号。")
NO_REASON = gettext_noop("请填写禁入原因。")
NO_BEGINNING = gettext_noop("请填写起始日期。")
BANNED_BACKWARDS = gettext_noop("截止日期 {last} 早于起始日期 {first}。")
CHECK = gettext_noop("请核对日期。")


def record_exit(
    provider: Provider, given: Mapping[str, str], *, inside: Collection[int], telling: Telling
) -> list[ContractItem]:
    """End all that a provider serves in some areas on a day, for a reason, by a document."""
    with one_act():
        served = serving(provider, inside=inside, day=telling.today)
        if not served:
            fault = Fault(NOTHING_SERVED, {"provider": provider.name})
            raise CellFaultsError({"exit_reason": fault})
        return [end_contract(item.pk, given, telling=telling) for item in served]


def serving(provider: Provider, *, inside: Collection[int], day: date) -> list[ContractItem]:
    """Return what a provider's contracts cover in some areas on a day and later."""
    lies = [Q(**{f"{thing}__area_id__in": inside}) for thing in COVERED]
    items = ContractItem.objects.current().filter(
        lies[0] | lies[1] | lies[2] | lies[3], contract__provider=provider
    )
    running = items.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
    return list(running.select_related("contract__provider", *COVERED).order_by("pk"))


def record_ban(
    provider: Provider, area: ManagingArea, given: Mapping[str, str], *, telling: Telling
) -> Ban:
    """Enter a decision that bars a provider from an area; nothing else makes one."""
    with one_act():
        keys = {"reason", "document", "valid_from", "valid_to"}
        fields = [field for field in FIELDS[Kind.BAN] if field.key in keys]
        cells = read_cells(given, fields)
        faults = cells.faults | too_long(Ban, cells.values, fields)
        first, last = cells.values.get("valid_from"), cells.values.get("valid_to")
        for key, sentence, column in (
            ("reason", NO_REASON, "原因"),
            ("document", NO_DOCUMENT, "文号"),
            ("valid_from", NO_BEGINNING, "起始日期"),
        ):
            if not cells.values.get(key) and key not in faults:
                faults[key] = Fault(sentence, column=column)
        if first and last and last < first:
            told = {"first": first, "last": last}
            faults["valid_to"] = Fault(BANNED_BACKWARDS, told, CHECK, column="截止日期")
        if faults:
            raise CellFaultsError(faults)
        return Ban.objects.create(
            provider=provider,
            area=area,
            recorded_at=telling.now,
            recorded_by=telling.by,
            source=BY_LEDGER,
            late_reason=telling.reason.strip(),
            **cells.values,
        )


def ban_end(first: date, *, years: int) -> date:
    """Return the day that a policy's length of years leads to; 29 February gives the 28th."""
    try:
        return first.replace(year=first.year + years)
    except ValueError:
        return first.replace(year=first.year + years, day=28)
