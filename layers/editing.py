"""A planner's edits of a plan: what one asks for, what it changes, and how the changes add up.

A *drawing* is the whole of what a planner decides: the zone of each site, and which sites stay
where they are (锁定). An *edit* is what a person asks for in one action; on a drawing it becomes a
*change*, which names each site with its zone before and after. Changes are what the log keeps: they
can be applied, turned round and replayed, and mean the same whatever the rules become.

Undo takes back the newest edit that stands; redo brings back the newest that was taken back. Both
are entries of the log, without limit; a new edit ends what could be redone.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Self

from geo.errors import Fault, InputError, gettext_noop
from layers.chosen import Choice
from layers.reasons import Reason, listed

NEW = "new"
"""Where an edit asks for a zone that is not there yet."""
NOWHERE = ""
"""The zone of a site that is in none."""

Parts = Callable[[Collection[str]], Sequence[Collection[str]]]
"""Tells the parts into which sites fall over open links, the largest first."""

NO_ACTION = gettext_noop("没有名为“{action}”的操作。")
NOTHING_SELECTED = gettext_noop("没有选中任何纳管对象。")
UNKNOWN_SITES = gettext_noop("方案中没有这些纳管对象：{sites}。请刷新后重试。")
UNKNOWN_ZONE = gettext_noop("没有{zone}号片区，可能已被合并或清空。请刷新后重试。")
ALL_LOCKED = gettext_noop("所选 {count} 处均已锁定，没有移动。请先解锁。")
NOTHING_CHANGES = gettext_noop("所选对象本来如此，没有变化。")
TOO_FEW_ZONES = gettext_noop("合并需要至少两个不同的片区。")
LOCKED_INSIDE = gettext_noop("{zone}号片区内有 {count} 处须移动的对象已锁定，请先解锁。")
ONE_ZONE_TO_SPLIT = gettext_noop("请选择一个要拆分的片区。")
NOT_IN_THE_ZONE = gettext_noop("{sites}不在{zone}号片区内，不能从中拆出。")
ALL_OF_THE_ZONE = gettext_noop("选中了{zone}号片区的全部对象，没有可拆分的部分。")
ONE_ZONE_TO_CHOOSE_FOR = gettext_noop("请选择一个片区，再选定或交回服务主体。")
NOBODY_CHOSEN = gettext_noop("请选择要选定的服务主体。")
NOT_CHOSEN = gettext_noop("{zone}号片区没有人工选定的服务主体。")
IN_ONE_PART = gettext_noop("{zone}号片区没有不相连的部分，请选择要拆出的对象。")


class Action(StrEnum):
    """What an edit does."""

    ASSIGN = "assign"
    LOCK = "lock"
    UNLOCK = "unlock"
    MERGE = "merge"
    SPLIT = "split"
    CHOOSE = "choose"
    RELEASE = "release"
    UNDO = "undo"
    REDO = "redo"


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What a person asks for in one action."""

    action: Action
    sites: tuple[str, ...] = ()
    to: str = NOWHERE
    """Of an assignment: label of a zone, `NEW`, or `NOWHERE`."""
    zones: tuple[str, ...] = ()
    """Of a merge: the zone that stays, then those that go into it. Else the one zone."""
    choice: Choice | None = None
    """Of a choice: whom a planner chooses."""


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """Where each site is, which sites stay, and the largest number that a zone ever had."""

    zone_of: Mapping[str, str]
    """Label of the zone by id of the site, of every site of the plan; `NOWHERE` = left out."""
    locked: frozenset[str] = frozenset()
    last_number: int = 0
    choices: Mapping[str, Choice] = field(default_factory=dict)
    """Whom a planner chose for a zone, by its label; zones without a choice are missing."""

    def __post_init__(self) -> None:
        numbers = [self.last_number, *(int(label) for label in set(self.zone_of.values()) if label)]
        object.__setattr__(self, "last_number", max(numbers))

    @cached_property
    def _held(self) -> Mapping[str, tuple[str, ...]]:
        held: dict[str, list[str]] = {}
        for site in sorted(self.zone_of):
            held.setdefault(self.zone_of[site], []).append(site)
        return {label: tuple(sites) for label, sites in held.items()}

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the zones that are there, by number."""
        return tuple(sorted(self._held.keys() - {NOWHERE}, key=int))

    def members(self, label: str) -> tuple[str, ...]:
        """Return the sites of a zone, or those that are left out, sorted; none where it is gone."""
        return self._held.get(label, ())


@dataclass(frozen=True, kw_only=True)
class Change:
    """What an edit changes, site by site, each with before and after."""

    placement: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    locks: Mapping[str, tuple[bool, bool]] = field(default_factory=dict)
    choices: Mapping[str, tuple[Choice | None, Choice | None]] = field(default_factory=dict)
    """Whom a planner chose for a zone, by its label."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not (self.placement or self.locks or self.choices)

    @property
    def sites(self) -> frozenset[str]:
        """The sites whose zone or lock changes."""
        return frozenset(self.placement) | frozenset(self.locks)

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones that lose or gain a site, or a choice, by number."""
        touched = {label for labels in self.placement.values() for label in labels}
        touched |= self.choices.keys()
        return tuple(sorted(touched - {NOWHERE}, key=int))

    def inverse(self) -> Self:
        """Return the change that takes this one back."""
        return replace(
            self,
            placement={site: (new, old) for site, (old, new) in self.placement.items()},
            locks={site: (new, old) for site, (old, new) in self.locks.items()},
            choices={label: (new, old) for label, (old, new) in self.choices.items()},
        )


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What an edit comes to on a drawing: the change, in words, and the sites that stayed."""

    change: Change
    text: tuple[Reason, ...]
    stayed: tuple[str, ...] = ()
    """Selected sites that are locked, and did not move."""


