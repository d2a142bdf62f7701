"""Files that people bring to the import page, from the first look to stored or given up."""

import io
import json

import numpy as np
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from geo.crs import to_metric
from geo.models import Barrier, Compound, ImportBatch
from geo.words import AreaLevel
from maps.models import Export, Job, JobKind, JobState, Upload, UploadState
from maps.uploads import check_upload, load_upload
from tests.geo.corpus.drawn import dxf, polyline
from tests.maps.brought import brought, compounds, ground, page_of, signed_in, worked
from tests.rows import area, compound, geos, square

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def city():
    return area("99", name="示例市", level=AreaLevel.CITY, geometry=ground(0, 20))


@pytest.fixture
def east(city):
    level = AreaLevel.DISTRICT
    return area("9901", name="东区", level=level, parent=city, geometry=ground(0, 5))


@pytest.fixture
def west(city):
    level = AreaLevel.DISTRICT
    return area("9902", name="西区", level=level, parent=city, geometry=ground(10, 15))


@pytest.fixture
def clerk(client, east):
    return signed_in(client, east)


@pytest.mark.usefixtures("clerk")
def test_a_file_is_checked_first_and_nothing_of_it_is_stored(client, east):
    answer = brought(client, east, compounds(("C1", "东区", 1)))
    upload = worked(check_upload)
    assert answer["Location"] == reverse("upload", args=[upload.pk])
    assert (upload.state, upload.job.kind) == (UploadState.CLEAN, JobKind.CHECK)
    assert not Compound.objects.exists()
    assert not ImportBatch.objects.exists()
    page = page_of(client, upload)
    assert "我们这样理解" in page
    assert "将新增 1，更新 0，未变 0" in page


@pytest.mark.usefixtures("clerk")
def test_while_it_is_checked_the_page_asks_again_by_itself(client, east):
    brought(client, east, compounds(("C1", "东区", 1)))
    page = page_of(client, Upload.objects.get())
    assert 'hx-trigger="every 2s"' in page
    assert "可以离开本页" in page


@pytest.mark.usefixtures("clerk")
def test_what_was_found_clean_is_stored_when_asked(client, east):
    brought(client, east, compounds(("C1", "东区", 1), ("C2", "东区", 2)))
    upload = worked(check_upload)
    client.post(reverse("upload_load", args=[upload.pk]))
    upload = worked(load_upload)
    assert sorted(Compound.objects.values_list("code", flat=True)) == ["C1", "C2"]
    assert upload.batch.imported_by == upload.uploaded_by
    assert "已入库：新增 2" in page_of(client, upload)


@pytest.mark.usefixtures("clerk")
def test_asked_twice_it_is_stored_once(client, east):
    brought(client, east, compounds(("C1", "东区", 1)))
    upload = worked(check_upload)
    for _ in range(2):
        client.post(reverse("upload_load", args=[upload.pk]))
    assert Job.objects.filter(kind=JobKind.LOAD).count() == 1


@pytest.mark.usefixtures("clerk")
def test_faults_are_told_on_the_page_and_as_a_sheet(client, east):
    brought(client, east, compounds(("C1", "东区", 1), ("C1", "东区", 2)))
    upload = worked(check_upload)
    page = page_of(client, upload)
    assert upload.state == UploadState.FAULTY
    assert "没有入库任何内容" in page
    assert upload.faults[0]["text"] in page
    sheet = client.get(reverse("upload_faults", args=[upload.pk]))
    book = openpyxl.load_workbook(io.BytesIO(sheet.content))
    rows = list(book["问题表"].values)
    assert rows[0] == ("行", "列", "所填内容", "问题", "处理建议")
    assert rows[1][3] == upload.faults[0]["text"]
    taken = Export.objects.get()
    assert (taken.what, taken.area, taken.details) == ("问题表", east, {"upload": upload.pk})


@pytest.mark.usefixtures("clerk")
def test_a_faulty_file_cannot_be_stored(client, east):
    brought(client, east, compounds(("C1", "东区", 1), ("C1", "东区", 2)))
    upload = worked(check_upload)
    answer = client.post(reverse("upload_load", args=[upload.pk]))
    assert answer.status_code == 400
    assert "文件处于“有问题，未入库”，不能入库" in answer.content.decode()


@pytest.mark.usefixtures("clerk")
def test_read_otherwise_a_file_is_checked_anew(client, east):
    compound("C1", area=east, households=80, geometry=geos(square(1)))
    brought(client, east, compounds(("C1", "东区", 1)))
    upload = worked(check_upload)
    assert "编码“C1”已在库中" in upload.faults[0]["text"]
    client.post(reverse("upload_check", args=[upload.pk]), {"update": "on"})
    assert worked(check_upload, Upload.objects.get()).state == UploadState.CLEAN


