"""Values as a person reads them in a cell, and as they stand in its input."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext

from geo.readers import Reads
from maps.ledger.columns import Column

UNKNOWN = "—"
SEPARATOR = "、"
FLAGS = {True: "是", False: "否"}

Row = Mapping[str, Any]


def is_unknown(value: Any) -> bool:
    """Tell whether nobody knows the value."""
    return value is None or value in ("", [])


def shown(column: Column, row: Row) -> str:
    """Return the value of a cell as text."""
    value = row[f"v_{column.key}"]
    if is_unknown(value):
        return UNKNOWN
    if column.words is not None:
        return gettext(column.words.label_of(value)) or str(value)
    return _SHOWN.get(column.field.reads, _plain)(column, row, value)


def typed(column: Column, row: Row) -> str:
    """Return the value of a cell as its input holds it; "" where it is unknown."""
    value = row[f"v_{column.key}"]
    if is_unknown(value):
        return ""
    if column.words is not None:
        return column.words.label_of(value)
    if column.key == "compound":
        return str(row["v_compound_code"])
    return _TYPED.get(column.field.reads, _typed_plain)(row, value)


def _typed_plain(_row: Row, value: Any) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _typed_fee(row: Row, low: float) -> str:
    high = row["v_fee_high"]
    return f"{low:g}" if high in {None, low} else f"{low:g}至{high:g}"


def _typed_share(_row: Row, value: float) -> str:
    return f"{round(value * 100, 6):.10g}%"


_TYPED: Mapping[Reads, Callable[[Row, Any], str]] = {
    Reads.FEE: _typed_fee,
    Reads.SHARE: _typed_share,
    Reads.FLAG: lambda _row, value: FLAGS[value],
}


def _plain(_column: Column, _row: Row, value: Any) -> str:
    return SEPARATOR.join(value) if isinstance(value, list) else str(value)


def _number(_column: Column, _row: Row, value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}".rstrip("0")


def _fee(_column: Column, row: Row, low: float) -> str:
    high = row["v_fee_high"]
    return f"{low:.2f}" if high in {None, low} else f"{low:.2f}–{high:.2f}"


def _share(_column: Column, _row: Row, value: float) -> str:
    return f"{value * 100:.1f} %"


def _flag(_column: Column, _row: Row, value: bool) -> str:  # noqa: FBT001 (a value among others)
    return gettext("是") if value else gettext("否")


def _day(_column: Column, _row: Row, value: date) -> str:
    return value.isoformat()


_SHOWN: Mapping[Reads, Callable[[Column, Row, Any], str]] = {
    Reads.COUNT: _number,
    Reads.NUMBER: _number,
    Reads.AREA: _number,
    Reads.FEE: _fee,
    Reads.SHARE: _share,
    Reads.FLAG: _flag,
    Reads.DATE: _day,
}
