import pickle
from datetime import date
from pathlib import Path

import pytest

from geo.errors import InputError
from layers import policy
from layers.policy import Strategy, load_policy, policy_in, policy_names
from layers.sites import Scope

CITY = """
[policy]
id = "yangquan-2025"
name = "阳泉"
status = "reported_case"

[source]
doc = "市住建局提案答复"
kind = "提案答复"
"""


@pytest.fixture
def city_file(tmp_path):
    def write(more: str = "", *, start: str = CITY) -> Path:
        path = tmp_path / "yangquan.toml"
        path.write_text(start + more, encoding="utf-8")
        return path

    return write


def report_of(path: Path | str) -> str:
    with pytest.raises(InputError) as caught:
        load_policy(path)
    return caught.value.report()


def test_the_default_takes_nothing_from_itself():
    assert load_policy("default").taken_from_default == ()


def test_a_word_of_the_file_becomes_a_member_of_its_enum():
    assert load_policy("default").bundling.strategy is Strategy.CONTIGUOUS


def test_none_means_no_limit():
    assert load_policy("default").thresholds.households_max is None


def test_a_city_that_says_nothing_gets_every_number_of_the_default(city_file):
    assert load_policy(city_file()).money == load_policy("default").money


def test_a_city_keeps_its_own_name(city_file):
    assert load_policy(city_file()).name == "阳泉"


def test_a_path_may_be_given_as_text(city_file):
    assert load_policy(str(city_file())).id == "yangquan-2025"


def test_what_the_city_says_wins(city_file):
    assert (
        load_policy(city_file("[bundling]\nscope = 'community'\n")).bundling.scope
        is Scope.COMMUNITY
    )


def test_what_the_city_says_is_not_listed_as_taken(city_file):
    taken = load_policy(city_file("[old]\nyear = 1995\n")).taken_from_default
    assert "old.year" not in taken


@pytest.mark.parametrize(
    "more",
    [
        pytest.param("", id="absent"),
        pytest.param("[thresholds]\nfloor_area_min_m2 = 'unset'\n", id="unset by itself"),
    ],
)
def test_what_the_city_leaves_open_is_listed_as_taken(city_file, more):
    assert "thresholds.floor_area_min_m2" in load_policy(city_file(more)).taken_from_default


def test_a_whole_table_may_be_unset(city_file):
    path = city_file(start="thresholds = 'unset'\n" + CITY)
    assert load_policy(path).thresholds == load_policy("default").thresholds


def test_no_limit_is_not_the_same_as_unset(city_file):
    more = "[thresholds]\nfloor_area_max_m2 = 'none'\n"
    assert load_policy(city_file(more)).thresholds.floor_area_max_m2 is None


def test_the_dates_of_the_document_are_read(city_file):
    loaded = load_policy(city_file("issued = 2025-09-22\n"))
    assert (loaded.source.issued, loaded.source.goal_ends) == (date(2025, 9, 22), None)


def test_a_grade_may_be_asked_for(city_file):
    assert load_policy(city_file("[providers]\ngrade_min = 'B'\n")).providers.grade_min == "B"


def test_a_barrier_that_the_city_makes_hard_costs_no_metres(city_file):
    more = "[links]\nhard = ['river', 'railway', 'expressway', 'arterial']\n"
    assert load_policy(city_file(more)).links.impedance_m == {"wall": 30.0}


def test_the_metres_of_a_barrier_made_hard_are_not_listed_as_taken(city_file):
    more = "[links]\nhard = ['river', 'railway', 'expressway', 'arterial']\n"
    assert "links.impedance_m.arterial" not in load_policy(city_file(more)).taken_from_default


def test_one_impedance_may_be_changed_without_naming_the_others(city_file):
    more = "[links]\nimpedance_m = { arterial = 200.0 }\n"
    assert load_policy(city_file(more)).links.impedance_m == {"arterial": 200.0, "wall": 30.0}


def test_a_policy_can_travel_to_another_process(city_file):
    loaded = load_policy(city_file())
    assert pickle.loads(pickle.dumps(loaded)) == loaded  # noqa: S301 (our own bytes)


def test_every_file_that_comes_with_the_project_is_offered_by_name():
    assert "default" in policy_names()


def test_an_unknown_name_is_refused_with_the_names_there_are():
    assert report_of("atlantis") == (
        f"没有名为“atlantis”的政策。可用的政策：{'、'.join(policy_names())}。"
    )


