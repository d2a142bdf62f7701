"""Vector tiles: what they hold, for whom, and when a browser may keep them."""

import math
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from geo.models import Barrier, ManagingArea
from geo.words import AreaLevel, BarrierKind
from layers.models import Plan, PlanStatus, Zone
from maps.district_map.drawn import BUILDINGS_FROM, COMPOUNDS_FROM, LAYERS, SCATTERED_FROM
from maps.models import Membership, Role, User
from maps.statuses import ServiceStatus
from maps.tiles import FINEST
from tests.maps.mvt import drawn
from tests.rows import LONG_AGO, area, at, building, compound, covers, geos, provider, square

pytestmark = pytest.mark.django_db
LON, LAT = 121.6005, 38.9005


@pytest.fixture
def city():
    return area("21", level=AreaLevel.CITY, geometry=geos(square(side=0.05)))


@pytest.fixture
def street(city):
    return area("2101", parent=city, geometry=geos(square(side=0.02)))


@pytest.fixture
def planner(client, city):
    return signed_in(client, city)


def signed_in(client, where, role=Role.PLANNER):
    user = User.objects.create_user(f"user{User.objects.count()}")
    Membership.objects.create(user=user, role=role, area=where)
    client.force_login(user)
    return client


def position(z, *, lon=LON, lat=LAT):
    """Return z, x and y of the tile round a place."""
    mercator = math.asinh(math.tan(math.radians(lat)))
    x, y = (lon + 180) / 360, (1 - mercator / math.pi) / 2
    return z, int(x * 2**z), int(y * 2**z)


def address(layer, z, *, code="21", **query):
    return reverse("tile", args=[code, layer, *position(z)], query=query)


def tile(client, layer, z, *, code="21", **query):
    answer = client.get(address(layer, z, code=code, **query))
    assert answer.status_code == 200, answer.content
    return drawn(answer.content, layer)


def codes(things):
    return sorted(thing.properties["code"] for thing in things)


def test_a_compound_is_drawn_with_name_and_status(planner, street):
    served = compound("A", name="甲小区", area=street, geometry=geos(square()))
    covers(provider("国有物业"), served)
    (thing,) = tile(planner, "compounds", 14)
    assert thing.kind == "polygon"
    assert thing.properties["name"] == "甲小区"
    assert thing.properties["status"] == ServiceStatus.IN_SERVICE


def test_a_compound_lies_on_the_tile_where_it_lies_on_earth(planner, street):
    compound("A", area=street, geometry=geos(square()))
    (thing,) = tile(planner, "compounds", 14)
    z, x, y = position(14)
    lon = [360 * (x + px / 4096) / 2**z - 180 for px, _ in thing.points]
    lat = [
        math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (y + py / 4096) / 2**z))))
        for _, py in thing.points
    ]
    assert (min(lon), max(lon)) == pytest.approx((121.6, 121.601), abs=1e-5)
    assert (min(lat), max(lat)) == pytest.approx((38.9, 38.901), abs=1e-5)


def test_a_compound_without_outline_is_drawn_as_a_point(planner, street):
    point = geos(square().centroid)
    compound("A", area=street, point=point)
    (thing,) = tile(planner, "compounds", 14)
    assert thing.kind == "point"


def test_compounds_are_gathered_by_status_where_they_cannot_be_told_apart(planner, street):
    for number in range(3):
        compound(f"A{number}", area=street, geometry=geos(square(number)))
    covers(provider("国有物业"), compound("B", area=street, geometry=geos(square(0, 1))))
    (gathered,) = tile(planner, "compounds", COMPOUNDS_FROM - 2)
    assert gathered.kind == "point"
    assert gathered.properties["n"] == 4
    assert gathered.properties["in_service"] == 1
    assert gathered.properties["unknown"] == 3


def test_buildings_are_told_apart_from_a_zoom_and_scattered_ones_gathered_before(planner, street):
    whole = compound("A", area=street, geometry=geos(square()))
    building("own", area=street, compound=whole, geometry=geos(square(side=0.0003)))
    building("alone", area=street, use="住宅", geometry=geos(square(2, side=0.0003)))
    told = {t.properties["code"]: t for t in tile(planner, "buildings", BUILDINGS_FROM)}
    assert told["own"].properties["scattered"] is False
    assert told["alone"].properties["status"] == ServiceStatus.UNMANAGED
    (gathered,) = tile(planner, "buildings", SCATTERED_FROM)
    assert gathered.properties == {"n": 1}
    assert tile(planner, "buildings", SCATTERED_FROM - 1) == []


