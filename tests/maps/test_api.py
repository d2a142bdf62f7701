"""The API: what lies in the areas open to a person, page by page, as GeoJSON and as rates."""

import json
import re
from datetime import timedelta
from types import SimpleNamespace

import jsonschema_rs
import pytest
import schemathesis
import shapely
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from geo.models import Barrier, Building, Compound, ManagingArea
from geo.words import AreaLevel, BarrierKind
from layers.models import Plan, PlanStatus, Zone
from maps.api.collections import COLLECTIONS
from maps.api.openapi import openapi
from maps.api.wanted import CGCS2000, CRS84
from maps.models import Membership, Role, Token, User
from maps.models.tokens import hash_of
from maps.site.urls import open_to_programs
from tests.rows import area, compound, geos, recorded, square

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(hamlet):
    """The demo, with a district beside it where a compound lies."""
    plan = Plan.objects.select_related("area__parent").first()
    beside = area("990199", level=AreaLevel.DISTRICT, parent=plan.area.parent)
    far = compound("XQ-FAR", area=beside, geometry=geos(square(side=0.01)))
    key = "a-key-that-a-program-sends-and-nobody-guesses"
    viewer = person(plan.area.parent)
    Token.objects.create(user=viewer.user, name="GIS", sha256=hash_of(key))
    return SimpleNamespace(
        plan=plan,
        district=plan.area,
        city=plan.area.parent,
        beside=beside,
        far=far,
        key=key,
        viewer=viewer,
        var=hamlet.var,
    )


def person(held=None, role=Role.VIEWER):
    user = User.objects.create_user(f"api{User.objects.count()}")
    if held:
        Membership.objects.create(user=user, role=role, area=held)
    client = Client()
    client.force_login(user)
    client.user = user
    return client


def items(client, collection="compounds", **asked):
    return client.get(reverse("api_items", args=[collection]), asked)


def told(client, collection="compounds", **asked):
    answer = items(client, collection, **asked)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def codes(page):
    return [feature["id"] for feature in page["features"]]


def faults(answer):
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/json"
    return answer.json()["faults"]


@pytest.mark.parametrize(
    "name", ["api_landing", "api_conformance", "api_openapi", "api_collections"]
)
def test_a_page_that_describes_links_only_to_what_there_is(demo, name):
    page = demo.viewer.get(reverse(name)).json()
    for link in page.get("links", ()):
        assert demo.viewer.get(link["href"]).status_code == 200


def test_the_core_of_the_standard_is_what_is_declared(demo):
    page = demo.viewer.get(reverse("api_conformance")).json()
    assert [each.rsplit("/", 1)[1] for each in page["conformsTo"]] == ["core", "oas30", "geojson"]


def test_every_collection_leads_to_its_features(demo):
    page = demo.viewer.get(reverse("api_collections")).json()
    assert [each["id"] for each in page["collections"]] == list(COLLECTIONS)
    for each in page["collections"]:
        links = {link["rel"]: link["href"] for link in each["links"]}
        assert demo.viewer.get(links["self"]).json()["id"] == each["id"]
        assert demo.viewer.get(links["items"]).json()["type"] == "FeatureCollection"


def test_a_collection_that_is_not_there_is_not_found_in_json(demo):
    answer = demo.viewer.get(reverse("api_collection", args=["dogs"]))
    assert (answer.status_code, answer.json()) == (
        404,
        {"faults": ["没有这样的内容，或您无权查看。"]},
    )


def test_all_compounds_of_the_open_areas_are_counted(demo):
    page = told(demo.viewer, limit=1000)
    assert page["numberMatched"] == page["numberReturned"] == Compound.objects.count()
    assert codes(page) == sorted(Compound.objects.values_list("code", flat=True))


def test_what_lies_in_another_area_is_neither_listed_nor_found(demo):
    there = person(demo.beside)
    assert codes(told(there)) == ["XQ-FAR"]
    here = person(demo.district)
    assert "XQ-FAR" not in codes(told(here, limit=1000))
    answer = here.get(reverse("api_item", args=["compounds", "XQ-FAR"]))
    assert answer.status_code == 404


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("name", COLLECTIONS)
def test_who_has_no_role_is_told_of_nothing(name):
    page = told(person(), name)
    assert (page["numberMatched"], page["features"]) == (0, [])


