"""Report treatments: what events and grades propose for each compound, and what was decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from geo.models import TreatmentDecision
from layers.assessment.events import Told, in_period
from layers.assessment.treating import Findings, Proposed, Stand, months_before, propose
from layers.planning.read_assessed import (
    Place,
    Places,
    facts_of,
    read_conditions,
    read_events,
    streets_with_events,
)
from layers.planning.report_evaluations import latest_grades
from layers.policy import Policy


@dataclass(frozen=True, kw_only=True)
class Treated:
    """One treatment of one compound: proposed, decided, or both."""

    place: Place
    provider: str
    treatment: str
    proposed: Proposed | None
    """None = it was decided, and nothing proposes it any more."""
    decision: TreatmentDecision | None


@dataclass(frozen=True, kw_only=True)
class TreatmentReport:
    """The treatments of an area on a day under a policy."""

    first: date
    """The first day whose events count."""
    rows: Sequence[Treated]
    proposed: int
    to_verify: int
    decided: int


def report_treatments(places: Places, policy: Policy) -> TreatmentReport:
    """Return what is proposed and decided: what waits for a decision first."""
    first = months_before(places.day, policy.assessment.within_months)
    decided = _decisions(places, policy)
    found = _proposed(places, policy, first)
    rows = [
        _row(places, places.compounds[compound], name, found.get((compound, name)), decision)
        for compound, name in {**found, **decided}
        for decision in [decided.get((compound, name))]
    ]
    order = [each.name for each in policy.treatments]
    rows.sort(key=lambda row: _order(row, order))
    open_rows = [row for row in rows if row.decision is None and row.proposed is not None]
    stands = [row.proposed.stand for row in open_rows if row.proposed is not None]
    return TreatmentReport(
        first=first,
        rows=rows,
        proposed=stands.count(Stand.PROPOSED),
        to_verify=stands.count(Stand.TO_VERIFY),
        decided=len(decided),
    )


def _row(
    places: Places,
    place: Place,
    treatment: str,
    proposed: Proposed | None,
    decision: TreatmentDecision | None,
) -> Treated:
    provider = places.provider_of(place.id)
    return Treated(
        place=place,
        provider=places.providers[provider][1] if provider is not None else "",
        treatment=treatment,
        proposed=proposed,
        decision=decision,
    )


def _order(row: Treated, names: Sequence[str]) -> tuple[object, ...]:
    is_open = row.decision is None
    stand = row.proposed.stand if row.proposed else ""
    rank = names.index(row.treatment) if row.treatment in names else len(names)
    return (not is_open, stand != Stand.PROPOSED, rank, row.place.code)


def _proposed(places: Places, policy: Policy, first: date) -> dict[tuple[int, str], Proposed]:
    if not policy.treatments:
        return {}
    events = in_period(read_events(places), first=first, last=places.day)
    by_compound: dict[int, list[Told]] = {}
    for event in events:
        if event.counts and event.compound is not None:
            by_compound.setdefault(event.compound, []).append(event)
    told = streets_with_events(places, first=first, last=places.day)
    grades, conditions = latest_grades(places, policy), read_conditions(places)
    return {
        (compound, each.treatment.name): each
        for compound, place in places.compounds.items()
        for each in propose(
            Findings(
                events=by_compound.get(compound, ()),
                are_events_known=places.street_of(place.area) in told,
                graded=grades.get(compound),
                conditions=conditions.get(compound),
            ),
            policy.treatments,
            policy.assessment,
        )
    }


def _decisions(places: Places, policy: Policy) -> Mapping[tuple[int, str], TreatmentDecision]:
    """Return the latest decision of each treatment of a compound, under the policy."""
    facts = facts_of(TreatmentDecision, places, has_area=False).filter(
        policy=policy.id, valid_from__lte=places.day
    )
    return {(fact.compound_id, fact.treatment): fact for fact in facts.order_by("valid_from", "pk")}
