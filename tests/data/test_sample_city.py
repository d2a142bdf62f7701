"""The sample city on the ground: areas, compounds, buildings, barriers and crossings."""

import numpy as np
import pytest
import shapely

from data.sample_city import PRESETS, City, CityPlan, make_city
from geo.errors import InputError

HARD = {"river", "railway", "expressway"}


@pytest.fixture(scope="module")
def city() -> City:
    return make_city("small")


@pytest.fixture(scope="module", params=["hamlet", "small", "yangquan", "xigang"])
def any_city(request) -> City:
    return make_city(request.param, seed=7)


def of(city, kind, key, value):
    rows = np.array([cell == value for cell in city.tables[kind].columns[key]])
    return city.tables[kind].geometries[rows]


def hard_barriers(city):
    kinds = city.tables["barrier"].columns["kind"]
    is_hard = np.array([kind in HARD for kind in kinds])
    return city.tables["barrier"].geometries[is_hard]


@pytest.mark.parametrize("level", ["district", "subdistrict", "community"])
def test_areas_tile_their_level(any_city, level):
    assert shapely.coverage_is_valid(of(any_city, "area", "level", level))


@pytest.mark.parametrize("level", ["district", "subdistrict", "community"])
def test_areas_of_a_level_cover_the_city_whole(any_city, level):
    whole = of(any_city, "area", "level", "city")[0]
    parts = shapely.union_all(of(any_city, "area", "level", level))
    assert shapely.symmetric_difference(parts, whole).area < 1


def test_every_area_lies_in_its_parent(any_city):
    table = any_city.tables["area"]
    place = {code: i for i, code in enumerate(table.columns["code"])}
    for i, parent in enumerate(table.columns["parent"]):
        if parent is not None:
            outside = shapely.difference(table.geometries[i], table.geometries[place[parent]])
            assert outside.area < 0.1, table.columns["name"][i]


def test_districts_are_those_of_the_plan(any_city):
    levels, names = (any_city.tables["area"].columns[key] for key in ("level", "name"))
    districts = {name for name, level in zip(names, levels, strict=True) if level == "district"}
    assert districts in [set(plan.districts) for plan in PRESETS.values()]


def test_area_names_are_given_once(any_city):
    names = any_city.tables["area"].columns["name"]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", ["area", "compound", "building", "barrier", "crossing"])
def test_every_place_is_valid_and_has_extent(any_city, kind):
    shapes = any_city.tables[kind].geometries
    assert shapely.is_valid(shapes).all()
    assert not shapely.is_empty(shapes).any()


def test_places_are_gauss_kruger_coordinates_near_the_plans_centre(city):
    x, y = PRESETS["small"].centre
    west, south, east, north = shapely.total_bounds(city.tables["area"].geometries)
    assert west < x < east
    assert south < y < north


def test_a_small_city_has_about_five_thousand_buildings(city):
    assert 4_500 < len(city.tables["building"]) < 6_500


def test_compounds_do_not_overlap(any_city):
    compounds = any_city.tables["compound"].geometries
    one, other = shapely.STRtree(compounds).query(compounds, predicate="intersects")
    assert (one == other).all()


def test_buildings_do_not_touch(any_city):
    buildings = any_city.tables["building"].geometries
    one, other = shapely.STRtree(buildings).query(buildings, predicate="dwithin", distance=1.0)
    assert (one == other).all()


def test_every_building_of_a_compound_stands_in_it(any_city):
    compounds = any_city.tables["compound"]
    place = {code: i for i, code in enumerate(compounds.columns["code"])}
    buildings = any_city.tables["building"]
    owner = buildings.columns["compound"]
    inside = np.array([code is not None for code in owner])
    holders = compounds.geometries[[place[code] for code in owner if code is not None]]
    assert shapely.contains(holders, buildings.geometries[inside]).all()


def test_no_other_building_stands_in_a_compound(any_city):
    owner = any_city.tables["building"].columns["compound"]
    others = any_city.tables["building"].geometries[[code is None for code in owner]]
    compounds = any_city.tables["compound"].geometries
    assert not shapely.STRtree(compounds).query(others, predicate="intersects").size


def test_every_compound_has_a_building(any_city):
    held = set(any_city.tables["building"].columns["compound"])
    assert set(any_city.tables["compound"].columns["code"]) <= held


def test_no_compound_lies_across_a_hard_barrier(any_city):
    compounds = any_city.tables["compound"].geometries
    assert not shapely.STRtree(compounds).query(hard_barriers(any_city), "intersects").size


def test_no_building_stands_on_a_hard_barrier(any_city):
    buildings = any_city.tables["building"].geometries
    assert not shapely.STRtree(buildings).query(hard_barriers(any_city), "intersects").size


def test_every_compound_lies_in_the_community_that_it_names(any_city):
    areas, compounds = any_city.tables["area"], any_city.tables["compound"]
    place = {name: i for i, name in enumerate(areas.columns["name"])}
    homes = areas.geometries[[place[name] for name in compounds.columns["area"]]]
    within = shapely.area(shapely.intersection(homes, compounds.geometries))
    assert (within / shapely.area(compounds.geometries)).min() > 0.99


def test_a_city_has_every_kind_of_barrier(city):
    assert set(city.tables["barrier"].columns["kind"]) == HARD | {"arterial"}


