import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from layers.chosen import Choice
from layers.editing import (
    NEW,
    NOWHERE,
    Action,
    Change,
    Decided,
    Drawing,
    Edit,
    Standing,
    apply,
    concerned,
    decide,
    replay,
    standing,
)

SITES = "ABCDEF"


def drawing(zones="112233", *, locked="", last_number=0):
    """Return six sites, each in the zone of its digit; "-" is left out."""
    zone_of = {site: zone.strip("-") for site, zone in zip(SITES, zones, strict=True)}
    return Drawing(zone_of=zone_of, locked=frozenset(locked), last_number=last_number)


def zones_of(drawn):
    return "".join(drawn.zone_of[site] or "-" for site in SITES)


def edit(action, sites="", to=NOWHERE, zones=()):
    return Edit(action=Action(action), sites=tuple(sites), to=to, zones=tuple(zones))


def side_by_side(sites):
    """Tell parts as if sites were joined only where they follow one another in the alphabet."""
    parts = []
    for site in sorted(sites):
        if parts and ord(parts[-1][-1]) + 1 == ord(site):
            parts[-1].append(site)
        else:
            parts.append([site])
    return sorted(parts, key=len, reverse=True)


def decided(on, action, *args, **more):
    return decide(edit(action, *args, **more), on, side_by_side)


def after(on, action, *args, **more):
    return apply(decided(on, action, *args, **more).change, on)


def faults(on, action, *args, **more):
    with pytest.raises(InputError) as error:
        decided(on, action, *args, **more)
    return str(error.value)


def test_sites_are_assigned_to_a_zone():
    assert zones_of(after(drawing(), "assign", "BC", "3")) == "133233"


def test_sites_are_taken_out_of_every_zone():
    assert zones_of(after(drawing(), "assign", "AB")) == "--2233"


def test_a_new_zone_takes_the_number_after_the_largest():
    assert zones_of(after(drawing(), "assign", "AC", NEW)) == "414233"


def test_a_number_is_never_used_for_another_zone():
    gone = after(drawing(), "merge", zones="23")
    assert (gone.labels, gone.last_number) == (("1", "2"), 3)
    assert zones_of(after(gone, "assign", "A", NEW)) == "412222"


def test_a_number_that_was_taken_back_is_not_given_again():
    made = after(drawing(), "assign", "A", NEW)
    back = apply(decided(drawing(), "assign", "A", NEW).change.inverse(), made)
    assert zones_of(after(back, "assign", "F", NEW)) == "112235"


def test_locked_sites_stay_and_are_named():
    result = decided(drawing(locked="A"), "assign", "AB", "3")
    assert result.stayed == ("A",)
    assert result.change.placement == {"B": ("1", "3")}
    assert [reason.sentence() for reason in result.text] == [
        "将 1 处纳管对象划入3号片区。",
        "另有 1 处已锁定，没有移动。",
    ]


@pytest.mark.parametrize(
    ("action", "args", "sentence"),
    [
        pytest.param("assign", ("AB", "3"), "将 2 处纳管对象划入3号片区。", id="assign"),
        pytest.param("assign", ("AB", NEW), "将 2 处纳管对象划为新的4号片区。", id="new"),
        pytest.param("assign", ("AB",), "将 2 处纳管对象移出片区。", id="out"),
        pytest.param("lock", ("AB",), "锁定 2 处纳管对象。", id="lock"),
        pytest.param("unlock", ("F",), "解锁 1 处纳管对象。", id="unlock"),
        pytest.param("merge", ("", "", "21"), "将1号片区并入2号片区。", id="merge"),
        pytest.param(
            "split", ("A", "", "1"), "从1号片区拆出 1 处纳管对象，成为4号片区。", id="split"
        ),
    ],
)
def test_an_edit_is_told_in_words(action, args, sentence):
    (reason,) = decided(drawing(locked="F"), action, *args).text
    assert reason.sentence() == sentence


def test_sites_are_locked_and_unlocked():
    locked = after(drawing(), "lock", "AB")
    assert locked.locked == {"A", "B"}
    assert after(locked, "unlock", "BC").locked == {"A"}


def test_zones_are_merged_into_the_first():
    assert zones_of(after(drawing(), "merge", zones="321")) == "333333"


def test_a_zone_in_parts_is_split_and_its_largest_part_keeps_the_number():
    assert zones_of(after(drawing("112111"), "split", zones="1")) == "332111"


