"""Five documents, five drawn towns: the zones that each policy makes of its sites."""

from datetime import date

import geopandas as gpd
import pytest
import shapely

from layers.assignment import no_providers
from layers.bundling import bundle_sites
from layers.checking import check_proposal
from layers.draft import NothingToPlanError, draft_plan
from layers.ground import Ground
from layers.partaking import taking_part
from layers.policy import load_policy, policy_in
from layers.proposal import propose
from tests.layers.test_assignment import proposed, refused, register
from tests.layers.test_checking import NO_BARRIERS
from tests.layers.towns import town

ON = date(2026, 6, 1)
COMPOUNDS = {
    "old": {"built": 1985, "floor_area_m2": 12_000.0},
    "new": {"built": 2015, "floor_area_m2": 12_000.0},
    "undated": {"floor_area_m2": 12_000.0},
    "large": {"built": 1985, "floor_area_m2": 40_000.0},
    "ready": {"built": 1985, "floor_area_m2": 12_000.0, "professional_ready": True},
}


def zones_of(drawn, policy):
    """Return the zones as words, such as "AB"."""
    bundling = bundle_sites(drawn.sites, drawn.links, policy, seed=1)
    return sorted("".join(drawn.sites.ids[list(zone.members)]) for zone in bundling.zones)


def test_dalian_bundles_nothing_since_its_document_speaks_of_no_bundling():
    drawn = town("A B C")
    assert zones_of(drawn, load_policy("dalian-2018")) == ["A", "B", "C"]


def test_wuhua_gives_all_of_a_subdistrict_to_one_zone_whatever_lies_between():
    places = {"A": "D1", "B": "D1", "C": "D1", "D": "D2", "E": "D2"}
    drawn = town("A . B . . C\nD . . . . E", subdistrict=places, floor_area_m2=90_000.0)
    assert zones_of(drawn, load_policy("wuhua-2018")) == ["ABC", "DE"]


def test_xigang_joins_neighbours_and_leaves_one_by_itself_where_it_has_none():
    drawn = town("A B . . C", floor_area_m2=8_000.0)
    bundling = bundle_sites(drawn.sites, drawn.links, load_policy("xigang-2021"), seed=1)
    assert zones_of(drawn, load_policy("xigang-2021")) == ["AB", "C"]
    assert {str(zone.exception) for zone in bundling.zones} == {""}


@pytest.mark.parametrize("name", ["dalian-2018", "wuhua-2018", "xigang-2021", "yangquan-2025"])
def test_the_independent_check_agrees_with_each_strategy(name):
    drawn, policy = town("A B . C\nD E . .", floor_area_m2=70_000.0), load_policy(name)
    found = propose(drawn.sites, drawn.links, no_providers(), policy, on_date=ON)
    assert check_proposal(found, drawn.sites, drawn.links, NO_BARRIERS, policy) == ()


def test_only_the_kinds_that_the_document_names_are_proposed():
    place = town("A")
    providers = register("街企", "民企", kinds={"街企": "subdistrict", "民企": "private"})
    assert proposed(place, providers, kinds=("subdistrict",)) == ["街企"]
    assert refused(place, providers, kinds=("subdistrict",)) == {
        "民企": "本政策的片区只由街道所属承接。"
    }


def test_xuchang_joins_small_compounds_that_hang_together():
    drawn = town("A B C . D E F", floor_area_m2=15_000.0)
    assert zones_of(drawn, load_policy("xuchang-2021")) == ["ABC", "DEF"]


def test_a_lead_in_yangquans_high_tech_zone_has_its_own_zone_and_takes_in_what_it_can():
    there = policy_in(load_policy("yangquan-2025"), ("高新区",))
    drawn = town(
        "A B C D E F",
        is_lead={"A": True, "F": True},
        floor_area_m2=15_000.0,
        spare_m2={"A": 16_000.0, "F": 60_000.0},
    )
    assert zones_of(drawn, there) == ["AB", "CDEF"]


def test_yangquans_other_districts_need_no_lead():
    there = policy_in(load_policy("yangquan-2025"), ("矿区",))
    assert zones_of(town("A B C D", floor_area_m2=15_000.0), there) == ["ABCD"]


def ground_of(compounds=COMPOUNDS):
    """Return the ground of compounds in a row, 10 m apart, with what is known of each."""
    step = 0.0011
    rows = [
        {"code": code, "name": code, "geometry": shapely.box(x * step, 0, x * step + 0.001, 0.001)}
        | known
        for x, (code, known) in enumerate(compounds.items())
    ]
    frame = gpd.GeoDataFrame(rows, crs=4490)
    return Ground(compounds=frame.set_geometry(frame.translate(113.5, 37.8)))


def sites_planned(name):
    draft = draft_plan(ground_of(), load_policy(name), on_date=ON, seed=1)
    told = [notice.sentence() for notice in draft.derived.notices]
    return set(draft.sites.ids.tolist()), [each for each in told if "参加连片" in each]


def test_only_old_compounds_take_part_where_the_document_bundles_old_ones():
    planned, told = sites_planned("wuhua-2018")
    assert planned == {"old", "large", "ready"}
    assert told == [
        "1 处无物业服务的纳管对象不是老旧小区，按本政策不参加连片。",
        "1 处无物业服务的纳管对象是否老旧不详，没有参加连片。请补充建成年代或老旧小区认定。",
    ]


def test_only_small_compounds_that_no_firm_would_manage_take_part_in_xuchang():
    planned, told = sites_planned("xuchang-2021")
    assert planned == {"old", "new", "undated"}
    assert told == [
        "1 处无物业服务的纳管对象规模不小，按本政策不参加连片。",
        "1 处无物业服务的纳管对象具备专业物业管理条件，按本政策不参加连片。",
    ]


def test_all_take_part_where_the_document_names_none():
    assert sites_planned("xigang-2021") == (set(COMPOUNDS), [])


def test_where_nobody_takes_part_the_causes_are_told():
    ground = ground_of({"new": COMPOUNDS["new"]})
    with pytest.raises(NothingToPlanError, match="不是老旧小区"):
        draft_plan(ground, load_policy("wuhua-2018"), on_date=ON, seed=1)


def test_a_lead_takes_part_whatever_it_is():
    sites = gpd.GeoDataFrame(
        {"is_old": [False, True], "is_lead": [True, False], "is_served": [True, False]}
    )
    rules = load_policy("wuhua-2018").bundling
    stays, told = taking_part(sites, gpd.GeoDataFrame(), rules)
    assert (len(stays), told) == (2, ())
