"""The best choice of zones out of a list, with proof: set partitioning, objective by objective.

Prices for units, and for what the objectives before must keep (dual values of the linear
relaxation, GLOP), give a bound that no choice of zones beats, and tell which zones can be in no
choice as good as the best one known (reduced costs). What is left is small enough for CP-SAT. The
prices are rounded to whole numbers before they are used, so that the bound holds exactly, whatever
the arithmetic of the solver.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp
from ortools.sat.python import cp_model
from scipy.sparse import csr_array, hstack

from layers.bundling.bounds import bounds_of
from layers.bundling.ground import (
    BORDERS,
    CHANGE,
    NO_MAXIMUM,
    PROMISE,
    SPREAD,
    ZONES,
    Ground,
    Whole,
    desk_for,
)
from layers.bundling.groups import Groups, worths_of
from layers.bundling.work import Work
from layers.bundling.zoning import aimed

PRECISE = 1_000
"""Prices are whole thousandths of an objective's unit."""
AT_ONCE = 2_000
"""Zones that are added to the linear program in one round of pricing."""
ROUNDS = 60
PROMISING = 3_000
"""The cheapest groups by reduced cost, among which a better choice is looked for first."""


@dataclass(frozen=True)
class Choice:
    """Zones that hold every unit once, and bounds that no other choice can beat."""

    zones: NDArray[np.int64]
    """Numbers of the chosen groups."""
    bounds: tuple[int | None, ...]
    """For each objective the least value, given that those before it are at theirs; None after the
    first objective that is not proven."""


