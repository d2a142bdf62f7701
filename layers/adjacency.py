"""Neighbour links (邻接关系): which sites may be run together, and what lies between them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.errors import Fault, InputError, gettext_noop
from geo.words import BarrierKind, CrossingKind
from layers.crossing_ways import CrossingWays, crossing_ways
from layers.passage import near_pairs, separations
from layers.pieces import SETS, KindSets, Pieces, bits_of, cut_barriers
from layers.policy import LinkRules
from layers.sites import Sites

Pair = tuple[int, int]
"""Positions of two sites, the smaller first."""


class LinkKind(StrEnum):
    """Why two sites are linked, or cut."""

    NEAR = "near"
    CROSSING = "crossing"
    PLANNER = "planner"


@dataclass(frozen=True, kw_only=True)
class Links:
    """m links between sites, sorted by (a, b); a < b are positions in `Sites`."""

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    gap_m: NDArray[np.float64]
    """Distance between the outlines."""
    walk_m: NDArray[np.float64]
    """Length of the way over the crossing; NaN where the link needs none."""
    cost_m: NDArray[np.float64]
    """gap_m plus the impedance of soft barriers crossed: for objectives, never for existence."""
    kind: NDArray[np.str_]
    """near | crossing | planner"""
    barrier: NDArray[np.str_]
    """Kinds of barrier between the two, joined by "+"; "" = none."""
    is_open: NDArray[np.bool_]
    """False where a hard barrier or a planner's cut separates the two."""

    @cached_property
    def open_by_site(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Positions of the open links, by the site that comes first in each, and where they begin.

        The links that site i comes first in are from begins[i] up to begins[i + 1]; a site beyond
        the last of `begins` comes first in none. Reckoned once: links must not be opened later.
        """
        rows = np.flatnonzero(self.is_open)
        rows = rows[np.argsort(self.a[rows], kind="stable")]
        last = int(self.a[rows[-1]]) if len(rows) else -1
        return rows, np.searchsorted(self.a[rows], np.arange(last + 2))


@dataclass(frozen=True, kw_only=True)
class Barriers:
    """m barriers (阻隔): lines or polygons in the metric CRS of the sites."""

    kinds: NDArray[np.str_]
    geometries: NDArray[np.object_]

    def __post_init__(self) -> None:
        _check_kinds(self.kinds, self.geometries, allowed=BarrierKind)


@dataclass(frozen=True, kw_only=True)
class Crossings:
    """m crossings (通道): lines from one end to the other in the metric CRS of the sites."""

    kinds: NDArray[np.str_]
    lines: NDArray[np.object_]

    def __post_init__(self) -> None:
        _check_kinds(self.kinds, self.lines, allowed=CrossingKind)
        if np.any(shapely.get_dimensions(self.lines) != 1):
            message = "Every crossing must be a line with two ends."
            raise ValueError(message)


def _check_kinds(
    kinds: NDArray[np.str_], geometries: NDArray[np.object_], *, allowed: type[StrEnum]
) -> None:
    unknown = sorted(set(kinds.tolist()) - set(allowed))
    if unknown or len(kinds) != len(geometries):
        message = (
            f"One kind is needed for each of {len(geometries)} geometries, out of"
            f" {', '.join(allowed)}; got {len(kinds)}, unknown: {', '.join(unknown) or 'none'}."
        )
        raise ValueError(message)


@dataclass(frozen=True, kw_only=True)
class Override:
    """What a planner says of two sites: open or cut, with a note (此处有人行天桥)."""

    a_id: str
    b_id: str
    is_open: bool
    note: str = ""

    def __post_init__(self) -> None:
        if self.a_id == self.b_id:
            message = f"A link joins two different sites, got {self.a_id} twice."
            raise ValueError(message)


_LINK_KINDS = tuple(LinkKind)
_NEAR, _CROSSING, _PLANNER = (_LINK_KINDS.index(kind) for kind in LinkKind)
_ALL = len(SETS) - 1
"""The set of all kinds of barrier."""
_HALF = np.int64(32)
"""Two positions make one number of 64 bits."""


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """Links in the making, sorted by (a, b); kinds of barrier as sets."""

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    gap_m: NDArray[np.float64]
    walk_m: NDArray[np.float64]
    kinds: KindSets
    """Kinds of barrier between the two."""
    costly: KindSets
    """Those of them that add their impedance."""
    is_open: NDArray[np.bool_]
    kind: NDArray[np.uint8]
    """Position in `_LINK_KINDS`."""

    @classmethod
    def new(cls, a: NDArray[np.int64], b: NDArray[np.int64], **columns: NDArray[Any]) -> Self:
        """Return open links with nothing between, but for the columns."""
        n = len(a)
        plain = {
            "walk_m": np.full(n, np.nan),
            "kinds": np.zeros(n, dtype=np.uint8),
            "costly": np.zeros(n, dtype=np.uint8),
            "is_open": np.ones(n, dtype=np.bool_),
            "kind": np.full(n, _NEAR, dtype=np.uint8),
        }
        return cls(a=a, b=b, **{**plain, **columns})

    def with_others(self, others: Self) -> Self:
        """Return these links and others, sorted."""
        if not len(others.a):
            return self
        columns = {
            field.name: np.concatenate([getattr(self, field.name), getattr(others, field.name)])
            for field in fields(self)
        }
        order = np.lexsort((columns["b"], columns["a"]))
        return type(self)(**{name: column[order] for name, column in columns.items()})

    def find(
        self, a: NDArray[np.int64], b: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return where the link of each pair is, and whether there is one."""
        keys, asked = self.a << _HALF | self.b, a << _HALF | b
        at = np.searchsorted(keys, asked)
        is_here = at < len(keys)
        is_here[is_here] = keys[at[is_here]] == asked[is_here]
        return at, is_here


def neighbour_links(
    sites: Sites,
    barriers: Barriers,
    crossings: Crossings,
    rules: LinkRules,
    *,
    overrides: Sequence[Override] = (),
) -> Links:
    """Return every link between sites, the closed ones among them.

    Two sites are linked when their outlines lie within `rules.reach_m`. What separates them is
    asked of all barriers of a kind at once, because a river may come in any number of rows:

    - Hard kinds close the link when together they stop every straight way between the outlines
      (see `layers.passage`).
    - A soft kind counts as crossed by the same test, and adds its impedance once.
    - A crossing joins the sites within `rules.crossing_reach_m` of one end with those of the other.
      A site belongs to its nearer end (otherwise a short bridge would join two sites of one bank),
      unless a hard kind that the crossing does not lead over lies between end and site. Such a way
      makes a link where none is, opens a closed one, and spares an open one the impedance of the
      soft kinds that it leads over. The shortest way counts.
    - Overrides win. One that names a site that is not here says nothing.

    The links do not depend on the order of barriers, crossings or overrides.
    """
    pieces = cut_barriers(barriers.kinds, barriers.geometries)
    near = _near_links(sites, pieces, rules)
    ways = crossing_ways(
        crossings.lines,
        sites.polygons,
        pieces,
        reach_m=rules.crossing_reach_m,
        hard=bits_of(rules.hard),
    )
    links = _led_over_crossings(near, ways, sites, rules)
    return _as_links(_decided_by_planners(links, overrides, sites), rules)


def components(links: Links, n: int) -> NDArray[np.int64]:
    """Return, for each of n sites, the number of its component over open links.

    Components are numbered from 0 in the order of their first site.
    """
    a, b = links.a[links.is_open], links.b[links.is_open]
    graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(n, n))
    _, labels = connected_components(graph, directed=False)
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def _near_links(sites: Sites, pieces: Pieces, rules: LinkRules) -> _Rows:
    pairs = near_pairs(sites.polygons, reach_m=rules.reach_m)
    between = separations(
        sites.polygons, pairs, pieces, reach_m=rules.reach_m, hard=frozenset(rules.hard)
    )
    return _Rows.new(
        pairs.a,
        pairs.b,
        gap_m=pairs.gap_m,
        kinds=between.kinds,
        costly=_soft(between.kinds, rules),
        is_open=~between.is_closed,
    )


