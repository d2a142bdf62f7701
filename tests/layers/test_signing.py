from datetime import date

import pytest

from layers.assignment import Ban, Held, Record, why_not_allowed
from tests.layers.towns import policy_with

FIRST, LAST = date(2024, 3, 1), date(2027, 3, 1)
BARRED = Ban(
    provider="x", area="D1", valid_from=FIRST, valid_to=LAST, document="甲〔2024〕1号",
    reason="擅自退出",
)  # fmt: skip


def told(day, record, areas=("C1", "D1", "D"), **values):
    why = why_not_allowed(day, areas, record, policy_with(**values).providers)
    return [reason.sentence() for reason in why]


@pytest.mark.parametrize(
    ("day", "is_found"),
    [
        (date(2024, 2, 29), False),
        (FIRST, True),
        (LAST, True),
        (date(2027, 3, 2), False),
    ],
    ids=["the day before", "the first day", "the last day", "the day after"],
)
def test_a_signing_is_found_from_the_first_to_the_last_day_of_a_ban(day, is_found):
    sentence = f"{day} 签约时处于禁入期（依据“甲〔2024〕1号”：擅自退出）。"
    assert told(day, Record(bans=[BARRED])) == ([sentence] if is_found else [])


def test_a_ban_elsewhere_is_no_finding():
    assert told(FIRST, Record(bans=[BARRED]), areas=("C2", "D2", "D")) == []


@pytest.mark.parametrize(
    ("day", "grade"),
    [(date(2025, 12, 31), "C"), (date(2026, 1, 1), ""), (date(2026, 6, 30), "")],
    ids=["the last day of C", "the first day of B", "later"],
)
def test_the_grade_of_the_day_of_signing_counts(day, grade):
    record = Record(
        grades=[
            Held(value="C", valid_from=None, valid_to=date(2025, 12, 31)),
            Held(value="B", valid_from=date(2026, 1, 1), valid_to=None),
        ]
    )
    sentence = f"{day} 签约时信用等级为 C 级，低于要求的 B 级。"
    assert told(day, record, grade_min="B") == ([sentence] if grade else [])


def test_an_unknown_grade_is_a_finding_only_where_the_policy_refuses_it():
    assert told(FIRST, Record(), grade_min="B") == []
    assert told(FIRST, Record(), grade_min="B", grade_unknown="refused") == [
        "2024-03-01 签约时信用等级不详，政策要求不低于 B 级。"
    ]


def test_a_thing_outside_the_service_area_of_that_day_is_a_finding():
    record = Record(service_areas=[Held(value="D2", valid_from=FIRST, valid_to=LAST)])
    assert told(FIRST, record) == ["2024-03-01 签约时，所服务的对象不在其服务区域内。"]
    assert told(date(2027, 3, 2), record) == []
    assert told(FIRST, record, areas=("C9", "D2", "D")) == []
