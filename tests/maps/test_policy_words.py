from dataclasses import replace

import pytest

from layers.policy import load_policy
from layers.rules import NO_LIMITS
from maps.policy_words import chapters_of


@pytest.fixture
def policy():
    return load_policy("default")


def texts(policy, **wishes):
    return [rule.text for chapter in chapters_of(policy, **wishes) for rule in chapter.rules]


def test_a_policy_is_told_in_sentences_with_its_numbers(policy):
    told = texts(policy)
    for sentence in (
        "片区必须相连",
        "片区不跨街道",
        "建筑面积下限 3.00 万㎡",
        "建筑面积上限 10.00 万㎡",
        "直径上限 1,200 米",
        "间隔不超过 60 米",
        "被河流、铁路、快速路隔开的不算相邻，有通道的除外",
        "隔主干路的，间隔按加 100 米计",
        "收缴率按 60% 计",
        "未认定的，2000 年以前建成的推定为老旧小区",
    ):
        assert sentence in told


def test_a_limit_that_there_is_not_is_not_told(policy):
    told = texts(replace(policy, thresholds=NO_LIMITS))
    assert not [text for text in told if text.startswith(("建筑面积", "户（套）", "直径"))]


def test_the_lowest_grade_is_told_where_there_is_one(policy):
    asked = replace(policy, providers=replace(policy.providers, grade_min="B"))
    assert "信用等级不低于 B 级" in texts(asked)
    assert not any("不低于" in sentence for sentence in texts(policy))


def test_what_the_document_leaves_open_is_marked(policy):
    open_key = replace(policy, taken_from_default=("links.reach_m",))
    marked = [
        rule.text for chapter in chapters_of(open_key) for rule in chapter.rules if rule.is_default
    ]
    assert marked == ["间隔不超过 60 米"]


def test_titles_and_sentences_are_translated(policy):
    told = chapters_of(policy, translate=lambda text: text.replace("怎样", "how "))
    assert next(chapter.title for chapter in told) == "how 分片"
    assert texts(policy, translate=lambda _text: "said") == ["said"] * len(texts(policy))
