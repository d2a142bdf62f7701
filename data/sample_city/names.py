"""Chinese names: streets, subdistricts, communities, compounds, providers."""

from itertools import product

import numpy as np

from .shapes import Indices

STEMS = (
    "建设", "人民", "解放", "和平", "新华", "胜利", "光明", "文化", "友谊", "中山", "青年", "团结",
    "幸福", "民主", "五一", "红旗", "东风", "长江", "黄河", "泰山", "华山", "长春", "迎宾", "体育",
    "工业", "朝阳", "育才", "学府", "迎春", "兴华", "振兴", "富强", "永安", "安康", "长安", "太平",
    "北海", "南园", "东升", "西苑", "前进", "向阳", "建国", "复兴", "昌盛", "滨江", "桃园", "柳林",
    "槐荫", "杨树", "白塔", "鼓楼", "城隍", "府前", "文庙", "龙泉", "凤凰", "翠屏", "平阳", "双桥",
)  # fmt: skip
FIRST = "金翠锦丽福瑞祥盛泰康嘉和雅景云龙凤玉紫碧银华新东宏天汇万荣明"
SECOND = "湖园苑河江山林泉岸城都景庭府洲桥岭溪原亭"
ESTATES = ("花园", "家园", "小区", "苑", "公寓", "名邸", "华庭", "新城", "雅居", "嘉园")
WORKS = (
    "机械厂", "纺织厂", "化肥厂", "水泥厂", "铁路", "邮电局", "粮食局", "供电局", "水务局",
    "矿务局", "轴承厂", "毛巾厂", "印刷厂", "制药厂", "师范学院", "第一中学", "人民医院",
    "百货公司", "运输公司", "农机厂", "电子管厂", "食品厂", "啤酒厂", "二轻局", "教育局",
    "税务局", "建筑公司", "煤炭公司",
)  # fmt: skip
QUARTERS = ("家属院", "宿舍", "职工住宅", "住宅楼")
SIDES = ("", "东", "西", "南", "北", "中", "一", "二", "三", "新")
FIRM_MARKS = "安恒诚信达通源美居邻佳顺合众利民惠睦洁祺昊鑫"
FIRM_TAILS = ("物业服务有限公司", "物业管理有限公司", "物业发展有限公司", "城市服务有限公司")
MARK = "（示例）"


def street_names(count: int, *, suffix: str, rng: np.random.Generator) -> list[str]:
    """Return `count` different street names such as 建设路."""
    return [name + suffix for name in _shuffled(_joined(STEMS, SIDES), count, rng)]


def place_names(count: int, *, suffix: str, rng: np.random.Generator) -> list[str]:
    """Return `count` different names of subdistricts or communities."""
    pairs = _joined(tuple(FIRST), tuple(SECOND))
    plain = _shuffled(list(STEMS), min(count, len(STEMS)), rng)
    many = _shuffled(_joined((*STEMS, *pairs), SIDES[1:]), max(count - len(plain), 0), rng)
    return [name + suffix for name in [*plain, *many]]


def firm_names(count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` different firms, each marked as invented."""
    marks = _joined(tuple(FIRST), tuple(FIRM_MARKS))
    return [name + MARK for name in _shuffled(_joined(marks, FIRM_TAILS), count, rng)]


def compound_names(
    built: Indices, street: list[str], number: Indices, rng: np.random.Generator
) -> list[str]:
    """Return a different name for every compound, as was usual in the year that it was built."""
    draw, works = rng.random(len(built)), rng.integers(len(WORKS), size=len(built))
    first, second, tail = (
        rng.integers(len(names), size=len(built)) for names in (FIRST, SECOND, ESTATES)
    )
    names = []
    for i, year in enumerate(built.tolist()):
        if year <= WORKS_UNTIL and draw[i] < WORKS_SHARE:
            name = WORKS[works[i]] + QUARTERS[tail[i] % len(QUARTERS)]
        elif year <= NUMBERS_UNTIL and draw[i] < NUMBERS_SHARE:
            name = f"{street[i]}{number[i]}号院"
        else:
            name = FIRST[first[i]] + SECOND[second[i]] + ESTATES[tail[i]]
        names.append(name)
    return _told_apart(names)


WORKS_UNTIL, WORKS_SHARE = 1999, 0.34
NUMBERS_UNTIL, NUMBERS_SHARE = 2003, 0.62
PHASES = "一二三四五六七八九十"


def _told_apart(names: list[str]) -> list[str]:
    """Add 二期, 三期 … (or 2区 for courtyards) where a name has been given before."""
    seen: dict[str, int] = {}
    apart = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        turn = seen[name]
        if turn == 1:
            apart.append(name)
        elif turn <= len(PHASES) and name.endswith(ESTATES):
            apart.append(f"{name}{PHASES[turn - 1]}期")
        else:
            apart.append(f"{name}{turn}区")
    return apart


def _joined(heads: tuple[str, ...] | list[str], tails: tuple[str, ...]) -> list[str]:
    """Return every head with every tail, each name once (龙泉 is a stem and a pair)."""
    return list(dict.fromkeys(head + tail for head, tail in product(heads, tails)))


def _shuffled(names: list[str], count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` of the names in random order; numbered rounds when there are too few."""
    rounds = -(-count // len(names)) if names else 0
    order = rng.permutation(len(names))
    every = [
        names[i] + (f"{number + 1}" if number else "") for number in range(rounds) for i in order
    ]
    return every[:count]