@pytest.mark.usefixtures("clerk")
def test_what_was_given_up_is_deleted_and_stays_on_record(client, east):
    brought(client, east, compounds(("C1", "东区", 1)))
    upload = worked(check_upload)
    client.post(reverse("upload_refuse", args=[upload.pk]))
    upload.refresh_from_db()
    assert upload.state == UploadState.REFUSED
    assert not upload.folder.exists()
    assert "已放弃" in client.get(reverse("imports", args=[east.code])).content.decode()


@pytest.mark.usefixtures("clerk")
def test_its_outlines_are_drawn_before_it_is_stored(client, east):
    brought(client, east, compounds(("C1", "东区", 1)))
    upload = worked(check_upload)
    drawn = json.loads(
        b"".join(client.get(reverse("upload_preview", args=[upload.pk])).streaming_content)
    )
    assert [feature["properties"]["name"] for feature in drawn["features"]] == ["C1院"]


@pytest.mark.usefixtures("clerk", "west")
def test_a_clerk_brings_in_nothing_for_another_district(client, east):
    brought(client, east, compounds(("C1", "东区", 1), ("C9", "西区", 12)))
    upload = worked(check_upload)
    assert upload.state == UploadState.FAULTY
    assert [fault["text"] for fault in upload.faults] == [
        "“C9院”（C9）不在东区辖区内，未入库任何内容。"
    ]


@pytest.mark.usefixtures("clerk")
def test_a_clerk_takes_no_compound_from_another_district(client, east, west):
    compound("C1", area=west, households=80, geometry=geos(square(12)))
    brought(client, east, compounds(("C1", "东区", 1)), update="on")
    upload = worked(check_upload)
    assert "不在东区辖区内" in upload.faults[0]["text"]
    assert Compound.objects.get().area == west


@pytest.mark.usefixtures("clerk")
def test_what_holds_for_the_whole_city_is_brought_in_by_the_city(client, east, city):
    table = "名称,性质\n示例物业,国有\n".encode()
    brought(client, east, SimpleUploadedFile("企业.csv", table), kind="provider")
    upload = worked(check_upload)
    assert "“服务主体”关系全市，只能在市级导入" in upload.faults[0]["text"]
    signed_in(client, city)
    brought(client, city, SimpleUploadedFile("企业.csv", table), kind="provider")
    assert worked(check_upload).state == UploadState.CLEAN


@pytest.mark.usefixtures("clerk")
@pytest.mark.parametrize(("column", "state"), [(2, "clean"), (12, "faulty")])
def test_barriers_are_brought_in_where_they_touch_the_district(client, east, column, state):
    line = json.loads(geos(square(column)).boundary.json)
    feature = {"type": "Feature", "properties": {"kind": "river", "name": "河"}, "geometry": line}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    file = SimpleUploadedFile("河.geojson", text.encode())
    brought(client, east, file, kind="barrier")
    assert worked(check_upload).state == state
    assert not Barrier.objects.exists()


@pytest.mark.usefixtures("clerk")
def test_options_that_cannot_be_are_told_all_at_once(client, east):
    wrong = {"kind": "tree", "datum": "mars", "crs": "2383", "encoding": "ebcdic", "fields": "x"}
    answer = brought(client, east, compounds(("C1", "东区", 1)), **wrong)
    page = answer.content.decode()
    assert answer.status_code == 400
    for told in ("tree", "mars", "2383", "ebcdic", "“x”应写成"):
        assert told in page
    assert not Upload.objects.exists()


@pytest.mark.usefixtures("clerk")
def test_columns_are_taken_as_a_person_says(client, east):
    table = "编号x,名称,所属社区,户数,经度,纬度\nC1,一号院,东区,80,121.5,38.9\n".encode()
    file = SimpleUploadedFile("表.csv", table)
    brought(client, east, file, kind="compound", fields="编号x=code", constants="old_list=是")
    upload = Upload.objects.get()
    assert upload.options["fields"] == {"编号x": "code"}
    worked(check_upload)
    page = page_of(client, upload)
    assert "编号x=code" in page


@pytest.mark.usefixtures("clerk")
def test_no_file_and_an_empty_file_are_told(client, east):
    assert "还没有选择文件" in brought(client, east).content.decode()
    empty = SimpleUploadedFile("空.csv", b"")
    assert "是空的" in brought(client, east, empty).content.decode()
    assert not Upload.objects.exists()


@pytest.mark.usefixtures("clerk")
def test_a_file_that_is_too_large_is_told_with_the_limit(client, east, monkeypatch):
    monkeypatch.setattr("maps.uploads.LARGEST_BYTES", 10)
    assert "上限为" in brought(client, east, compounds(("C1", "东区", 1))).content.decode()


@pytest.mark.usefixtures("clerk")
def test_several_files_are_kept_and_listed(client, east):
    files = [compounds((code, "东区", 1)) for code in ("C1", "C2")]
    answer = brought(client, east, *files)
    assert answer["Location"] == reverse("imports", args=[east.code])
    assert client.get(answer["Location"]).content.decode().count("小区.geojson") >= 2


