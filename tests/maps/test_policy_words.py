from dataclasses import replace
from datetime import date

import pytest

from layers.policy import load_policy, policy_names
from layers.rules import NO_LIMITS
from maps.policy_chapters import chapters_of

OPEN = {"文件未规定", "本政策不设片区上下限", "不连片，每个纳管对象自成一片"}
"""What no paragraph can be quoted for: the document is silent."""


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
    assert "how 算相邻" in [chapter.title for chapter in told]
    said = texts(policy, translate=lambda _text: "said")
    assert set(said[1:]) == {"said"}  # the first names the document itself


def test_what_a_document_does_not_say_is_told_as_not_said():
    chapters = {chapter.title: chapter for chapter in chapters_of(load_policy("yangquan-2025"))}
    assert [rule.text for rule in chapters["目标节点"].rules] == ["文件未规定"]


def test_the_modes_of_a_city_are_a_ladder_in_the_documents_own_words():
    chapters = chapters_of(load_policy("dalian-2018"))
    ladder = next(chapter for chapter in chapters if chapter.title.startswith("管理模式"))
    first, second = ladder.told
    assert [first.name, second.name] == ["1. 市场化选聘", "2. 保障级基础物业服务"]
    assert second.rules[0].text == (
        "以下全部满足：建设年代较早、难以划定物业管理区域、设施设备不全、无人管理"
    )
    assert (second.status, second.quote.paragraph) == ("现行", "三（三）2")


@pytest.mark.parametrize("name", [name for name in policy_names() if name != "default"])
def test_every_rule_that_a_document_gives_shows_its_paragraph(name):
    policy = load_policy(name)
    assert policy.quotes
    bare = [
        (chapter.title, told.name, rule.text)
        for chapter in chapters_of(policy)
        if chapter.title != "依据"
        for told in chapter.told
        for rule in told.rules
        if told.quote is None and not rule.is_default
    ]
    assert [rule for rule in bare if rule[-1] not in OPEN] == []


def test_a_quote_has_the_status_of_its_policy_where_it_has_none_of_its_own():
    wuhua = load_policy("wuhua-2018")
    assert (wuhua.quotes["exit_ban"].status, wuhua.exit_ban.quote.status) == ("planned", "planned")


def test_targets_that_have_ended_are_told_as_history():
    def statuses(on):
        chapters = chapters_of(load_policy("dalian-2018"), on_date=on)
        goals = next(chapter for chapter in chapters if chapter.title == "目标节点")
        return [told.status for told in goals.told]

    assert set(statuses(date(2026, 1, 1))) == {"历史政策"}
    assert statuses(date(2019, 6, 1)) == ["历史政策", "现行", "现行", "现行", "现行"]


def test_a_whole_area_for_one_provider_has_no_limits_to_tell():
    told = texts(load_policy("wuhua-2018"))
    assert "每个辖区确定一家服务主体，片区大小不设上下限" in told
    assert "参加连片的只有：老旧小区" in told
    assert not [text for text in told if text.startswith(("建筑面积", "直径"))]
