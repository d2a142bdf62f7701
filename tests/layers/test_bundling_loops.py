import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from layers.bundling import LEFT_OUT, bundle_sites
from layers.bundling.budget import BUDGETS
from layers.bundling.construct import is_better
from layers.bundling.ground import CHANGE, WORTHS
from layers.bundling.groups import can_reach_the_minimum
from layers.policy import Count, Effort
from tests.conftest import ROOT
from tests.layers.few_steps import plans
from tests.layers.test_bundling_search import only_block
from tests.layers.towns import policy_with, town, voronoi_town

WARMED_UP = """
from layers.bundling.division import divided
from layers.bundling.improve import anneal
from layers.bundling.packing import drop_zones
from layers.bundling.polish import polish
from layers.bundling.warm_up import warm_up
warm_up()
print([len(loop.signatures) for loop in (anneal, divided, drop_zones, polish)])
"""


def said_by(*command, **environment):
    """What another process of Python says."""
    run = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout


@pytest.mark.compiled
def test_plain_python_plans_what_compiled_loops_plan():
    assert said_by("-m", "tests.layers.few_steps", NUMBA_DISABLE_JIT="1") == plans()


@pytest.mark.compiled
def test_warming_up_leaves_no_loop_to_compile_for_a_search():
    assert said_by("-c", WARMED_UP) == "[1, 1, 1, 1]\n"


@pytest.mark.compiled
def test_what_a_proof_leaves_open_is_searched(monkeypatch):
    budget = replace(BUDGETS[Effort.THOROUGH], proof_effort=0.0, few_listed=10**5)
    monkeypatch.setitem(BUDGETS, Effort.THOROUGH, budget)
    place = voronoi_town(14, seed=2, mean_m2=15_000.0)
    plan = bundle_sites(place.sites, place.links, policy_with())
    assert (plan.zone_of != LEFT_OUT).all()
    assert plan.status == "feasible"


def test_units_too_far_apart_share_no_zone_in_a_block_of_any_size():
    place = town(" ".join(f"s{number:03}" for number in range(520)), floor_area_m2=20_000.0)
    grounds = [only_block(place, policy_with(diameter_max_m=far)).ground for far in (250.0, 150.0)]
    near, far = (can_reach_the_minimum(g, patience=9) for g in grounds)
    assert near.all()
    assert not far.any()


def test_what_is_alike_in_all_that_counts_is_no_better():
    g = only_block(town("A B"), policy_with()).ground
    more_changed = np.zeros(WORTHS, dtype=np.int64)
    more_changed[CHANGE] = 1
    assert CHANGE not in g.order
    assert not is_better(g, np.zeros(WORTHS, dtype=np.int64), more_changed, CHANGE)


def test_a_zone_too_many_for_even_shares_goes_to_the_larger_block():
    place = town("A B C . D E", floor_area_m2=20_000.0)
    policy = policy_with(count=Count.TARGET, target_count=3, floor_area_min_m2=None)
    plan = bundle_sites(place.sites, place.links, policy)
    blocks = ["".join(place.sites.ids[list(zone.members)]) for zone in plan.zones]
    assert sorted(blocks) in (["A", "BC", "DE"], ["AB", "C", "DE"])
