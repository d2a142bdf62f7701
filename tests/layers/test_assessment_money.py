"""Subsidies and fees: exact sums, what binds the money, and the rate with what it counts."""

import datetime as dt
from decimal import Decimal

import pytest

from layers.assessment.collecting import Fees, collected
from layers.assessment.subsidies import Paid, limits_of, lines_of, sums_by
from layers.policy_parts import MoneyLine

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 6, 30)
LINES = lines_of(
    [
        MoneyLine(name="补贴"),
        MoneyLine(name="维修资金", ring_fenced=True, needs_vote=True),
        MoneyLine(name="广告", excludes_municipal=True, owners_share=0.7),
    ]
)


def paid(line="补贴", yuan="0.10", vote="", provider="甲物业"):
    return Paid(line=line, provider=provider, place="C1", amount_yuan=Decimal(yuan), vote=vote)


def test_sums_are_exact_to_the_cent():
    (total,) = sums_by([("甲物业", paid()) for _ in range(3)], LINES)
    assert (total.rows, total.free_yuan) == (3, Decimal("0.30"))


def test_ring_fenced_money_stays_apart_in_every_sum():
    told = [("乙", paid()), ("甲", paid()), ("甲", paid("维修资金", "100"))]
    sums = sums_by(told, LINES)
    assert [(s.key, s.free_yuan, s.fenced_yuan) for s in sums] == [
        ("乙", Decimal("0.10"), Decimal(0)),
        ("甲", Decimal("0.10"), Decimal(100)),
    ]


@pytest.mark.parametrize(
    ("row", "sentences"),
    [
        pytest.param(paid(), [], id="nothing binds it"),
        pytest.param(
            paid("维修资金"),
            ["须业主表决，未登记表决文号。", "专款专用，单列，不并入合计。"],
            id="needs a vote and has none",
        ),
        pytest.param(
            paid("维修资金", vote="示决〔2026〕1号"), ["专款专用，单列，不并入合计。"], id="voted"
        ),
        pytest.param(
            paid("广告"),
            ["不含市政道路和政府投资的公共设施。", "其中归业主 70%。"],
            id="advertising",
        ),
        pytest.param(paid("奖励"), ["政策文件没有这一项资金，请核对名称。"], id="unknown"),
    ],
)
def test_what_the_document_says_of_the_money_is_told(row, sentences):
    assert [text.format(**values) for text, values in limits_of(row, LINES)] == sentences


def fees(compound, due, received, first=FIRST, last=LAST):
    return Fees(
        compound=compound,
        provider=None,
        first=first,
        last=last,
        due_yuan=Decimal(due),
        received_yuan=Decimal(received),
    )


def test_compounds_without_figures_are_told_and_count_for_nothing():
    told = [fees(1, 100, 98), fees(9, 100, 0)]
    rate = collected(told, frozenset({1, 2, 3}), first=FIRST, last=LAST)
    assert (rate.percent_text, rate.known, rate.unknown) == ("98.00 %", 1, 2)


@pytest.mark.parametrize(
    ("received", "text"),
    [("99999.99", "99.99 %"), ("100000", "100 %"), ("0", "0 %"), ("66666.67", "66.67 %")],
)
def test_what_is_not_complete_never_reads_100(received, text):
    rate = collected([fees(1, 100000, received)], frozenset({1}), first=FIRST, last=LAST)
    assert rate.percent_text == text


def test_what_lies_partly_in_the_period_counts_by_its_days():
    rate = collected(
        [fees(1, 181, 181)], frozenset({1}), first=dt.date(2026, 6, 1), last=dt.date(2026, 9, 30)
    )
    assert (rate.due_yuan, rate.known) == (Decimal("30.00"), 1)


def test_where_nothing_was_due_there_is_no_rate():
    told = [fees(1, 100, 50, first=dt.date(2025, 1, 1), last=dt.date(2025, 12, 31))]
    rate = collected(told, frozenset({1}), first=FIRST, last=LAST)
    assert (rate.percent, rate.percent_text, rate.unknown) == (None, "—", 1)
