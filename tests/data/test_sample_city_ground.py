import numpy as np
import pyproj
import pytest
import shapely

from data.sample_city import make_city
from data.sample_city.fronts import clear_of_earlier
from data.sample_city.ground import lay_ground


def geometries(city, kind, column=None, value=None):
    table = city.tables[kind]
    if column is None:
        return table.geometries
    return table.geometries[np.array(table.columns[column]) == value]


@pytest.mark.parametrize("level", ["district", "subdistrict", "community"])
def test_areas_of_a_level_tile_without_gap_or_overlap(city, level):
    assert shapely.coverage_is_valid(geometries(city, "area", "level", level))


@pytest.mark.parametrize("level", ["district", "subdistrict", "community"])
def test_areas_of_a_level_fill_the_city(city, level):
    whole = geometries(city, "area", "level", "city")[0]
    tiles = shapely.coverage_union_all(geometries(city, "area", "level", level))
    assert tiles.equals(whole)


def test_every_area_is_one_polygon(city):
    assert set(shapely.get_type_id(city.tables["area"].geometries)) == {
        shapely.GeometryType.POLYGON
    }


def test_every_area_lies_in_its_parent(city):
    columns, shapes = city.tables["area"].columns, city.tables["area"].geometries
    index = {code: i for i, code in enumerate(columns["code"])}
    outside_m2 = [
        shapely.area(shapely.difference(shapes[i], shapes[index[parent]]))
        for i, parent in enumerate(columns["parent"])
        if parent
    ]
    assert max(outside_m2) < 0.01


@pytest.mark.parametrize("kind", ["area", "compound", "building", "barrier", "crossing"])
def test_every_geometry_is_valid_and_not_empty(city, kind):
    shapes = city.tables[kind].geometries
    assert (shapely.is_valid(shapes) & ~shapely.is_empty(shapes)).all()


def test_compounds_do_not_overlap(city):
    shapes = city.tables["compound"].geometries
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert (left == right).all()


def test_buildings_do_not_touch_each_other(city):
    shapes = city.tables["building"].geometries
    left, right = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=0.9)
    assert (left == right).all()


def test_buildings_lie_inside_the_compound_that_they_name(city):
    compounds, buildings = city.tables["compound"], city.tables["building"]
    index = {code: i for i, code in enumerate(compounds.columns["code"])}
    pairs = [(i, index[c]) for i, c in enumerate(buildings.columns["compound"]) if c]
    own, whole = np.array(pairs).T
    hair_m = 0.02  # everything is rounded to the centimetre
    grown = shapely.buffer(compounds.geometries[whole], hair_m)
    assert shapely.covers(grown, buildings.geometries[own]).all()


def test_no_scattered_building_reaches_into_a_compound(city):
    compounds, buildings = city.tables["compound"], city.tables["building"]
    tree = shapely.STRtree(buildings.geometries)
    _, hit = tree.query(compounds.geometries, predicate="intersects")
    codes = np.array(buildings.columns["code"])[hit]
    assert not [code for code in codes if "LS" in code]


@pytest.mark.parametrize("kind", ["river", "railway", "expressway", "arterial"])
def test_no_compound_crosses_a_barrier(city, kind):
    barriers = geometries(city, "barrier", "kind", kind)
    assert (
        not shapely.STRtree(city.tables["compound"].geometries)
        .query(barriers, predicate="intersects")
        .size
    )


@pytest.mark.parametrize(
    ("way", "barrier"),
    [
        ("bridge", ["river"]),
        ("underpass", ["railway", "expressway"]),
        ("zebra", ["arterial"]),
        ("gate", ["wall"]),
    ],
)
def test_ways_over_have_their_ends_on_both_sides(small, way, barrier):
    kinds = np.array(small.tables["barrier"].columns["kind"])
    barriers = small.tables["barrier"].geometries[np.isin(kinds, barrier)]
    ways = geometries(small, "crossing", "kind", way)
    over, under = shapely.STRtree(barriers).query(ways, predicate="crosses")
    ends = [shapely.points(shapely.get_coordinates(ways)[side::2]) for side in (0, 1)]
    clear = [shapely.distance(end[over], barriers[under]) > 1.0 for end in ends]
    assert set(over[clear[0] & clear[1]]) == set(range(len(ways)))


def test_the_banks_are_joined_by_a_few_bridges_only(small):
    assert 2 <= len(geometries(small, "crossing", "kind", "bridge")) <= 8


def test_bridges_start_and_end_on_dry_land(city):
    water = geometries(city, "barrier", "kind", "river")[0]
    ends = shapely.points(shapely.get_coordinates(geometries(city, "crossing", "kind", "bridge")))
    assert not shapely.intersects(water, ends).any()


def test_compounds_of_one_block_lie_a_lane_apart(small):
    shapes = small.tables["compound"].geometries
    left, right = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=60.0)
    gap_m = shapely.distance(shapes[left], shapes[right])[left < right]
    assert gap_m.min() >= 3.9
    assert np.mean(gap_m < 13.0) > 0.15


def test_compounds_have_three_or_four_neighbours_within_reach(small):
    shapes = small.tables["compound"].geometries
    left, right = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=60.0)
    per_compound = (left != right).sum() / len(shapes)
    assert 2.0 < per_compound < 5.0


def test_the_city_stands_in_china_near_its_central_meridian(city):
    transformer = pyproj.Transformer.from_crs(city.srid, 4490, always_xy=True)
    middle = shapely.centroid(city.tables["area"].geometries[0])
    lon, lat = transformer.transform(middle.x, middle.y)
    assert (round(lon / 3.0) - 25) + 4534 == city.srid
    assert 18.0 < lat < 54.0


def test_rows_face_south(small):
    shapes = small.tables["building"].geometries
    corners = shapely.get_coordinates(shapely.oriented_envelope(shapes)).reshape(-1, 5, 2)
    sides = np.diff(corners[:, :3], axis=1)
    long_side = sides[np.arange(len(sides)), np.hypot(*sides.T).T.argmax(axis=1)]
    slope = np.abs(np.arctan2(long_side[:, 1], long_side[:, 0]))
    is_slab = shapely.area(shapes) > 450.0
    assert np.mean(np.minimum(slope, np.pi - slope)[is_slab] < np.pi / 4) > 0.7


def test_large_cities_have_several_rings_and_railways():
    ground = lay_ground(9_000.0, np.random.default_rng(1))
    assert (len(ground.expressways), len(ground.railways)) == (3, 3)


def test_of_a_chain_of_touching_buildings_every_other_one_stays():
    chain = shapely.box([0, 9, 18], 0, [10, 19, 28], 10)
    assert clear_of_earlier(chain, gap_m=0.5).tolist() == [True, False, True]


def test_walls_run_along_compounds(small):
    walls = geometries(small, "barrier", "kind", "wall")
    compounds = shapely.union_all(small.tables["compound"].geometries)
    assert shapely.distance(walls, compounds).max() <= 12.0


def test_the_same_seed_gives_the_same_city_to_the_last_byte(hamlet):
    again = make_city("hamlet", seed=1)
    for kind, table in hamlet.tables.items():
        assert again.tables[kind].columns == table.columns
        if table.geometries is not None:
            wkb = [shapely.to_wkb(t.geometries).tolist() for t in (table, again.tables[kind])]
            assert wkb[0] == wkb[1]


def test_another_seed_gives_another_city(hamlet):
    other = make_city("hamlet", seed=2)
    assert other.tables["compound"].columns["name"] != hamlet.tables["compound"].columns["name"]