def _soft(kinds: KindSets, rules: LinkRules) -> KindSets:
    """Return the kinds of each set that do not close a link."""
    return kinds & np.uint8(~bits_of(rules.hard) & _ALL)


def _led_over_crossings(links: _Rows, ways: CrossingWays, sites: Sites, rules: LinkRules) -> _Rows:
    """Put the ways over crossings in place where they make or better a link."""
    at, is_here = links.find(ways.a, ways.b)
    better = np.flatnonzero(is_here)
    rows = at[better]
    spares = (links.kinds[rows] & ways.spanned[better]) > 0
    is_better = ~links.is_open[rows] | spares
    better, rows = better[is_better], rows[is_better]
    links.kinds[rows] |= ways.met[better]
    links.costly[rows] = _soft(ways.met[better], rules)
    links.walk_m[rows] = ways.walk_m[better]
    links.is_open[rows] = True
    links.kind[rows] = _CROSSING
    far = ways.take(~is_here)
    return links.with_others(
        _Rows.new(
            far.a,
            far.b,
            gap_m=_gaps_m(sites, far.a, far.b),
            walk_m=far.walk_m,
            kinds=far.spanned | far.met,
            costly=_soft(far.met, rules),
            kind=np.full(len(far.a), _CROSSING, dtype=np.uint8),
        )
    )


