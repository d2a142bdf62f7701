import pytest

from geo.readers import Kind, columns_of
from layers.ground import PLACES, Ground, no_rows
from tests.layers.grounds import compounds_of, rows_of


@pytest.mark.parametrize("kind", PLACES)
def test_a_kind_that_nobody_gave_has_all_its_columns_and_no_rows(kind):
    frame = no_rows(kind)
    assert frame.empty
    assert {name: str(frame[name].dtype) for name in columns_of(kind)} == columns_of(kind)


def test_frames_are_put_where_their_kind_belongs():
    compounds = compounds_of("A")
    ground = Ground.from_kinds({Kind.COMPOUND: compounds})
    assert ground.compounds is compounds
    assert ground.buildings.empty


def test_kinds_that_no_plan_needs_are_passed_over():
    assert Ground.from_kinds({Kind.DECISION: rows_of(Kind.DECISION, {})}).contracts.empty


def test_the_middle_is_that_of_all_compounds_and_buildings():
    compounds = compounds_of("A . B")
    ground = Ground(compounds=compounds[:1], buildings=compounds[1:])
    assert ground.middle() == pytest.approx(Ground(compounds=compounds).middle())
    assert ground.middle()[0] == pytest.approx(117.00333, abs=1e-5)


def test_a_place_without_sites_has_no_middle():
    lon, lat = Ground().middle()
    assert (lon != lon, lat != lat) == (True, True)  # noqa: PLR0124 (only NaN differs from itself)
