"""The first mode whose conditions all hold; what is unknown is never taken for yes or no."""

from functools import cache
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.modes import ANSWER_WORDS, NO, UNKNOWN, YES, Standing, decide, together
from layers.policy import load_policy

ANSWERS = (YES, NO, UNKNOWN)
WITH_MODES = ["dalian-2018", "wuhua-2018", "xigang-2021", "xuchang-2021"]
NONE, OPEN = Standing.UNPROVIDED.label, Standing.TO_VERIFY.label
MARKS = {"是": YES, "否": NO, "？": UNKNOWN}


@cache
def modes_of(policy):
    return load_policy(policy).modes


def asked_by(modes):
    """Return the keys of all conditions that modes ask for."""
    return sorted({asked.condition for mode in modes for asked in (*mode.all, *mode.any)})


def site(modes, **answers):
    """Return the modes of one site that answers as given and is unknown otherwise."""
    met = {key: np.array([answers.get(key, UNKNOWN)], np.int8) for key in asked_by(modes)}
    return decide(met, modes, count=1)


def drawn(table):
    """Return the keys and the rows of a table drawn as text, the last column what is expected."""
    heading, *rows = [line.split() for line in table.strip().splitlines()]
    keys = heading[:-1]
    return keys, [([MARKS[word] for word in row[:-1]], row[-1]) for row in rows]


DALIAN = """
area_clear  premises  fund  facilities  old  has_provider  mode
是          是        是    是          否   是            市场化选聘
是          是        是    是          是   否            市场化选聘
？          是        是    是          是   否            待核实
是          ？        是    是          是   否            待核实
是          是        否    是          是   否            文件未规定
否          否        否    否          是   否            保障级基础物业服务
否          ？        ？    否          是   否            保障级基础物业服务
否          否        否    否          ？   否            待核实
否          否        否    否          是   ？            待核实
否          否        否    ？          是   否            待核实
否          否        否    否          否   否            文件未规定
否          否        否    否          是   是            文件未规定
否          否        否    是          是   否            文件未规定
？          否        ？    否          是   否            待核实
？          是        是    否          是   否            待核实
？          ？        ？    ？          ？   ？            待核实
"""
XIGANG = """
area_clear  premises  fund  facilities  old  basic_ready  has_firm  mode
否          否        否    否          是   否           否        基础服务
否          否        否    否          是   ？           否        待核实
否          否        否    否          否   否           否        文件未规定
是          否        否    否          是   是           否        专项服务
是          是        是    是          是   是           否        专项服务
是          是        是    是          否   是           是        市场化专业服务
是          是        是    是          否   是           ？        待核实
是          是        ？    是          否   是           是        待核实
是          是        否    是          否   是           是        文件未规定
？          是        是    是          是   是           是        待核实
"""
XUCHANG = """
professional_ready  basic_ready  mode
是                  是           专业物业管理
是                  ？           专业物业管理
否                  是           基础物业管理
否                  否           业主自治管理
否                  ？           待核实
？                  是           待核实
？                  否           待核实
"""
YANGQUAN = """
area_clear  has_firm  old  mode
是          是        否   文件未规定
？          ？        ？   文件未规定
"""
WUHUA = """
professional_ready  after_repair  has_firm  can_self_govern  mode
是           否            否        否               规范化物业管理
否           是            否        是               规范化物业管理
？           是            ？        ？               规范化物业管理
否           否            否        是               “1+N”自治
否           否            否        否               保障型管理
否           否            是        否               保障型管理
否           否            是        是               文件未规定
否           否            ？        是               待核实
否           否            否        ？               待核实
否           ？            否        是               待核实
？           否            否        否               待核实
"""
TABLES = {
    "wuhua-2018": WUHUA,
    "dalian-2018": DALIAN,
    "xigang-2021": XIGANG,
    "xuchang-2021": XUCHANG,
    "yangquan-2025": YANGQUAN,
}


@pytest.mark.parametrize("policy", TABLES)
def test_each_site_of_the_table_has_the_mode_that_the_document_gives_it(policy):
    keys, rows = drawn(TABLES[policy])
    met = {
        key: np.array([answers[at] for answers, _ in rows], np.int8) for at, key in enumerate(keys)
    }

    found = decide(met, modes_of(policy), count=len(rows))

    assert found.labels.tolist() == [expected for _, expected in rows]
    assert len(found) == len(rows)


def decided_in_full(modes, answers):
    """Return the mode where everything is known, by the words of the document alone."""
    for mode in modes:
        all_hold = all((answers[a.condition] == YES) == a.wanted for a in mode.all)
        any_holds = any((answers[a.condition] == YES) == a.wanted for a in mode.any)
        if all_hold and (any_holds or not mode.any):
            return mode.name
    return NONE


@pytest.mark.parametrize("policy", WITH_MODES)
def test_a_mode_is_decided_where_nothing_unknown_could_change_it_and_nowhere_else(policy):
    modes = modes_of(policy)
    keys = asked_by(modes)
    patterns = list(product(ANSWERS, repeat=len(keys)))
    met = {key: np.array([p[at] for p in patterns], np.int8) for at, key in enumerate(keys)}

    found = decide(met, modes, count=len(patterns))

    names = [*(mode.name for mode in modes), NONE]
    for at, pattern in enumerate(patterns):
        open_keys = [key for key, answer in zip(keys, pattern, strict=True) if answer == UNKNOWN]
        ends = {
            decided_in_full(
                modes,
                dict(zip(keys, pattern, strict=True)) | dict(zip(open_keys, filled, strict=True)),
            )
            for filled in product((YES, NO), repeat=len(open_keys))
        }
        assert found.labels[at] == (min(ends) if len(ends) == 1 else OPEN)
        assert ends <= {name for name, may in zip(names, found.possible[at], strict=True) if may}


