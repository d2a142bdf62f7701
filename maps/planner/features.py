"""Sites, zones and links of a plan as GeoJSON for the editor's map."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from numpy.typing import NDArray

from geo.crs import to_storage
from layers.models import Plan, PlanSite, SiteKind, Zone
from layers.planning.read_sites import ground_of
from maps.planner.answers import sentences

DECIMALS = 7
"""Of degrees: about a centimetre."""


def sites(plan: Plan) -> str:
    """Return the sites of a plan with what the editor shows of each."""
    kinds = {kind.value: str(kind.label) for kind in SiteKind}
    rows = list(
        PlanSite.objects.filter(plan=plan)
        .order_by("site")
        .values_list(
            *("site", "name", "kind", "area__name", "floor_area_m2", "households", "mode"),
            *("reasons", "exception"),
            AsWKB("geometry"),
            AsWKB("spot"),
        )
    )
    properties = [
        {
            "name": name,
            "kind": kind,
            "kind_text": kinds[kind],
            "area": area or "",
            "floor_area_m2": floor_area_m2,
            "households": households,
            "mode": mode,
            "reason": sentences(reasons),
            "exception": exception,
        }
        for _, name, kind, area, floor_area_m2, households, mode, reasons, exception, *_ in rows
    ]
    return collection(_shapes(row[-2] or row[-1] for row in rows), properties, [r[0] for r in rows])


def zones(plan: Plan) -> str:
    """Return the outlines of the zones of a plan."""
    rows = list(
        Zone.objects.filter(plan=plan)
        .order_by("number")
        .values_list("number", "exception", AsWKB("geometry"))
    )
    properties = [{"zone": str(number), "exception": exception} for number, exception, _ in rows]
    return collection(_shapes(row[-1] for row in rows), properties)


def links(plan: Plan) -> str:
    """Return the links of a plan, each as the shortest line between its two sites."""
    ground = ground_of(plan)
    linked, ids, polygons = ground.links, ground.sites.ids, ground.sites.polygons
    lines = np.asarray(shapely.shortest_line(polygons[linked.a], polygons[linked.b]), dtype=object)
    columns = zip(
        ids[linked.a].tolist(),
        ids[linked.b].tolist(),
        np.round(linked.gap_m, 1).tolist(),
        np.round(linked.cost_m, 1).tolist(),
        linked.kind.tolist(),
        linked.barrier.tolist(),
        linked.is_open.tolist(),
        strict=True,
    )
    names = ("a", "b", "gap_m", "cost_m", "kind", "barrier", "open")
    properties = [dict(zip(names, row, strict=True)) for row in columns]
    return collection(to_storage(lines, ground.sites.srid), properties)


def collection(
    shapes: NDArray[np.object_],
    properties: Sequence[Mapping[str, Any]],
    ids: Sequence[str] | None = None,
) -> str:
    """Return features in EPSG:4490, longitude first."""
    rounded = shapely.transform(shapes, lambda corners: np.round(corners, DECIMALS))
    features = []
    for position, (geometry, each) in enumerate(
        zip(shapely.to_geojson(rounded).tolist(), properties, strict=True)
    ):
        told = json.dumps(each, ensure_ascii=False, separators=(",", ":"))
        name = f'"id":{json.dumps(ids[position], ensure_ascii=False)},' if ids else ""
        features.append(
            f'{{"type":"Feature",{name}"geometry":{geometry or "null"},"properties":{told}}}'
        )
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'


def _shapes(wkb: Iterable[Any]) -> NDArray[np.object_]:
    shapes = [shapely.from_wkb(bytes(each)) if each else None for each in wkb]
    return np.array(shapes, dtype=object)
