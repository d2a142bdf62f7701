"""Management modes (管理模式): which of a policy's modes each site has, and why.

A policy lists its modes in order, each with the conditions that it asks for; a site's mode is the
first whose conditions all hold. A condition is met (是), not met (否) or unknown (不详), and an
unknown one is never taken for either: where the first mode that is not ruled out hangs on what is
unknown, the mode is still to be verified (待核实), whatever comes after it in the list. What
matches nothing is not provided for in the document (文件未规定), never the nearest mode.

Answers are ordered 否 < 不详 < 是, so that "and" is the least of them, "or" the greatest and "not"
the negative. Hence to learn more never gives a mode that was ruled out before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo.errors import gettext_noop
from geo.words import Word
from layers.policy_parts import Asked, Derived, Mode

NO, UNKNOWN, YES = np.int8(-1), np.int8(0), np.int8(1)
Answers = NDArray[np.int8]
"""What is known of a condition: NO, UNKNOWN or YES."""

OLD, HAS_PROVIDER = str(Derived.OLD), str(Derived.HAS_PROVIDER)
"""Conditions that nobody records, since they follow from the ledger: 老旧; 有人管理."""


class Standing(Word):
    """How a site stands to the modes of a policy."""

    DECIDED = "decided", gettext_noop("已判定")
    TO_VERIFY = "to_verify", gettext_noop("待核实")
    UNPROVIDED = "unprovided", gettext_noop("文件未规定")


ANSWER_WORDS: Mapping[int, str] = {
    int(YES): gettext_noop("是"),
    int(NO): gettext_noop("否"),
    int(UNKNOWN): gettext_noop("不详"),
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """A condition that a mode asks for, and how a site answers what is asked."""

    asked: Asked
    answer: int
    """Whether what is asked for holds: where a condition must not be met, not being met is YES."""


@dataclass(frozen=True, kw_only=True)
class Ruled:
    """A mode that is ruled out, with the conditions that rule it out."""

    mode: str
    by: tuple[Asked, ...]


@dataclass(frozen=True, kw_only=True)
class Otherwise:
    """What would have to be found for a site to have another mode."""

    mode: str
    needs: tuple[Asked, ...]
    """All of these."""
    one_of: tuple[Asked, ...]
    """And one of these, where there are any."""
    ahead: tuple[str, ...]
    """Modes that come first all the same, unless one of their own conditions falls away."""


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why a site has its mode, or has none yet."""

    standing: Standing
    mode: str
    """"" where none is decided."""
    decided_by: tuple[Told, ...]
    """The conditions of its mode that hold."""
    to_verify: tuple[Asked, ...]
    """The conditions that must be known before a mode is decided."""
    ruled_out: tuple[Ruled, ...]
    """The modes before it."""
    possible: tuple[str, ...]
    """The modes that it may have, as far as is known."""
    otherwise: tuple[Otherwise, ...]


@dataclass(frozen=True, kw_only=True)
class Modes:
    """The modes of n sites under m modes of a policy."""

    modes: tuple[Mode, ...]
    met: Mapping[str, Answers]
    """Key of a condition → (n,) whether it is met; one that is not here is unknown of all."""
    holds: Answers
    """(n, m) whether all that each mode asks for holds."""
    _whys: dict[bytes, Why] = field(default_factory=dict, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.holds)

    @cached_property
    def first(self) -> NDArray[np.int64]:
        """(n,) the first mode that is not ruled out; m where all are."""
        is_open = np.column_stack([self.holds > NO, np.ones(len(self), dtype=np.bool_)])
        first: NDArray[np.int64] = is_open.argmax(axis=1)
        return first

    @cached_property
    def which(self) -> NDArray[np.int64]:
        """(n,) the mode of each site; m where the document provides none, -1 to be verified."""
        none = np.full((len(self), 1), YES, dtype=np.int8)
        answers = np.column_stack([self.holds, none])
        is_decided = answers[np.arange(len(self)), self.first] == YES
        return np.where(is_decided, self.first, -1)

    @cached_property
    def possible(self) -> NDArray[np.bool_]:
        """(n, m + 1) the modes that each site may have; the last says that it may have none."""
        is_sure = np.column_stack([np.zeros(len(self), np.bool_), self.holds == YES])
        is_behind = np.logical_or.accumulate(is_sure, axis=1)
        is_open = np.column_stack([self.holds > NO, np.ones(len(self), dtype=np.bool_)])
        possible: NDArray[np.bool_] = is_open & ~is_behind
        return possible

    @cached_property
    def labels(self) -> NDArray[np.str_]:
        """(n,) the name of each site's mode, or in which way it has none."""
        names = [mode.name for mode in self.modes]
        none = [Standing.UNPROVIDED.label, Standing.TO_VERIFY.label]
        return np.array([*names, *none], dtype=np.str_)[self.which]

    def standing(self, at: int) -> Standing:
        """Return how a site stands to the modes."""
        return _standing(int(self.which[at]), len(self.modes))

    def why(self, at: int) -> Why:
        """Return why a site has its mode; sites that answer alike have one reason."""
        answers = {key: int(column[at]) for key, column in self.met.items()}
        key = bytes(answer + 1 for answer in answers.values())
        if key not in self._whys:
            self._whys[key] = _why(self, at, answers)
        return self._whys[key]


