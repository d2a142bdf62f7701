"""One file on its way into the database: what is counted, noticed, and found wrong."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
from django.utils import timezone

from geo.errors import Fault
from geo.models import ImportBatch

Row = dict[str, Any]
"""A row of a reader's frame: unknown is None, text that is unknown is ""; "row" is its number."""


@dataclass(kw_only=True)
class Job:
    """What the loading of one file shares and gathers."""

    batch: ImportBatch
    update: bool
    """Whether what is known already is brought up to date, instead of refused."""
    now: datetime
    faults: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    """Rows of the database that are created, updated or unchanged."""

    codes: list[str] = field(default_factory=list)
    """Of the things that the file tells of."""
    added: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)

    @property
    def today(self) -> date:
        """Return the day of the import."""
        return timezone.localdate(self.now)

    @property
    def yesterday(self) -> date:
        """Return the last day on which things were as they were recorded before."""
        return self.today - timedelta(days=1)

    def reject(
        self, row: Mapping[str, Any], text: str, values: Mapping[str, object], fix: str = ""
    ) -> None:
        """Note what is wrong with a row."""
        self.faults.append(Fault(text, values, fix, row=row["row"]))

    def reject_each(
        self, rows: Mapping[str, list[int]], text: str, key: str, *, fix: str, column: str = ""
    ) -> None:
        """Note what is wrong with a value, once, however many rows have it."""
        for value, numbers in rows.items():
            values = {key: value, "count": len(numbers)}
            first, *more = numbers
            found = Fault(text, values, fix, row=first, column=column, also=tuple(more))
            self.faults.append(found)


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a reader's frame; its index holds their numbers in the file."""
    columns = {name: _plain(frame[name]) for name in frame.columns}
    numbers = [int(number) for number in frame.index]
    return [
        dict(zip(columns, values, strict=True)) | {"row": number}
        for number, values in zip(numbers, zip(*columns.values(), strict=True), strict=True)
    ]


def _plain(column: "pd.Series[Any]") -> Iterable[Any]:
    values = column.astype(object)
    return values.where(values.notna(), None).to_list()