def test_every_part_that_is_split_off_is_a_zone_of_its_own():
    assert zones_of(after(drawing("1-1-11"), "split", zones="1")) == "2-3-11"


def test_chosen_sites_are_split_off():
    assert zones_of(after(drawing("111111"), "split", "AC", zones="1")) == "212111"


@pytest.mark.parametrize(
    ("on", "action", "args", "fault"),
    [
        pytest.param(
            drawing(),
            "assign",
            ("XAY", "9"),
            "方案中没有这些纳管对象：“X”、“Y”。请刷新后重试。\n"
            "没有9号片区，可能已被合并或清空。请刷新后重试。",
            id="all that is unknown is told at once",
        ),
        pytest.param(drawing(), "assign", ("", "1"), "没有选中任何纳管对象。", id="nothing"),
        pytest.param(
            drawing(), "assign", ("AB", "1"), "所选对象本来如此，没有变化。", id="there already"
        ),
        pytest.param(
            drawing(locked="AB"),
            "assign",
            ("AB", "3"),
            "所选 2 处均已锁定，没有移动。请先解锁。",
            id="all locked",
        ),
        pytest.param(drawing(locked="A"), "lock", ("A",), "本来如此", id="locked already"),
        pytest.param(drawing(), "merge", ("", "", "11"), "至少两个不同的片区", id="one zone"),
        pytest.param(
            drawing(locked="CE"),
            "merge",
            ("", "", "123"),
            "2号片区内有 1 处须移动的对象已锁定，请先解锁。\n"
            "3号片区内有 1 处须移动的对象已锁定，请先解锁。",
            id="merging what is locked",
        ),
        pytest.param(drawing(), "split", ("", "", "12"), "请选择一个要拆分的片区", id="two zones"),
        pytest.param(drawing(), "split", ("", "", "1"), "没有不相连的部分", id="in one part"),
        pytest.param(
            drawing(), "split", ("AC", "", "1"), "“C”不在1号片区内", id="sites of another zone"
        ),
        pytest.param(drawing(), "split", ("AB", "", "1"), "全部对象", id="the whole zone"),
        pytest.param(
            drawing("1-1-11", locked="A"), "split", ("", "", "1"), "已锁定", id="a locked part"
        ),
        pytest.param(drawing(), "undo", (), "没有名为“undo”的操作。", id="not an edit"),
    ],
)
def test_an_edit_is_refused(on, action, args, fault):
    assert fault in faults(on, action, *args)


def test_a_change_begins_where_the_drawing_is():
    with pytest.raises(ValueError, match="A is in zone '1', not in '2'"):
        apply(Change(placement={"A": ("2", "3")}), drawing())


@pytest.mark.parametrize(
    ("was", "said"), [(True, "A is not locked"), (False, "A is locked")], ids=["free", "locked"]
)
def test_a_lock_begins_where_the_drawing_is(was, said):
    with pytest.raises(ValueError, match=said):
        apply(Change(locks={"A": (was, not was)}), drawing(locked="" if was else "A"))


def test_a_change_knows_its_sites_and_zones():
    change = Change(placement={"A": ("", "10"), "B": ("9", "10")}, locks={"C": (False, True)})
    assert (change.sites, change.zones) == ({"A", "B", "C"}, ("9", "10"))


def test_an_edit_speaks_of_its_sites_and_of_the_members_of_its_zones():
    assert concerned(edit("split", "A", zones="3"), drawing()) == {"A", "E", "F"}


def test_undo_and_redo_go_through_the_log_and_back():
    log = [(1, Action.ASSIGN), (2, Action.LOCK), (3, Action.UNDO), (4, Action.UNDO)]
    assert standing(log) == Standing((), (2, 1))
    assert standing([*log, (5, Action.REDO)]) == Standing((1,), (2,))


def test_a_new_edit_ends_what_could_be_redone():
    log = [(1, Action.ASSIGN), (2, Action.UNDO), (3, Action.MERGE)]
    assert standing(log) == Standing((3,), ())


class Planner:
    """One who edits, undoes and redoes in memory, and keeps the log of it."""

    def __init__(self, start):
        self.start = self.now = start
        self.log: list[tuple[int, Action, Change]] = []

    def does(self, action, *args):
        stands = standing([(revision, done) for revision, done, _ in self.log])
        turned = {Action.UNDO: stands.done, Action.REDO: stands.undone}.get(action)
        if turned is None:
            try:
                change = decided(self.now, action, *args).change
            except InputError:
                return
        elif turned:
            change = self.log[turned[-1] - 1][2]
            change = change.inverse() if action is Action.UNDO else change
        else:
            return
        self.now = apply(change, self.now)
        self.log.append((len(self.log) + 1, action, change))


