"""Columns as files can hold them: text, numbers, nothing else."""

from datetime import date
from typing import Any

import pandas as pd
from pandas.api import types

from geo.errors import gettext_noop
from maps.exports.fields import Field

YES, NO, UNKNOWN = gettext_noop("是"), gettext_noop("否"), gettext_noop("不详")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs text that begins with one of these (OWASP, CSV injection)."""


def plain_column(values: "pd.Series[Any]", field: Field) -> "pd.Series[Any]":
    """Return the column as numbers (unknown = NA) or as text (unknown = "")."""
    column = values.convert_dtypes() if values.dtype == object else values
    if types.is_bool_dtype(column.dtype):
        return column.map({True: YES, False: NO}).astype(object).where(column.notna(), UNKNOWN)
    if types.is_numeric_dtype(column.dtype) and not field.is_text:
        return column
    return pd.Series([_text(value, field) for value in values], index=values.index, dtype=object)


def is_text_column(values: "pd.Series[Any]") -> bool:
    """Return whether a plain column holds text."""
    return not types.is_numeric_dtype(values.dtype)


def guarded(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _text(value: Any, field: Field) -> str:
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124 (NaN)
        return ""
    if isinstance(value, date):
        return value.isoformat()
    whole = isinstance(value, float) and value.is_integer()
    return field.words.get(str(value), str(int(value)) if whole else str(value))