@pytest.mark.parametrize(("kind", "barrier"), [("bridge", "river"), ("underpass", "railway")])
def test_a_city_has_crossings_of_each_kind(city, kind, barrier):
    water = shapely.union_all(of(city, "barrier", "kind", barrier))
    assert shapely.intersects(of(city, "crossing", "kind", kind), water).sum() >= 3


def test_a_crossing_is_a_line_with_two_ends(any_city):
    crossings = any_city.tables["crossing"].geometries
    assert (shapely.get_num_points(crossings) == 2).all()
    assert len(crossings) >= 2


def test_the_ends_of_a_crossing_lie_off_the_barrier_that_it_crosses(any_city):
    barriers = hard_barriers(any_city)
    crossings = any_city.tables["crossing"].geometries
    crossed = shapely.STRtree(barriers).query(crossings, predicate="intersects")
    assert set(crossed[0]) == set(range(len(crossings)))
    for end in (0, -1):
        nearest = shapely.distance(
            shapely.get_point(crossings[crossed[0]], end), barriers[crossed[1]]
        )
        best = np.zeros(len(crossings))
        np.maximum.at(best, crossed[0], nearest)
        assert best.min() > 20


def test_a_crossing_has_an_end_on_each_side(any_city):
    """Parts of the extent between the barriers crossed: the ends never share one."""
    whole = of(any_city, "area", "level", "city")[0]
    for crossing in any_city.tables["crossing"].geometries:
        near = shapely.buffer(crossing, 60.0)
        cut = hard_barriers(any_city)
        cut = cut[shapely.intersects(cut, crossing)]
        rest = shapely.difference(
            shapely.intersection(whole, near), shapely.union_all(shapely.buffer(cut, 0.5))
        )
        sides = shapely.get_parts(rest)
        ends = [shapely.get_point(crossing, end) for end in (0, -1)]
        held = [int(shapely.distance(sides, end).argmin()) for end in ends]
        assert held[0] != held[1]


def test_a_compound_has_two_to_four_neighbours_within_sixty_metres(city):
    compounds = city.tables["compound"].geometries
    pairs = shapely.STRtree(compounds).query(compounds, predicate="dwithin", distance=60)
    assert 2 < (pairs.shape[1] - len(compounds)) / len(compounds) < 4.5


def test_half_of_the_buildings_stand_outside_the_compounds(city):
    outside = [code is None for code in city.tables["building"].columns["compound"]]
    assert 0.35 < np.mean(outside) < 0.65


def test_rows_of_houses_run_east_and_west(city):
    rows = city.tables["building"]
    homes = np.array(
        [
            use == "住宅" and code is not None
            for use, code in zip(rows.columns["use"], rows.columns["compound"], strict=True)
        ]
    )
    envelopes = shapely.oriented_envelope(rows.geometries[homes])
    ring = shapely.get_coordinates(envelopes).reshape(-1, 5, 2)
    sides = np.stack([ring[:, 1] - ring[:, 0], ring[:, 2] - ring[:, 1]], axis=1)
    longer = np.linalg.norm(sides, axis=2).argmax(axis=1)
    along = sides[np.arange(len(sides)), longer]
    off_east = np.abs((np.degrees(np.arctan2(along[:, 1], along[:, 0])) + 90) % 180 - 90)
    assert np.mean(off_east < 45) > 0.85


def test_the_same_seed_gives_the_same_tables(city):
    again = make_city("small", seed=1)
    for kind, table in city.tables.items():
        assert table.columns == again.tables[kind].columns, kind
        if table.geometries is not None:
            ours, theirs = (shapely.to_wkb(t.geometries) for t in (table, again.tables[kind]))
            assert (ours == theirs).all(), kind


def test_another_seed_gives_another_city(city):
    other = make_city("small", seed=2).tables["compound"].geometries
    assert not shapely.equals_exact(other, city.tables["compound"].geometries).any()


@pytest.mark.parametrize("seed", range(8))
def test_a_hamlet_of_any_seed_is_whole(seed):
    hamlet = make_city("hamlet", seed=seed)
    assert len(hamlet.tables["compound"]) == 20
    assert shapely.coverage_is_valid(of(hamlet, "area", "level", "community"))


def test_a_city_can_be_of_any_size():
    plan = CityPlan(districts=("东区", "西区"), compounds=57, railways=0, rivers=0)
    assert len(make_city(plan, seed=3).tables["compound"]) == 57


def test_a_city_without_rivers_and_railways_has_no_bridges():
    plan = CityPlan(districts=("东区",), compounds=8, railways=0, rivers=0, expressways=0)
    assert len(make_city(plan).tables["crossing"]) == 0


def test_a_wrong_name_is_answered_with_the_right_ones():
    with pytest.raises(InputError, match="没有名为“smal”的示例城市。可选：small、hamlet"):
        make_city("smal")


def test_a_city_without_compounds_is_refused():
    with pytest.raises(InputError, match="至少要有 1 个区和 1 个小区，给出 1 个区、0 个小区"):
        CityPlan(districts=("东区",), compounds=0)


def test_a_city_without_room_for_its_compounds_is_refused():
    plan = CityPlan(districts=("东区",), compounds=500, land_per_compound_m2=4_000)
    with pytest.raises(InputError, match="请加大每个小区的平均占地"):
        make_city(plan)
