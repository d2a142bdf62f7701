"""What is missing, and which contracts run out: counts that are filters when clicked."""

from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext

from geo.readers import Kind
from maps.asked import Asked
from maps.ledger.asking import DUE_NAMES, Due, View, by_due, is_gap, rows_of
from maps.ledger.columns import COLUMNS
from maps.ledger.findings import FINDINGS
from maps.ledger.queries import QUERIES, Inside

RUNNING_OUT = (Due.WITHIN_30, Due.WITHIN_90, Due.LAPSED)


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many rows there are of a sort, and where they are shown."""

    title: str
    rows: int
    query: str
    is_chosen: bool
    kind: Kind | None = None
    """The grid that shows them, where it is another."""


def gaps(view: View, *, asked: Asked, inside: Inside) -> list[Tally]:
    """Return the columns with empty cells, the emptiest first. One query."""
    rows = QUERIES[view.kind](asked, inside)
    if view.kind is Kind.CONTRACT:
        rows = by_due(rows, Due.IN_FORCE, asked)
    columns = [each for each in COLUMNS[view.kind] if not each.may_lack]
    counts = rows.aggregate(**{c.key + "_gaps": Count("pk", filter=is_gap(c)) for c in columns})
    tallies = [
        Tally(
            title=column.field.heading,
            rows=counts[column.key + "_gaps"],
            query=view.query(
                asked,
                gap="" if view.gap == column.key else column.key,
                group=column.group or view.group,
                due=Due.IN_FORCE,
            ),
            is_chosen=view.gap == column.key,
        )
        for column in columns
    ]
    return sorted((each for each in tallies if each.rows), key=lambda each: -each.rows)


def running_out(view: View, *, asked: Asked, inside: Inside) -> list[Tally]:
    """Return how many contracts end soon, or ended and nobody came after. Three queries."""
    items = QUERIES[Kind.CONTRACT](asked, inside)
    contracts = View(kind=Kind.CONTRACT)
    return [
        Tally(
            title=str(DUE_NAMES[due]),
            rows=by_due(items, due, asked).count(),
            query=contracts.query(asked, due=due),
            is_chosen=view.kind is Kind.CONTRACT and view.due is due,
        )
        for due in RUNNING_OUT
    ]


def basis(view: View, *, asked: Asked, inside: Inside) -> list[Tally]:
    """Return how many contracts and decisions lack a sound basis. Three queries."""
    return [
        Tally(
            title=gettext(finding.label),
            rows=rows_of(View(kind=kind, finding=finding), asked=asked, inside=inside).count(),
            query=View(kind=kind).query(
                asked, finding=None if view.finding is finding else finding
            ),
            is_chosen=view.finding is finding,
            kind=kind,
        )
        for kind, findings in FINDINGS.items()
        for finding in findings
    ]
