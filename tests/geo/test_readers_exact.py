"""Sums and marks are read exactly as they are written; quarters as clerks write them."""

from decimal import Decimal

import pytest

from geo.quarters import Quarter
from geo.readers.amounts import UnreadableError
from geo.readers.fields import Field, Reads
from geo.readers.values import read_cell

YUAN = Field(key="due", heading="应收", reads=Reads.DECIMAL, unit="元")
STANDARD = Field(key="standard", heading="标准", reads=Reads.DECIMAL)
QUARTER = Field(key="quarter", heading="季度", reads=Reads.QUARTER)


@pytest.mark.parametrize(
    ("cell", "unit", "value"),
    [
        pytest.param("1,234.56元", "", "1234.56", id="commas and a unit"),
        pytest.param(1234.56, "", "1234.56", id="a number of a spreadsheet"),
        pytest.param(0.1 + 0.2, "", "0.30", id="a computed number"),
        pytest.param("1.234567", "万元", "12345.67", id="the heading's unit"),
        pytest.param("2万元", "元", "20000.00", id="the cell's unit goes first"),
        pytest.param(0, "", "0.00", id="nothing is known to be nothing"),
    ],
)
def test_a_sum_is_exact_to_the_cent(cell, unit, value):
    assert read_cell(cell, YUAN, unit) == Decimal(value)


def test_a_standard_may_be_finer():
    assert read_cell("1.1155", STANDARD) == Decimal("1.1155")


@pytest.mark.parametrize(
    ("cell", "field", "sentence"),
    [
        ("12.345", YUAN, "“12.345”的小数超过 2 位"),
        ("1.00001", STANDARD, "小数超过 4 位"),
        ("5美元", YUAN, "不认识单位“美元”。请换算为 元 后填写。"),
        ("-3", YUAN, "是负数"),
        ("若干", YUAN, "“若干”不是数字。"),
        ("2026年", QUARTER, "“2026年”不是季度。请写成 2026年第三季度 或 2026Q3。"),
    ],
)
def test_what_is_not_exact_is_refused_in_words(cell, field, sentence):
    with pytest.raises(UnreadableError) as caught:
        read_cell(cell, field)
    assert sentence in caught.value.fault.sentence()


def test_a_quarter_is_a_quarter():
    assert read_cell("2026年第四季度", QUARTER) == Quarter(2026, 4)