@pytest.mark.parametrize("name", COLLECTIONS)
def test_who_sees_only_an_empty_community_is_told_of_nothing_else(demo, name):
    empty = area(
        "990199001", level=AreaLevel.SUBDISTRICT, parent=demo.beside, geometry=geos(square(500))
    )
    page = told(person(empty), name)
    assert codes(page) == (["990199001"] if name == "areas" else [])


def test_the_pages_follow_one_another_and_hold_everything_once(demo):
    address, found = reverse("api_items", args=["buildings"]) + "?limit=7", []
    pages = 0
    while address and pages < 100:
        page = demo.viewer.get(address).json()
        found += codes(page)
        links = {link["rel"]: link["href"] for link in page["links"]}
        address, pages = links.get("next"), pages + 1
    assert pages > 2
    assert "prev" in links
    assert found == sorted(Building.objects.values_list("code", flat=True))


def test_the_way_back_is_the_page_before(demo):
    links = {each["rel"]: each["href"] for each in told(demo.viewer, limit=2, offset=3)["links"]}
    assert links["prev"].endswith("?limit=2&offset=1")
    first = {each["rel"] for each in told(demo.viewer)["links"]}
    assert "prev" not in first


def test_no_page_holds_more_than_a_thousand(demo):
    page = told(demo.viewer, "buildings", limit=5000)
    assert page["numberReturned"] <= 1000
    assert all("limit=1000" in each["href"] for each in page["links"] if each["rel"] == "next")


def test_a_feature_has_its_outline_in_degrees_longitude_first(demo):
    feature = demo.viewer.get(reverse("api_item", args=["compounds", "XQ-FAR"])).json()
    west, south, east, north = shapely.from_geojson(json.dumps(feature["geometry"])).bounds
    assert (west, south, east, north) == pytest.approx((121.6, 38.9, 121.61, 38.91))
    assert feature["properties"]["area"] == "990199"
    assert feature["properties"]["households"] is None


@pytest.mark.parametrize("crs", [CRS84, CGCS2000])
def test_the_crs_of_an_answer_is_said(demo, crs):
    assert items(demo.viewer, crs=crs)["Content-Crs"] == f"<{crs}>"


def test_a_box_holds_what_meets_it(demo):
    assert codes(told(demo.viewer, bbox="121.605,38.905,121.606,38.906")) == ["XQ-FAR"]
    assert codes(told(demo.viewer, bbox="121.605,38.905,0,121.606,38.906,9")) == ["XQ-FAR"]
    assert codes(told(demo.viewer, bbox="10,10,11,11")) == []


def test_an_area_holds_what_lies_in_it_and_below(demo):
    page = told(demo.viewer, area=demo.beside.code)
    assert codes(page) == ["XQ-FAR"]
    inside = told(demo.viewer, area=demo.district.code, limit=1000)
    assert set(codes(inside)) == set(codes(told(demo.viewer, limit=1000))) - {"XQ-FAR"}


def test_an_area_of_others_and_one_that_is_not_there_are_told_in_the_same_words(demo):
    here = person(demo.district)
    told_of = [faults(items(here, area=code)) for code in (demo.beside.code, "nowhere")]
    assert told_of == [[f"没有编码为“{code}”的辖区。"] for code in (demo.beside.code, "nowhere")]


def test_a_compound_that_ended_is_not_told_afterwards_but_before(demo):
    today = timezone.localdate()
    Compound.objects.filter(code="XQ-FAR").update(valid_to=today - timedelta(9))
    assert codes(told(demo.viewer, area=demo.beside.code)) == []
    for when in ("2020-05-01", "2019-01-01/2020-05-01", "2020-05-01T08:00:00Z"):
        assert codes(told(demo.viewer, area=demo.beside.code, datetime=when)) == ["XQ-FAR"]
    assert codes(told(demo.viewer, area=demo.beside.code, datetime="2020-05-01/..")) == []


def test_what_was_recorded_later_was_not_known(demo):
    page = told(demo.viewer, known="2001-01-01", limit=1000)
    assert codes(page) == ["XQ-FAR"] or codes(page) == []
    assert len(codes(told(demo.viewer, limit=1000))) > 1