class Chooser:
    """A list of groups with what each is worth, and the best choice known."""

    def __init__(
        self,
        g: Ground,
        groups: Groups,
        known: Whole,
        work: Work,
        *,
        seed: int,
        effort: float,
        most_left: int,
    ) -> None:
        units = len(g.sums)
        held = np.ones(len(groups.members), dtype=np.int64)
        self._holds = csr_array((held, groups.members, groups.start), shape=(len(groups), units))
        self._rows, self._sides = self._holds, np.ones(units, dtype=np.int64)
        self._g, self._desk, self._groups, self._work = g, desk_for(g), groups, work
        self._worths = worths_of(g, self._desk, groups, np.arange(len(groups)), spread=False)
        self._seed, self._effort, self._most_left = seed, effort, most_left
        self._alive = np.ones(len(groups), dtype=np.bool_)
        self.chosen = known
        self._kept: list[int] = [CHANGE] if g.most_changed < NO_MAXIMUM else []
        """Objectives that a choice must keep at their value, because pricing does not see to it."""

    def total(self) -> Whole:
        """Return what the choice in hand is worth."""
        return aimed(self._g, self._worths[self.chosen].sum(axis=0))

    def settle(self, objective: int, *, least: int | None) -> int:
        """Better the choice in one objective as far as the effort goes; return a proven bound.

        `least` is a bound that is known before.
        """
        if objective in (SPREAD, BORDERS):
            left = np.flatnonzero(self._alive)
            self._worths[left] = worths_of(self._g, self._desk, self._groups, left, spread=True)
        costs = self._worths[:, objective]
        if objective == ZONES and self._g.target > 0:
            return self._settle_count()
        self._ask_to_keep()
        least = max(-(2**62) if least is None else least, 0 if costs.min() >= 0 else -(2**62))
        prices = np.zeros(len(self._sides), dtype=np.int64)
        if self._value(objective) > least or least != 0:
            prices = self._prices(costs)
        bound = max(least, self._bound(costs, prices))
        if bound < self._value(objective):
            self._solve(self._cheapest(costs, prices), objective)
        may = self._may_hold(costs, prices, self._value(objective))
        if bound < self._value(objective) and may.sum() <= self._most_left:
            bound = max(bound, self._solve(np.flatnonzero(may), objective))
        self._drop(costs, prices, objective)
        if bound < self._value(objective):
            # Nothing is proven from here on: what is promising is enough.
            self._keep_only(self._cheapest(costs, prices, most=self._most_left))
        return min(bound, self._value(objective))

    def _settle_count(self) -> int:
        """Come as near to the number of zones wanted as can be; no price tells how."""
        alive, bound = np.flatnonzero(self._alive), 0
        if self._value(ZONES) > 0 and len(alive) <= self._most_left:
            bound = max(bound, self._solve(alive, ZONES))
        self._kept.append(ZONES)
        return min(bound, self._value(ZONES))

    def _ask_to_keep(self) -> None:
        """Give what earlier objectives must keep its rows beside those of the units.

        With a number of zones in view nothing linear is kept: more are as far off as fewer.
        """
        kept = [each for each in self._kept if each != ZONES or self._g.target == 0]
        self._rows = csr_array(hstack([self._holds, csr_array(self._worths[:, kept])]))
        most = np.array([self._most(each) for each in kept], dtype=np.int64)
        self._sides = np.concatenate([np.ones(self._holds.shape[1], dtype=np.int64), most])

    def _keep_only(self, groups: Whole) -> None:
        self._alive[:] = False
        self._alive[groups] = True
        self._alive[self.chosen] = True

    def _cheapest(self, costs: Whole, prices: Whole, *, most: int = PROMISING) -> Whole:
        """Return the groups that the prices speak for: a good choice is mostly made of them."""
        alive = np.flatnonzero(self._alive)
        reduced = self._reduced(costs, prices)[alive]
        return alive[np.argsort(reduced, kind="stable")[:most]]

    def _value(self, objective: int) -> int:
        return int(self.total()[objective])

    def _reduced(self, costs: Whole, prices: Whole) -> Whole:
        reduced: Whole = costs * PRECISE - self._rows @ prices
        return reduced

    def _below(self, reduced: Whole) -> int:
        """Return the most that groups of negative reduced cost can take off.

        No choice has more groups than there are units.
        """
        negative = np.minimum(reduced[self._alive], 0)
        units = len(self._g.sums)
        return max(int(negative.sum()), units * int(negative.min()))

    def _bound(self, costs: Whole, prices: Whole) -> int:
        """Return a value that no choice among the living groups can beat."""
        return -(
            -(int(prices @ self._sides) + self._below(self._reduced(costs, prices))) // PRECISE
        )

    def _may_hold(self, costs: Whole, prices: Whole, best: int) -> NDArray[np.bool_]:
        """Return which groups may be in a choice that is no worse than the best one known."""
        reduced = self._reduced(costs, prices)
        slack = best * PRECISE - int(prices @ self._sides) - self._below(reduced)
        may: NDArray[np.bool_] = self._alive & (np.maximum(reduced, 0) <= slack)
        return may

    def _drop(self, costs: Whole, prices: Whole, objective: int) -> None:
        """Keep only groups that may be in a choice as good as the one in hand."""
        best = self._value(objective)
        self._alive = self._may_hold(costs, prices, best)
        self._alive[self.chosen] = True
        most, units = int(self._reduced(costs, prices)[self._alive].max()), self._holds.shape[1]
        # A choice has as many groups as there are units at most, and one at least.
        highest = int(prices[:units].sum()) + max(most, most * units)
        if prices[units:].any() or highest >= (best + 1) * PRECISE:
            self._kept.append(objective)

    def _prices(self, costs: Whole) -> Whole:
        """Return prices of the units by column generation over the living groups."""
        units = self._holds.shape[1]
        program = _Program(units, self._sides[units:], float(max(1, np.abs(costs).max())))
        program.add(self.chosen, costs, self._rows)
        prices = np.zeros(len(self._sides), dtype=np.int64)
        best = self._below(self._reduced(costs, prices))
        for _ in range(ROUNDS):
            found = program.prices()
            reduced = np.where(self._alive, self._reduced(costs, found), 0)
            bound = int(found @ self._sides) + self._below(reduced)
            if bound > best:
                best, prices = bound, found
            cheap = np.flatnonzero(reduced < 0)
            new = cheap[np.argsort(reduced[cheap], kind="stable")][:AT_ONCE]
            if not program.add(new, costs, self._rows):
                break
        return prices

    def _solve(self, may: Whole, objective: int) -> int:
        """Choose by CP-SAT among some groups; return the bound it proves for those."""
        may = np.union1d(may, self.chosen)
        model = cp_model.CpModel()
        picks = [model.new_bool_var("") for _ in may]
        units = self._holds[may].T.tocsr()
        for unit in range(units.shape[0]):
            held = units.indices[units.indptr[unit] : units.indptr[unit + 1]]
            model.add_exactly_one(picks[place] for place in held)
        for kept in self._kept:
            model.add(self._sum_of(model, picks, may, kept) <= self._most(kept))
        model.minimize(self._sum_of(model, picks, may, objective))
        chosen = np.isin(may, self.chosen)
        for pick, is_in in zip(picks, chosen.tolist(), strict=True):
            model.add_hint(pick, is_in)
        solver = _solver(seed=self._seed, effort=self._effort)
        status = self._work.solved(lambda: solver.solve(model), solver.stop_search)
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return -(2**62)
        found = may[[bool(solver.value(pick)) for pick in picks]]
        before, self.chosen = self.chosen, found
        after = self._value(objective)
        self.chosen = before
        if after < self._value(objective):
            self.chosen = found
        return math.ceil(solver.best_objective_bound - 1e-6)

    def _sum_of(
        self, model: cp_model.CpModel, picks: list[cp_model.IntVar], may: Whole, objective: int
    ) -> cp_model.LinearExprT:
        """Return what a choice is worth in one objective, in terms of its picks."""
        worths = self._worths[may, objective].tolist()
        total = cp_model.LinearExpr.weighted_sum(picks, worths)
        if objective != ZONES or self._g.target == 0:
            return total
        off = model.new_int_var(0, len(self._g.sums) + self._g.target, "")
        model.add_abs_equality(off, total - self._g.target)
        return off

    def _most(self, objective: int) -> int:
        value = self._value(objective)
        return max(value, self._g.most_changed) if objective == CHANGE else value


