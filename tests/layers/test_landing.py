import pytest
import shapely

from geo.readers import Kind
from layers.landing import landing_of
from tests.layers.grounds import METRIC_SRID, rows_of

COMPOUND = shapely.box(0, 0, 100, 100)


def landed(*houses, compounds=(COMPOUND,)):
    outlines = rows_of(Kind.COMPOUND, *({"geometry": shape} for shape in compounds))
    buildings = rows_of(Kind.BUILDING, *({"geometry": shape} for shape in houses))
    return landing_of(outlines, buildings, srid=METRIC_SRID)


def house(x: float):
    """A house of 200 m² whose west wall is at x."""
    return shapely.box(x, 40, x + 10, 60)


@pytest.mark.parametrize(
    ("x", "inside", "cut"),
    [
        (50, 1, 0),
        (90.4, 1, 0),
        (92, 0, 1),
        (99, 0, 1),
        (99.6, 0, 0),
        (150, 0, 0),
    ],
    ids=["inside", "grazed from inside", "cut", "mostly outside", "grazed", "outside"],
)
def test_a_house_is_inside_or_cut_or_outside(x, inside, cut):
    landing = landed(house(x))
    assert landing.inside_share == pytest.approx(inside)
    assert landing.cut_share == pytest.approx(cut)


def test_shares_are_of_the_ground_that_all_buildings_cover():
    landing = landed(house(10), shapely.box(95, 0, 105, 40), house(200))
    assert landing.cover_m2 == pytest.approx(800, rel=1e-4)
    assert landing.inside_share == pytest.approx(0.25)
    assert landing.cut_share == pytest.approx(0.5)


def test_a_house_over_the_line_between_two_compounds_is_cut():
    landing = landed(house(95), compounds=(COMPOUND, shapely.box(100, 0, 200, 100)))
    assert (landing.inside_share, landing.cut_share) == (0, pytest.approx(1))


def test_compounds_without_an_outline_are_passed_over():
    landing = landed(house(50), compounds=(shapely.Point(50, 50), COMPOUND, None))
    assert landing.inside_share == pytest.approx(1)


@pytest.mark.parametrize(
    ("houses", "compounds"),
    [((), (COMPOUND,)), ((house(50),), ()), ((house(50),), (shapely.Point(5, 5),))],
    ids=["no buildings", "no compounds", "no outlines"],
)
def test_there_is_nothing_to_say_without_polygons_on_both_sides(houses, compounds):
    assert landed(*houses, compounds=compounds) is None
