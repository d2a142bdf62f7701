"""Who may serve a zone on a day, and every reason why somebody may not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from geo.words import FIRM_KINDS, ProviderKind
from layers.assignment.providers import (
    EVERYWHERE,
    Backstop,
    Ban,
    Providers,
)
from layers.economics import known_sum
from layers.policy import Policy
from layers.reasons import Reason
from layers.rules import TOLERANCE, ZoneException
from layers.sites import Sites

GRADES = "ABCD"
BACKSTOP_STOPS = frozenset(
    {
        "provider.banned",
        "provider.banned_without_end",
        "provider.capacity_m2",
        "provider.capacity_households",
    }
)
"""A backstop's document stands in for grade, kind and service area, but not for these."""


class ServedZone(Protocol):
    """What providers are proposed for: a zone of a bundling, or one that a planner drew."""

    @property
    def label(self) -> str:
        """Its number."""

    @property
    def members(self) -> tuple[int, ...]:
        """Positions in `Sites`, sorted."""

    @property
    def exception(self) -> ZoneException:
        """Why it may stand although it breaks a rule."""


@dataclass(frozen=True, kw_only=True)
class _Told:
    served_by: frozenset[str]
    known_m2: float
    known_households: float


@dataclass(frozen=True, kw_only=True)
class Register:
    """The providers as they stand on a day towards a set of zones."""

    providers: Providers
    sites: Sites
    policy: Policy
    on_date: date
    zones: Sequence[ServedZone]

    @cached_property
    def bans(self) -> Mapping[str, list[Ban]]:
        """The bans in force, by provider."""
        bans: dict[str, list[Ban]] = {}
        for ban in self.providers.bans:
            if ban.is_in_force(self.on_date):
                bans.setdefault(ban.provider, []).append(ban)
        return bans

    @cached_property
    def backstops(self) -> Mapping[str, list[Backstop]]:
        """The backstop roles in force, by provider."""
        roles: dict[str, list[Backstop]] = {}
        for role in self.providers.backstops:
            if role.is_in_force(self.on_date):
                roles.setdefault(role.provider, []).append(role)
        return roles

    @cached_property
    def grades_behind(self) -> NDArray[np.int64]:
        """How many grades each provider is behind the best; unknown counts as the last."""
        grades = self.providers.grades.tolist()
        return np.array([GRADES.index(grade or GRADES[-1]) for grade in grades], dtype=np.int64)

    @cached_property
    def free_m2(self) -> NDArray[np.float64]:
        """What each provider can still take in m²; NaN = capacity unknown."""
        providers, sites = self.providers, self.sites
        return self._free(providers.capacity_m2, providers.used_m2, sites.floor_area_m2)

    @cached_property
    def free_households(self) -> NDArray[np.float64]:
        """What each provider can still take in households; NaN = capacity unknown."""
        providers, sites = self.providers, self.sites
        return self._free(
            providers.capacity_households, providers.used_households, sites.households
        )

    def _free(
        self,
        capacity: NDArray[np.float64],
        used: NDArray[np.float64],
        amounts: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return capacity less what is used outside these zones; what they hold is dealt anew."""
        dealt = np.array([site for zone in self.zones for site in zone.members], dtype=np.int64)
        held = [
            np.nansum(amounts[dealt][self.sites.provider[dealt] == provider])
            for provider in self.providers.ids
        ]
        elsewhere = np.maximum(0, np.nan_to_num(used) - np.array(held, dtype=np.float64))
        free: NDArray[np.float64] = capacity - elsewhere
        return free

    def codes(self, zone: ServedZone) -> list[set[str]]:
        """Return for each site of the zone the codes of the areas that hold it."""
        return [self._codes[site] for site in zone.members]

    @cached_property
    def _codes(self) -> list[set[str]]:
        """The same for every site, reckoned once: thousands of providers ask."""
        columns = (self.sites.district, self.sites.subdistrict, self.sites.community)
        return [set(codes) - {""} for codes in zip(*(c.tolist() for c in columns), strict=True)]

    def served_by(self, zone: ServedZone) -> frozenset[str]:
        """Return the ids of who serves the sites of the zone today; "" = nobody."""
        return self._told_of(zone).served_by

    def known_m2(self, zone: ServedZone) -> float:
        """Return the known floor area of the zone in m²; NaN where none is known."""
        return self._told_of(zone).known_m2

    def known_households(self, zone: ServedZone) -> float:
        """Return the known households of the zone; NaN where none are known."""
        return self._told_of(zone).known_households

    def _told_of(self, zone: ServedZone) -> _Told:
        """Return what every provider asks of a zone, reckoned once: there are thousands."""
        if zone.members not in self._told:
            rows = list(zone.members)
            self._told[zone.members] = _Told(
                served_by=frozenset(self.sites.provider[rows].tolist()),
                known_m2=known_sum(self.sites.floor_area_m2[rows]),
                known_households=known_sum(self.sites.households[rows]),
            )
        return self._told[zone.members]

    @cached_property
    def _told(self) -> dict[tuple[int, ...], _Told]:
        return {}

    def backstop_documents(self, provider: int, zone: ServedZone) -> tuple[str, ...]:
        """Return the documents that grant the provider the backstop's role in the zone."""
        here = {EVERYWHERE}.union(*self.codes(zone))
        roles = self.backstops.get(str(self.providers.ids[provider]), [])
        return tuple(dict.fromkeys(role.document for role in roles if role.area in here))

    def is_backstop(self, provider: int, zone: ServedZone) -> bool:
        """Tell whether the provider holds the backstop's role for every site of the zone."""
        areas = {role.area for role in self.backstops.get(str(self.providers.ids[provider]), [])}
        return bool(areas) and all(
            EVERYWHERE in areas or areas & codes for codes in self.codes(zone)
        )

    def why_refused(self, provider: int, zone: ServedZone) -> tuple[Reason, ...]:
        """Return every reason why the provider may not serve the zone; none = it may."""
        reasons = tuple(
            reason
            for rule in (_why_banned, _why_wrong_kind, _why_grade, _why_outside, _why_too_much)
            for reason in rule(self, provider, zone)
        )
        if self.is_backstop(provider, zone):
            return tuple(reason for reason in reasons if reason.key in BACKSTOP_STOPS)
        return reasons


def _why_banned(register: Register, provider: int, zone: ServedZone) -> Iterator[Reason]:
    codes: set[str] = {EVERYWHERE}.union(*register.codes(zone))
    for ban in register.bans.get(str(register.providers.ids[provider]), []):
        if ban.area in codes:
            values = {"document": ban.document, "why": ban.reason}
            if ban.valid_to is None:
                since = "不详之日" if ban.valid_from is None else ban.valid_from.isoformat()
                yield Reason("provider.banned_without_end", {**values, "since": since})
            else:
                yield Reason("provider.banned", {**values, "until": ban.valid_to.isoformat()})


def _why_wrong_kind(register: Register, provider: int, zone: ServedZone) -> Iterator[Reason]:
    kind = register.providers.kinds[provider]
    if kind == ProviderKind.SELF_GOVERNING:
        if register.served_by(zone) != {str(register.providers.ids[provider])}:
            yield Reason("provider.own_compound_only")
    elif asked := register.policy.providers.kinds:
        if kind not in asked:
            names = "、".join(ProviderKind.label_of(each) for each in asked)
            yield Reason("provider.other_kind", {"kinds": names})
    elif register.policy.coverage.measure == "firm" and kind not in FIRM_KINDS:
        yield Reason("provider.not_company")


def _why_grade(register: Register, provider: int, zone: ServedZone) -> Iterator[Reason]:  # noqa: ARG001 (every rule has one signature)
    rules = register.policy.providers
    grade = str(register.providers.grades[provider])
    if rules.grade_min is None:
        return
    if not grade and rules.grade_unknown == "refused":
        yield Reason("provider.grade_unknown", {"minimum": rules.grade_min})
    elif grade > rules.grade_min:
        yield Reason("provider.grade_below", {"grade": grade, "minimum": rules.grade_min})


def _why_outside(register: Register, provider: int, zone: ServedZone) -> Iterator[Reason]:
    areas = register.providers.service_areas[provider]
    outside = [
        site
        for site, codes in zip(zone.members, register.codes(zone), strict=True)
        if not areas & codes
    ]
    if areas and outside:
        site = str(register.sites.names[outside[0]])
        yield Reason("provider.outside_service_area", {"site": site, "count": len(outside)})


def _why_too_much(register: Register, provider: int, zone: ServedZone) -> Iterator[Reason]:
    needs = {
        "provider.capacity_m2": (register.free_m2, register.known_m2(zone)),
        "provider.capacity_households": (register.free_households, register.known_households(zone)),
    }
    for key, (free, wanted) in needs.items():
        left = float(free[provider])
        if wanted > left + TOLERANCE:
            yield Reason(key, {"free": max(0.0, left), "short": wanted - left})
