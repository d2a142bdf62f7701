"""One page of a grid: rows of cells, each with its text, its origin and how it is changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils import timezone

from geo.frames.past import managing_tree
from geo.models import (
    Building,
    Compound,
    ContractItem,
    ManagementArea,
    ManagingArea,
    OwnersDecision,
    Provider,
)
from geo.readers import Kind
from maps.asked import Asked
from maps.ledger.asking import PAGE_ROWS, View, rows_of
from maps.ledger.columns import COLUMNS, Column, shown_in
from maps.ledger.origins import Origin, origins_of
from maps.ledger.queries import QUERIES, Inside
from maps.ledger.shown import is_unknown, shown, typed

MODELS: Mapping[Kind, type[Any]] = {
    Kind.COMPOUND: Compound,
    Kind.BUILDING: Building,
    Kind.MANAGEMENT_AREA: ManagementArea,
    Kind.CONTRACT: ContractItem,
    Kind.DECISION: OwnersDecision,
    Kind.PROVIDER: Provider,
}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One value of a row."""

    column: Column
    text: str
    typed: str
    is_gap: bool
    origin: Origin | None = None
    note: str = ""
    """What stands in small letters below the value, such as a code."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a grid."""

    pk: int
    cells: tuple[Cell, ...]

    @property
    def title(self) -> str:
        """Return what the row is called."""
        return self.cells[0].text

    @cached_property
    def by_key(self) -> dict[str, Cell]:
        """Return the cells by the keys of their columns."""
        return {cell.column.key: cell for cell in self.cells}


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A page of rows."""

    columns: tuple[Column, ...]
    rows: list[Row]
    page: "Page[Any]" = field(repr=False)


def inside(area: ManagingArea, asked: Asked) -> Inside:
    """Return the row ids of an area and all below it."""
    return managing_tree(area=area.code, known=asked.known).inside() or frozenset()


def grid_of(view: View, *, asked: Asked, inside: Inside) -> Grid:
    """Return the page that is asked for."""
    found = rows_of(view, asked=asked, inside=inside)
    page = Paginator(values_of(found, COLUMNS[view.kind]), PAGE_ROWS).get_page(view.page)
    columns = shown_in(view.kind, view.group)
    return Grid(columns=columns, rows=as_rows(view.kind, list(page), columns, asked), page=page)


def row_of(
    kind: Kind, pk: int, *, asked: Asked, inside: Inside, columns: Sequence[Column] | None = None
) -> Row | None:
    """Return one row of the area; None where there is none of that id."""
    wanted = tuple(columns or COLUMNS[kind])
    found = values_of(QUERIES[kind](asked, inside).filter(pk=pk), COLUMNS[kind])
    return next(iter(as_rows(kind, list(found), wanted, asked)), None)


def values_of(rows: QuerySet[Any, Any], columns: Iterable[Column]) -> QuerySet[Any, Any]:
    """Return the annotated values of rows, and nothing else."""
    annotated = rows.query.annotations
    names = [name for name in annotated if name.startswith(("v_", "f_"))]
    lacking = [c.key for c in columns if f"v_{c.key}" not in annotated]
    assert not lacking, lacking  # noqa: S101 (a query that forgot a column is our mistake)
    return rows.values("pk", *names)


def as_rows(
    kind: Kind, values: Sequence[Mapping[str, Any]], columns: Sequence[Column], asked: Asked
) -> list[Row]:
    """Return values as rows of cells with their origins."""
    origins = origins_of(MODELS[kind], values, columns, asked)
    return [
        Row(
            pk=row["pk"],
            cells=tuple(
                _cell(column, row, origins.get((row["pk"], column.key))) for column in columns
            ),
        )
        for row in values
    ]


def _cell(column: Column, row: Mapping[str, Any], origin: Origin | None) -> Cell:
    value = row[f"v_{column.key}"]
    note = row.get(f"v_{column.key}_code") or ""
    text = shown(column, row)
    return Cell(
        column=column,
        text=text,
        typed=typed(column, row),
        is_gap=is_unknown(value) and not column.may_lack,
        origin=None if is_unknown(value) else origin,
        note="" if note == text else note,
    )


def now_asked() -> Asked:
    """Return today as known now, after what has just been written."""
    now = timezone.now()
    return Asked(valid=timezone.localdate(now), known=now, is_today=True)