@pytest.mark.usefixtures("clerk")
def test_what_changed_since_the_check_is_told_instead_of_stored(client, east):
    brought(client, east, compounds(("C1", "东区", 1)))
    upload = worked(check_upload)
    client.post(reverse("upload_load", args=[upload.pk]))
    compound("C1", area=east, households=80, geometry=geos(square(1)))
    upload = worked(load_upload)
    assert upload.state == UploadState.FAULTY
    assert upload.batch is None
    assert "编码“C1”已在库中" in page_of(client, upload)


@pytest.mark.usefixtures("clerk")
def test_a_check_whose_worker_gave_up_can_be_asked_for_again(client, east):
    brought(client, east, compounds(("C1", "东区", 1)))
    upload = Upload.objects.get()
    ended = {"state": JobState.FAILED, "finished_at": timezone.now(), "fault": "后台进程中断"}
    Job.objects.filter(pk=upload.job_id).update(**ended)
    page = page_of(client, upload)
    assert "后台进程中断" in page
    assert "重新检查" in page
    client.post(reverse("upload_check", args=[upload.pk]))
    assert Job.objects.filter(kind=JobKind.CHECK).count() == 2


@pytest.mark.usefixtures("clerk")
def test_a_file_under_check_is_not_checked_twice_nor_given_up(client, east):
    brought(client, east, compounds(("C1", "东区", 1)))
    upload = Upload.objects.get()
    assert client.post(reverse("upload_check", args=[upload.pk])).status_code == 404
    answer = client.post(reverse("upload_refuse", args=[upload.pk]))
    assert "不能放弃" in answer.content.decode()


@pytest.mark.usefixtures("clerk")
def test_uploads_of_another_district_are_not_found(client, east, west):
    brought(client, east, compounds(("C1", "东区", 1)))
    upload = Upload.objects.get()
    signed_in(client, west)
    for name in ("upload", "upload_preview", "upload_faults"):
        assert client.get(reverse(name, args=[upload.pk])).status_code == 404
    assert client.post(reverse("upload_load", args=[upload.pk])).status_code == 404


def drawing(folder, *layers):
    """Return a drawing of the same compound on each layer, in metres of the zone of its place."""
    (place,) = to_metric(np.array([square(2)]), 4550)
    path = dxf(
        folder / "图.dxf", *(polyline(layer, place.exterior.coords[:-1]) for layer in layers)
    )
    return SimpleUploadedFile("图.dxf", path.read_bytes())


@pytest.mark.usefixtures("clerk")
def test_of_several_layers_one_is_chosen_on_the_page(client, east, var):
    brought(client, east, drawing(var, "JZD", "JMD"), kind="compound")
    upload = worked(check_upload)
    assert upload.understood["choices"]["layer"] == [
        ["JZD", "JZD（界址线，1 面）"],
        ["JMD", "JMD（居民地，1 面）"],
    ]
    page = page_of(client, upload)
    assert '<option value="JMD">JMD（居民地，1 面）</option>' in page
    client.post(reverse("upload_check", args=[upload.pk]), {"kind": "compound", "layer": "JZD"})
    assert "文件没有说明坐标系" in worked(check_upload).faults[0]["text"]


@pytest.mark.usefixtures("clerk")
def test_coordinate_systems_that_may_be_are_offered_and_drawn(client, east, var):
    brought(client, east, drawing(var, "JZD"), kind="compound")
    upload = worked(check_upload)
    (srid, words), *_ = upload.understood["choices"]["crs"]
    assert f'<option value="{srid}">{words}</option>' in page_of(client, upload)
    drawn = client.get(reverse("upload_preview", args=[upload.pk]))
    names = [
        each["properties"]["name"]
        for each in json.loads(b"".join(drawn.streaming_content))["features"]
    ]
    assert names[:2] == [east.name, words]
    client.post(reverse("upload_check", args=[upload.pk]), {"kind": "compound", "crs": srid})
    assert "choices" not in worked(check_upload).understood


@pytest.mark.usefixtures("clerk")
def test_how_secret_a_file_is_stands_with_what_it_brought(client, east):
    brought(client, east, compounds(("C1", east.name, 2)), secrecy="public")
    worked(check_upload)
    assert worked(load_upload).batch.secrecy == "public"
    answer = brought(client, east, compounds(("C2", east.name, 2)), secrecy="classified")
    assert "本系统不保存涉密数据" in answer.content.decode()
    assert Upload.objects.count() == 1


@pytest.mark.usefixtures("clerk")
def test_a_file_for_which_there_is_no_room_is_not_kept(client, east, monkeypatch):
    monkeypatch.setattr("maps.uploads.ROOM_TIMES", 1 << 62)
    answer = brought(client, east, compounds(("C1", east.name, 2)))
    assert "磁盘空间不足，没有导入。" in answer.content.decode()
    assert not Upload.objects.exists()
