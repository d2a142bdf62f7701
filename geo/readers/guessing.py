"""Of what kind the rows of a file are, where its columns and geometries tell."""

from collections.abc import Mapping, Sequence

from geo.errors import Fault, InputError, gettext_noop
from geo.readers.field_table import FIELDS
from geo.readers.fields import Shape
from geo.readers.headings import Heading, plain
from geo.readers.kinds import KIND_NAMES, MAY_LACK_PLACE, SHAPES, Kind

WHICH_KIND = gettext_noop(
    "无法判断数据种类，可能是：{kinds}。请用 --as 指明，例如 --as {example}。"
)
MIXED = gettext_noop("文件混有不同类型的图形，没有一种数据是这样的。请按点、线、面分开导入。")

_GENERIC = frozenset({"id"})
"""Headings that say nothing about what they number."""
_LIKELY, _POSSIBLE = 2, 1


def guess_kind(
    headings: Sequence[Heading], shapes: frozenset[Shape], constants: Mapping[str, str]
) -> Kind:
    """Return the one kind that the columns and geometries tell.

    Parameters
    ----------
    headings
        In the order of the columns.
    shapes
        Families of geometry in the file; empty = it has none, or they stand in cells.
    constants
        Fields that the person gives for the whole file.

    """
    fitting = {kind: _scores(headings, kind) for kind in Kind if _fits(kind, shapes)}
    if not fitting:
        raise InputError(MIXED)
    scores = {k: score for k, score in fitting.items() if _has_required(score, k, constants)}
    telling = {kind: _telling(kind, scores, headings) for kind in scores}
    best = max(telling.values(), default=0)
    winners = [kind for kind, points in telling.items() if points == best]
    if best and len(winners) == 1:
        return winners[0]
    hit = [kind for kind, score in fitting.items() if any(score.values())]
    candidates = hit if len(hit) > 1 else list(fitting)
    listed = "、".join(f"{KIND_NAMES[kind]}（{kind}）" for kind in candidates)
    raise InputError(Fault(WHICH_KIND, {"kinds": listed, "example": candidates[0]}))


def _scores(headings: Sequence[Heading], kind: Kind) -> dict[str, int]:
    """Return how well each heading fits a kind, by the heading's name."""
    own = {plain(text) for each in FIELDS[kind] for text in (each.heading, each.key)}
    others = {plain(text) for each in FIELDS[kind] for text in each.synonyms}
    return {
        heading.name: _LIKELY * (heading.name in own) or _POSSIBLE * (heading.name in others)
        for heading in headings
    }


def _fits(kind: Kind, shapes: frozenset[Shape]) -> bool:
    if shapes:
        return shapes <= SHAPES.get(kind, frozenset())
    return kind not in SHAPES or kind in MAY_LACK_PLACE


def _has_required(scores: Mapping[str, int], kind: Kind, constants: Mapping[str, str]) -> bool:
    names = {name for name, score in scores.items() if score}
    return all(
        each.key in constants or names & {plain(text) for text in each.headings}
        for each in FIELDS[kind]
        if each.is_required
    )


def _telling(
    kind: Kind, scores: Mapping[Kind, Mapping[str, int]], headings: Sequence[Heading]
) -> int:
    """Count the columns that fit this kind better than any other."""
    others = [score for other, score in scores.items() if other is not kind]
    names = {heading.name for heading in headings} - _GENERIC
    return sum(
        all(scores[kind][name] > other[name] for other in others)
        for name in names
        if scores[kind][name]
    )