def apply(change: Change, drawing: Drawing) -> Drawing:
    """Return the drawing after a change; the change must begin where the drawing is."""
    for site, (old, _) in change.placement.items():
        if drawing.zone_of[site] != old:
            message = f"{site} is in zone {drawing.zone_of[site]!r}, not in {old!r}."
            raise ValueError(message)
    for site, (was_locked, _) in change.locks.items():
        if (site in drawing.locked) != was_locked:
            message = f"{site} is {'not ' if was_locked else ''}locked."
            raise ValueError(message)
    for label, (old_choice, _) in change.choices.items():
        if drawing.choices.get(label) != old_choice:
            message = f"Zone {label!r} has the choice {drawing.choices.get(label)}."
            raise ValueError(message)
    moved = {site: new for site, (_, new) in change.placement.items()}
    chosen = {**drawing.choices, **{label: new for label, (_, new) in change.choices.items()}}
    locked = {site for site, (_, is_locked) in change.locks.items() if is_locked}
    return Drawing(
        zone_of={**drawing.zone_of, **moved},
        locked=(drawing.locked - frozenset(change.locks)) | locked,
        last_number=drawing.last_number,
        choices={label: choice for label, choice in chosen.items() if choice},
    )


def replay(changes: Iterable[Change], start: Drawing) -> Drawing:
    """Return the drawing after all changes of a log, oldest first."""
    drawing = start
    for change in changes:
        drawing = apply(change, drawing)
    return drawing


@dataclass(frozen=True)
class Standing:
    """The revisions that undo would take back, and that redo would bring back, newest last."""

    done: tuple[int, ...] = ()
    undone: tuple[int, ...] = ()


def standing(log: Iterable[tuple[int, Action]]) -> Standing:
    """Return what can be undone and redone after the entries (revision, action), oldest first."""
    done: list[int] = []
    undone: list[int] = []
    for revision, action in log:
        if action is Action.UNDO:
            undone.append(done.pop())
        elif action is Action.REDO:
            done.append(undone.pop())
        else:
            done.append(revision)
            undone.clear()
    return Standing(tuple(done), tuple(undone))


