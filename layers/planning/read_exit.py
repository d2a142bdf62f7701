"""What the exit of a provider re-opens: things that it serves, zones proposed for it, who could."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from geo.crs import metric_srid
from geo.models import ManagingArea
from layers.assignment import Takeover, takeovers
from layers.backstops import with_policy_roles
from layers.derived import derive_sites
from layers.economics import known_sum
from layers.models import Assignment, Plan, PlanStatus
from layers.planning.load_ground import load_ground
from layers.planning.read_policy import policy_here
from layers.planning.read_register import read_register
from layers.planning.read_sites import ground_of, read_drawing
from layers.policy import Policy
from layers.register import register_of, within_call
from layers.rules import ZoneException
from layers.sites import Sites


@dataclass(frozen=True)
class Left:
    """What a provider leaves, as assignment sees it."""

    label: str
    members: tuple[int, ...]
    exception: ZoneException = ZoneException.NONE


@dataclass(frozen=True, kw_only=True)
class Reopened:
    """One thing that is open again, and who could take it over."""

    name: str
    code: str
    """Code of the site; "" of a zone."""
    plan: Plan | None
    """Of a zone that is proposed, not served."""
    sites: int
    floor_area_m2: float
    households: float
    takeover: Takeover


@dataclass(frozen=True, kw_only=True)
class Reopening:
    """All that is open again."""

    policy: Policy
    served: tuple[Reopened, ...]
    proposed: tuple[Reopened, ...]


def read_exit(
    provider: str, *, area: ManagingArea, plans: Sequence[Plan], valid: date, known: datetime
) -> Reopening:
    """Return what a provider would leave in an area on a day, and who could take it over.

    The policy is that of the area's newest plan.
    """
    policy = policy_here(next(iter(plans), None), area)
    return Reopening(
        policy=policy,
        served=_served(provider, policy, area=area, valid=valid, known=known),
        proposed=tuple(zone for plan in plans for zone in _proposed(provider, plan, valid=valid)),
    )


def newest_plans(area: ManagingArea) -> list[Plan]:
    """Return the newest plan of an area and of each below it, the area's own first."""
    inside = ManagingArea.objects.filter(parent=area) | ManagingArea.objects.filter(pk=area.pk)
    plans = (
        Plan.objects.filter(area__in=inside)
        .exclude(status=PlanStatus.ABORTED)
        .select_related("area")
        .order_by("area_id", "-version")
        .distinct("area_id")
    )
    return sorted(plans, key=lambda plan: (plan.area_id != area.pk, plan.area.code))


def _served(
    provider: str, policy: Policy, *, area: ManagingArea, valid: date, known: datetime
) -> tuple[Reopened, ...]:
    """Return the sites that it serves on the day; one whose place is unknown is left out."""
    ground = load_ground(area=area.code, valid=valid, known=known)
    lon, _lat = ground.middle()
    if math.isnan(lon):
        return ()
    srid = metric_srid(lon)
    frame = derive_sites(ground, policy=policy, on_date=valid, srid=srid).frame
    is_left = (frame["provider"] == provider) & ~(frame.geometry.isna() | frame.geometry.is_empty)
    if not is_left.any():
        return ()
    sites = Sites.from_frame(frame[is_left], srid=srid)
    register = with_policy_roles(register_of(ground, frame, srid=srid), ground.areas, policy)
    register = within_call(register, sites)
    left = [Left(str(code), (at,)) for at, code in enumerate(sites.ids.tolist())]
    found = takeovers(left, provider, sites, register, _of_single_lots(policy), on_date=valid)
    return tuple(_reopened(one, by, sites, plan=None) for one, by in zip(left, found, strict=True))


def _of_single_lots(policy: Policy) -> Policy:
    """Return the policy without the limits of a plan's zones: what is served is no zone."""
    rules = replace(policy.providers, share_max=None, per_area_max=None)
    return replace(policy, providers=rules)


def _proposed(provider: str, plan: Plan, *, valid: date) -> list[Reopened]:
    """Return the zones of a plan that the provider is proposed for."""
    rows = Assignment.objects.filter(zone__plan=plan).order_by("zone__number")
    given = dict(rows.values_list("zone__number", "provider__name"))
    if provider not in given.values() or not plan.register:
        return []
    ground, drawing = ground_of(plan), read_drawing(plan)
    at = {
        number: tuple(sorted(ground.at[site] for site in drawing.members(str(number))))
        for number in given
    }
    left = [Left(str(number), at[number]) for number, who in given.items() if who == provider]
    found = takeovers(
        left,
        provider,
        ground.spots,
        read_register(plan),
        ground.policy,
        on_date=valid,
        given=_others(provider, given, at),
    )
    return [
        _reopened(one, by, ground.spots, plan=plan) for one, by in zip(left, found, strict=True)
    ]


def _others(
    provider: str, given: Mapping[int, str], at: Mapping[int, tuple[int, ...]]
) -> dict[str, list[int]]:
    others: dict[str, list[int]] = {}
    for number, who in given.items():
        if who != provider:
            others.setdefault(who, []).extend(at[number])
    return others


def _reopened(left: Left, takeover: Takeover, sites: Sites, *, plan: Plan | None) -> Reopened:
    rows = np.array(left.members, dtype=np.int64)
    return Reopened(
        name=left.label if plan else str(sites.names[rows[0]]) or left.label,
        code="" if plan else left.label,
        plan=plan,
        sites=len(rows),
        floor_area_m2=known_sum(sites.floor_area_m2[rows]),
        households=known_sum(sites.households[rows]),
        takeover=takeover,
    )
