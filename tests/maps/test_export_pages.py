import io
import json
import subprocess
import zipfile

import pandas as pd
import pyogrio
import pytest
from django.urls import reverse

from layers.models import Plan
from maps.models import Export, Membership, Role, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hamlet")]


@pytest.fixture
def plan():
    return Plan.objects.select_related("area").get()


def signed_in(client, role, area):
    user = User.objects.create_user(f"a-{role}")
    Membership.objects.create(user=user, role=role, area=area)
    client.force_login(user)
    return user


def taken(client, plan, **asked):
    return client.get(reverse("plan_file", args=[plan.pk]), asked)


def test_a_viewer_finds_every_format_of_a_plan(client, plan):
    signed_in(client, Role.VIEWER, plan.area)
    page = client.get(reverse("exports", args=[plan.area.code])).content.decode()
    assert reverse("plan_file", args=[plan.pk]) in page
    for word in ("Shapefile", "GeoPackage", "GeoJSON", "Excel", "GBK", "EPSG:4490", "三度带"):
        assert word in page
    assert "还没有导出过文件" in page


def test_a_shapefile_in_gbk_keeps_its_chinese(client, plan, tmp_path, has_ogrinfo):
    signed_in(client, Role.VIEWER, plan.area)
    answer = taken(client, plan, format="shp", encoding="gbk")
    path = tmp_path / "zones.zip"
    path.write_bytes(answer.content)
    with zipfile.ZipFile(path) as held:
        cpg = next(name for name in held.namelist() if name.endswith(".cpg"))
        assert held.read(cpg).strip().lower() in {b"gbk", b"cp936", b"936"}
    told = subprocess.run(
        [has_ogrinfo, "-al", "-geom=NO", f"/vsizip/{path}/zones.shp"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    assert f"Feature Count: {plan.zones.count()}" in told
    assert (
        plan.zones.filter(assignment__provider__name__isnull=False).first().assignment.provider.name
        in told
    )


def test_a_file_in_metres_says_so(client, plan, tmp_path):
    signed_in(client, Role.VIEWER, plan.area)
    page = client.get(reverse("exports", args=[plan.area.code]))
    srid = page.context["grids"][1][0]
    path = tmp_path / "zones.zip"
    path.write_bytes(taken(client, plan, format="shp", crs=srid).content)
    assert pyogrio.read_info(f"/vsizip/{path}/zones.shp")["crs"] == f"EPSG:{srid}"


@pytest.mark.parametrize(
    ("form", "read"),
    [
        ("geojson", lambda content: len(json.loads(content)["features"])),
        ("xlsx", lambda content: len(pd.read_excel(io.BytesIO(content), sheet_name="片区"))),
    ],
)
def test_every_zone_is_in_every_format(client, plan, form, read):
    signed_in(client, Role.VIEWER, plan.area)
    assert read(taken(client, plan, format=form).content) == plan.zones.count()


def test_each_file_that_is_taken_is_on_record(client, plan):
    user = signed_in(client, Role.VIEWER, plan.area)
    answer = taken(client, plan, format="gpkg")
    row = Export.objects.get()
    assert (row.exported_by, row.area, row.format) == (user, plan.area, "gpkg")
    assert row.size_bytes == len(answer.content)
    assert row.details["plan_hash"] == plan.plan_hash
    page = client.get(reverse("exports", args=[plan.area.code])).content.decode()
    assert row.sha256[:12] in page


def test_what_there_is_not_is_said_all_at_once(client, plan):
    signed_in(client, Role.VIEWER, plan.area)
    answer = taken(client, plan, format="dwg", crs="2383", encoding="big5")
    page = answer.content.decode()
    assert answer.status_code == 400
    for told in ("没有格式“dwg”", "不能导出坐标系“2383”", "没有编码“big5”"):
        assert told in page
    assert not Export.objects.exists()


def test_a_plan_of_another_area_is_not_found(client, plan):
    street = plan.area.children.order_by("code").first()
    signed_in(client, Role.VIEWER, street)
    assert taken(client, plan).status_code == 404