def decide(edit: Edit, drawing: Drawing, parts: Parts) -> Decided:
    """Return what an edit changes on a drawing.

    Sites that are locked stay where they are. A new zone takes the number after the largest that
    the plan ever used, so that a number never changes its meaning.

    Raises
    ------
    InputError
        Where the edit names what is not there, or nothing would change.
    """
    if edit.action not in _DECIDERS:
        raise InputError(Fault(NO_ACTION, {"action": str(edit.action)}))
    faults = list(_why_unknown(edit, drawing))
    if faults:
        raise InputError(*faults)
    decided = _DECIDERS[edit.action](edit, drawing, parts)
    if decided.change.is_empty:
        raise InputError(NOTHING_CHANGES)
    return replace(decided, change=_without_idle_choices(decided.change, drawing))


def concerned(edit: Edit, drawing: Drawing) -> frozenset[str]:
    """Return the sites that an edit speaks of, by id or as members of a zone."""
    held = {site for site, label in drawing.zone_of.items() if label in edit.zones}
    return frozenset(edit.sites) | held


def _why_unknown(edit: Edit, drawing: Drawing) -> Iterator[Fault]:
    unknown = sorted(set(edit.sites) - set(drawing.zone_of))
    if unknown:
        yield Fault(UNKNOWN_SITES, {"sites": listed(unknown)})
    named = {*edit.zones, edit.to} - {NEW, NOWHERE}
    for label in sorted(named - set(drawing.labels)):
        yield Fault(UNKNOWN_ZONE, {"zone": label})
    if not edit.sites and edit.action in {Action.ASSIGN, Action.LOCK, Action.UNLOCK}:
        yield Fault(NOTHING_SELECTED)
    if edit.action is Action.MERGE and len(set(edit.zones)) < len(("one", "other")):
        yield Fault(TOO_FEW_ZONES)
    if edit.action is Action.SPLIT and len(set(edit.zones)) != 1:
        yield Fault(ONE_ZONE_TO_SPLIT)
    if edit.action in {Action.CHOOSE, Action.RELEASE} and len(set(edit.zones)) != 1:
        yield Fault(ONE_ZONE_TO_CHOOSE_FOR)
    if edit.action is Action.CHOOSE and edit.choice is None:
        yield Fault(NOBODY_CHOSEN)


def _assign(edit: Edit, drawing: Drawing, _parts: Parts) -> Decided:
    chosen = sorted(set(edit.sites))
    stayed = tuple(site for site in chosen if site in drawing.locked)
    if len(stayed) == len(chosen):
        raise InputError(Fault(ALL_LOCKED, {"count": len(chosen)}))
    target = str(drawing.last_number + 1) if edit.to == NEW else edit.to
    movable = [site for site in chosen if site not in drawing.locked]
    change = _moved(dict.fromkeys(movable, target), drawing)
    key = "edit.assigned_new" if edit.to == NEW else "edit.assigned"
    values: dict[str, str | int] = {"count": len(change.placement), "zone": target}
    text = [Reason(key if target else "edit.taken_out", values)]
    if stayed:
        text.append(Reason("edit.locked_stayed", {"count": len(stayed)}))
    return Decided(change=change, text=tuple(text), stayed=stayed)


def _lock(edit: Edit, drawing: Drawing, _parts: Parts) -> Decided:
    is_locking = edit.action is Action.LOCK
    turned = sorted(site for site in set(edit.sites) if (site in drawing.locked) != is_locking)
    change = Change(locks=dict.fromkeys(turned, (not is_locking, is_locking)))
    key = "edit.locked" if is_locking else "edit.unlocked"
    return Decided(change=change, text=(Reason(key, {"count": len(turned)}),))