LABELS = st.sampled_from([NEW, NOWHERE, *"123456789"])
DEEDS = st.tuples(
    st.sampled_from(Action),
    st.sets(st.sampled_from(SITES), max_size=4),
    LABELS,
    st.lists(st.sampled_from("123456789"), max_size=3),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(DEEDS, min_size=100, max_size=200))
def test_replaying_the_log_gives_the_state_after_any_edits_undos_and_redos(deeds):
    planner = Planner(drawing())
    states = [zones_of(planner.now)]
    for deed in deeds:
        before = len(planner.log)
        planner.does(*deed)
        assert set(planner.now.zone_of) == set(SITES)
        states += [zones_of(planner.now)] * (len(planner.log) - before)
    assert replay([change for *_, change in planner.log], planner.start) == planner.now
    undone = standing([(revision, action) for revision, action, _ in planner.log])
    for revision in reversed(undone.done):
        planner.now = apply(planner.log[revision - 1][2].inverse(), planner.now)
    assert zones_of(planner.now) == states[0]
    assert planner.now.locked == planner.start.locked


def test_what_is_decided_names_no_one_who_stayed_unless_somebody_did():
    assert decided(drawing(), "lock", "A") == Decided(
        change=Change(locks={"A": (False, True)}), text=decided(drawing(), "lock", "A").text
    )


X, Y = (Choice(provider=who, by="王工", on="2026-06-01") for who in ("甲物业", "乙物业"))


def chooses(choice, zones="1"):
    return Edit(action=Action.CHOOSE, zones=tuple(zones), choice=choice)


def answered(asked, drawn):
    return decide(asked, drawn, side_by_side)


def test_a_choice_is_of_one_zone_and_can_be_taken_back():
    drawn = drawing()
    made = answered(chooses(X), drawn)
    after = apply(made.change, drawn)
    assert (after.choices, made.change.zones, made.change.sites) == ({"1": X}, ("1",), frozenset())
    assert made.text[0].sentence() == "为1号片区选定服务主体“甲物业”。"
    assert apply(made.change.inverse(), after) == drawn
    again = answered(chooses(Y), after)
    assert again.change.choices == {"1": (X, Y)}


def test_a_reason_for_a_choice_is_told_and_alone_is_a_change():
    after = apply(answered(chooses(X), drawing()).change, drawing())
    reasoned = Choice(provider="甲物业", by="李工", on="2026-06-02", reason="业主商定")
    made = answered(chooses(reasoned), after)
    assert made.text[0].sentence() == "为1号片区选定服务主体“甲物业”，理由：业主商定。"
    with pytest.raises(InputError, match="没有变化"):
        answered(chooses(X), after)


def test_a_choice_is_given_back_once():
    after = apply(answered(chooses(X), drawing()).change, drawing())
    given_back = answered(edit("release", zones="1"), after)
    assert apply(given_back.change, after) == drawing()
    assert given_back.text[0].sentence() == "1号片区不再选定“甲物业”，交回系统推荐。"
    with pytest.raises(InputError, match="2号片区没有人工选定的服务主体。"):
        answered(edit("release", zones="2"), after)


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        pytest.param(chooses(X, "12"), "请选择一个片区", id="two zones"),
        pytest.param(edit("release"), "请选择一个片区", id="no zone"),
        pytest.param(chooses(None), "请选择要选定的服务主体", id="nobody"),
        pytest.param(chooses(X, "9"), "没有9号片区", id="a zone that is gone"),
    ],
)
def test_a_choice_names_one_zone_and_somebody(asked, fault):
    with pytest.raises(InputError, match=fault):
        answered(asked, drawing())


def test_a_zone_that_goes_takes_its_choice_with_it_and_gets_it_back():
    drawn = apply(answered(chooses(X, "2"), drawing()).change, drawing())
    for asked in (edit("merge", zones="12"), edit("assign", "CD", "1")):
        made = answered(asked, drawn)
        after = apply(made.change, drawn)
        assert (after.choices, made.change.choices) == ({}, {"2": (X, None)})
        assert apply(made.change.inverse(), after) == drawn


def test_a_change_of_a_choice_begins_where_the_drawing_is():
    with pytest.raises(ValueError, match="Zone '1' has the choice None"):
        apply(Change(choices={"1": (X, None)}), drawing())