def test_a_missing_file_is_refused(tmp_path):
    assert report_of(tmp_path / "none.toml") == "没有政策文件 none.toml。"


def test_a_file_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "old.toml"
    path.write_bytes("name = '阳泉'".encode("gbk"))
    assert report_of(path) == "政策文件 old.toml 不是 UTF-8 编码。请另存为 UTF-8。"


def test_what_is_not_toml_is_refused_with_its_line(city_file):
    assert report_of(city_file("[old]\nyear 1995\n")).startswith(
        "第 11 行：政策文件 yangquan.toml 不合 TOML 写法"
    )


def test_toml_that_ends_too_soon_is_refused_without_a_line(city_file):
    assert report_of(city_file("[old]\nyear = [1995,")).startswith(
        "政策文件 yangquan.toml 不合 TOML"
    )


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        pytest.param(
            "[bundling]\nstrategie = 'none'\n",
            "第 11 行“bundling.strategie”：政策文件 yangquan.toml 中没有"
            "“bundling.strategie”这一项。"
            "是否指“bundling.strategy”？",
            id="misspelt key",
        ),
        pytest.param(
            "[xyzzy]\nq = 1\n",
            "第 11 行“xyzzy.q”：政策文件 yangquan.toml 中没有“xyzzy.q”这一项。请删去。",
            id="key like no other",
        ),
        pytest.param(
            "[money]\nfee = '0.5元'\n",
            "第 11 行“money.fee”：政策文件 yangquan.toml 中写的是“0.5元”。"
            "应为数字，单位为元/㎡·月，不带引号和单位。",
            id="unit in the value",
        ),
        pytest.param(
            "[money]\nfee = true\n",
            "第 11 行“money.fee”：政策文件 yangquan.toml 中写的是“True”。"
            "应为数字，单位为元/㎡·月，不带引号和单位。",
            id="yes instead of a number",
        ),
        pytest.param(
            "[money]\nfee = nan\n",
            "第 11 行“money.fee”：政策文件 yangquan.toml 中写的是“nan”。"
            "应为数字，单位为元/㎡·月，不带引号和单位。",
            id="not a number",
        ),
        pytest.param(
            "[money]\nfee = -1\n",
            "第 11 行“money.fee”：政策文件 yangquan.toml 中写的是“-1”。不能小于 0。",
            id="negative",
        ),
        pytest.param(
            "[derive]\nfloor_area_per_household_m2 = 0\n",
            "第 11 行“derive.floor_area_per_household_m2”：政策文件 yangquan.toml 中写的是“0”。"
            "应大于 0。",
            id="nought where it divides",
        ),
        pytest.param(
            "[money]\ncollection = 60\n",
            "第 11 行“money.collection”：政策文件 yangquan.toml 中写的是“60”。"
            "应为 0 至 1 之间的比例，如 0.6 表示 60%。",
            id="per cent instead of a share",
        ),
        pytest.param(
            "[old]\nyear = 20\n",
            "第 11 行“old.year”：政策文件 yangquan.toml 中写的是“20”。"
            "应为 1900 至 2100 之间的整数，单位为年。",
            id="year of two digits",
        ),
        pytest.param(
            "[bundling]\ncontiguity = 'maybe'\n",
            "第 11 行“bundling.contiguity”：政策文件 yangquan.toml 中写的是“maybe”。"
            "应为下列之一：required、preferred、none。",
            id="word that is not allowed",
        ),
        pytest.param(
            "[links]\nhard = ['river', 'river']\n",
            "第 11 行“links.hard”：政策文件 yangquan.toml 中写的是“['river', 'river']”。"
            "应为不重复的列表，每项为下列之一：river、railway、expressway、arterial、wall。",
            id="the same barrier twice",
        ),
        pytest.param(
            "[derive]\nresidential_storeys = [33, 2]\n",
            "第 11 行“derive.residential_storeys”：政策文件 yangquan.toml 中写的是“[33, 2]”。"
            "下限大于上限。",
            id="upside down",
        ),
        pytest.param(
            "[derive]\nresidential_storeys = 2\n",
            "第 11 行“derive.residential_storeys”：政策文件 yangquan.toml 中写的是“2”。"
            "应为两个数的列表：[下限, 上限]。",
            id="one end only",
        ),
        pytest.param(
            "[derive]\nnot_residential_words = '酒店'\n",
            "第 11 行“derive.not_residential_words”：政策文件 yangquan.toml 中写的是“酒店”。"
            '应为带引号文字的列表，如 ["甲", "乙"]。',
            id="text instead of a list",
        ),
        pytest.param(
            "[thresholds]\nfloor_area_min_m2 = 200000\n",
            "第 11 行“thresholds.floor_area_min_m2”：自相矛盾："
            "thresholds.floor_area_min_m2 为 200000.0，"
            "大于 thresholds.floor_area_max_m2 的 100000.0（yangquan.toml）。",
            id="minimum over the default's maximum",
        ),
        pytest.param(
            "[thresholds]\nhouseholds_min = 9\nhouseholds_max = 5\n",
            "第 12 行“thresholds.households_max”：自相矛盾：thresholds.households_min 为 9.0，"
            "大于 thresholds.households_max 的 5.0（yangquan.toml）。",
            id="minimum over its own maximum",
        ),
        pytest.param(
            "issued = 2025-09-22\ngoal_ends = 2020-12-31\n",
            "第 11 行“source.goal_ends”：自相矛盾：source.issued 为 2025-09-22，"
            "大于 source.goal_ends 的 2020-12-31（yangquan.toml）。",
            id="goal before the document",
        ),
        pytest.param(
            "issued = '去年'\n",
            "第 10 行“source.issued”：政策文件 yangquan.toml 中写的是“去年”。"
            "应为不带引号的日期，如 2025-09-22。",
            id="date in words",
        ),
        pytest.param(
            "[links]\nhard = ['river']\nimpedance_m = { river = 5, railway = 5, expressway = 5 }\n",
            "第 12 行“links.impedance_m.river”：自相矛盾：river 既列为硬阻隔，又给了阻抗"
            "（yangquan.toml）。",
            id="hard and soft at once",
        ),
        pytest.param(
            "[links]\nhard = ['river', 'railway']\n",
            "第 11 行“links.hard”：阻隔 expressway 既不是硬阻隔，也没有阻抗（yangquan.toml）。"
            "请列入 hard，或在 impedance_m 中给出米数。",
            id="neither hard nor soft",
        ),
        pytest.param(
            "[bundling]\nobjectives = ['subsidy', 'left_out']\n",
            "第 11 行“bundling.objectives”：政策文件 yangquan.toml 中写的是"
            "“['subsidy', 'left_out']”。"
            "应以 left_out 开头，并含有 subsidy、count。",
            id="money before sites left out",
        ),
        pytest.param(
            "[bundling]\ncount = 'target'\n",
            "第 11 行“bundling.count”：自相矛盾：count 为 target，target_count 为 none"
            '（yangquan.toml）。count = "target" 时须给出个数，否则应为 "none"。',
            id="a target without a number",
        ),
        pytest.param(
            "[bundling]\ntarget_count = 5\n",
            "第 11 行“bundling.target_count”：自相矛盾：count 为 many，target_count 为 5"
            '（yangquan.toml）。count = "target" 时须给出个数，否则应为 "none"。',
            id="a number that is no target",
        ),
    ],
)
def test_a_wrong_key_is_refused_with_file_line_and_remedy(city_file, more, sentence):
    assert report_of(city_file(more)) == sentence


