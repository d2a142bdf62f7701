"""Rates of coverage with their 口径: what is counted, out of which base, on a day, per area.

Nothing is stored as "covered". Whether a thing is covered follows from contracts and committees
that hold on the day, carried along what belongs together:

- a covered management area covers its members, a covered compound or courtyard its buildings;
- a management area whose members are all covered is covered;
- what was merged into another thing is covered when that one is.

So a frozen base list keeps its denominator through every merger. What is unknown stays in the
denominator: a compound of which nothing is known is a compound without coverage. Households that
are unknown cannot be summed; how many things that concerns is told beside the rate.
"""

from layers.coverage.conditions import conditions_on, site_of_compounds
from layers.coverage.history import History, rates_on_days
from layers.coverage.ledger import (
    DEFINITIONS,
    NOWHERE,
    Base,
    Committees,
    Flags,
    Items,
    Ledger,
    Measure,
    Positions,
    Things,
    Tree,
    Unit,
)
from layers.coverage.rates import Rate, Rates, latest_base, rates_by_area
from layers.coverage.reach import covered, spread
from layers.coverage.steps import ORDER, Step, Steps, steps_on, taken_on
from layers.coverage.timeline import (
    DatedBase,
    DatedCommittees,
    DatedConditions,
    DatedDecisions,
    DatedItems,
    DatedMembers,
    DatedThings,
    Spans,
    Timeline,
    places_of,
)

__all__ = [
    "DEFINITIONS",
    "NOWHERE",
    "ORDER",
    "Base",
    "Committees",
    "DatedBase",
    "DatedCommittees",
    "DatedConditions",
    "DatedDecisions",
    "DatedItems",
    "DatedMembers",
    "DatedThings",
    "Flags",
    "History",
    "Items",
    "Ledger",
    "Measure",
    "Positions",
    "Rate",
    "Rates",
    "Spans",
    "Step",
    "Steps",
    "Things",
    "Timeline",
    "Tree",
    "Unit",
    "conditions_on",
    "covered",
    "latest_base",
    "places_of",
    "rates_by_area",
    "rates_on_days",
    "site_of_compounds",
    "spread",
    "steps_on",
    "taken_on",
]
