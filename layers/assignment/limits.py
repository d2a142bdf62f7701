"""What binds several zones together: capacity, the share of one provider, providers per area."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from layers.assignment.eligibility import Register
from layers.assignment.offers import NOBODY, Pair
from layers.sites import Scope

PER_AMOUNT = 100
"""m² and households are counted in whole hundredths."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """What zones take of something that each provider has only so much of."""

    rule: str
    """capacity_m2 | capacity_households | share"""
    amounts: tuple[int, ...]
    """Of each zone, in hundredths."""
    most: tuple[int | None, ...]
    """For each provider; None = no limit."""
    exempt: frozenset[Pair] = frozenset()
    """Pairs that take nothing of it."""

    def takes(self, zone: int, provider: int) -> int:
        """Return what a provider takes by a zone."""
        return 0 if (zone, provider) in self.exempt else self.amounts[zone]

    def over(self, taken: int, provider: int) -> int:
        """Return by how much a provider that takes so much takes too much; 0 = it fits."""
        most = self.most[provider]
        return 0 if most is None else max(0, taken - max(0, most))


@dataclass(frozen=True, kw_only=True)
class Limits:
    """All that a choice of providers must keep beyond each pair being allowed."""

    gains: tuple[int, ...]
    """Floor area of each zone in hundredths of a m², and one more, so that none counts nothing."""
    loads: tuple[Load, ...]
    area_of: tuple[str, ...]
    """The area of the bundling's scope that each zone lies in."""
    per_area: int | None
    """Most providers in one area."""
    fixed: Mapping[int, int]
    """The provider of each zone that a planner chose one for: what it takes is taken already."""

    def areas(self) -> Mapping[str, list[int]]:
        """Return the zones of each area, where providers per area are limited."""
        held: dict[str, list[int]] = {}
        for zone, area in enumerate(self.area_of):
            held.setdefault(area, []).append(zone)
        return {} if self.per_area is None else held

    def fixed_in(self, area: str) -> frozenset[int]:
        """Return the providers that planners chose in an area: there whatever else is chosen."""
        return frozenset(who for zone, who in self.fixed.items() if self.area_of[zone] == area)

    def room_in(self, area: str) -> int:
        """Return how many more providers an area may have beside those."""
        return max(0, (self.per_area or 0) - len(self.fixed_in(area)))


class Tally:
    """What is taken so far, zone by zone: the same limits for one zone more, or one fewer."""

    def __init__(self, limits: Limits, provider_of: Iterable[int] = ()) -> None:
        self.limits = limits
        self.provider_of = [NOBODY] * len(limits.gains)
        self.taken = [Counter[int]() for _ in limits.loads]
        self.here: dict[str, Counter[int]] = {}
        for zone, provider in enumerate(provider_of):
            self.give(zone, provider)

    def give(self, zone: int, provider: int) -> None:
        """Give a zone to a provider, or to nobody, instead of to whom has it."""
        here = self.here.setdefault(self.limits.area_of[zone], Counter())
        for one, sign in ((self.provider_of[zone], -1), (provider, 1)):
            if one != NOBODY:
                here[one] += sign
                for load, taken in zip(self.limits.loads, self.taken, strict=True):
                    taken[one] += sign * load.takes(zone, one)
        self.provider_of[zone] = provider

    def over(self, zone: int, provider: int) -> dict[str, int]:
        """Return the rules that a provider would break by the zone, and by how much."""
        had = self.provider_of[zone]
        self.give(zone, provider)
        over = self._over(zone, provider)
        self.give(zone, had)
        return over

    def keeps(self) -> bool:
        """Tell whether what is given breaks nothing."""
        given = enumerate(self.provider_of)
        return not any(self._over(zone, who) for zone, who in given if who != NOBODY)

    def _over(self, zone: int, provider: int) -> dict[str, int]:
        loads = zip(self.limits.loads, self.taken, strict=True)
        over = {load.rule: load.over(taken[provider], provider) for load, taken in loads}
        if self.limits.per_area is not None:
            area = self.limits.area_of[zone]
            held = {who for who, zones in self.here[area].items() if zones > 0}
            here = len(held - self.limits.fixed_in(area))
            over["per_area"] = max(0, here - self.limits.room_in(area))
        return {rule: amount for rule, amount in over.items() if amount}


def limits_of(register: Register, *, fixed: Mapping[int, int] | None = None) -> Limits:
    """Return what binds the zones of a register together.

    `fixed` are zones whose provider a planner chose: they take their part of everything first.
    """
    fixed = fixed or {}
    floor_areas = _amounts(register, register.sites.floor_area_m2)
    return Limits(
        gains=tuple(area + 1 for area in floor_areas),
        loads=tuple(_beside(load, fixed) for load in _loads(register, floor_areas)),
        fixed=fixed,
        area_of=tuple(_area_of(register, zone) for zone in range(len(register.zones))),
        per_area=register.policy.providers.per_area_max,
    )


def _beside(load: Load, fixed: Mapping[int, int]) -> Load:
    """Return a load with what the fixed zones leave of it."""
    most = list(load.most)
    for zone, provider in fixed.items():
        left = most[provider]
        most[provider] = None if left is None else left - load.takes(zone, provider)
    return replace(load, most=tuple(most))


def _amounts(register: Register, amounts: NDArray[np.float64]) -> tuple[int, ...]:
    """Return what is known of each zone, in hundredths."""
    rows = [list(zone.members) for zone in register.zones]
    return tuple(round(float(np.nansum(amounts[held])) * PER_AMOUNT) for held in rows)


def _loads(register: Register, floor_areas: tuple[int, ...]) -> Iterator[Load]:
    households = _amounts(register, register.sites.households)
    capacities = {
        "capacity_m2": (floor_areas, register.free_m2),
        "capacity_households": (households, register.free_households),
    }
    for rule, (amounts, free) in capacities.items():
        most = [None if np.isnan(left) else round(float(left) * PER_AMOUNT) for left in free]
        yield Load(rule=rule, amounts=amounts, most=tuple(most))
    if (share := register.policy.providers.share_max) is not None:
        yield _share(register, floor_areas, share=share)


def _share(register: Register, floor_areas: tuple[int, ...], *, share: float) -> Load:
    """Return the limit of one provider's part; a backstop's document stands above it."""
    count = len(register.providers.ids)
    # Were the limit smaller than the largest zone, nobody could take that one.
    most = max(round(sum(floor_areas) * share), *floor_areas, 0)
    exempt = {
        (at, provider)
        for at, zone in enumerate(register.zones)
        for provider in range(count)
        if register.is_backstop(provider, zone)
    }
    return Load(rule="share", amounts=floor_areas, most=(most,) * count, exempt=frozenset(exempt))


def _area_of(register: Register, zone: int) -> str:
    """Return the area of the scope that holds most of a zone's sites; "" = the city."""
    scope, rows = register.policy.bundling.scope, list(register.zones[zone].members)
    if scope is Scope.CITY:
        return ""
    codes: Counter[str] = Counter(getattr(register.sites, scope)[rows].tolist())
    return min(codes, key=lambda code: (-codes[code], code))
