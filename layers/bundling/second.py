"""The second-best zone of each site, and why the site is not there.

All sites are looked at together, by columns: a row is a site and a zone beside it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from geo.errors import gettext_noop
from layers.bundling.drawn import Drawn
from layers.economics import Takings, takings_of
from layers.policy import Contiguity
from layers.ragged import Ragged
from layers.reasons import Reason
from layers.rules import RULES, TOLERANCE, Zone, limits_of

A_YUAN = 1.0
A_METRE = 1.0
"""Smaller differences are not worth a sentence."""

Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]
Columns = dict[str, list[Any]]

RANKS = (
    "site.second_no_worse",
    "site.second_costs_more",
    "site.second_fewer_zones",
    "site.second_more_subsidy",
    "site.second_leaves_minimum",
    "site.second_leaves_parts",
    "site.second_torn",
    "site.second_breaks",
    "site.second_too_wide",
    "site.second_more_households",
    "site.second_over_maximum",
    "site.second_locked",
    "site.second_other_scope",
)
"""From what would do least harm to what cannot be."""
NO_WORSE = 0
ON_ENTERING: Mapping[str, str] = {
    "walk": gettext_noop("步行网总长上限"),
    "leads_max": gettext_noop("带动小区数量上限"),
    "lead_reach": gettext_noop("带动范围"),
    "lead_spare": gettext_noop("带动小区服务主体的承接能力"),
    "apart": gettext_noop("不得同区的要求"),
}
"""Rules that a zone may break with one site more, and what they are called."""


@dataclass(frozen=True)
class Moves:
    """m moves of a site out of its zone into another beside it."""

    site: Whole
    to: Whole
    """The zone."""
    drawn: Drawn

    @property
    def home(self) -> Whole:
        """The zone of each site today."""
        return self.drawn.zone_of[self.site]

    def take(self, rows: Flags | Whole) -> Self:
        """Return some of the moves."""
        return type(self)(self.site[rows], self.to[rows], self.drawn)

    @cached_property
    def entered(self) -> Ragged:
        """The members of the zone that the site moves into, the site among them."""
        return self.drawn.members.take(self.to).joined_by(self.site)

    @cached_property
    def rest(self) -> Ragged:
        """What is left of the zone that the site moves out of: nothing, where it was alone."""
        return self.drawn.members.take(self.home).without(self.site)

    @cached_property
    def is_rest(self) -> Flags:
        """Whether anything is left."""
        return self.rest.counts > 0

    @cached_property
    def taken(self) -> Takings:
        """What the zones bring with the site."""
        return self.drawn.takings.take(self.to).plus(self.drawn.takings_of_sites.take(self.site))

    @cached_property
    def kept(self) -> Takings:
        """What is brought by what is left."""
        return takings_of(self.rest, self.drawn.sites, self.drawn.policy.money)

    @cached_property
    def widths_m(self) -> Numbers:
        """How far the zones stretch with the site."""
        return self.drawn.yardstick.diameters_m(self.entered)

    @cached_property
    def broken(self) -> list[str]:
        """The rule of `ON_ENTERING` that the zone would break with the site; "" = none."""
        drawn = self.drawn
        limits, ground = limits_of(drawn.policy), (drawn.sites, drawn.links, drawn.policy)
        is_asked = [limits.walk_max_m, limits.leads_max, limits.lead_reach_m]
        has_foes = bool((drawn.sites.apart != "").any())
        if (is_asked == [None] * 3 and not has_foes) or not len(self.site):
            return [""] * len(self.site)
        rows = np.split(self.entered.values, self.entered.begins[1:-1])
        entered = [Zone("", tuple(sorted(row.tolist()))) for row in rows]
        return [
            next((rule for rule in ON_ENTERING if RULES[rule](zone, *ground)), "")
            for zone in entered
        ]

    @cached_property
    def more_yuan(self) -> Numbers:
        """How much more subsidy is needed in a year."""
        money = self.drawn.policy.money
        before = np.nan_to_num(self.drawn.takings.subsidies_needed(money))
        after = np.nan_to_num(self.taken.subsidies_needed(money))
        left = np.where(self.is_rest, np.nan_to_num(self.kept.subsidies_needed(money)), 0.0)
        return after + left - before[self.home] - before[self.to]

    @cached_property
    def more_m(self) -> Numbers:
        """How much farther the zones spread, by walk and diameter."""
        drawn, yardstick = self.drawn, self.drawn.yardstick
        before = drawn.walks_m + drawn.diameters_m
        left = yardstick.walks_m(self.rest) + yardstick.diameters_m(self.rest)
        after = yardstick.walks_m(self.entered) + self.widths_m
        return after + left - before[self.home] - before[self.to]


def second_best(asked: Flags, drawn: Drawn) -> dict[int, Reason]:
    """Return for each site asked for why it is not in the zone that would suit it next best.

    Sites without another zone beside them are not among the answers.
    """
    moves = _moves(asked, drawn)
    rank = _ranks(moves)
    order = np.lexsort((moves.to, rank, moves.site))
    best = order[np.flatnonzero(np.diff(moves.site[order], prepend=-1))]
    reasons: dict[int, Reason] = {}
    for number in np.unique(rank[best]).tolist():
        chosen = moves.take(best[rank[best] == number])
        reasons |= zip(chosen.site.tolist(), _reasons(number, chosen), strict=True)
    return reasons


def _moves(asked: Flags, drawn: Drawn) -> Moves:
    """Return every site asked for with every zone that open links or ways lead to."""
    site, other = _beside(asked, drawn)
    zone = drawn.zone_of[other]
    is_other = (zone >= 0) & (zone != drawn.zone_of[site])
    width = len(drawn.zones) + 1
    pairs = np.unique(site[is_other] * width + zone[is_other])
    return Moves(pairs // width, pairs % width, drawn)


def _beside(asked: Flags, drawn: Drawn) -> tuple[Whole, Whole]:
    links = drawn.links
    a, b = links.a[links.is_open], links.b[links.is_open]
    site, other = np.concatenate([a, b]), np.concatenate([b, a])
    if drawn.policy.bundling.contiguity is not Contiguity.REQUIRED:
        ways = Ragged.of([list(near) for near in drawn.layout.ways])
        site, other = np.concatenate([site, ways.row]), np.concatenate([other, ways.values])
    is_asked = asked[site]
    return site[is_asked], other[is_asked]


def _ranks(moves: Moves) -> Whole:
    """Return for each move the position in `RANKS` of what speaks against it first."""
    rank = np.full(len(moves.site), NO_WORSE, dtype=np.int64)
    open_moves = np.arange(len(moves.site))
    for key, speaks_against in AGAINST.items():
        left = moves.take(open_moves)
        is_against = speaks_against(left)
        rank[open_moves[is_against]] = RANKS.index(key)
        open_moves = open_moves[~is_against]
    return rank


def _is_other_scope(moves: Moves) -> Flags:
    scope, members = moves.drawn.scope, moves.drawn.members
    found: Flags = scope[moves.site] != scope[members.values[members.begins[moves.to]]]
    return found


def _is_over_floor_area(moves: Moves) -> Flags:
    maximum = limits_of(moves.drawn.policy).floor_area_max_m2
    return _is_above(moves.taken.floor_area_m2, maximum)


def _is_over_households(moves: Moves) -> Flags:
    return _is_above(moves.taken.households, limits_of(moves.drawn.policy).households_max)


def _is_too_wide(moves: Moves) -> Flags:
    maximum = limits_of(moves.drawn.policy).diameter_max_m
    return _is_above(moves.widths_m, maximum) if maximum is not None else _none(moves)


def _breaks_a_rule(moves: Moves) -> Flags:
    return np.array([bool(rule) for rule in moves.broken], dtype=np.bool_)


def _is_torn(moves: Moves) -> Flags:
    marks = moves.drawn.sites.together[moves.site]
    stays: Flags = marks != ""
    return stays


def _is_locked(moves: Moves) -> Flags:
    return moves.drawn.are_settled[moves.to]


def _leaves_parts(moves: Moves) -> Flags:
    if moves.drawn.policy.bundling.contiguity is not Contiguity.REQUIRED:
        return _none(moves)
    was_whole = moves.drawn.parts[moves.home] == 1
    falls_apart: Flags = was_whole & (moves.drawn.yardstick.parts(moves.rest) > 1)
    return falls_apart


def _leaves_minimum(moves: Moves) -> Flags:
    limits, before = limits_of(moves.drawn.policy), moves.drawn.takings
    floor = _is_below(moves.kept.floor_area_m2, limits.floor_area_min_m2)
    floor &= ~_is_below(before.floor_area_m2, limits.floor_area_min_m2)[moves.home]
    households = _is_below(moves.kept.households, limits.households_min)
    households &= ~_is_below(before.households, limits.households_min)[moves.home]
    leads = _counts_leads(moves) & moves.drawn.sites.is_lead[moves.site]
    return moves.is_rest & (floor | households | leads)


def _counts_leads(moves: Moves) -> Flags:
    """Tell where a zone has as few leads as it may."""
    drawn, minimum = moves.drawn, limits_of(moves.drawn.policy).leads_min
    if minimum is None:
        return _none(moves)
    is_lead = drawn.sites.is_lead[drawn.members.values]
    leads = np.bincount(drawn.members.row[is_lead], minlength=len(drawn.zones))
    found: Flags = leads[moves.home] <= minimum
    return found


def _needs_subsidy(moves: Moves) -> Flags:
    return moves.more_yuan > A_YUAN


def _is_a_zone_less(moves: Moves) -> Flags:
    return ~moves.is_rest & (moves.drawn.policy.bundling.count == "many")


def _spreads(moves: Moves) -> Flags:
    return moves.more_m > A_METRE


AGAINST: Mapping[str, Callable[[Moves], Flags]] = {
    "site.second_other_scope": _is_other_scope,
    "site.second_over_maximum": _is_over_floor_area,
    "site.second_more_households": _is_over_households,
    "site.second_too_wide": _is_too_wide,
    "site.second_breaks": _breaks_a_rule,
    "site.second_locked": _is_locked,
    "site.second_torn": _is_torn,
    "site.second_leaves_parts": _leaves_parts,
    "site.second_leaves_minimum": _leaves_minimum,
    "site.second_more_subsidy": _needs_subsidy,
    "site.second_fewer_zones": _is_a_zone_less,
    "site.second_costs_more": _spreads,
}
"""What may speak against a move, in the order in which it is asked."""


def _none(moves: Moves) -> Flags:
    return np.zeros(len(moves.site), dtype=np.bool_)


def _is_above(values: Numbers, maximum: float | None) -> Flags:
    return values > (np.inf if maximum is None else maximum + TOLERANCE)


def _is_below(values: Numbers, minimum: float | None) -> Flags:
    """Tell what does not reach a minimum; what is not known does not."""
    return ~(values >= (-np.inf if minimum is None else minimum - TOLERANCE)) & (
        minimum is not None
    )


def _reasons(rank: int, moves: Moves) -> list[Reason]:
    key = RANKS[rank]
    columns = {"zone": [moves.drawn.zones[zone].label for zone in moves.to.tolist()]}
    columns |= VALUES[key](moves) if key in VALUES else {}
    rows = zip(*columns.values(), strict=True)
    return [Reason(key, dict(zip(columns, row, strict=True))) for row in rows]


def _over_floor_area(moves: Moves) -> Columns:
    maximum = limits_of(moves.drawn.policy).floor_area_max_m2
    return {
        "floor_area_m2": moves.taken.floor_area_m2.tolist(),
        "maximum_m2": _each(moves, maximum),
    }


def _over_households(moves: Moves) -> Columns:
    maximum = limits_of(moves.drawn.policy).households_max
    return {"households": moves.taken.households.tolist(), "maximum": _each(moves, maximum)}


def _over_diameter(moves: Moves) -> Columns:
    maximum = limits_of(moves.drawn.policy).diameter_max_m
    return {"diameter_m": moves.widths_m.tolist(), "maximum_m": _each(moves, maximum)}


def _each(moves: Moves, value: float | None) -> list[float | None]:
    return [value] * len(moves.site)


VALUES: Mapping[str, Callable[[Moves], Columns]] = {
    "site.second_over_maximum": _over_floor_area,
    "site.second_more_households": _over_households,
    "site.second_too_wide": _over_diameter,
    "site.second_breaks": lambda moves: {"rule": [ON_ENTERING[rule] for rule in moves.broken]},
    "site.second_more_subsidy": lambda moves: {"more_yuan": moves.more_yuan.tolist()},
    "site.second_costs_more": lambda moves: {"more_m": moves.more_m.tolist()},
}
"""What a reason says besides the zone."""