def test_a_table_that_is_neither_keys_nor_unset_is_refused(city_file):
    path = city_file(start="thresholds = 5\n" + CITY)
    assert report_of(path) == (
        '第 1 行“thresholds”：政策文件 yangquan.toml 中“thresholds”应为一组键，或 "unset"。'
    )


def test_a_city_must_say_what_document_it_rests_on(city_file):
    path = city_file(start=CITY.replace('doc = "市住建局提案答复"', ""))
    assert report_of(path) == "第 7 行“source.doc”：政策文件 yangquan.toml 必须写明这一项。"


@pytest.mark.parametrize(
    ("old", "new", "remedy"),
    [
        pytest.param('"阳泉"', '" "', "应为带引号的文字，不能为空。", id="empty name"),
        pytest.param(
            "yangquan-2025", "阳泉 2025", "应由小写字母、数字和连字符组成", id="id for no address"
        ),
    ],
)
def test_a_city_must_be_named(city_file, old, new, remedy):
    assert remedy in report_of(city_file(start=CITY.replace(old, new)))


def test_all_faults_are_gathered(city_file):
    more = "[money]\nfee = -1\ncollection = 2\n[links]\nhard = 'river'\n"
    assert [line[:7] for line in report_of(city_file(more)).splitlines()] == [
        "第 11 行“",
        "第 12 行“",
        "第 14 行“",
    ]


