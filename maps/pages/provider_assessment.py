"""How one provider was assessed in an area: events, totals, subsidies and fees of a year."""

from dataclasses import dataclass
from datetime import date

from geo.models import ManagingArea, Provider
from layers.assessment.collecting import Collected
from layers.assessment.subsidies import Sum
from layers.planning.read_assessed import Places
from layers.planning.report_collection import report_collection
from layers.planning.report_evaluations import Judged, read_judged
from layers.planning.report_events import By, EventRow, report_events
from layers.planning.report_subsidies import report_subsidies
from layers.policy import Policy
from maps.asked import Asked
from maps.assessing.period import year_before
from maps.assessing.tabs import places_of


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """What is on record of a provider in the year up to a day."""

    first: date
    last: date
    places: Places
    events: EventRow | None
    """Where it served on the day of the event; None = none, and nothing served."""
    judged: list[Judged]
    """The latest quarter first."""
    subsidies: Sum | None
    collection: Collected | None
    """None = it serves nothing, and collected nothing."""


def assessed_of(
    provider: Provider, *, area: ManagingArea, policy: Policy, asked: Asked
) -> Assessed:
    """Return how a provider was assessed in an area in the year up to the day."""
    places, first, last = places_of(area, asked), year_before(asked.valid), asked.valid
    days = {"first": first, "last": last}
    events = report_events(places, by=By.PROVIDER, **days)
    judged = [
        each
        for each in read_judged(places, policy, first=first, last=last)
        if each.provider == provider.pk
    ]
    subsidies = report_subsidies(places, policy, **days)
    collection = report_collection(places, **days)
    return Assessed(
        first=first,
        last=last,
        places=places,
        events=next((row for row in events.rows if row.code == provider.code), None),
        judged=sorted(judged, key=lambda each: each.quarter, reverse=True),
        subsidies=next((each for each in subsidies.by_provider if each.key == provider.name), None),
        collection=next(
            (row.rate for row in collection.providers if row.code == provider.code), None
        ),
    )
