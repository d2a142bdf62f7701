"""Columns of cells → values under the keys of the fields, and these as a frame."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.crs import STORAGE_SRID
from geo.errors import Fault, gettext_noop
from geo.readers.field_table import FIELDS
from geo.readers.fields import Field, Reads
from geo.readers.headings import Columns
from geo.readers.kinds import SHAPES, Kind
from geo.readers.parsing.parsed import Cell
from geo.readers.personal import masked
from geo.readers.tables import Table
from geo.readers.values import read_column

REQUIRED = gettext_noop("必须填写。")
_SHOWN = 40


@dataclass
class Records:
    """The rows of a file under our keys, and what is wrong with them."""

    rows: list[int]
    """Number of each row as a person counts."""
    by_column: dict[str, list[Any]]
    """Values by column of the frame; None = unknown."""
    faults: dict[int, list[Fault]] = field(default_factory=dict)
    """By position."""
    file_faults: list[Fault] = field(default_factory=list)
    """What is wrong with every row alike."""
    aside: dict[int, tuple[str, str]] = field(default_factory=dict)
    """By position: heading and word that say that the row is none of its kind."""

    def reject(self, position: int, fault: Fault) -> None:
        """Note what is wrong with a row."""
        self.faults.setdefault(position, []).append(fault)


def read_records(table: Table, columns: Columns) -> Records:
    """Return the values of every field; a column that the file lacks is all unknown."""
    records = Records(table.rows, {})
    for position, fault in table.faults.items():
        records.reject(position, fault)
    for each in FIELDS[columns.kind]:
        if each.key in columns.constants:
            values = _constant(each, columns.constants[each.key], records)
        elif each.key in columns.by_field:
            values = _column(each, table, columns, records)
        else:
            values = [None] * len(table.rows)
        for column, column_values in _spread(each, values).items():
            known = records.by_column.get(column)
            records.by_column[column] = (
                column_values
                if known is None
                else [
                    new if new is not None else old
                    for new, old in zip(column_values, known, strict=True)
                ]
            )
    return records


def frame_of(
    kind: Kind, records: Records, geometries: NDArray[np.object_], kept: Sequence[int]
) -> pd.DataFrame:
    """Return the kept rows as a frame, in EPSG:4490 where the kind has geometry."""
    data = {}
    for each in FIELDS[kind]:
        for column in each.columns:
            values = [records.by_column[column][i] for i in kept]
            data[column] = _series(each, values)
    index = pd.Index([records.rows[i] for i in kept], name="row")
    frame = pd.DataFrame(data).set_axis(index, axis=0)
    if kind not in SHAPES:
        return frame
    placed: pd.DataFrame = gpd.GeoDataFrame(
        frame, geometry=geometries[list(kept)], crs=STORAGE_SRID
    )
    return placed


def _series(each: Field, values: list[Any]) -> pd.Series:
    if each.dtype == "str":
        return pd.Series([value or "" for value in values], dtype="str")
    if each.reads is Reads.DATE:
        return pd.Series([each.unknown if v is None else v for v in values], dtype="object")
    return pd.Series(values, dtype=each.dtype)


def _column(each: Field, table: Table, columns: Columns, records: Records) -> list[Any]:
    at = columns.by_field[each.key]
    heading = columns.headings[at]
    aside = _aside(each, table.cells[at], is_told=each.key in columns.by_hand)
    for position, word in aside.items():
        records.aside.setdefault(position, (heading.text, word))
    cells = [None if i in aside else cell for i, cell in enumerate(table.cells[at])]
    if each.key in columns.by_hand:
        each = replace(each, choices={**each.choices, **each.tags})
    values, faults = read_column(cells, each, heading.unit)
    for position, fault in faults.items():
        given = shown(cells[position])
        records.reject(position, replace(fault, column=heading.text, given=given))
    if each.is_required:
        for position, value in enumerate(values):
            if value is None and position not in {**faults, **aside}:
                records.reject(position, Fault(REQUIRED, column=heading.text))
    return values


def _aside(each: Field, cells: Sequence[Cell], *, is_told: bool) -> dict[int, str]:
    """Return the positions of the rows that are none of their kind, with the word that says so."""
    if not (each.is_filter or (each.aside and is_told)):
        return {}
    words = ["" if cell is None else str(cell).strip().casefold() for cell in cells]
    says_none = each.aside if each.is_filter else each.aside | {""}
    return {position: word for position, word in enumerate(words) if word in says_none}


def _constant(each: Field, text: str, records: Records) -> list[Any]:
    values, faults = read_column([text], each)
    if faults or values == [None]:
        wrong = faults.get(0, Fault(REQUIRED))
        records.file_faults.append(replace(wrong, column=each.heading, given=shown(text)))
    return values * len(records.rows)


def _spread(each: Field, values: list[Any]) -> dict[str, list[Any]]:
    """Return the values by column: a fee is read as a pair, lower and upper."""
    if each.reads is not Reads.FEE:
        return {each.key: values}
    ends = {"fee_low": 0, "fee_high": 1}
    return {
        column: [None if pair is None else pair[ends[column]] for pair in values]
        for column in each.columns
    }


def shown(cell: Cell) -> str:
    """Return a cell as a report may show it: short, without what garbles it or is private."""
    text = masked(str(cell))[:_SHOWN]
    return text if text.isprintable() else text.encode("ascii", "backslashreplace").decode()
