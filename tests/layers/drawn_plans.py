"""A stored plan of a town drawn in the test: compounds on a grid, proposed by the real engine."""

from datetime import date

import shapely

from geo.models import ZoningWish
from geo.words import AreaLevel
from layers.models import Plan
from layers.planning.propose_plan import propose_plan
from layers.policy import load_policy
from tests.grid import city
from tests.rows import area, at, compound, geos, provider

DEGREES_PER_M = 1 / 100_000
"""About: streets of 10 m stay below the reach, 200 m beyond it."""
WEST, SOUTH = 121.6, 38.9
DAY = date(2026, 6, 1)


def placed(shape):
    scaled = shapely.affinity.scale(shape, DEGREES_PER_M, DEGREES_PER_M, origin=(0, 0))
    return shapely.affinity.translate(scaled, WEST, SOUTH)


def stored_plan(
    drawing, *, floor_area_m2=20_000.0, providers=None, wishes=None, policy=None, **columns
) -> Plan:
    """Propose and store a plan for one compound per letter; values by letter or for all.

    `providers` gives the capacity in m² of each by its name, `wishes` what is wanted of a letter.
    """

    def value(given, letter):
        return given.get(letter) if isinstance(given, dict) else given

    district = area(
        "210203",
        level=AreaLevel.DISTRICT,
        name="西岗区",
        geometry=geos(placed(shapely.box(-500, -500, 9_000, 9_000))),
    )
    columns = {"floor_area_m2": floor_area_m2, "households": 250, **columns}
    for letter, shape in city(drawing, street_m=10).items():
        one = compound(
            letter,
            name=f"{letter}小区",
            area=district,
            geometry=geos(placed(shape)),
            **{name: value(given, letter) for name, given in columns.items()},
        )
        if wishes and letter in wishes:
            ZoningWish.objects.create(compound=one, recorded_at=at(2020), **wishes[letter])
    for name, capacity_m2 in (providers or {"甲物业": None}).items():
        provider(name, capacity_m2=capacity_m2)
    return propose_plan(
        area=district,
        policy=policy or load_policy("default"),
        valid=DAY,
        known=at(2026, 6, 1),
        seed=1,
    ).plan
