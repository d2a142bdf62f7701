"""Two management areas become one, by their owners' decision (合并物业管理区域).

Nothing of the past changes: the area that goes keeps its row, its code and its dates, and says
where it went; every compound stays a compound of its own, with its own name and history, and is a
member of the common area from the day on. A published list and the tables counted over it do not
know of the merge.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from geo.errors import Fault, gettext_noop
from geo.models import ContractItem, ManagementArea, Member, OwnersDecision
from geo.models.storage import NAME_LENGTH
from geo.readers import Field
from geo.recording.cells import read_cells
from geo.recording.contracts import thing_inside
from geo.recording.telling import BY_LEDGER, CellFaultsError, Telling, one_act
from geo.recording.things import change, locked_thing
from geo.words import DecisionWay

INTO = Field(key="into", heading=gettext_noop("并入物业管理区域"))
COMMON_NAME = Field(key="name", heading=gettext_noop("合并后的名称"))
DOCUMENT = Field(key="document", heading=gettext_noop("依据文号"))
FIELDS = (INTO, COMMON_NAME, DOCUMENT)
"""What is asked for beside the area that goes, and the day."""
NO_TARGET = gettext_noop("请填写并入哪个物业管理区域。")
INTO_ITSELF = gettext_noop("不能并入自身。")
GONE = gettext_noop("“{area}”在 {day} 已不存在。")
NO_DAY = gettext_noop("请填写合并日期。")
NO_DOCUMENT = gettext_noop("合并须有文件依据，请填写文号。")
NO_DECISION = gettext_noop("“{area}”在 {day} 没有业主决定，缺依据，不能合并。")
DECIDE_FIRST = gettext_noop("请先登记其业主大会或物管会的决定。")
STILL_SERVED = gettext_noop("“{area}”的合同由“{provider}”履行中，不能合并。")
END_FIRST = gettext_noop("请先终止该合同，合并后由一家服务。")
TOO_LONG = gettext_noop("不超过 {most} 字。")
MERGED = gettext_noop("并入“{area}”")


def merge_area(
    pk: int, given: Mapping[str, str], *, stamp: str, inside: Collection[int], telling: Telling
) -> ManagementArea:
    """Let an area go into another on a day, under a common name; return the common area.

    Raises
    ------
    CellFaultsError
        Where owners of either have not decided, or one is still served by itself; every fault.
    StaleError
        Where somebody changed the area meanwhile.
    """
    with one_act():
        away = locked_thing(ManagementArea, pk, stamp)
        cells = read_cells(given, FIELDS)
        values, faults = cells.values, dict(cells.faults)
        text, day = str(values.get("into", "")), telling.since
        kept = thing_inside(text, ("management_area",), inside, faults)
        faults |= telling.faults() | _why_unsaid(values, day)
        if fault := faults.pop("management_area", None):
            faults["into"] = fault
        if isinstance(kept, ManagementArea) and day:
            faults |= _why_not(away, kept, day, telling)
        if faults or not isinstance(kept, ManagementArea) or day is None:
            raise CellFaultsError(faults)
        _move_members(away, kept, day, telling)
        told = {"merged_into": kept, "document": values["document"]}
        change(away, {**told, "valid_to": day - timedelta(days=1)}, telling=telling)
        if values.get("name"):
            change(kept, {"name": values["name"]}, telling=telling)
    return kept


def _why_unsaid(values: Mapping[str, object], day: date | None) -> dict[str, Fault]:
    """Return what is missing of what must be said."""
    faults = {}
    if not values.get("into"):
        faults["into"] = Fault(NO_TARGET, column="并入物业管理区域")
    if day is None:
        faults["since"] = Fault(NO_DAY, column="合并日期")
    if not values.get("document"):
        faults["document"] = Fault(NO_DOCUMENT, column="依据文号")
    for key, column in (("name", "合并后的名称"), ("document", "依据文号")):
        if len(str(values.get(key, ""))) > NAME_LENGTH:
            faults[key] = Fault(TOO_LONG, {"most": NAME_LENGTH}, column=column)
    return faults


def _why_not(
    away: ManagementArea, kept: ManagementArea, day: date, telling: Telling
) -> dict[str, Fault]:
    """Return what speaks against a merge: no decision, an area that is gone, a contract."""
    if away.pk == kept.pk:
        return {"into": Fault(INTO_ITSELF, column="并入物业管理区域")}
    faults = _not_free(kept, day, telling) | _not_free(away, day, telling)
    if item := _served(away, day):
        told = {"area": away.name, "provider": item.contract.provider.name}
        faults[""] = Fault(STILL_SERVED, told, END_FIRST)
    return faults


def _not_free(area: ManagementArea, day: date, telling: Telling) -> dict[str, Fault]:
    """Return why an area cannot be merged: it is no more, or its owners have not decided."""
    told = {"area": area.name or area.code, "day": day}
    if not ManagementArea.objects.existing_on(day).filter(pk=area.pk).exists():
        return {"since": Fault(GONE, told)}
    decisions = OwnersDecision.objects.as_of(valid=day, known=telling.now)
    voted = decisions.filter(management_area=area).exclude(way=DecisionWay.TEMPORARY)
    # A subdistrict's trusteeship for a time is no decision of the owners.
    return {} if voted.exists() else {"into": Fault(NO_DECISION, told, DECIDE_FIRST)}


def _served(area: ManagementArea, day: date) -> ContractItem | None:
    running = ContractItem.objects.current().valid_on(day).filter(management_area=area)
    return running.select_related("contract__provider").order_by("pk").first()


def _move_members(away: ManagementArea, kept: ManagementArea, day: date, telling: Telling) -> None:
    """Let every member belong to the common area from the day on; what was stays on record."""
    why = telling.reason.strip() or MERGED.format(area=kept.name)
    for member in Member.objects.current().valid_on(day).filter(management_area=away):
        member.end(on=day - timedelta(days=1), reason=why, by=telling.by, now=telling.now)
        Member.objects.create(
            management_area=kept,
            compound_id=member.compound_id,
            building_id=member.building_id,
            valid_from=day,
            recorded_at=telling.now,
            recorded_by=telling.by,
            source=BY_LEDGER,
            late_reason=telling.reason.strip(),
        )
