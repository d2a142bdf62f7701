"""Frames → the compact features that the script draws, in degrees (EPSG:4490, lon/lat)."""

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import gettext_noop
from maps import statuses
from maps.coverage_map import words
from maps.coverage_map.colouring import zone_colours
from maps.coverage_map.ground import ground_metres
from maps.coverage_map.subject import MapFrames

DEGREE_DECIMALS = 6
"""A decimetre: finer than any line on the screen."""
BUILDING_TOLERANCE = 4e-6
"""Degrees, some 0.4 m: corners of balconies go, the shape stays."""
VEIL_MARGIN = 3.0
"""How far beyond the view the land outside the district is veiled, in widths of the view."""

Feature = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ZoneCard:
    """A zone as the list beside the map shows it."""

    id: str
    name: str
    colour: str
    facts: list[tuple[str, str]]
    exception: str
    margin_yuan: float
    floor_area_m2: float
    """0 when unknown: it only puts the list in order."""
    sites: list[tuple[str, str]]
    """Id and name of its sites."""


def features(
    frame: gpd.GeoDataFrame, tell: Callable[[Mapping[Hashable, Any]], Feature]
) -> list[Feature]:
    """Return a GeoJSON feature per row that has a geometry; `tell` gives its properties."""
    placed = frame.to_crs(4490)
    placed = placed[~without_place(placed)]
    shapes = _rounded(placed.geometry.to_numpy())
    rows = pd.DataFrame(placed.drop(columns=placed.geometry.name)).to_dict("records")
    return [
        {"type": "Feature", "properties": tell(row), "geometry": json.loads(shape)}
        for row, shape in zip(rows, shapely.to_geojson(shapes), strict=True)
    ]


def area_features(frames: MapFrames) -> list[Feature]:
    """Return the outlines of the managing areas; the name stands where the view shows the area."""
    view = shapely.box(*frames.bounds())
    areas = frames.areas.to_crs(4490)
    seen = shapely.intersection(areas.geometry.to_numpy(), view)
    areas = areas.assign(label_at=[_label_place(part) for part in seen])
    return features(
        areas,
        lambda row: {
            "name": words.text(row, "name"),
            "level": words.text(row, "level"),
            "at": row["label_at"],
        },
    )


def veil_features(frames: MapFrames) -> list[Feature]:
    """Return the land outside the district, to be veiled; nothing when no district is given."""
    areas = frames.areas.to_crs(4490)
    district = areas[areas["level"] == "district"].geometry.to_numpy()
    if not len(district):
        return []
    west, south, east, north = shapely.total_bounds([shapely.box(*frames.bounds()), *district])
    wide, high = (east - west) * VEIL_MARGIN, (north - south) * VEIL_MARGIN
    land = shapely.box(west - wide, south - high, east + wide, north + high)
    outside = shapely.difference(land, shapely.union_all(district))
    return features(gpd.GeoDataFrame(geometry=[outside], crs=4490), lambda _: {})


def site_features(sites: gpd.GeoDataFrame) -> dict[str, list[Feature]]:
    """Return the sites by status, every status present."""
    placed = sites.to_crs(4490)
    sites = placed.assign(label_at=[_label_place(shape) for shape in placed.geometry])

    def tell(row: Mapping[Hashable, Any]) -> Feature:
        return {
            "id": words.text(row, "site"),
            "name": site_name(row),
            "at": row["label_at"],
            "card": words.site_card(row),
        }

    return {
        status: features(sites[sites["status"] == status], tell)
        for status in statuses.ServiceStatus
    }


def zone_cards(frames: MapFrames) -> list[ZoneCard]:
    """Return the zones in the order of their numbers, each with its colour and its sites."""
    outlined = frames.zones.geometry.notna()
    colours = pd.Series(index=frames.zones.index, dtype=object)
    colours[outlined] = zone_colours(ground_metres(frames.zones[outlined]))
    sites = frames.sites.to_dict("records")
    members: dict[str, list[tuple[str, str]]] = {}
    for row in sites:
        members.setdefault(words.text(row, "zone"), []).append(
            (words.text(row, "site"), site_name(row))
        )
    rows = frames.zones.assign(colour=colours.fillna("#4D4D4D")).to_dict("records")
    cards = [_zone_card(row, members.get(words.text(row, "zone"), [])) for row in rows]
    return sorted(cards, key=lambda card: (not card.id.isdigit(), len(card.id), card.id))


