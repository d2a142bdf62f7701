"""Recorded management areas and courtyards whose parts lie on two sides of a road or a river."""

import geopandas as gpd
import numpy as np

from geo.errors import Fault
from geo.sides import parted_by, why_across
from layers.survey import Survey, metric


def tell_across(survey: Survey, units: gpd.GeoDataFrame, *, srid: int) -> list[Fault]:
    """Return what is to be said of groups that lie across, by code.

    Courtyards that are derived never do: no way from building to building crosses a barrier.

    Parameters
    ----------
    survey
        Its groups and barriers.
    units
        What sites are made of: columns name, code, site_kind, site_code and geometry.
    srid
        The metric CRS that sides are told apart in.
    """
    shapes = metric(units, srid)
    drawn = np.array([shape is not None for shape in shapes], dtype=np.bool_)
    held = units[drawn].groupby(["site_kind", "site_code"]).indices
    keys = list(zip(survey.groups["kind"], survey.groups["code"], strict=True))
    rows = [np.sort(held.get(key, np.empty(0, dtype=np.intp))) for key in keys]
    kinds = survey.barriers["kind"].to_numpy(np.str_)
    parts = [shapes[drawn][row] for row in rows]
    words = np.where(units["name"] != "", units["name"], units["code"])[drawn]
    return [
        why_across(
            parted,
            name=survey.groups["name"].iloc[parted.thing],
            code=survey.groups["code"].iloc[parted.thing],
            parts=words[rows[parted.thing]].tolist(),
        )
        for parted in parted_by(parts, kinds, metric(survey.barriers, srid))
    ]
