"""What is assessed, entered and withdrawn by hand: by the same rules as a file's rows."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import shapely
from django.db.models import Q

from geo.errors import Fault, gettext_noop
from geo.loading.assessment import ASSESSED, current_of, told_of
from geo.loading.job import Job
from geo.loading.recorded import SAID_ALREADY, Values
from geo.models import Fact, ImportBatch
from geo.readers import FIELDS, KIND_NAMES, Kind
from geo.recording.cells import Cells, read_cells
from geo.recording.telling import BY_LEDGER, CellFaultsError, Telling, one_act

OUTSIDE = gettext_noop("该位置不在本辖区内。")
LOOK_INSIDE = gettext_noop("请在其所在辖区录入。")
WITHDRAW_FIRST = gettext_noop("如原记录有误，请先撤回原记录。")
HALF_A_PLACE = gettext_noop("经度和纬度须一并填写，写成度数，例如 121.61 和 38.91。")
LON = gettext_noop("经度")
_MOST_LON, _MOST_LAT = 180, 90


def record_assessed(
    kind: Kind, given: Mapping[str, str], *, inside: Collection[int], telling: Telling
) -> Fact:
    """Enter one fact of a kind, and return it.

    Raises
    ------
    CellFaultsError
        With every fault; then nothing is stored.

    """
    with one_act():
        cells = read_cells(given, FIELDS[kind])
        point = _point(given, cells)
        if cells.faults:
            raise CellFaultsError(cells.faults)
        key, values = _one(kind, cells.values, point, telling)
        _refuse_known(kind, key, values)
        _refuse_outside(kind, values, inside)
        told = {"recorded_at": telling.now, "recorded_by": telling.by, "source": BY_LEDGER}
        fact = ASSESSED[kind].model(**values, **told, late_reason=telling.reason.strip())
        fact.save(force_insert=True)
        return fact


def withdraw_assessed(kind: Kind, pk: int, *, inside: Collection[int], telling: Telling) -> None:
    """Withdraw a fact of the area that was never so; one that is not there is left alone."""
    facts = facts_inside(kind, inside).current().select_for_update(of=("self",))
    fact = facts.filter(pk=pk).first()
    if fact is not None:
        fact.withdraw(reason=telling.reason, now=telling.now)


def facts_inside(kind: Kind, inside: Collection[int] | None) -> Any:
    """Return the facts of a kind about compounds and places in some areas; None = everywhere."""
    model = ASSESSED[kind].model
    if inside is None:
        return model.objects.all()
    here = Q(compound__area__in=inside)
    if any(field.name == "area" for field in model._meta.get_fields()):  # noqa: SLF001 (the public way to a model's fields)
        here |= Q(compound=None, area__in=inside)
    return model.objects.filter(here)


def _point(given: Mapping[str, str], cells: Cells) -> Any:
    """Return the place that two fields tell, in degrees; None where both are empty."""
    lon, lat = (given.get(name, "").strip() for name in ("lon", "lat"))
    if not lon and not lat:
        return None
    try:
        x, y = float(lon), float(lat)
    except ValueError:
        x = y = float("nan")
    if not (abs(x) <= _MOST_LON and abs(y) <= _MOST_LAT):
        cells.faults["lon"] = Fault(HALF_A_PLACE, column=LON)
        return None
    return shapely.Point(x, y)


def _one(kind: Kind, values: Values, point: Any, telling: Telling) -> tuple[Any, Values]:
    """Return identity and columns of the one row, as a file's row would give them."""
    job = Job(batch=ImportBatch(), update=False, now=telling.now)
    empty = {column: "" for field in FIELDS[kind] for column in field.columns}
    for field in FIELDS[kind]:
        if field.dtype != "str":
            empty[field.key] = None  # type: ignore[assignment]
    told = told_of(kind, [{**empty, **values, "row": 1}], [point], job)
    if job.faults:
        raise CellFaultsError(
            {fault.column or str(n): replace(fault, row=None) for n, fault in enumerate(job.faults)}
        )
    (_row, key, columns) = told[0]
    return key, columns


def _refuse_known(kind: Kind, key: Any, values: Values) -> None:
    """Refuse what is on record; two complaints of one day are two."""
    if kind is not Kind.EVENT and key in current_of(kind, [({}, key, values)]):
        fault = Fault(SAID_ALREADY, {"what": KIND_NAMES[kind]}, WITHDRAW_FIRST)
        raise CellFaultsError({"": fault})


def _refuse_outside(kind: Kind, values: Values, inside: Collection[int]) -> None:
    probe = ASSESSED[kind].model(**values)
    compound = getattr(probe, "compound", None)
    area = compound.area_id if compound is not None else getattr(probe, "area_id", None)
    if area not in inside:
        raise CellFaultsError({"": Fault(OUTSIDE, fix=LOOK_INSIDE)})