def _gaps_m(sites: Sites, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.float64]:
    gaps_m: NDArray[np.float64] = shapely.distance(sites.polygons[a], sites.polygons[b])
    return gaps_m


def _decided_by_planners(links: _Rows, overrides: Sequence[Override], sites: Sites) -> _Rows:
    """Return the links as planners will have them, those between far sites among them."""
    decided = _decisions(overrides, sites)
    a, b = np.array(list(decided), dtype=np.int64).reshape(-1, 2).T
    _, is_here = links.find(a, b)
    a_far, b_far = a[~is_here], b[~is_here]
    links = links.with_others(_Rows.new(a_far, b_far, gap_m=_gaps_m(sites, a_far, b_far)))
    rows, _ = links.find(a, b)
    links.is_open[rows] = list(decided.values())
    links.kind[rows] = _PLANNER
    return links


def _decisions(overrides: Sequence[Override], sites: Sites) -> dict[Pair, bool]:
    said: dict[frozenset[str], set[bool]] = {}
    for override in overrides:
        said.setdefault(frozenset({override.a_id, override.b_id}), set()).add(override.is_open)
    sentence = gettext_noop("{a} 与 {b} 之间既设为连通又设为切断。请只保留一条。")
    contrary = sorted(sorted(ids) for ids, words in said.items() if len(words) > 1)
    if contrary:
        raise InputError(*(Fault(sentence, {"a": a, "b": b}) for a, b in contrary))
    row_of = {str(site): row for row, site in enumerate(sites.ids)} if said else {}
    here = {ids: words for ids, words in said.items() if all(i in row_of for i in ids)}
    decided = {}
    for ids, (is_open,) in here.items():
        one, other = sorted(row_of[i] for i in ids)
        decided[one, other] = is_open
    return decided


def _as_links(rows: _Rows, rules: LinkRules) -> Links:
    impedance_m = [
        sum((rules.impedance_m.get(kind, 0.0) for kind in kinds), start=0.0) for kinds in SETS
    ]
    return Links(
        a=rows.a,
        b=rows.b,
        gap_m=rows.gap_m,
        walk_m=rows.walk_m,
        cost_m=rows.gap_m + np.array(impedance_m)[rows.costly],
        kind=_words([str(kind) for kind in _LINK_KINDS], rows.kind),
        barrier=_words(["+".join(kinds) for kinds in SETS], rows.kinds),
        is_open=rows.is_open,
    )


def _words(words: list[str], chosen: NDArray[np.uint8]) -> NDArray[np.str_]:
    """Return the chosen words, in no wider an array than these need."""
    used = np.bincount(chosen, minlength=len(words)) > 0
    return np.array([word if is_used else "" for word, is_used in zip(words, used, strict=True)])[
        chosen
    ]
