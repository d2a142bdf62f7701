"""What rates are made of: measures, units, and what is known of a city on a day, as arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo.errors import gettext_noop
from geo.words import Word
from layers.sites import SiteKind

Flags = NDArray[np.bool_]
Positions = NDArray[np.int64]

NOWHERE = -1
"""The position of what a thing does not have: no area, no compound, not merged."""


class Measure(Word):
    """What a rate counts."""

    FIRM = "firm", gettext_noop("物业企业服务覆盖率")
    ANY = "any", gettext_noop("物业服务覆盖率（含自治、托管）")
    SIGNED = "signed", gettext_noop("签约率")
    IN_SERVICE = "in_service", gettext_noop("进驻率")
    COMMITTEE = "committee", gettext_noop("组建率")
    OLD = "old", gettext_noop("老旧小区占比")


DEFINITIONS: Mapping[Measure, str] = {
    Measure.FIRM: gettext_noop(
        "当日由物业服务企业（国有、民营、街道所属、合资）按有效合同服务；进驻日期不详的按签约日期计。"
    ),
    Measure.ANY: gettext_noop(
        "当日由任一服务主体服务，含社区服务中心、非营利组织、原产权单位、自治组织和性质不详的主体。"
    ),
    Measure.SIGNED: gettext_noop(
        "当日有已签约的有效合同；名录只载明管理单位而无签约日期的，不计签约。"
    ),
    Measure.IN_SERVICE: gettext_noop(
        "当日已进驻：进驻日期不晚于当日，或名录载明当日管理单位；已签约但进驻日期不详的不计。"
    ),
    Measure.COMMITTEE: gettext_noop("已成立业主委员会或者物业管理委员会。"),
    Measure.OLD: gettext_noop("列入老旧小区认定名录；未认定的不推定。"),
}


class Unit(Word):
    """What is counted."""

    COMPOUND = "compound", gettext_noop("小区")
    MANAGEMENT_AREA = "management_area", gettext_noop("物业管理区域")
    BUILDING = "building", gettext_noop("楼栋")
    HOUSEHOLD = "household", gettext_noop("户（套）")
    FLOOR_AREA = "floor_area", gettext_noop("建筑面积")


@dataclass(frozen=True, kw_only=True)
class Tree:
    """The k managing areas."""

    codes: NDArray[np.str_]
    names: NDArray[np.str_]
    levels: NDArray[np.str_]
    parent: Positions
    """Position of the area above; NOWHERE for a root."""

    @cached_property
    def paths(self) -> list[list[int]]:
        """For each area its position and those of all areas above it."""
        return [self._path(position) for position in range(len(self.codes))]

    def _path(self, position: int) -> list[int]:
        found: list[int] = []
        while position != NOWHERE and position not in found:
            found.append(position)
            position = int(self.parent[position])
        return found

    @cached_property
    def ancestors(self) -> tuple[Positions, Positions]:
        """Return pairs of an area and each area on its path upwards, itself included."""
        below = np.repeat(np.arange(len(self.paths)), [len(path) for path in self.paths])
        above = np.array([each for path in self.paths for each in path], dtype=np.int64)
        return below, above

    def sums(self, values: NDArray[np.float64], area: Positions) -> NDArray[np.float64]:
        """Return the sum of `values` (n,) in each area and all below it, (k + 1,).

        `area` (n,) says where each value lies. The last sum is that of everything, wherever.
        """
        below, above = self.ancestors
        own = np.bincount(area + 1, weights=values, minlength=len(self.codes) + 1)[1:]
        up = np.bincount(above, weights=own[below], minlength=len(self.codes) + 1)
        sums = up.astype(np.float64)
        sums[-1] = values.sum()
        return sums


@dataclass(frozen=True, kw_only=True)
class Things:
    """n rows of one kind: management areas, compounds, courtyards or buildings.

    A row is one thing, or several that differ in nothing that rates ask for.
    """

    area: Positions
    """Managing area that each lies in."""
    exists: Flags
    """Whether it exists on the day; what does not may still stand on a base list."""
    merged_into: Positions
    count: NDArray[np.float64]
    """Things in the row."""
    households: NDArray[np.float64]
    """Of all in the row; NaN = unknown of each."""
    floor_area_m2: NDArray[np.float64]
    """Of all in the row; NaN = unknown of each."""


@dataclass(frozen=True, kw_only=True)
class Items:
    """What contracts in force on the day cover, an item each."""

    kind: NDArray[np.str_]
    """Kind of the covered thing, a SiteKind."""
    position: Positions
    provider_kind: NDArray[np.str_]
    signed_on: NDArray[np.datetime64]
    """NaT = unknown."""
    in_service_from: NDArray[np.datetime64]
    """NaT = unknown."""


@dataclass(frozen=True, kw_only=True)
class Committees:
    """Who decides for the owners on the day."""

    kind: NDArray[np.str_]
    """Kind of the thing that it decides for, a SiteKind."""
    position: Positions
    committee: NDArray[np.str_]
    """A CommitteeKind."""


@dataclass(frozen=True, kw_only=True)
class Base:
    """A frozen list (底数) that a rate divides by."""

    name: str
    unit: Unit
    document: str
    frozen_on: date
    # Another ledger numbers its rows otherwise: where they stand makes no other list.
    positions: Positions = field(compare=False)


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Everything that rates on one day, as known at one moment, are made from."""

    on: date
    tree: Tree
    things: Mapping[SiteKind, Things]
    compound_holder: Positions
    """Management area that holds each compound."""
    building_holder: Positions
    """Management area that holds each building by itself."""
    building_compound: Positions
    building_courtyard: Positions
    building_is_home: Flags
    """Whether people are known to live in the building."""
    is_old: NDArray[np.float64]
    """Of each compound: 1 on the list of old ones, 0 not on it, NaN unknown."""
    items: Items
    committees: Committees
    bases: tuple[Base, ...]