def test_a_name_stands_on_one_tile_only(planner, street):
    z, x, _ = position(14)
    edge = 360 * (x + 1) / 2**z - 180
    compound("A", area=street, geometry=geos(square(lon=edge - 0.0006)))
    left = tile(planner, "compounds", 14)
    right = drawn(
        planner.get(reverse("tile", args=["21", "compounds", z, x + 1, position(14)[2]])).content,
        "compounds",
    )
    assert [t.properties["named"] for t in (*left, *right)] == [True, False]


def test_the_boundary_of_the_asked_area_is_told_from_those_within(planner, street):
    told = {t.properties["code"]: t.properties["is_asked"] for t in tile(planner, "areas", 13)}
    assert told == {"21": True, street.code: False}


def test_boundaries_of_low_levels_wait_for_a_zoom_that_holds_them(planner, street):
    assert codes(tile(planner, "areas", 8)) == ["21"]
    assert codes(tile(planner, "areas", 11)) == ["21", street.code]


def test_barriers_near_the_area_are_drawn(planner, street):
    row = {"recorded_at": LONG_AGO, "changed_at": LONG_AGO, "kind": BarrierKind.RIVER}
    Barrier.objects.create(code="near", geometry=geos(square()), **row)
    Barrier.objects.create(code="far", geometry=geos(square(0, 40)), **row)
    assert [t.properties["kind"] for t in tile(planner, "barriers", 12, code=street.code)] == [
        "river"
    ]
    assert tile(planner, "barriers", 8) == []


def test_a_tile_holds_only_what_lies_in_its_area(planner, city, street):
    compound("in", area=street, geometry=geos(square()))
    compound("out", area=area("2102", parent=city), geometry=geos(square(1)))
    building("in", area=street, geometry=geos(square(side=0.0003)))
    building("out", area=ManagingArea.objects.get(code="2102"), geometry=geos(square(3)))
    assert codes(tile(planner, "compounds", 14, code=street.code)) == ["in"]
    assert codes(tile(planner, "buildings", 14, code=street.code)) == ["in"]
    assert codes(tile(planner, "compounds", 14)) == ["in", "out"]


@pytest.mark.parametrize("layer", LAYERS)
def test_tiles_of_an_area_without_right_are_not_found(client, city, street, layer):
    signed_in(client, street)
    assert client.get(address(layer, 14)).status_code == 404
    assert client.get(address(layer, 14, code=street.code)).status_code == 200
    assert city.code == "21"


def test_who_is_not_signed_in_gets_no_tile(client, street):
    assert client.get(address("compounds", 14, code=street.code)).status_code == 302


@pytest.mark.parametrize(
    ("layer", "z", "x", "y"),
    [
        ("compounds", FINEST + 1, 0, 0),
        ("compounds", 3, 8, 0),
        ("compounds", 3, 0, 8),
        ("people", 3, 0, 0),
    ],
)
def test_a_tile_that_there_cannot_be_is_not_found(planner, layer, z, x, y):
    assert planner.get(reverse("tile", args=["21", layer, z, x, y])).status_code == 404


def test_a_day_that_is_none_is_told_in_words(planner):
    answer = planner.get(address("compounds", 14, date="2026-02-30"))
    assert answer.status_code == 400
    assert "“2026-02-30”不是日期。" in answer.content.decode()