def test_the_first_line_of_a_key_counts(city_file):
    more = '[derive]\nnot_residential_words = [\n"a",\n]\n[money]\nfee = -1\n'
    assert report_of(city_file(more)).startswith("第 15 行“money.fee”")


def test_a_default_that_leaves_a_number_open_is_refused(city_file, tmp_path, monkeypatch):
    default = policy.POLICY_FOLDER / "default.toml"
    broken = default.read_text(encoding="utf-8").replace("fee = 0.50", 'fee = "unset"')
    (tmp_path / "default.toml").write_text(broken, encoding="utf-8")
    monkeypatch.setattr(policy, "POLICY_FOLDER", tmp_path)
    assert "“money.fee”：政策文件 default.toml 必须写明这一项。" in report_of(city_file())


MODE = "[[mode]]\nname = '基础服务'\nall = ['not fund: 维修资金不到位']\n"


def test_a_condition_keeps_the_documents_own_words(city_file):
    (mode,) = load_policy(city_file(MODE)).modes
    (asked,) = mode.all
    assert (asked.condition, asked.wanted, asked.words) == ("fund", False, "维修资金不到位")


def test_modes_stay_in_the_order_of_the_file(city_file):
    more = MODE + MODE.replace("基础", "专项")
    assert [mode.name for mode in load_policy(city_file(more)).modes] == ["基础服务", "专项服务"]


def test_a_quote_after_an_entry_belongs_to_it(city_file):
    more = MODE + MODE.replace("基础", "专项") + "[mode.quote]\ntext = '原文'\nstatus = 'pilot'\n"
    loaded = load_policy(city_file(more))
    assert [mode.quote.text for mode in loaded.modes] == ["", "原文"]
    assert loaded.quotes["mode.专项服务"].status == "pilot"


def test_what_is_unset_in_a_table_is_not_said(city_file):
    more = "[evaluation]\nparties = ['业主']\nweights = 'unset'\n"
    assert load_policy(city_file(more)).evaluation.weights is None


