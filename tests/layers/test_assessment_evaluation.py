"""Scores to totals, grades and ranks; five-good checklists; quarters."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from geo.quarters import Quarter
from geo.words import QuarterMark
from layers.assessment.checklists import Check, Met, checklists_on, count_checks
from layers.assessment.weighing import grade_of, ranks, weigh, weights_of
from layers.policy import load_policy
from layers.policy_parts import Evaluation

POLICY = load_policy("dalian-2018")
RULES = POLICY.assessment
OWNERS, COMMITTEE, COMMUNITY, SUBDISTRICT, BUREAU = POLICY.evaluation.parties


def of(**scores):
    return {party: Decimal(score) for party, score in scores.items()}


def test_owners_lead_with_half_where_the_document_gives_no_weights():
    weights = weights_of(POLICY.evaluation, RULES)
    assert weights.is_default
    assert weights.by_party[OWNERS] == Decimal("0.5")
    assert {weights.by_party[each] for each in (COMMITTEE, BUREAU)} == {Decimal("0.125")}


def test_the_documents_own_weights_go_before_the_default():
    judged = Evaluation(parties=("业主", "街道"), lead="业主", weights=(0.7, 0.3))
    weights = weights_of(judged, RULES)
    assert (weights.is_default, weights.by_party["街道"]) == (False, Decimal("0.3"))


@pytest.mark.parametrize(
    "judged", [Evaluation(parties=("街道", "社区")), Evaluation(parties=("业主",))]
)
def test_without_a_lead_all_weigh_the_same(judged):
    shares = set(weights_of(judged, RULES).by_party.values())
    assert shares == {Decimal(1) / len(judged.parties)}


def test_a_total_is_weighed_to_the_hundredth():
    total = weigh(
        of(业主=91, 业主委员会=80, 社区居民委员会=70, 街道办事处=85, 区物业主管部门=66),
        weights_of(POLICY.evaluation, RULES),
    )
    assert (total.total, total.scored, total.strangers) == (Decimal("83.13"), 1, ())


def test_who_did_not_score_leaves_the_weight_to_the_others():
    total = weigh(of(业主=90, 街道办事处=60), weights_of(POLICY.evaluation, RULES))
    assert (total.total, total.scored) == (Decimal("84.00"), Decimal("0.63"))


@pytest.mark.parametrize(
    "scores", [of(街道办事处=60), {}, of(物业协会=99)], ids=["no owners", "nobody", "a stranger"]
)
def test_without_the_leading_party_there_is_no_total(scores):
    assert weigh(scores, weights_of(POLICY.evaluation, RULES)).total is None


def test_parties_that_the_document_does_not_name_count_for_nothing_and_are_told():
    total = weigh(of(业主=90, 物业协会=10), weights_of(POLICY.evaluation, RULES))
    assert (total.total, total.strangers) == (Decimal(90), ("物业协会",))


@pytest.mark.parametrize(
    ("total", "grade"),
    [
        ("90.00", QuarterMark.EXCELLENT),
        ("89.99", QuarterMark.GOOD),
        ("80.00", QuarterMark.GOOD),
        ("60.00", QuarterMark.PASSED),
        ("59.99", QuarterMark.FAILED),
    ],
)
def test_a_grade_begins_at_its_line(total, grade):
    assert grade_of(Decimal(total), RULES) is grade


def test_without_total_there_is_no_grade():
    assert grade_of(None, RULES) is None


def test_a_city_may_draw_the_lines_elsewhere():
    assert grade_of(Decimal(84), replace(RULES, good_from=85.0)) is QuarterMark.PASSED


def test_equal_totals_share_their_rank():
    told = [Decimal(80), None, Decimal(90), Decimal(80), Decimal(70)]
    assert ranks(told) == [2, None, 1, 2, 4]


ITEMS = POLICY.five_good
DAY = dt.date(2026, 9, 15)


def check(compound, item, *, is_met=True, day=DAY):
    return Check(compound=compound, item=item, is_met=is_met, day=day)


def test_of_every_item_the_latest_check_counts():
    told = [check(1, ITEMS[0], is_met=False), check(1, ITEMS[0], day=DAY + dt.timedelta(30))]
    before, after = (
        checklists_on(told, ITEMS, [1], day=day)[1] for day in (DAY, DAY + dt.timedelta(30))
    )
    assert (before.met(ITEMS[0]), after.met(ITEMS[0])) == (Met.NO, Met.YES)
    assert after.met(ITEMS[1]) is Met.UNKNOWN


def test_compounds_are_good_in_everything_or_fail_or_are_not_known():
    told = [check(1, item) for item in ITEMS]
    told += [check(2, ITEMS[0], is_met=False), check(3, ITEMS[0]), check(9, ITEMS[0])]
    lists = checklists_on([*told, check(1, "绿化")], ITEMS, [1, 2, 3], day=DAY)
    count = count_checks(list(lists.values()), ITEMS)
    assert (count.compounds, count.all_met, count.some_failed, count.unknown) == (3, 1, 1, 1)
    assert count.by_item[ITEMS[0]] == {Met.YES: 2, Met.NO: 1, Met.UNKNOWN: 0}


@pytest.mark.parametrize(
    "text", ["2026年第三季度", "2026Q3", "2026年3季度", "2026-3", " 2026 第3季度 "]
)
def test_a_quarter_is_read_as_clerks_write_it(text):
    assert Quarter.from_text(text) == Quarter(2026, 3)


@pytest.mark.parametrize("text", ["2026", "2026Q5", "上季度", "1026Q1", "2026-13"])
def test_what_is_no_quarter_is_none(text):
    assert Quarter.from_text(text) is None


def test_quarters_follow_one_another_across_the_year():
    last = Quarter(2025, 4)
    assert (last.next, last.next.previous, last.key) == (Quarter(2026, 1), last, "2025Q4")
    assert (last.first, last.last) == (dt.date(2025, 10, 1), dt.date(2025, 12, 31))
    assert (Quarter.of(dt.date(2026, 3, 31)), Quarter(2026, 3).previous) == (
        Quarter(2026, 1),
        Quarter(2026, 2),
    )
    assert str(last) == "2025年第4季度"