class _Program:
    """The linear relaxation over some of the groups (GLOP)."""

    def __init__(self, units: int, kept: Whole, scale: float) -> None:
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        self._rows = [self._solver.Constraint(1.0, 1.0) for _ in range(units)]
        nothing = -self._solver.infinity()
        self._rows += [self._solver.Constraint(nothing, float(most)) for most in kept.tolist()]
        self._units = units
        self._solver.Objective().SetMinimization()
        self._scale = scale
        self._in: set[int] = set()

    def add(self, groups: NDArray[np.int64], costs: Whole, rows: csr_array) -> int:
        """Add groups that are not in yet; return how many those are."""
        new = [group for group in groups.tolist() if group not in self._in]
        for group in new:
            column = self._solver.NumVar(0.0, self._solver.infinity(), "")
            self._solver.Objective().SetCoefficient(column, float(costs[group]) / self._scale)
            own = slice(rows.indptr[group], rows.indptr[group + 1])
            for row, value in zip(rows.indices[own].tolist(), rows.data[own].tolist(), strict=True):
                self._rows[row].SetCoefficient(column, float(value))
        self._in.update(new)
        return len(new)

    def prices(self) -> Whole:
        """Solve, and return the price of each row in whole thousandths.

        Those of what is kept are never above 0: then the bound holds for all choices that keep it.
        """
        self._solver.Solve()
        duals = np.array([row.dual_value() for row in self._rows])
        prices = np.floor(duals * self._scale * PRECISE).astype(np.int64)
        prices[self._units :] = np.minimum(prices[self._units :], 0)
        return prices


def objectives_of(g: Ground) -> list[int]:
    """Return the objectives in the order in which they count."""
    return [objective for objective in g.order.tolist() if objective != PROMISE]


def best_choice(
    g: Ground,
    groups: Groups,
    work: Work,
    *,
    known: Whole,
    seed: int,
    effort: float,
    most_left: int,
) -> Choice:
    """Choose groups that hold every unit once, best in each objective in turn.

    Parameters
    ----------
    g
        The ground.
    groups
        What zones are chosen from: all that are possible, if the bounds are to hold for any plan.
    work
        Ends the choice early where somebody asks it to: what was proven until then stays.
    known
        Numbers of the groups of a choice that is known already.
    seed, effort
        Of CP-SAT; effort is its deterministic time for each objective: work, not seconds.
    most_left
        With more groups than this left it is not asked for a proof.
    """
    chooser = Chooser(g, groups, known, work, seed=seed, effort=effort, most_left=most_left)
    floors = bounds_of(g, chooser.total())
    objectives = objectives_of(g)
    bounds = [
        None if work.is_stopped else chooser.settle(objective, least=floors[objective])
        for objective in objectives
    ]
    total = chooser.total()[objectives].tolist()
    proven = [bound == value for bound, value in zip(bounds, total, strict=True)]
    return Choice(chooser.chosen, _until_unproven(bounds, proven))


def _until_unproven(bounds: Sequence[int | None], proven: Sequence[bool]) -> tuple[int | None, ...]:
    """Return the bounds up to the first that is not proven: none holds after it."""
    return tuple(bound if all(proven[:place]) else None for place, bound in enumerate(bounds))


def _solver(*, seed: int, effort: float) -> cp_model.CpSolver:
    """Return a solver whose answers repeat: one worker, a seed, and a budget of work."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    # Else Ctrl-C would end the whole process on the spot from here on, and tidy up nothing.
    solver.parameters.catch_sigint_signal = False
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.max_deterministic_time = effort
    return solver