@pytest.mark.parametrize("policy", WITH_MODES)
@given(data=st.data())
def test_to_learn_more_never_gives_a_mode_that_was_ruled_out(policy, data):
    modes = modes_of(policy)
    keys = asked_by(modes)
    before = {key: data.draw(st.sampled_from(ANSWERS)) for key in keys}
    learnt = {
        key: data.draw(st.sampled_from(ANSWERS if answer == UNKNOWN else (answer,)))
        for key, answer in before.items()
    }

    first, then = site(modes, **before), site(modes, **learnt)

    assert not np.any(then.possible & ~first.possible)
    if first.which[0] >= 0:
        assert then.which[0] == first.which[0]


@given(data=st.data(), count=st.integers(1, 8))
def test_the_order_of_sites_changes_no_mode(data, count):
    modes = modes_of("dalian-2018")
    rows = st.lists(st.sampled_from(ANSWERS), min_size=count, max_size=count)
    met = {key: np.array(data.draw(rows), np.int8) for key in asked_by(modes)}
    order = data.draw(st.permutations(range(count)))

    found = decide(met, modes, count=count)
    moved = decide({key: column[order] for key, column in met.items()}, modes, count=count)

    assert moved.labels.tolist() == found.labels[order].tolist()
    assert [moved.why(at) for at in range(count)] == [found.why(at) for at in order]


def words(asked):
    return [(each.condition, each.wanted) for each in asked]


def test_a_decided_mode_names_the_conditions_that_decide_it_and_those_that_ruled_out_the_others():
    modes = modes_of("dalian-2018")
    met = {"area_clear": NO, "facilities": NO, "old": YES, "has_provider": NO}

    why = site(modes, **met).why(0)

    assert (why.standing, why.mode) == (Standing.DECIDED, "保障级基础物业服务")
    assert {each.asked.condition for each in why.decided_by} == set(met)
    assert all(each.answer == YES for each in why.decided_by)
    assert [(each.mode, words(each.by)) for each in why.ruled_out] == [
        ("市场化选聘", [("area_clear", True), ("facilities", True)])
    ]
    assert why.to_verify == ()
    assert why.possible == ("保障级基础物业服务",)
    (market,) = why.otherwise
    assert market.mode == "市场化选聘"
    assert {each.condition for each in market.needs} == {
        "area_clear",
        "premises",
        "fund",
        "facilities",
    }


def test_what_is_to_be_verified_is_named_and_nothing_else():
    modes = modes_of("dalian-2018")
    known = {"area_clear": YES, "premises": YES, "fund": UNKNOWN, "facilities": YES}

    why = site(modes, **known).why(0)

    assert (why.standing, why.mode, why.decided_by) == (Standing.TO_VERIFY, "", ())
    assert words(why.to_verify) == [("fund", True)]
    assert why.possible == ("市场化选聘",)
    assert [each.mode for each in why.otherwise] == ["市场化选聘", "保障级基础物业服务"]


def test_where_nothing_matches_every_mode_says_what_rules_it_out():
    modes = modes_of("xuchang-2021")[:2]

    why = site(modes, professional_ready=NO, basic_ready=NO).why(0)

    assert (why.standing, why.mode, why.to_verify) == (Standing.UNPROVIDED, "", ())
    assert [(each.mode, words(each.by)) for each in why.ruled_out] == [
        ("专业物业管理", [("professional_ready", True)]),
        ("基础物业管理", [("basic_ready", True)]),
    ]
    assert why.possible == ()


def test_a_mode_that_comes_first_is_named_before_what_a_later_one_needs():
    modes = modes_of("xigang-2021")
    basic, special, market = (mode.name for mode in modes)
    known = dict.fromkeys(asked_by(modes), YES) | {"has_firm": NO, "old": NO}

    why = site(modes, **known).why(0)

    assert why.mode == special
    after = {each.mode: each for each in why.otherwise}
    assert after[market].needs == ()
    assert after[market].ahead == (special,)
    assert after[basic].ahead == ()


def test_any_of_several_conditions_is_enough_and_all_of_them_are_named_where_none_holds():
    modes = modes_of("wuhua-2018")
    keys = [asked.condition for asked in modes[0].any]
    assert len(keys) == 2

    one = site(modes, **{keys[0]: UNKNOWN, keys[1]: YES}).why(0)
    open_ = site(modes, **{keys[0]: UNKNOWN, keys[1]: NO}).why(0)
    none = site(modes, **dict.fromkeys(keys, NO))

    assert one.mode == modes[0].name
    assert [each.asked.condition for each in one.decided_by] == [keys[1]]
    assert [each.condition for each in open_.to_verify] == [keys[0]]
    assert none.first[0] > 0
    assert [each.condition for each in none.why(0).ruled_out[0].by] == keys
    assert [each.condition for each in none.why(0).otherwise[0].one_of] == keys


def test_a_whole_meets_what_all_its_parts_meet_and_lacks_what_one_of_them_lacks():
    met = np.array([YES, YES, YES, NO, YES, UNKNOWN, NO, UNKNOWN], np.int8)
    holder = np.array([0, 0, 1, 1, 2, 2, -1, 3])

    found = together(met, holder=holder, count=5)

    assert found.tolist() == [YES, NO, UNKNOWN, UNKNOWN, UNKNOWN]
    assert found.dtype == np.int8


def test_the_words_of_an_answer_are_those_of_the_ledger():
    assert [ANSWER_WORDS[int(each)] for each in ANSWERS] == ["是", "否", "不详"]