def test_a_district_may_have_rules_of_its_own(city_file):
    more = (
        "[districts.'高新区']\nway = '大带小'\nbundling = { strategy = 'lead' }\n"
        "thresholds = { leads_min = 1 }\n"
    )
    loaded = load_policy(city_file(more))
    there = policy_in(loaded, ("某街道", "高新区", "某市"))
    assert (there.bundling.strategy, there.thresholds.leads_min) == (Strategy.LEAD, 1)
    assert there.thresholds.floor_area_max_m2 == loaded.thresholds.floor_area_max_m2
    assert policy_in(loaded, ("城区",)) is loaded


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        pytest.param(
            MODE + "[[mode]]\nall = ['fund: 到位']\n",
            "第 13 行“mode[2].name”：政策文件 yangquan.toml 必须写明这一项。",
            id="mode without a name",
        ),
        pytest.param(
            "[[mode]]\nname = '甲'\n",
            "第 10 行“mode[1]”：政策文件 yangquan.toml 必须写明 all 或 any。",
            id="mode without conditions",
        ),
        pytest.param(
            MODE + MODE,
            "第 14 行“mode[2].name”：自相矛盾：“基础服务”在 mode[1].name 已经写过"
            "（yangquan.toml）。",
            id="the same mode twice",
        ),
        pytest.param(
            "[[mode]]\nname = '甲'\nall = ['具备条件']\n",
            "第 12 行“mode[1].all”：政策文件 yangquan.toml 中写的是“['具备条件']”。"
            "每个条件应写成“键: 文件原文”，须为否的写成“not 键: 文件原文”。",
            id="condition without a key",
        ),
        pytest.param(
            "[[mode]]\nname = '甲'\nall = ['rich: 有钱']\n",
            "没有条件“rich”，应为下列之一：area_clear、premises、fund、facilities、has_firm、"
            "can_self_govern、professional_ready、basic_ready、after_repair、old、has_provider。",
            id="condition that nobody records",
        ),
        pytest.param(
            MODE + "payers = '业主'\n",
            "第 13 行“mode[1].payers”：政策文件 yangquan.toml 中没有“mode[1].payers”这一项。"
            "是否指“mode.payer”？",
            id="misspelt key of a mode",
        ),
        pytest.param(
            "[[milestone]]\nareas = ['甲']\nby = 2026-01-01\nshare = 60\n",
            "第 13 行“milestone[1].share”：政策文件 yangquan.toml 中写的是“60”。"
            "应为 0 至 1 之间的比例，如 0.6 表示 60%。",
            id="per cent in a milestone",
        ),
        pytest.param(
            "goal_ends = 2020-12-31\n[[milestone]]\nareas = ['甲']\nby = 2021-01-01\n"
            "target = '完成'\n",
            "第 13 行“milestone[1].by”：自相矛盾：milestone[1].by 为 2021-01-01，"
            "晚于 source.goal_ends 的 2020-12-31（yangquan.toml）。",
            id="milestone after the goal",
        ),
        pytest.param(
            MODE + "[mode.quote]\nvalid_from = 2025-01-01\nvalid_to = 2024-01-01\n",
            "第 14 行“mode[1].quote.valid_from”：自相矛盾：mode[1].quote.valid_from 为 2025-01-01，"
            "晚于 mode[1].quote.valid_to 的 2024-01-01（yangquan.toml）。",
            id="rule that ends before it begins",
        ),
        pytest.param(
            "[evaluation]\nparties = ['业主', '社区']\nweights = [1.0]\n",
            "第 12 行“evaluation.weights”：自相矛盾：evaluation.parties 有 2 项，权重有 1 项"
            "（yangquan.toml）。",
            id="a weight too few",
        ),
        pytest.param(
            "[evaluation]\nparties = ['业主', '社区']\nweights = [0.5, 0.4]\n",
            "第 12 行“evaluation.weights”：政策文件 yangquan.toml 中写的是“[0.5, 0.4]”。"
            "应为比例的列表，合计为 1。",
            id="weights that are not the whole",
        ),
        pytest.param(
            "[evaluation]\nparties = ['业主']\nlead = '街道'\n",
            "第 12 行“evaluation.lead”：自相矛盾：“街道”不在 evaluation.parties 中"
            "（yangquan.toml）。",
            id="lead that does not judge",
        ),
        pytest.param(
            "[exit_ban]\nyears = 0.5\narea_words = '本区'\n",
            "第 11 行“exit_ban.years”：政策文件 yangquan.toml 中写的是“0.5”。"
            "应为 1 至 50 之间的整数，单位为年。",
            id="ban of half a year",
        ),
        pytest.param(
            "[bundling]\nstrategy = 'lead'\n",
            "第 11 行“bundling.strategy”：自相矛盾：strategy 为 lead，"
            "却没有写明 thresholds.leads_min（yangquan.toml）。",
            id="lead without leads",
        ),
        pytest.param(
            "[districts.'高新区'.bundling]\nstrategy = 'lead'\n",
            "第 11 行“districts.高新区.bundling.strategy”：自相矛盾：strategy 为 lead，"
            "却没有写明 thresholds.leads_min（yangquan.toml）。",
            id="lead without leads in a district",
        ),
        pytest.param(
            "[bundling]\none_provider_per_area = true\n",
            "第 11 行“bundling.one_provider_per_area”：自相矛盾：一区一家"
            "（one_provider_per_area）须整体打包（whole_area）（yangquan.toml）。",
            id="one provider without a whole area",
        ),
        pytest.param(
            "[bundling]\nscope = 'district'\nscopes = ['community']\n",
            "第 11 行“bundling.scope”：自相矛盾：scope 为 district，不在 scopes 之中"
            "（yangquan.toml）。",
            id="scope that the document does not offer",
        ),
        pytest.param(
            "[districts.'高新区']\nbundling = { strategie = 'lead' }\n",
            "“districts.高新区.bundling.strategie”：政策文件 yangquan.toml 中没有",
            id="misspelt key of a district",
        ),
        pytest.param(
            "[nowhere.quote]\ntext = '原文'\n",
            "第 11 行“nowhere.quote.text”：政策文件 yangquan.toml 中没有"
            "“nowhere.quote.text”这一项。",
            id="quote of a table that there is not",
        ),
    ],
)
def test_what_a_document_cannot_mean_is_refused(city_file, more, sentence):
    assert sentence in report_of(city_file(more))


@pytest.mark.parametrize(
    ("name", "modes", "milestones"),
    [
        ("dalian-2018", 2, 5),
        ("wuhua-2018", 3, 0),
        ("xigang-2021", 3, 0),
        ("xuchang-2021", 3, 0),
        ("yangquan-2025", 0, 0),
    ],
)
def test_a_citys_file_says_what_its_document_says(name, modes, milestones):
    loaded = load_policy(name)
    assert (len(loaded.modes), len(loaded.milestones)) == (modes, milestones)
    # None of the five gives a number for the size of a zone.
    assert "thresholds.floor_area_min_m2" in loaded.taken_from_default
