"""The register of providers that a stored plan was proposed from, read again for a changed zone."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Point

from geo import frames
from geo.models import ManagingArea
from layers.assignment import Providers
from layers.backstops import with_policy_roles
from layers.ground import Ground
from layers.models import Plan
from layers.planning.read_policy import policy_of
from layers.register import register_of

KEPT_REGISTERS = 8

_kept: dict[tuple[int, datetime, str], Providers] = {}


def told_register(providers: Providers, *, on: date, known: datetime) -> dict[str, Any]:
    """Return what must be kept to read the register again: its day, and what providers serve.

    What each serves takes up its capacity and is what it runs nearby; both rest on all sites of the
    day, which are not stored with the plan.
    """
    used = zip(
        providers.ids.tolist(),
        providers.used_m2.tolist(),
        providers.used_households.tolist(),
        strict=True,
    )
    runs = dict(zip(providers.ids.tolist(), providers.running, strict=False))
    return {
        "on": on.isoformat(),
        "known": known.isoformat(),
        "used": {provider: [m2, households] for provider, m2, households in used},
        "runs": {name: np.round(at, 1).tolist() for name, at in runs.items() if len(at)},
    }


def held_by(plan: Plan) -> dict[str, str]:
    """Return the provider that a plan proposes for each site of a zone that has one."""
    rows = plan.sites.filter(zone__assignment__isnull=False)
    return dict(rows.values_list("site", "zone__assignment__provider__name"))


def read_register(plan: Plan) -> Providers:
    """Return the providers as they stood when they were proposed for the plan's zones.

    What was known at a moment does not change; so it is read once in a process.
    """
    told = json.dumps(plan.register, sort_keys=True, ensure_ascii=False)
    key = plan.pk, plan.created_at, told
    if key not in _kept:
        if len(_kept) >= KEPT_REGISTERS:
            _kept.clear()
        _kept[key] = _read(plan, srid=plan.summary["metric_srid"])
    return _kept[key]


def _read(plan: Plan, *, srid: int) -> Providers:
    area, told, policy = plan.area.code, plan.register, policy_of(plan)
    known = datetime.fromisoformat(told["known"])
    asked: dict[str, Any] = {
        "area": area,
        "valid": date.fromisoformat(told["on"]),
        "known": known,
    }
    areas = frames.areas(**asked)
    inside = set(areas["code"])
    everywhere = ManagingArea.objects.known_at(known).values_list("code", "level")
    ground = Ground(
        areas=areas,
        elsewhere={code: level for code, level in everywhere if code not in inside},
        providers=frames.providers(**asked),
        bans=frames.bans(**asked),
        roles=frames.roles(**asked),
    )
    register = with_policy_roles(
        register_of(ground, _served(told, srid=srid), srid=srid), ground.areas, policy
    )
    return register.take(np.isin(register.ids, list(told["used"])))


def _served(told: Mapping[str, Any], *, srid: int) -> gpd.GeoDataFrame:
    """Return a row for all that each provider serves, and one for each place of it."""
    columns = ["provider", "floor_area_m2", "households", "geometry"]
    rows: list[tuple[str, float, float, Point | None]] = [
        (name, m2, households, None) for name, (m2, households) in told["used"].items()
    ]
    # Plans of earlier versions did not keep the places.
    runs = told.get("runs", {})
    rows += [(name, 0.0, 0.0, Point(*at)) for name, places in runs.items() for at in places]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs=srid)
