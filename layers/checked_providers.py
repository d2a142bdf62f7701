"""The independent check of who is proposed for which zone: reckoned anew, zone by zone.

It asks nothing of the code that proposes. A provider that is barred, or given more than it can
take, is a fault; where a planner chose it, only if no reason is on record.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from geo.errors import Fault, gettext_noop
from layers.assignment.providers import EVERYWHERE, Providers
from layers.chosen import Choice
from layers.sites import Sites

UNKNOWN = gettext_noop("{zone}号片区的服务主体“{provider}”不在名录中。")
NOT_THE_CHOSEN = gettext_noop("{zone}号片区由人工选定“{chosen}”，方案却为“{provider}”。")
BARRED = gettext_noop("{zone}号片区的“{provider}”当日处于禁入期，又没有记录理由。")
OVER_M2 = gettext_noop("“{provider}”共承接 {taken:,.0f} ㎡，超出可承接的 {free:,.0f} ㎡。")
OVER_HOUSEHOLDS = gettext_noop(
    "“{provider}”共承接 {taken:,.0f} 户（套），超出可承接的 {free:,.0f} 户（套）。"
)
ROUND = 1.0
"""m² or households by which sums of rounded amounts may differ."""


class ServedZone(Protocol):
    """What the check looks at of a zone."""

    @property
    def label(self) -> str: ...  # noqa: D102 (as in `ProposedZone`)
    @property
    def members(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def provider(self) -> str: ...  # noqa: D102
    @property
    def choice(self) -> Choice | None: ...  # noqa: D102


class Served(Protocol):
    """A plan as it is checked here."""

    @property
    def zones(self) -> Sequence[Any]: ...  # noqa: D102 (each a `ServedZone`)


def check_providers(
    plan: Served, sites: Sites, providers: Providers, *, on_date: date
) -> tuple[Fault, ...]:
    """Return what is wrong with who is proposed for the zones of a plan on a day."""
    row_of = {site: row for row, site in enumerate(sites.ids.tolist())}
    rows = {zone.label: [row_of[site] for site in zone.members] for zone in plan.zones}
    faults: list[Fault] = []
    given: dict[str, list[ServedZone]] = {}
    for zone in plan.zones:
        faults += _wrong_zone(zone, rows[zone.label], sites, providers, on_date=on_date)
        given.setdefault(zone.provider, []).append(zone)
    placed = sorted(row for held in rows.values() for row in held)
    for name, zones in sorted(given.items()):
        is_excused = any(zone.choice and zone.choice.reason for zone in zones)
        if name in providers.ids and not is_excused:
            taken = [row for zone in zones for row in rows[zone.label]]
            faults += _too_much(name, taken, placed, sites, providers)
    return tuple(faults)


def _wrong_zone(
    zone: ServedZone, rows: list[int], sites: Sites, providers: Providers, *, on_date: date
) -> Iterator[Fault]:
    told = {"zone": zone.label, "provider": zone.provider}
    if zone.provider and zone.provider not in providers.ids:
        yield Fault(UNKNOWN, told)
    if zone.choice and zone.provider not in {"", zone.choice.provider}:
        yield Fault(NOT_THE_CHOSEN, {**told, "chosen": zone.choice.provider})
    here = {EVERYWHERE}
    for codes in (sites.district, sites.subdistrict, sites.community):
        here |= set(codes[rows].tolist())
    is_barred = any(
        ban.provider == zone.provider and ban.area in here and ban.is_in_force(on_date)
        for ban in providers.bans
    )
    if is_barred and not (zone.choice and zone.choice.reason):
        yield Fault(BARRED, told)


def _too_much(
    name: str, taken: list[int], placed: list[int], sites: Sites, providers: Providers
) -> Iterator[Fault]:
    """Tell of capacity that is exceeded; what it serves inside the plan is dealt anew."""
    k = int(np.flatnonzero(providers.ids == name)[0])
    own = [row for row in placed if sites.provider[row] == name]
    amounts: tuple[tuple[str, NDArray[np.float64], float, float], ...] = (
        (OVER_M2, sites.floor_area_m2, providers.capacity_m2[k], providers.used_m2[k]),
        (
            *(OVER_HOUSEHOLDS, sites.households),
            *(providers.capacity_households[k], providers.used_households[k]),
        ),
    )
    for text, each, capacity, used in amounts:
        elsewhere = max(0.0, float(np.nan_to_num(used)) - float(np.nansum(each[own])))
        wanted, free = float(np.nansum(each[taken])), max(0.0, float(capacity) - elsewhere)
        if not np.isnan(capacity) and wanted > free + ROUND:
            yield Fault(text, {"provider": name, "taken": wanted, "free": free})