def test_zones_are_those_of_the_newest_plan_or_of_the_one_asked_for(demo):
    zones = Zone.objects.filter(plan=demo.plan)
    page = told(demo.viewer, "zones", area=demo.district.code, limit=1000)
    assert page["numberMatched"] == zones.count()
    assert set(codes(page)) == {f"{demo.plan.pk}-{zone.number}" for zone in zones}
    assert (
        told(demo.viewer, "zones", plan=demo.plan.pk, limit=1000)["numberMatched"] == zones.count()
    )
    first = page["features"][0]
    row = zones.get(number=first["properties"]["number"])
    assert first["properties"]["floor_area_m2"] == row.floor_area_m2
    assert first["properties"]["proposed_provider"] == getattr(
        getattr(row, "assignment", None) and row.assignment.provider, "name", None
    )


def test_a_plan_of_others_is_not_there(demo):
    answer = items(person(demo.beside), "zones", plan=demo.plan.pk)
    assert faults(answer) == [f"没有编号为“{demo.plan.pk}”的方案。"]
    Plan.objects.update(status=PlanStatus.ABORTED)
    assert told(demo.viewer, "zones")["numberMatched"] == 0


def test_below_a_plan_its_zones_are_not_told_but_who_is_planned_for_is(demo):
    street = ManagingArea.objects.filter(parent=demo.district).first()
    below = person(street)
    assert told(below, "zones")["numberMatched"] == 0
    seen = {each["id"]: each["properties"] for each in told(below, limit=1000)["features"]}
    above = {each["id"]: each["properties"] for each in told(demo.viewer, limit=1000)["features"]}
    assert seen
    assert all(above[code] == properties for code, properties in seen.items())


def test_barriers_are_those_that_meet_the_open_areas(demo):
    Barrier.objects.create(
        **recorded(code="FAR", kind=BarrierKind.WALL, geometry=geos(square(90000, lon=10)))
    )
    found = codes(told(demo.viewer, "barriers", area=demo.district.code, limit=1000))
    assert found
    assert "FAR" not in found


def test_an_area_tells_its_level_and_what_lies_above_it(demo):
    feature = demo.viewer.get(reverse("api_item", args=["areas", demo.district.code])).json()
    assert feature["properties"]["level"] == "district"
    assert feature["properties"]["parent"] == demo.city.code
    assert {link["rel"] for link in feature["links"]} == {"self", "collection"}


def test_every_fault_of_an_address_is_said_at_once(demo):
    answer = items(
        demo.viewer,
        bbox="a,b",
        limit="0",
        offset="-1",
        datetime="gestern",
        known="2999-01-01",
        plan="x",
        crs="EPSG:3857",
        colour="red",
        f="html",
        area="9" * 65,
    )
    told_of = faults(answer)
    assert len(told_of) == 10
    assert any("没有参数“colour”" in each for each in told_of)
    assert any("bbox“a,b”无效" in each for each in told_of)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"bbox": "1,2,3"}, "bbox“1,2,3”无效"),
        ({"bbox": "5,0,1,1"}, "西不大于东"),
        ({"bbox": "nan,0,1,1"}, "bbox“nan,0,1,1”无效"),
        ({"bbox": ""}, "bbox“”无效"),
        ({"limit": "9999999999999"}, "limit“9999999999999”无效"),
        ({"limit": "٣"}, "limit“٣”无效"),
        ({"datetime": "../.."}, "datetime“../..”无效"),
        ({"datetime": "2026-13-01"}, "datetime“2026-13-01”无效"),
        ({"datetime": "2026-02-01/2026-01-01"}, "无效"),
        ({"datetime": "0001-01-01T00:00:00+23:59"}, "无效"),
        ({"known": "2026-1-1"}, "known“2026-1-1”不是日期"),
        ({"known": "2026-02-31"}, "known“2026-02-31”不是日期"),
        ({"bbox-crs": "x"}, "bbox-crs“x”不可用"),
        ({"plan": "0"}, "plan“0”无效"),
        ({"plan": "999999"}, "没有编号为“999999”的方案。"),
    ],
)
def test_a_fault_is_said_in_words(demo, asked, said):
    assert said in "".join(faults(items(demo.viewer, **asked)))


def test_a_parameter_is_written_once(demo):
    answer = demo.viewer.get(reverse("api_items", args=["areas"]) + "?limit=1&limit=2")
    assert faults(answer) == ["参数“limit”只能写一次。"]


