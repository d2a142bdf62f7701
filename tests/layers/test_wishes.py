from layers.wishes import Wish, settle_wishes

NAMES = {"A": "甲小区", "B": "乙小区", "C": "丙小区", "D": "丁小区"}
THINGS = [(("compound", code), name) for code, name in NAMES.items()]
OWN = {thing: thing for thing, _ in THINGS}


def settled(*, together=None, apart=None, site_of=OWN, things=THINGS):
    together, apart = together or {}, apart or {}
    wishes = [
        Wish(
            thing=("compound", code),
            name=NAMES[code],
            together=together.get(code, ""),
            apart=apart.get(code, ""),
        )
        for code in sorted({*together, *apart})
    ]
    found = settle_wishes(wishes, things, site_of)
    by_code = [
        {code: mark for (_, code), mark in marks.items()} for marks in (found.together, found.apart)
    ]
    return *by_code, [notice.sentence() for notice in found.notices]


def test_whoever_is_named_belongs_together_with_whoever_names_it():
    together, _, notices = settled(together={"A": "乙小区", "C": "B"})
    assert (together, notices) == ({"A": "A", "B": "A", "C": "A"}, [])


def test_what_is_renovated_together_belongs_together():
    together, _, notices = settled(together={"B": "2024年第3批", "D": "2024年第3批；"})
    assert (together, notices) == ({"B": "B", "D": "B"}, [])


def test_a_group_of_one_is_told_and_binds_nobody():
    together, apart, notices = settled(together={"B": "2024年第3批"}, apart={"C": "戊小区"})
    assert (together, apart) == ({}, {"C": "戊小区"})
    assert notices == [
        "“乙小区”的“须同片”填有“2024年第3批”，既不是小区、楼栋，也没有别处同填，未采用。",
        "“丙小区”的“不得同片”填有“戊小区”，既不是小区、楼栋，也没有别处同填，未采用。",
    ]


def test_each_pair_that_keeps_apart_has_a_mark_of_its_own():
    _, apart, _ = settled(apart={"A": "乙小区、丙小区"})
    assert apart == {"A": "A|B A|C", "B": "A|B", "C": "A|C"}


def test_a_group_keeps_apart_as_a_whole():
    assert settled(apart={"A": "原同一 单位", "B": "原同一 单位"})[1] == dict.fromkeys(
        "AB", "原同一单位"
    )


def test_where_both_is_wanted_together_counts_and_it_is_told():
    together, apart, notices = settled(together={"A": "B"}, apart={"B": "A"})
    assert (together, apart) == ({"A": "A", "B": "A"}, {})
    assert notices == ["“A”、“乙小区”既须同片又不得同片，按须同片计。"]


def test_parts_of_one_site_cannot_keep_apart():
    one = OWN | {("compound", code): ("management_area", "M") for code in "AB"}
    _, apart, notices = settled(apart={"A": "B"}, site_of=one)
    assert apart == {}
    assert notices == ["“甲小区”既须同片又不得同片，按须同片计。"]


def test_a_name_that_two_bear_is_not_guessed():
    things = [*THINGS, (("compound", "E"), "乙小区")]
    together, _, notices = settled(
        together={"A": "乙小区"},
        things=things,
        site_of=OWN | {("compound", "E"): ("compound", "E")},
    )
    assert together == {}
    assert notices == ["“甲小区”的“须同片”所填“乙小区”对应 2 个对象，请改填编码，未采用。"]
