"""Registered things, put right in place: the table keeps the row as it was."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from geo.errors import Fault, gettext_noop
from geo.models import (
    Building,
    Committee,
    Compound,
    ConditionFact,
    Grade,
    ManagementArea,
    ManagingArea,
    Provider,
    Registered,
    ZoningWish,
)
from geo.readers import FIELDS, Field, Kind
from geo.recording.cells import Cells, read_cells, too_long
from geo.recording.facts import say
from geo.recording.telling import BY_LEDGER, CellFaultsError, StaleError, Telling, one_act
from geo.words import CommitteeKind, Condition

NO_AREA_HERE = gettext_noop("本辖区内没有“{given}”。")
CHOOSE_AREA = gettext_noop("请从列表中选择。")
NO_COMPOUND_HERE = gettext_noop("本辖区内没有编码或名称为“{given}”的小区。")
TWO_COMPOUNDS_HERE = gettext_noop("本辖区内名为“{given}”的小区不止一个。")
GIVE_COMPOUND_CODE = gettext_noop("请填小区编码；零散楼栋请留空。")
OTHERS_CREDIT_CODE = gettext_noop("统一社会信用代码“{given}”在库中属于“{name}”。")
CHECK_CREDIT_CODE = gettext_noop("请核对代码。")

_Thing = TypeVar("_Thing", bound=Registered)

WISHES = ("is_lead", "spare_m2", "together", "apart")
RENAMED = {"buildings": "buildings_reported"}
"""Columns that bear another name in the table than in files."""


def change_compound(
    pk: int, given: Mapping[str, str], *, stamp: str, inside: Collection[int], telling: Telling
) -> Compound:
    """Put a compound right, and say what its facts are now.

    Parameters
    ----------
    pk
        Row id.
    given
        Cells as typed, by key of the field; what is not given stays.
    stamp
        `stamp_of` the row when the person began.
    inside
        Row ids of the managing areas in which the person may change.
    telling
        Who says it, and since when.

    """
    fields = FIELDS[Kind.COMPOUND]
    with one_act():
        compound = locked_thing(Compound, pk, stamp)
        cells = read_cells(given, fields)
        values, faults = cells.values, cells.faults | _too_long(Compound, cells.values, fields)
        conditions = {key: values.pop(key) for key in Condition if key in values}
        wishes = {key: values.pop(key) for key in WISHES if key in values}
        has_committee, committee = "committee" in values, values.pop("committee", "")
        if "area" in values:
            values["area_id"] = _area_inside(values.pop("area"), inside, faults)
        if conditions or wishes or has_committee:
            faults |= telling.faults()
        if faults:
            raise CellFaultsError(faults)
        change(compound, values, telling=telling)
        for key, is_met in conditions.items():
            _say_condition(compound, key, is_met, telling)
        _say_wishes({"compound_id": compound.pk}, wishes, telling)
        if has_committee:
            say_committee({"compound_id": compound.pk}, committee, telling)
    return compound


def _say_condition(compound: Compound, key: str, is_met: Any, telling: Telling) -> None:
    about = {"compound_id": compound.pk, "key": str(key)}
    say(ConditionFact, about, None if is_met is None else {"is_met": is_met}, telling=telling)


def _too_long(
    model: type[Registered], values: Mapping[str, Any], fields: Sequence[Field]
) -> dict[str, Fault]:
    return too_long(model, values, fields) | too_long(ZoningWish, values, fields)


def _say_wishes(about: Mapping[str, int], told: Mapping[str, Any], telling: Telling) -> None:
    """Say what is wanted in zones of a thing; what is not told stays, and with nothing it ends."""
    if not told:
        return
    believed = ZoningWish.objects.current().valid_on(telling.day).filter(**about).first()
    wishes = {name: told.get(name, getattr(believed, name, None)) for name in WISHES}
    texts = {name: wishes[name] or "" for name in ("together", "apart")}
    is_any = wishes["is_lead"] is not None or any((wishes["spare_m2"], *texts.values()))
    say(ZoningWish, about, wishes | texts if is_any else None, telling=telling)


def say_committee(about: Mapping[str, int], label: str, telling: Telling) -> None:
    """Say who decides for the owners of a compound or a management area."""
    kind = CommitteeKind.from_text(label) if label else None
    say(Committee, about, None if kind is None else {"kind": str(kind)}, telling=telling)


def change_building(
    pk: int, given: Mapping[str, str], *, stamp: str, inside: Collection[int], telling: Telling
) -> Building:
    """Put a building right."""
    fields = FIELDS[Kind.BUILDING]
    with one_act():
        building = locked_thing(Building, pk, stamp)
        # A garage has no households, and the register says so.
        cells = read_cells(given, fields, may_be_zero=frozenset({"households"}))
        values, faults = cells.values, cells.faults | too_long(Building, cells.values, fields)
        if "compound" in values:
            values |= _compound_inside(values.pop("compound"), inside, faults)
        if faults:
            raise CellFaultsError(faults)
        change(building, values, telling=telling)
    return building


def change_management_area(
    pk: int, given: Mapping[str, str], *, stamp: str, telling: Telling
) -> ManagementArea:
    """Put a management area right, and say who decides there."""
    fields = FIELDS[Kind.MANAGEMENT_AREA]
    with one_act():
        area = locked_thing(ManagementArea, pk, stamp)
        committees = [each for each in FIELDS[Kind.COMPOUND] if each.key == "committee"]
        cells = read_cells(given, (*fields, *committees))
        values, faults = (
            cells.values,
            cells.faults | _too_long(ManagementArea, cells.values, fields),
        )
        wishes = {key: values.pop(key) for key in WISHES if key in values}
        has_committee, committee = "committee" in values, values.pop("committee", "")
        if wishes or has_committee:
            faults |= telling.faults()
        if faults:
            raise CellFaultsError(faults)
        change(area, values, telling=telling)
        _say_wishes({"management_area_id": area.pk}, wishes, telling)
        if has_committee:
            say_committee({"management_area_id": area.pk}, committee, telling)
    return area


def change_provider(pk: int, given: Mapping[str, str], *, stamp: str, telling: Telling) -> Provider:
    """Put a provider right, and say its grade; its name stays, since codes are made from it."""
    fields = [each for each in FIELDS[Kind.PROVIDER] if each.key not in {"name", "service_areas"}]
    with one_act():
        provider = locked_thing(Provider, pk, stamp)
        cells = read_cells(given, fields)
        values, faults = cells.values, dict(cells.faults)
        _check_credit_code(provider, cells, faults)
        has_grade, grade = "grade" in values, values.pop("grade", "")
        if has_grade:
            faults |= telling.faults()
        if faults:
            raise CellFaultsError(faults)
        if values.get("kind") == "":
            del values["kind"]
        change(provider, values | {"only_named": False}, telling=telling)
        if has_grade:
            about = {"provider_id": provider.pk}
            say(Grade, about, {"grade": grade} if grade else None, telling=telling)
    return provider


def _check_credit_code(provider: Provider, cells: Cells, faults: dict[str, Fault]) -> None:
    code = cells.values.get("credit_code")
    other = Provider.objects.filter(credit_code=code).exclude(pk=provider.pk).first()
    if code and other is not None:
        told = {"given": code, "name": other.name}
        faults["credit_code"] = Fault(OTHERS_CREDIT_CODE, told, CHECK_CREDIT_CODE)


def change(thing: Registered, values: Mapping[str, Any], *, telling: Telling) -> bool:
    """Put columns of a thing right and return whether any changed."""
    told = {RENAMED.get(name, name): value for name, value in values.items()}
    changed = {name: value for name, value in told.items() if getattr(thing, name) != value}
    if not changed:
        return False
    mine = {"batch_id": None, "source": BY_LEDGER, "changed_at": telling.now}
    for name, value in (changed | mine).items():
        setattr(thing, name, value)
    thing.save(update_fields=[name.removesuffix("_id") for name in (*changed, *mine)])
    return True


def locked_thing(model: type[_Thing], pk: int, stamp: str) -> _Thing:
    """Return a thing that nobody changed since, kept from others until the act is done."""
    rows: Any = model.objects
    thing: _Thing = rows.select_for_update().get(pk=pk)
    if stamp_of(thing) != stamp:
        raise StaleError
    return thing


def stamp_of(thing: Registered) -> str:
    """Return what changes whenever the row, or a fact that the row shows, does."""
    said = [f"{kind}{pk}" for kind, pks in _facts_of(thing).items() for pk in sorted(pks)]
    return "/".join([_moment(thing.changed_at), *said])


def _facts_of(thing: Registered) -> dict[str, list[int]]:
    if isinstance(thing, Compound):
        about = {"compound_id": thing.pk}
        kinds: dict[str, Any] = {"c": ConditionFact, "o": Committee, "w": ZoningWish}
    elif isinstance(thing, ManagementArea):
        about = {"management_area_id": thing.pk}
        kinds = {"o": Committee, "w": ZoningWish}
    elif isinstance(thing, Provider):
        about, kinds = {"provider_id": thing.pk}, {"g": Grade}
    else:
        return {}
    return {
        kind: list(model.objects.current().filter(**about).values_list("pk", flat=True))
        for kind, model in kinds.items()
    }


def _moment(moment: datetime) -> str:
    return f"{moment.timestamp():.6f}"


def _area_inside(text: str, inside: Collection[int], faults: dict[str, Fault]) -> int | None:
    """Return the area that a cell names by code or name, among those where one may change."""
    found = ManagingArea.objects.filter(pk__in=inside)
    area = found.filter(code=text).first() or found.filter(name=text).first()
    if area is None:
        told = {"given": text}
        faults["area"] = Fault(NO_AREA_HERE, told, CHOOSE_AREA, column="所属社区/街道")
        return None
    return area.pk


def _compound_inside(
    text: str, inside: Collection[int], faults: dict[str, Fault]
) -> dict[str, int | None]:
    """Return compound and area of a building; one without compound is scattered and stays put."""
    if not text:
        return {"compound_id": None}
    here = Compound.objects.filter(area_id__in=inside, valid_to__isnull=True)
    found = list(here.filter(code=text)) or list(here.filter(name=text)[:2])
    if len(found) == 1:
        return {"compound_id": found[0].pk, "area_id": found[0].area_id, "courtyard_id": None}
    sentence = TWO_COMPOUNDS_HERE if found else NO_COMPOUND_HERE
    faults["compound"] = Fault(sentence, {"given": text}, GIVE_COMPOUND_CODE, column="所属小区")
    return {}
