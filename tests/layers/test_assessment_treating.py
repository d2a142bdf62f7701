"""From events and grades to treatments: proposed, to verify, or neither."""

import datetime as dt

import pytest

from geo.words import EventCategory, EventKind, QuarterMark
from layers.assessment.events import Told
from layers.assessment.treating import Findings, Graded, Recorded, Stand, months_before, propose
from layers.policy import load_policy

POLICY = load_policy("dalian-2018")
LEGACY, CHOOSE, SELF, REPAIR = [each.name for each in POLICY.treatments]


def events(category, count):
    return [
        Told(
            day=dt.date(2026, 5, day),
            kind=EventKind.COMPLAINT,
            category=category,
            result="",
            compound=1,
            document=f"12345-{day}",
        )
        for day in range(1, count + 1)
    ]


def graded(grade):
    return Graded(grade=grade, quarter="2026年第1季度", document="")


def found(**findings):
    told = {"events": (), "are_events_known": True} | findings
    proposed = propose(Findings(**told), POLICY.treatments, POLICY.assessment)
    return {each.treatment.name: each.stand for each in proposed}


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        pytest.param({}, {}, id="nothing speaks for anything"),
        pytest.param(
            {"events": events(EventCategory.LEGACY, 3), "graded": graded(QuarterMark.GOOD)},
            {LEGACY: Stand.PROPOSED, SELF: Stand.TO_VERIFY},
            id="good service, much that is left over",
        ),
        pytest.param(
            {"events": events(EventCategory.LEGACY, 3)},
            {LEGACY: Stand.TO_VERIFY, SELF: Stand.TO_VERIFY},
            id="nobody has graded the service",
        ),
        pytest.param(
            {"events": events(EventCategory.LEGACY, 2), "graded": graded(QuarterMark.GOOD)},
            {},
            id="two are not many",
        ),
        pytest.param(
            {"graded": graded(QuarterMark.FAILED)},
            {CHOOSE: Stand.PROPOSED, SELF: Stand.TO_VERIFY},
            id="poor service",
        ),
        pytest.param(
            {
                "graded": graded(QuarterMark.FAILED),
                "conditions": {
                    "can_self_govern": Recorded(is_met=True, since=None, source="台账录入")
                },
            },
            {CHOOSE: Stand.PROPOSED, SELF: Stand.PROPOSED},
            id="poor service, and the owners can govern themselves",
        ),
        pytest.param(
            {
                "events": events(EventCategory.FEES, 3),
                "conditions": {
                    "can_self_govern": Recorded(is_met=False, since=None, source="台账录入")
                },
            },
            {},
            id="many disputes, and the owners cannot",
        ),
        pytest.param(
            {"events": events(EventCategory.REPAIR, 3), "graded": graded(QuarterMark.PASSED)},
            {REPAIR: Stand.PROPOSED, SELF: Stand.TO_VERIFY},
            id="repairs that come late",
        ),
        pytest.param(
            {"are_events_known": False, "graded": graded(QuarterMark.GOOD)},
            {LEGACY: Stand.TO_VERIFY},
            id="no events are on record at all",
        ),
        pytest.param(
            {
                "are_events_known": False,
                "conditions": {"can_self_govern": Recorded(is_met=True, since=None, source="")},
            },
            {SELF: Stand.TO_VERIFY},
            id="whether there are many disputes is not known",
        ),
    ],
)
def test_a_treatment_is_proposed_on_all_its_signs(findings, expected):
    assert found(**findings) == expected


def test_the_evidence_of_every_sign_stands_beside_it():
    told = Findings(
        events=events(EventCategory.LEGACY, 4),
        are_events_known=True,
        graded=graded(QuarterMark.EXCELLENT),
    )
    first = propose(told, POLICY.treatments, POLICY.assessment)[0]
    service, many = first.shown
    assert (service.asked.words, service.graded.grade) == ("服务较好", QuarterMark.EXCELLENT)
    assert [event.document for event in many.events] == [f"12345-{day}" for day in range(1, 5)]
    assert first.treatment.quote.paragraph == "三（三）3"


def test_a_policy_without_treatments_proposes_none():
    other = load_policy("wuhua-2018")
    told = Findings(events=events(EventCategory.FEES, 9), are_events_known=True)
    assert propose(told, other.treatments, other.assessment) == ()


@pytest.mark.parametrize(
    ("day", "months", "first"),
    [
        pytest.param("2026-11-22", 12, "2025-11-23", id="a year"),
        pytest.param("2024-02-29", 12, "2023-03-01", id="from a leap day"),
        pytest.param("2026-12-31", 6, "2026-07-01", id="from a long month into a short one"),
        pytest.param("2026-01-15", 1, "2025-12-16", id="across the year"),
        pytest.param("0001-03-01", 12, "0001-01-01", id="from the first of all years"),
    ],
)
def test_a_period_of_months_ends_with_the_day(day, months, first):
    assert months_before(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(first)
