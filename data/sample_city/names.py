"""Chinese names of everything, each given once."""

import numpy as np

from data.sample_city.draws import happens

MARK = "示例数据"
"""Stands in every name or document that could be taken for a real one."""

_GOOD = "新永福安和建兴文华康宏明清金玉春长吉瑞祥荣盛青光丰宝景德仁信昌泰嘉锦翠碧秀凤龙鹤云星"
_PLACE = "安华乐兴盛泰宁平园庭湖河山林泉桥门塘湾岭溪源阳城景怡和馨雅"
_STREETS = (
    "建设 解放 人民 和平 中山 胜利 团结 新华 文化 光明 友谊 青年 劳动 东风 红旗 前进 朝阳 工农"
)
_LANES = "槐树 钟楼 水井 鼓楼 柳荫 石桥 书院 粮店 染坊 铁匠 豆腐 马市 灯笼 城隍 药王 戏楼"
_WORKS = (
    "机械厂 纺织厂 化肥厂 铁路局 矿务局 电厂 棉麻公司 造纸厂 面粉厂 供销社 印刷厂 邮电局 建筑公司"
)
_WORKS += (
    " 运输公司 钢厂 轴承厂 水泥厂 玻璃厂 粮食局 地质队 农机厂 煤机厂 无线电厂 师范学校 人民医院"
)
_COURTS = "家属院 宿舍 住宅楼 小区 职工楼"
_ESTATES = "花园 小区 家园 佳苑 华庭 名邸 新城 府 公馆 雅居 嘉园 花苑 国际城 里"
_PHASES = ("", "", "", "", "一期", "二期", "三期", "A区", "B区", "东区", "西区")
_FIRMS = "嘉诚 万邦 安居 洁美 鑫源 恒信 绿城缘 众和 宜家源 泰和 惠民 中天瑞 金管家 百合 汇通"
_FORMS = {
    "state": "城市服务有限公司",
    "private": "物业服务有限公司",
    "subdistrict": "街道物业服务有限公司",
    "joint": "合资物业服务有限公司",
}
_DIGITS = "一二三四五六七八九十"


def pairs(rng: np.random.Generator, count: int) -> list[str]:
    """Return two-character names that differ, as many as asked for up to about 1,300."""
    every = [good + place for good in _GOOD for place in _PLACE if good != place]
    order = rng.permutation(len(every))[:count]
    names = [every[i] for i in order]
    # A province has more places than pleasant names: the others get a direction as well.
    more = [side + every[i] for side in "东西南北上下" for i in range(len(every))]
    return names + more[: max(count - len(names), 0)]


def street_names(rng: np.random.Generator, count: int) -> list[str]:
    """Return names of arterial roads."""
    first = [f"{word}{rng.choice(['路', '大街', '大道'])}" for word in _STREETS.split()]
    rng.shuffle(first)
    return [*first, *(f"{pair}路" for pair in pairs(rng, max(count - len(first), 0)))][:count]


def lane_names(rng: np.random.Generator, count: int) -> list[str]:
    """Return names of the small streets, one for each quarter."""
    first = [f"{word}{kind}" for word in _LANES.split() for kind in ("巷", "胡同", "街")]
    rng.shuffle(first)
    return [*first, *(f"{pair}街" for pair in pairs(rng, max(count - len(first), 0)))][:count]


def old_compound_names(rng: np.random.Generator, addresses: list[str]) -> list[str]:
    """Return names like 机械厂家属院 and 建设路12号院 for old compounds."""
    works, courts = _WORKS.split(), _COURTS.split()
    names = []
    for address in addresses:
        plant = works[rng.integers(len(works))] + courts[rng.integers(len(courts))]
        names.append(f"{address}院" if happens(rng, 0.42) else plant)
    return distinct(names)


def new_compound_names(rng: np.random.Generator, count: int) -> list[str]:
    """Return names like 翠湖花园 and 幸福里一期 for newer compounds."""
    firsts, estates = (
        [*pairs(rng, 900), "幸福", "金色", "阳光", "香榭", "御景", "滨河"],
        _ESTATES.split(),
    )
    names = []
    for _ in range(count):
        first, estate = firsts[rng.integers(len(firsts))], estates[rng.integers(len(estates))]
        names.append(first + estate + _PHASES[rng.integers(len(_PHASES))])
    return distinct(names)


def firm_names(rng: np.random.Generator, kinds: list[str]) -> list[str]:
    """Return a name for each company of these kinds, marked as a sample."""
    words = [*_FIRMS.split(), *pairs(rng, len(kinds))]
    return [f"示例{words[i]}{_FORMS[kind]}（示例）" for i, kind in enumerate(kinds)]


def distinct(names: list[str]) -> list[str]:
    """Return the names, a number put before each that has come before."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{ordinal(seen[name])}{name}")
    return result


def ordinal(number: int) -> str:
    """Return 第二, 第十三, 第四十七 … for 1 to 99; beyond, the figure."""
    ten = 10
    if number >= ten * ten:
        return f"第{number}"
    tens, ones = divmod(number, ten)
    left = ("" if tens == 1 else _DIGITS[tens - 1]) + "十" if tens else ""
    return "第" + left + (_DIGITS[ones - 1] if ones else "")
