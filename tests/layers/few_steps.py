"""Plans of small towns after few steps of search: cheap enough for loops that are not compiled.

As a program it prints them.
"""

import sys
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

from layers.bundling import bundle_sites
from layers.bundling.budget import BUDGETS
from layers.policy import Contiguity, Count, Objective
from tests.layers.towns import policy_with, town, voronoi_town

FEW = {
    "few_listed": 30,
    "most_listed": 300,
    "least_steps": 60,
    "steps_per_unit": 1,
    "drops_per_unit": 10,
    "pool": 50,
}
CHANGED = 4


@contextmanager
def with_few_steps():
    """Search little for as long as this is entered."""
    few = {effort: replace(budget, **FEW) for effort, budget in BUDGETS.items()}
    with patch.dict(BUDGETS, few):
        yield


def cases():
    """Towns and policies that differ in what they ask of the loops."""
    alike = town("A B C D E\nF G H I J\nK L M N O", floor_area_m2=12_000.0)
    mixed = voronoi_town(24, seed=3, lock={"s0003": "7", "s0004": "7", "s0020": "east"})
    planned = voronoi_town(16, seed=4, present={f"s{n:04}": str(n % 4 + 1) for n in range(12)})
    wide = policy_with(diameter_max_m=None, floor_area_max_m2=None)
    yield alike, policy_with(below_minimum="leave_out", diameter_max_m=320.0)
    yield mixed, policy_with(diameter_max_m=500.0, households_min=400.0)
    yield mixed, policy_with(contiguity=Contiguity.PREFERRED, count="few")
    yield mixed, policy_with(contiguity=Contiguity.NONE, walk_max_m=300.0)
    yield mixed, wide
    yield mixed, policy_with(count=Count.TARGET, target_count=5, walk_max_m=250.0)
    free = {"floor_area_min_m2": None, "floor_area_max_m2": None, "diameter_max_m": None}
    together = (Objective.LEFT_OUT, Objective.SUBSIDY, Objective.COUNT, Objective.BORDERS)
    aimed = {"count": Count.TARGET, "target_count": 3, "cost_per_zone": 0.0, "cost_per_m2": 0.0}
    yield voronoi_town(24, seed=7), policy_with(**free, **aimed, objectives=together)
    yield planned, policy_with(diameter_max_m=600.0)
    yield voronoi_town(24, seed=6), replace(wide, bundling=policy_with(count="few").bundling)
    yield voronoi_town(10, seed=5, mean_m2=20_000.0), policy_with(floor_area_min_m2=None)


def plans() -> str:
    """Return the plans as text, because unknown (NaN) sums are equal to nothing."""
    with with_few_steps():
        found = [
            bundle_sites(place.sites, place.links, policy, most_changed=CHANGED)
            for place, policy in cases()
        ]
    return "\n".join(map(repr, found))


if __name__ == "__main__":
    sys.stdout.write(plans())