def test_a_plan_that_is_none_is_told_in_words(planner):
    answer = planner.get(address("zones", 14, plan="77"), headers={"accept": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["faults"][0].startswith("没有编号为“77”的方案")


def test_what_changed_later_is_drawn_as_it_was_known(planner, street):
    moved = compound("A", name="旧名", area=street, geometry=geos(square()))
    moved.name, moved.geometry, moved.changed_at = "新名", geos(square(0, 60)), at(2026, 7)
    moved.save()
    (before,) = tile(planner, "compounds", 14, known="2026-06-30")
    assert before.properties["name"] == "旧名"
    assert tile(planner, "compounds", 14) == []


def test_a_browser_may_keep_a_tile_that_has_not_changed_but_must_ask(planner, street):
    compound("A", area=street, geometry=geos(square()))
    first = planner.get(address("compounds", 14))
    assert first["Cache-Control"] == "private, no-cache"
    again = planner.get(address("compounds", 14), headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("change", ["new", "revised", "contract", "withdrawn"])
def test_a_tile_changes_its_tag_with_whatever_it_shows(planner, street, change):
    held = compound("A", area=street, geometry=geos(square()))
    item = covers(provider("甲"), held)
    before = planner.get(address("compounds", 14))["ETag"]
    match change:
        case "new":
            compound("B", area=street, geometry=geos(square(1)))
        case "revised":
            held.name = "改名"
            held.save()
        case "contract":
            covers(provider("乙"), held)
        case "withdrawn":
            item.withdraw(reason="误录")
    assert planner.get(address("compounds", 14))["ETag"] != before


def test_a_tile_takes_the_same_few_queries_whatever_it_holds(
    planner, street, django_assert_max_num_queries
):
    for number in range(30):
        compound(f"A{number}", area=street, geometry=geos(square(number % 6, number // 6)))
    planner.get(address("compounds", 14))
    with django_assert_max_num_queries(7):
        assert len(tile(planner, "compounds", 14)) == 30


@pytest.mark.usefixtures("hamlet")
class TestPlans:
    """Zones and links of the sample city's plan."""

    @pytest.fixture
    def plan(self):
        return Plan.objects.get()

    @pytest.fixture
    def client_of(self, client):
        client.force_login(User.objects.get(username="demo-planner"))
        return client

    def whole(self, client, layer, code, *, z=12, **query):
        west, south, east, north = ManagingArea.objects.get(level=AreaLevel.CITY).geometry.extent
        _, x1, y1 = position(z, lon=west, lat=north)
        _, x2, y2 = position(z, lon=east, lat=south)
        found = {}
        for x in range(x1, x2 + 1):
            for y in range(y1, y2 + 1):
                answer = client.get(reverse("tile", args=[code, layer, z, x, y], query=query))
                found |= {t.id: t for t in drawn(answer.content, layer)}
        return found

    def test_the_zones_of_the_newest_plan_are_drawn(self, client_of, plan):
        found = self.whole(client_of, "zones", plan.area.code)
        assert set(found) == set(plan.zones.values_list("pk", flat=True))

    def test_a_chosen_plan_is_drawn_instead(self, client_of, plan):
        copy = second_version(plan)
        zone = Zone.objects.create(plan=copy, number=1, geometry=plan.zones.first().geometry)
        assert set(self.whole(client_of, "zones", plan.area.code)) == {zone.pk}
        chosen = self.whole(client_of, "zones", plan.area.code, plan=plan.pk)
        assert set(chosen) == set(plan.zones.values_list("pk", flat=True))

    def test_an_aborted_plan_is_not_drawn(self, client_of, plan):
        second_version(plan, status=PlanStatus.ABORTED)
        assert len(self.whole(client_of, "zones", plan.area.code)) == plan.zones.count()

    def test_links_are_drawn_with_what_lies_between(self, client_of, plan):
        found = self.whole(client_of, "links", plan.area.code)
        assert len(found) == plan.links.count()
        assert {t.kind for t in found.values()} == {"line"}

    def test_below_the_plan_s_area_zones_are_cut_and_links_keep_inside(self, client_of, plan):
        places = dict(plan.sites.values_list("site", "area"))
        community = ManagingArea.objects.get(pk=max(set(places.values())))
        zones = self.whole(client_of, "zones", community.code)
        placed = plan.sites.filter(area=community, zone__isnull=False)
        assert set(zones) == set(placed.values_list("zone", flat=True))
        links = self.whole(client_of, "links", community.code)
        assert set(links) == {
            link.pk for link in plan.links.all() if places[link.a] == places[link.b] == community.pk
        }
        assert len(links) < plan.links.count()

    def test_the_plans_of_an_area_as_known_before_they_were_made_are_none(self, client_of, plan):
        yesterday = (timezone.localdate() - timedelta(1)).isoformat()
        assert self.whole(client_of, "zones", plan.area.code, known=yesterday) == {}

    def test_compounds_in_a_zone_are_planned_by_the_plan_that_is_shown(self, client_of, plan):
        found = self.whole(client_of, "compounds", plan.area.code)
        status = {t.properties["code"]: t.properties["status"] for t in found.values()}
        placed = plan.sites.filter(kind="compound", zone__isnull=False)
        assert {status[code] for code in placed.values_list("compound__code", flat=True)} == {
            ServiceStatus.PLANNED
        }
        second_version(plan)
        after = self.whole(client_of, "compounds", plan.area.code).values()
        assert ServiceStatus.PLANNED not in {t.properties["status"] for t in after}


def second_version(plan, **values):
    return Plan.objects.create(
        area=plan.area,
        version=2,
        policy=plan.policy,
        seed=1,
        valid_on=plan.valid_on,
        known_at=plan.known_at,
        plan_hash="0" * 64,
        **values,
    )