def zone_features(zones: gpd.GeoDataFrame, cards: list[ZoneCard]) -> list[Feature]:
    """Return the outlines of the zones with the cards' colours."""
    by_id = {card.id: card for card in cards}
    placed = zones.to_crs(4490)
    placed = placed.assign(label_at=[_label_place(shape) for shape in placed.geometry])

    def tell(row: Mapping[Hashable, Any]) -> Feature:
        card = by_id[words.text(row, "zone")]
        return {
            "id": card.id,
            "name": card.name,
            "colour": card.colour,
            "at": row["label_at"],
            "card": card.facts + words.zone_remarks(row),
        }

    return features(placed, tell)


def barrier_features(barriers: gpd.GeoDataFrame) -> list[Feature]:
    """Return rivers, railways, roads and walls."""
    return features(
        barriers, lambda row: {"kind": words.text(row, "kind"), "name": _kind_name(row)}
    )


def crossing_features(crossings: gpd.GeoDataFrame) -> list[Feature]:
    """Return bridges, underpasses, gates and zebras."""

    def tell(row: Mapping[Hashable, Any]) -> Feature:
        stored = words.text(row, "kind")
        kind = words.CROSSINGS.get(stored, stored)
        name = " ".join(filter(None, [kind, words.text(row, "note")]))
        is_minor = stored in words.MINOR_CROSSINGS
        return {"sign": words.SIGNS.get(stored, kind[:1]), "name": name, "minor": is_minor}

    return features(crossings, tell)


def building_features(buildings: gpd.GeoDataFrame, *, scattered: bool) -> list[Feature]:
    """Return the footprints inside compounds, or the scattered ones with their cards."""
    compound = buildings.get("compound", pd.Series("", index=buildings.index)).fillna("")
    chosen = buildings[(compound == "") == scattered].to_crs(4490)
    chosen = chosen.set_geometry(chosen.geometry.simplify(BUILDING_TOLERANCE))
    if not scattered:
        return features(chosen, lambda _: {})
    return features(
        chosen,
        lambda row: {
            "name": words.text(row, "name") or gettext_noop("零散楼栋"),
            "status": words.text(row, "status"),
            "card": words.building_card(row),
        },
    )


def site_name(row: Mapping[Hashable, Any]) -> str:
    """Return the name of a site, else its id."""
    return words.text(row, "name") or words.text(row, "site")


def without_place(frame: gpd.GeoDataFrame) -> "pd.Series[bool]":
    """Return which rows have no geometry and are therefore not on the map."""
    missing: pd.Series[bool] = frame.geometry.isna() | frame.geometry.is_empty
    return missing


def _zone_card(row: Mapping[Hashable, Any], sites: list[tuple[str, str]]) -> ZoneCard:
    zone = words.text(row, "zone")
    return ZoneCard(
        id=zone,
        name=words.zone_name(zone),
        colour=row["colour"],
        facts=words.zone_facts(row, sites=len(sites)),
        exception=words.exception(row),
        margin_yuan=float(words.value(row, "margin_yuan") or 0),
        floor_area_m2=float(words.value(row, "floor_area_m2") or 0),
        sites=sorted(sites, key=lambda site: site[1]),
    )


def _kind_name(row: Mapping[Hashable, Any]) -> str:
    kind = words.BARRIERS.get(words.text(row, "kind"), words.text(row, "kind"))
    return " ".join(filter(None, [words.text(row, "name"), f"（{kind}）"]))


def _label_place(shape: shapely.Geometry | None) -> list[float] | None:
    """Return latitude and longitude of a point well inside the shape's largest part."""
    if shape is None or shapely.is_empty(shape):
        return None
    largest = max(shapely.get_parts(shape), key=shapely.area)
    point = shapely.point_on_surface(largest)
    return [round(shapely.get_y(point), 6), round(shapely.get_x(point), 6)]


def _rounded(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    flat: NDArray[np.object_] = shapely.transform(
        shapely.force_2d(shapes), lambda lonlat: np.round(lonlat, DEGREE_DECIMALS)
    )
    return flat
