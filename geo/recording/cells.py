"""The cells of one row as a person typed them → values, by the readers' own rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import models

from geo.errors import Fault
from geo.loading.ground import LEAVE_EMPTY, NOT_POSITIVE
from geo.loading.registered import TOO_LONG
from geo.readers.fields import Field, Reads
from geo.readers.records import REQUIRED
from geo.readers.values import read_column

POSITIVE = frozenset(
    {
        *("households", "floor_area_m2", "buildings", "storeys", "height_m"),
        *("capacity_households", "spare_m2"),
    }
)
TEXTS = frozenset({Reads.TEXT, Reads.CODE, Reads.CREDIT_CODE, Reads.CHOICE})


@dataclass(frozen=True)
class Cells:
    """What a row says by column, and what is wrong with it by field."""

    values: dict[str, Any]
    faults: dict[str, Fault]


def read_cells(
    given: Mapping[str, str], fields: Iterable[Field], *, may_be_zero: frozenset[str] = frozenset()
) -> Cells:
    """Return the values of the fields that were given; unknown is None, "" where it is text."""
    cells = Cells({}, {})
    for each in fields:
        if each.key in given:
            _read(given[each.key], each, cells, is_positive=each.key in POSITIVE - may_be_zero)
    return cells


def _read(text: str, field: Field, cells: Cells, *, is_positive: bool) -> None:
    (value,), faults = read_column([text], field)
    if fault := faults.get(0):
        cells.faults[field.key] = replace(fault, column=field.heading, given=text[:40])
    elif value is None and field.is_required:
        cells.faults[field.key] = Fault(REQUIRED, column=field.heading)
    elif is_positive and value is not None and value <= 0:
        told = {"column": field.heading, "given": value}
        cells.faults[field.key] = Fault(NOT_POSITIVE, told, LEAVE_EMPTY, column=field.heading)
    for column, known in _spread(field, value).items():
        cells.values[column] = "" if known is None and field.reads in TEXTS else known


def _spread(field: Field, value: Any) -> dict[str, Any]:
    """Return the value by column: a fee is read as a pair, lower and upper."""
    if field.reads is not Reads.FEE:
        return {field.key: value}
    low, high = value or (None, None)
    return dict(zip(field.columns, (low, high), strict=True))


def too_long(
    model: type[models.Model], values: Mapping[str, Any], fields: Iterable[Field]
) -> dict[str, Fault]:
    """Return the texts that are longer than their columns."""
    limits = {
        each.attname: each.max_length
        for each in model._meta.concrete_fields  # noqa: SLF001 (the public way to a model's fields)
        if isinstance(each, models.CharField) and each.max_length
    }
    faults = {}
    for field in fields:
        text, limit = values.get(field.key), limits.get(field.key)
        if limit and isinstance(text, str) and len(text) > limit:
            told = {"length": len(text), "limit": limit}
            faults[field.key] = Fault(TOO_LONG, told, column=field.heading)
    return faults
