"""Neighbour links (邻接关系): which sites may be run together, and what lies between them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.errors import Fault, InputError, gettext_noop
from geo.words import BarrierKind, CrossingKind
from layers.passage import TOUCH_M, Pieces, cut_barriers, near_pairs, separations
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


@dataclass(frozen=True, kw_only=True)
class _Link:
    gap_m: float
    kinds: frozenset[str]
    """Kinds of barrier between the two."""
    costly: frozenset[str]
    """Those of them that add their impedance."""
    is_open: bool
    kind: LinkKind = LinkKind.NEAR
    walk_m: float = np.nan


@dataclass(frozen=True, kw_only=True)
class _Way:
    """One way over a crossing, from outline to outline."""

    walk_m: float
    spanned: tuple[str, ...]
    """Kinds of barrier that the crossing leads over."""
    met: tuple[str, ...]
    """Kinds of barrier between its ends and the two sites."""


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
    links = _near_links(sites, pieces, rules)
    ways = _crossing_ways(sites, crossings, pieces, rules)
    _lead_over_crossings(links, ways, sites, rules)
    _let_planners_decide(links, overrides, sites)
    return _as_arrays(links, rules)


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


def _near_links(sites: Sites, pieces: Pieces, rules: LinkRules) -> dict[Pair, _Link]:
    a, b, gap_m = near_pairs(sites.polygons, reach_m=rules.reach_m)
    pairs = np.stack([a, b], axis=1)
    between = separations(
        sites.polygons, pairs, pieces, reach_m=rules.reach_m, hard=frozenset(rules.hard)
    )
    return {
        (one, other): _Link(
            gap_m=gap,
            kinds=found.kinds,
            costly=found.kinds.difference(rules.hard),
            is_open=not found.is_closed,
        )
        for one, other, gap, found in zip(
            a.tolist(), b.tolist(), gap_m.tolist(), between, strict=True
        )
    }


def _crossing_ways(
    sites: Sites, crossings: Crossings, pieces: Pieces, rules: LinkRules
) -> dict[Pair, _Way]:
    """Return the shortest way over a crossing for each pair of sites that one joins."""
    lines = shapely.line_merge(crossings.lines)
    spanned = pieces.kinds_near(lines, distance_m=TOUCH_M)
    approaches = _approaches(sites, lines, pieces, reach_m=rules.crossing_reach_m)
    best: dict[Pair, _Way] = {}
    for line, over, (starts, stops) in zip(lines, spanned, approaches, strict=True):
        walls = frozenset(rules.hard) - over
        for start in starts:
            for stop in stops:
                met = start.met | stop.met
                if start.site == stop.site or met & walls:
                    continue
                way = _Way(
                    walk_m=start.length_m + line.length + stop.length_m,
                    spanned=tuple(sorted(over)),
                    met=tuple(sorted(met)),
                )
                pair = min(start.site, stop.site), max(start.site, stop.site)
                best[pair] = min(best.get(pair, way), way, key=_way_order)
    return best


def _way_order(way: _Way) -> tuple[float, tuple[str, ...], tuple[str, ...]]:
    # the kinds break ties, so that the order of the crossings cannot
    return way.walk_m, way.met, way.spanned


@dataclass(frozen=True)
class _Approach:
    """The straight way from an end of a crossing to a site."""

    site: int
    length_m: float
    met: frozenset[str]


def _approaches(
    sites: Sites, lines: NDArray[np.object_], pieces: Pieces, *, reach_m: float
) -> list[tuple[list[_Approach], list[_Approach]]]:
    """Return, for each crossing, the sites that belong to its first and to its last end."""
    vertices = [shapely.get_coordinates(line) for line in lines]
    ends = np.empty(2 * len(lines), dtype=object)
    shapely.points(np.array([[v[0], v[-1]] for v in vertices]).reshape(-1, 2), out=ends)
    end, site = shapely.STRtree(sites.polygons).query(ends, predicate="dwithin", distance=reach_m)
    length_m: NDArray[np.float64] = shapely.distance(ends[end], sites.polygons[site])
    # ends 0 and 1 are one crossing's, 2 and 3 the next one's
    is_nearer = length_m <= shapely.distance(ends[end ^ 1], sites.polygons[site])
    end, site, length_m = end[is_nearer], site[is_nearer], length_m[is_nearer]
    met = [frozenset[str]()] * len(end)
    outside = np.flatnonzero(length_m > 0)
    ways: NDArray[np.object_] = np.array(
        shapely.shortest_line(ends[end[outside]], sites.polygons[site[outside]]), dtype=object
    )
    for position, kinds in zip(outside, pieces.kinds_near(ways, distance_m=TOUCH_M), strict=True):
        met[position] = kinds
    found: list[tuple[list[_Approach], list[_Approach]]] = [([], []) for _ in lines]
    for row, kinds in enumerate(met):
        crossing, side = divmod(int(end[row]), 2)
        found[crossing][side].append(_Approach(int(site[row]), float(length_m[row]), kinds))
    return found


def _lead_over_crossings(
    links: dict[Pair, _Link], ways: Mapping[Pair, _Way], sites: Sites, rules: LinkRules
) -> None:
    """Put the ways over crossings in place where they make or better a link."""
    far = [pair for pair in ways if pair not in links]
    gaps_m = dict(zip(far, _gaps_m(sites, far), strict=True))
    for pair, way in ways.items():
        link = links.get(pair)
        if link and link.is_open and link.kinds.isdisjoint(way.spanned):
            continue
        links[pair] = _Link(
            gap_m=link.gap_m if link else gaps_m[pair],
            kinds=(link.kinds if link else frozenset(way.spanned)).union(way.met),
            costly=frozenset(way.met).difference(rules.hard),
            is_open=True,
            kind=LinkKind.CROSSING,
            walk_m=way.walk_m,
        )


def _gaps_m(sites: Sites, pairs: Iterable[Pair]) -> list[float]:
    a, b = np.array(list(pairs), dtype=np.int64).reshape(-1, 2).T
    gaps_m: list[float] = shapely.distance(sites.polygons[a], sites.polygons[b]).tolist()
    return gaps_m


def _let_planners_decide(
    links: dict[Pair, _Link], overrides: Sequence[Override], sites: Sites
) -> None:
    decided = _decisions(overrides, {str(site): row for row, site in enumerate(sites.ids)})
    new = [pair for pair in decided if pair not in links]
    for pair, gap_m in zip(new, _gaps_m(sites, new), strict=True):
        nothing = frozenset[str]()
        links[pair] = _Link(gap_m=gap_m, kinds=nothing, costly=nothing, is_open=True)
    for pair, is_open in decided.items():
        links[pair] = replace(links[pair], is_open=is_open, kind=LinkKind.PLANNER)


def _decisions(overrides: Sequence[Override], row_of: Mapping[str, int]) -> dict[Pair, bool]:
    said: dict[frozenset[str], set[bool]] = {}
    for override in overrides:
        said.setdefault(frozenset({override.a_id, override.b_id}), set()).add(override.is_open)
    sentence = gettext_noop("{a} 与 {b} 之间既设为连通又设为切断。请只保留一条。")
    contrary = sorted(sorted(ids) for ids, words in said.items() if len(words) > 1)
    if contrary:
        raise InputError(*(Fault(sentence, {"a": a, "b": b}) for a, b in contrary))
    here = {ids: words for ids, words in said.items() if all(i in row_of for i in ids)}
    decided = {}
    for ids, (is_open,) in here.items():
        one, other = sorted(row_of[i] for i in ids)
        decided[one, other] = is_open
    return decided


def _as_arrays(links: Mapping[Pair, _Link], rules: LinkRules) -> Links:
    pairs = sorted(links)
    ordered = [links[pair] for pair in pairs]
    a, b = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    impedance_m = [
        sum(rules.impedance_m.get(kind, 0.0) for kind in sorted(link.costly)) for link in ordered
    ]
    gap_m = np.array([link.gap_m for link in ordered], dtype=np.float64)
    return Links(
        a=a,
        b=b,
        gap_m=gap_m,
        walk_m=np.array([link.walk_m for link in ordered], dtype=np.float64),
        cost_m=gap_m + np.array(impedance_m, dtype=np.float64),
        kind=np.array([str(link.kind) for link in ordered], dtype=np.str_),
        barrier=np.array(["+".join(sorted(link.kinds)) for link in ordered], dtype=np.str_),
        is_open=np.array([link.is_open for link in ordered], dtype=np.bool_),
    )