def _merge(edit: Edit, drawing: Drawing, _parts: Parts) -> Decided:
    kept, *others = dict.fromkeys(edit.zones)
    moved = {site: kept for label in others for site in drawing.members(label)}
    _refuse_locked(moved, drawing)
    values = {"zones": "、".join(others), "zone": kept}
    return Decided(change=_moved(moved, drawing), text=(Reason("edit.merged", values),))


def _split(edit: Edit, drawing: Drawing, parts: Parts) -> Decided:
    (label,) = set(edit.zones)
    members = drawing.members(label)
    groups = [sorted(set(edit.sites))] if edit.sites else [*map(sorted, parts(members)[1:])]
    strangers = sorted(set(edit.sites) - set(members))
    if strangers:
        values = {"sites": listed(strangers), "zone": label}
        raise InputError(Fault(NOT_IN_THE_ZONE, values))
    if len(set(edit.sites)) == len(members):
        raise InputError(Fault(ALL_OF_THE_ZONE, {"zone": label}))
    if not groups:
        raise InputError(Fault(IN_ONE_PART, {"zone": label}))
    numbered = enumerate(groups, start=drawing.last_number + 1)
    moved = {site: str(number) for number, group in numbered for site in group}
    _refuse_locked(moved, drawing)
    new = "、".join(dict.fromkeys(moved.values()))
    text = Reason("edit.split", {"zone": label, "count": len(moved), "zones": new})
    return Decided(change=_moved(moved, drawing), text=(text,))


def _choose(edit: Edit, drawing: Drawing, _parts: Parts) -> Decided:
    (label,) = set(edit.zones)
    old, new = drawing.choices.get(label), edit.choice
    assert new is not None  # noqa: S101 (an edit without was refused)
    same = old is not None and (old.provider, old.reason) == (new.provider, new.reason)
    change = Change() if same else Change(choices={label: (old, new)})
    key = "edit.chosen_because" if new.reason else "edit.chosen"
    values = {"zone": label, "provider": new.provider, "why": new.reason}
    return Decided(change=change, text=(Reason(key, values),))


def _release(edit: Edit, drawing: Drawing, _parts: Parts) -> Decided:
    (label,) = set(edit.zones)
    old = drawing.choices.get(label)
    if old is None:
        raise InputError(Fault(NOT_CHOSEN, {"zone": label}))
    text = Reason("edit.released", {"zone": label, "provider": old.provider})
    return Decided(change=Change(choices={label: (old, None)}), text=(text,))


def _without_idle_choices(change: Change, drawing: Drawing) -> Change:
    """Return the change with the choices dropped of the zones that it leaves without sites."""
    after = apply(change, drawing)
    gone = {label: (old, None) for label, old in after.choices.items() if not after.members(label)}
    return replace(change, choices={**change.choices, **gone}) if gone else change


def _refuse_locked(moved: Mapping[str, str], drawing: Drawing) -> None:
    held: dict[str, int] = {}
    for site in sorted(drawing.locked & set(moved)):
        held[drawing.zone_of[site]] = held.get(drawing.zone_of[site], 0) + 1
    if held:
        faults = [Fault(LOCKED_INSIDE, {"zone": label, "count": n}) for label, n in held.items()]
        raise InputError(*faults)


def _moved(targets: Mapping[str, str], drawing: Drawing) -> Change:
    return Change(
        placement={
            site: (drawing.zone_of[site], target)
            for site, target in targets.items()
            if drawing.zone_of[site] != target
        }
    )


_DECIDERS: Mapping[Action, Callable[[Edit, Drawing, Parts], Decided]] = {
    Action.ASSIGN: _assign,
    Action.LOCK: _lock,
    Action.UNLOCK: _lock,
    Action.MERGE: _merge,
    Action.SPLIT: _split,
    Action.CHOOSE: _choose,
    Action.RELEASE: _release,
}