def decide(met: Mapping[str, Answers], modes: Sequence[Mode], *, count: int) -> Modes:
    """Return the mode of each of `count` sites.

    Parameters
    ----------
    met
        Key of a condition → (n,) whether each site meets it: NO, UNKNOWN or YES.
    modes
        The policy's decision list; without any nothing is provided.
    count
        How many sites there are, n.
    """
    unknown = np.full(count, UNKNOWN)
    columns = [_holds(mode, met, unknown) for mode in modes]
    holds = np.column_stack(columns) if columns else np.empty((count, 0), dtype=np.int8)
    return Modes(modes=tuple(modes), met=dict(met), holds=holds)


def together(met: Answers, *, holder: NDArray[np.int64], count: int) -> Answers:
    """Return what holds of wholes by what holds of their parts: 是 only where it is of every part.

    `holder` (n,) is the whole of each part, -1 where it has none; a whole without parts is unknown.
    """
    inside = holder >= 0
    least = np.full(count, YES)
    np.minimum.at(least, holder[inside], met[inside])
    has_parts = np.bincount(holder[inside], minlength=count) > 0
    return np.where(has_parts, least, UNKNOWN).astype(np.int8)


def _holds(mode: Mode, met: Mapping[str, Answers], unknown: Answers) -> Answers:
    def answers(asked: Asked) -> Answers:
        found = met.get(asked.condition, unknown)
        return found if asked.wanted else -found

    wanted = [answers(asked) for asked in mode.all]
    if mode.any:
        wanted.append(np.max([answers(asked) for asked in mode.any], axis=0))
    holds: Answers = np.min(wanted, axis=0, initial=YES) if wanted else np.full_like(unknown, YES)
    return holds


def _standing(which: int, count: int) -> Standing:
    if which < 0:
        return Standing.TO_VERIFY
    return Standing.DECIDED if which < count else Standing.UNPROVIDED


def _why(found: Modes, at: int, answers: Mapping[str, int]) -> Why:
    modes, first = found.modes, int(found.first[at])
    standing, mode = found.standing(at), modes[first] if first < len(modes) else None
    told = _told(mode, answers) if mode else ()
    is_decided = standing is Standing.DECIDED
    decided = mode.name if mode and is_decided else ""
    return Why(
        standing=standing,
        mode=decided,
        decided_by=tuple(each for each in told if each.answer == YES) if is_decided else (),
        to_verify=() if is_decided or mode is None else _open(mode, answers),
        ruled_out=tuple(
            Ruled(mode=each.name, by=_failing(each, answers)) for each in modes[:first]
        ),
        possible=tuple(
            each.name for each, may in zip(modes, found.possible[at], strict=False) if may
        ),
        otherwise=tuple(
            _otherwise(position, modes, answers)
            for position, each in enumerate(modes)
            if each.name != decided
        ),
    )


def _answer(asked: Asked, answers: Mapping[str, int]) -> int:
    met = answers.get(asked.condition, int(UNKNOWN))
    return met if asked.wanted else -met


def _told(mode: Mode, answers: Mapping[str, int]) -> tuple[Told, ...]:
    asked = (*mode.all, *mode.any)
    return tuple(Told(asked=each, answer=_answer(each, answers)) for each in asked)


def _with_answer(
    asked: Sequence[Asked], answers: Mapping[str, int], wanted: int
) -> tuple[Asked, ...]:
    return tuple(each for each in asked if _answer(each, answers) == wanted)


def _open(mode: Mode, answers: Mapping[str, int]) -> tuple[Asked, ...]:
    """Return the unknown conditions that a mode hangs on."""
    unknown = _with_answer(mode.all, answers, int(UNKNOWN))
    if _with_answer(mode.any, answers, int(YES)):
        return unknown
    return unknown + _with_answer(mode.any, answers, int(UNKNOWN))


def _failing(mode: Mode, answers: Mapping[str, int]) -> tuple[Asked, ...]:
    """Return the conditions that rule a mode out."""
    failing = _with_answer(mode.all, answers, int(NO))
    if mode.any and len(_with_answer(mode.any, answers, int(NO))) == len(mode.any):
        return failing + mode.any
    return failing


def _otherwise(position: int, modes: Sequence[Mode], answers: Mapping[str, int]) -> Otherwise:
    mode = modes[position]
    needs = tuple(each for each in mode.all if _answer(each, answers) != YES)
    one_of = () if _with_answer(mode.any, answers, int(YES)) else mode.any
    then = dict(answers) | {each.condition: int(YES if each.wanted else NO) for each in needs}
    ahead = tuple(each.name for each in modes[:position] if not _failing(each, then))
    return Otherwise(mode=mode.name, needs=needs, one_of=one_of, ahead=ahead)