def test_an_address_that_takes_nothing_is_asked_nothing(demo):
    assert "没有参数“x”" in faults(demo.viewer.get(reverse("api_landing"), {"x": 1}))[0]


def test_a_byte_of_zero_is_refused_before_the_database_is_asked(demo):
    assert demo.viewer.get("/api/collections/areas/items/%00").status_code == 404
    told_of = faults(demo.viewer.get("/api/collections/areas/items?area=%00"))
    assert told_of == ["地址中有不能使用的字符（零字节）。请从页面上的链接重新进入。"]


def test_an_address_that_leads_nowhere_is_not_found_in_json_and_a_page_in_html(demo):
    told_of = demo.viewer.get("/api/collections/areas/items/a%0Ab")
    assert (told_of.status_code, told_of.json()) == (
        404,
        {"faults": ["没有这样的内容，或您无权查看。"]},
    )
    page = demo.viewer.get("/nowhere/", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert "没有这个页面" in page.content.decode()


def test_the_rates_of_an_area_are_those_of_the_command(demo):
    address = reverse("api_coverage", args=[demo.district.code])
    page = demo.viewer.get(address, {"rate": "firm/compound", "date": "2026-06-01"}).json()
    assert page["date"] == "2026-06-01"
    assert page["area"]["code"] == demo.district.code
    assert [(each["rate"], each["unit"]) for each in page["area"]["rates"]] == [
        ("firm", "compound")
    ]
    assert len(page["below"]) == demo.district.children.count()
    everything = demo.viewer.get(address).json()
    assert len(everything["area"]["rates"]) > 4


def test_the_rates_of_an_area_that_was_not_known_yet_are_refused(demo):
    address = reverse("api_coverage", args=[demo.district.code])
    told_of = faults(demo.viewer.get(address, {"known": "1999-01-01"}))
    assert told_of == [f"没有编码为“{demo.district.code}”的辖区。"]


def test_a_faulty_question_for_rates_is_answered_with_every_fault(demo):
    address = reverse("api_coverage", args=[demo.district.code])
    told_of = faults(demo.viewer.get(address, {"rate": "luck", "date": "x", "known": "y"}))
    assert len(told_of) == 3
    assert "没有指标“luck”。可用指标：" in "".join(told_of)


def test_the_rates_of_another_area_are_not_found_in_json(demo):
    answer = person(demo.beside).get(reverse("api_coverage", args=[demo.district.code]))
    assert (answer.status_code, list(answer.json())) == (404, ["faults"])


def test_what_a_program_has_already_is_not_sent_again(demo):
    tag = items(demo.viewer)["ETag"]
    address = reverse("api_items", args=["compounds"])
    again = demo.viewer.get(address, headers={"if-none-match": tag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    Compound.objects.filter(code="XQ-FAR").update(households=12)
    assert demo.viewer.get(address, headers={"if-none-match": tag}).status_code == 200


def test_the_tag_of_one_person_is_not_that_of_another(demo):
    assert items(demo.viewer)["ETag"] != items(person(demo.district))["ETag"]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_many_features_take_as_many_queries_as_few(demo, name):
    def queries(client, limit):
        told(client, name, limit=1)  # when a person is asked for first, a session is read
        with CaptureQueriesContext(connection) as asked:
            assert told(client, name, limit=limit)["features"]
        return len(asked)

    assert queries(demo.viewer, 1) == queries(demo.viewer, 1000) <= 14
    two_areas = person(demo.beside)
    Membership.objects.create(user=two_areas.user, role=Role.VIEWER, area=demo.district)
    assert queries(two_areas, 1000) == queries(demo.viewer, 1000)


def bearer(key):
    return {"authorization": f"Bearer {key}"}


def test_a_program_signs_in_by_a_token(demo):
    answer = Client(headers=bearer(demo.key)).get(reverse("api_items", args=["compounds"]))
    assert answer.json()["numberMatched"] == Compound.objects.count()
    assert Token.objects.get(name="GIS").last_used_on == timezone.localdate()
    again = Client(headers=bearer(demo.key)).get(reverse("api_landing"))
    assert again.status_code == 200


@pytest.mark.parametrize("header", ["Bearer wrong", "Basic YTpi", "Bearer", "Bearer \x7f"])
def test_a_wrong_token_opens_nothing(header):
    answer = Client(headers={"authorization": header}).get(reverse("api_landing"))
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json() == {"faults": ["访问密钥无效或已停用。请向管理员索取新的密钥。"]}


def test_a_token_that_was_revoked_opens_nothing(demo):
    Token.objects.update(revoked_at=timezone.now())
    answer = Client(headers=bearer(demo.key)).get(reverse("api_landing"))
    assert answer.status_code == 401


def test_the_token_of_a_person_who_was_shut_out_opens_nothing(demo):
    User.objects.filter(pk=demo.viewer.user.pk).update(is_active=False)
    assert Client(headers=bearer(demo.key)).get(reverse("api_landing")).status_code == 401


def test_a_token_opens_no_page(demo):
    answer = Client(headers=bearer(demo.key)).get(reverse("overview", args=[demo.city.code]))
    assert answer.status_code == 302


def test_a_program_without_token_is_told_so_and_a_person_is_asked_to_sign_in():
    program = Client(headers={"accept": "application/json"}).get(reverse("api_landing"))
    assert program.status_code == 401
    assert "Authorization" in program.json()["faults"][0]
    assert Client(headers={"accept": "text/html"}).get(reverse("api_landing")).status_code == 302


def test_an_administrator_makes_a_token_and_its_key_is_shown_once(demo):
    user = User.objects.create_superuser("root")
    client = Client()
    client.force_login(user)
    page = client.post(
        reverse("admin:maps_token_add"),
        {"user": demo.viewer.user.pk, "name": "统计局"},
        follow=True,
    ).content.decode()
    key = re.search(r"保存）：([\w-]{43})", page)[1]
    made = Token.objects.get(name="统计局")
    assert made.sha256 == hash_of(key)
    assert str(made) == f"{demo.viewer.user} 统计局"
    assert Client(headers=bearer(key)).get(reverse("api_landing")).status_code == 200
    again = client.get(reverse("admin:maps_token_changelist")).content.decode()
    assert key not in again
    client.post(
        reverse("admin:maps_token_changelist"), {"action": "revoke", "_selected_action": made.pk}
    )
    assert Client(headers=bearer(key)).get(reverse("api_landing")).status_code == 401
    made.refresh_from_db()
    assert made.revoked_at is not None
    assert client.post(reverse("admin:maps_token_delete", args=[made.pk])).status_code == 403


DESCRIBED = openapi("/api", "1.0")


def test_the_description_holds_every_address_of_the_api():
    described = {re.sub(r"\{\w+\}", "*", path) for path in DESCRIBED["paths"]}
    served = {
        "/" + re.sub(r"<\w+:\w+>", "*", str(each.pattern))[len("api/") :]
        for each in open_to_programs
    }
    for path in served:
        pattern = re.escape(path).replace(r"\*", r"[\w*]+")
        assert any(re.fullmatch(pattern, each) for each in described), path


def test_the_description_is_one_of_openapi():
    schemathesis.openapi.from_dict(DESCRIBED).validate()


@pytest.mark.parametrize("name", COLLECTIONS)
def test_what_is_answered_is_as_described(demo, name):
    schema = {
        "$ref": f"#/components/schemas/{name}.page",
        "components": json.loads(
            json.dumps(DESCRIBED["components"]).replace('"nullable": true', '"x": 1')
        ),
    }
    page = told(demo.viewer, name, limit=20)
    assert page["features"]
    for feature in page["features"]:
        feature["properties"] = {k: v for k, v in feature["properties"].items() if v is not None}
        feature["geometry"] = feature["geometry"] or {}
    jsonschema_rs.Draft202012Validator(schema).validate(page)
    properties = told(demo.viewer, name, limit=1)["features"][0]["properties"]
    assert list(properties) == list(COLLECTIONS[name].properties)


@pytest.fixture
def one_connection():
    """Keep the test's connection when a request ends, as Django's own test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


# The five collections are one view; what is asked of one may be asked of all.
schema = schemathesis.openapi.from_dict(DESCRIBED).exclude(
    path_regex="/collections/(buildings|barriers|areas|zones)"
)


@pytest.mark.usefixtures("one_connection")
@schema.parametrize()
@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_question_is_answered_by_a_fault_of_ours(demo, case):
    case.call_and_validate(
        app=WSGIHandler(),
        headers={"Authorization": f"Bearer {demo.key}"},
        checks=[not_a_server_error, status_code_conformance, content_type_conformance],
    )
