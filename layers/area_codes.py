"""Which managing areas (区县、街道、社区) hold a place, by position and by the areas' own tree."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

LEVELS = ("grid", "community", "subdistrict", "district", "city")
"""From the smallest to the largest."""
CODED = ("district", "subdistrict", "community")
"""The levels whose codes a site carries."""


def day_of(value: Any) -> date | None:
    """Return a date given as date, timestamp or ISO text; None for unknown."""
    if value is None or value == "" or pd.isna(value):
        return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value))


@dataclass(frozen=True)
class _Lineage:
    """What stands above one area: rows of other areas, or names where those have no row."""

    rows: Mapping[str, int]
    names: Mapping[str, str]


class AreaTree:
    """The managing areas of one day with their parents; geometries in one metric CRS.

    An area's key is its code, else its name. A level may be missing altogether: then a smaller
    area's parent gives the key of the level above, be it only a name.
    """

    def __init__(self, areas: gpd.GeoDataFrame, *, on_date: date) -> None:
        self.areas = _of_day(areas, on_date)
        self.keys: list[str] = self.areas["key"].tolist()
        self.levels: list[str] = self.areas["level"].tolist()
        self._named: dict[str, list[int]] = {}
        for row, (key, name) in enumerate(zip(self.keys, self.areas["name"], strict=True)):
            for word in {key, str(name)}:
                self._named.setdefault(word, []).append(row)
        self._lineages = [self._lineage(row) for row in range(len(self.keys))]

    def codes_of(
        self, geometries: NDArray[np.object_], recorded: Sequence[str]
    ) -> dict[str, list[str]]:
        """Return for each place the keys of its district, subdistrict and community; "" = none.

        Parameters
        ----------
        geometries
            (n,) polygons or points, metric. A polygon belongs to the area that holds most of it.
        recorded
            (n,) the area as it is recorded, code or name; asked where no area holds the place.
        """
        held = {level: self._holders(geometries, level) for level in LEVELS}
        codes: dict[str, list[str]] = {level: [] for level in CODED}
        for site, words in enumerate(recorded):
            at = {level: held[level][site] for level in LEVELS if held[level][site] >= 0}
            keys = self._keys_upward(at or self._recorded(words))
            for level in CODED:
                codes[level].append(keys.get(level, ""))
        return codes

    def _keys_upward(self, at: Mapping[str, int]) -> dict[str, str]:
        """Climb from the smallest area; parents go before position, so that the keys agree."""
        chosen: list[int] = []
        keys: dict[str, str] = {}
        for level in LEVELS:
            above = [self._lineages[row] for row in chosen]
            row = next((line.rows[level] for line in above if level in line.rows), at.get(level))
            if row is not None:
                chosen.append(row)
                keys[level] = self.keys[row]
            else:
                keys[level] = next((line.names[level] for line in above if level in line.names), "")
        return keys

    def _holders(self, geometries: NDArray[np.object_], level: str) -> list[int]:
        """Return the row of the area of this level that holds most of each place, or -1."""
        rows = np.flatnonzero(np.array(self.levels) == level)
        shapes = self.areas.geometry.to_numpy(object)[rows]
        tree = shapely.STRtree(geometries)
        # asked from the areas, which are few and have many vertices and are prepared only once
        area, site = tree.query(shapes, predicate="contains")
        holders = np.full(len(geometries), -1)
        holders[site[::-1]] = rows[area[::-1]]
        area, site = tree.query(shapes, predicate="intersects")
        is_open = holders[site] < 0
        area, site = area[is_open], site[is_open]
        shares = shapely.area(shapely.intersection(shapes[area], geometries[site]))
        # largest share last, the first key winning a tie
        for position in np.lexsort((-rows[area], shares)):
            holders[site[position]] = rows[area[position]]
        found: list[int] = holders.tolist()
        return found

    def _recorded(self, words: str) -> dict[str, int]:
        rows = self._named.get(words, [])
        return {self.levels[rows[0]]: rows[0]} if len(rows) == 1 else {}

    def _lineage(self, row: int) -> _Lineage:
        rows: dict[str, int] = {}
        names: dict[str, str] = {}
        for level, name, parent in self._climb(row):
            if parent is None:
                names[level] = name
            else:
                rows[self.levels[parent]] = parent
        return _Lineage(rows, names)

    def _climb(self, row: int) -> Iterator[tuple[str, str, int | None]]:
        """Yield the level, name and row of each parent; the last may be a name without a row."""
        while name := str(self.areas["parent"].iloc[row]):
            above = LEVELS[LEVELS.index(self.levels[row]) + 1 :]
            parent = self._parent(row, name, above)
            if parent is None:
                if above:
                    yield above[0], name, None
                return
            yield self.levels[parent], name, parent
            row = parent

    def _parent(self, row: int, name: str, above: Sequence[str]) -> int | None:
        rows = [other for other in self._named.get(name, []) if self.levels[other] in above]
        # two districts may each have a 城关镇: then the one round the child is meant
        place = shapely.point_on_surface(self.areas.geometry.iloc[row])
        around = [other for other in rows if self.areas.geometry.iloc[other].intersects(place)]
        ordered = sorted(around or rows, key=lambda other: LEVELS.index(self.levels[other]))
        return ordered[0] if ordered and (around or len(rows) == 1) else None


def _of_day(areas: gpd.GeoDataFrame, on_date: date) -> gpd.GeoDataFrame:
    """Return the version of each area that is in force, sorted by key."""
    key = areas["code"].where(areas["code"] != "", areas["name"]).astype(str)
    since = [day_of(value) or date.min for value in areas["valid_from"]]
    dated = areas.assign(key=key, since=since)
    known = dated[np.array([day <= on_date for day in since], dtype=np.bool_)]
    known = known[known["level"].isin(LEVELS) & known.geometry.notna()]
    latest = known.sort_values(["key", "since"]).drop_duplicates(["key", "level"], keep="last")
    return latest.reset_index(drop=True)
