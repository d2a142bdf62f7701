"""Refused rows are taken away with their reasons, mended, and handed back; or left aside."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from geo.models import Compound, ImportBatch
from geo.words import AreaLevel
from maps.models import Role, Upload, UploadState
from maps.uploads import check_upload, load_upload
from tests.maps.brought import brought, compounds, ground, page_of, signed_in, worked
from tests.rows import area, geos, square

pytestmark = pytest.mark.django_db
METRE_DEG = 1e-5
TABLE = """小区编码,小区名称,所属社区,户数,备注
007,一号院,东区,80,=1+1
008,二号院,东区,很多,@SUM(A1)
009,三号院,无名社区,90,
010,四号院,无名社区,95,
"""


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def east(client):
    city = area("99", name="示例市", level=AreaLevel.CITY, geometry=ground(0, 20))
    level = AreaLevel.DISTRICT
    made = area("9901", name="东区", level=level, parent=city, geometry=ground(0, 5))
    signed_in(client, made)
    return made


def checked(client, held, text=TABLE, **options):
    file = SimpleUploadedFile("小区.csv", text.encode())
    brought(client, held, file, kind="compound", **options)
    return worked(check_upload)


def list_of(client, upload):
    answer = client.get(reverse("upload_faults", args=[upload.pk]))
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def mended(book, *changes, name="改好.xlsx"):
    """Return a workbook with cells changed, each (row of the file, heading, what stands there)."""
    page = book.worksheets[0]
    headings = [cell.value for cell in page[1]]
    rows = {row[0].value: row for row in page.iter_rows(min_row=2)}
    for number, heading, value in changes:
        rows[number][headings.index(heading)].value = value
    content = io.BytesIO()
    book.save(content)
    return SimpleUploadedFile(name, content.getvalue())


def hands_back(client, upload, file):
    return client.post(reverse("upload_mend", args=[upload.pk]), {"file": file})


def test_the_list_holds_every_refused_row_as_it_stands_with_why_and_no_formula(client, east):
    upload = checked(client, east)
    page = list_of(client, upload).worksheets[0]
    rows = list(page.values)
    assert rows[0][4:] == ("小区编码", "小区名称", "所属社区", "户数", "备注")
    assert [row[0] for row in rows[1:]] == [3, 4, 5]
    assert rows[1][1] == "“户数”：“很多”不是数字。"
    assert rows[1][4:] == ("008", "二号院", "东区", "很多", "@SUM(A1)")
    assert rows[3][1] == "“所属社区/街道”：辖区“无名社区”不在库中（共 2 行）。"
    assert rows[3][2] == "请先导入辖区，或改正名称。"
    assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"s", "n"}


def test_mended_rows_come_in_with_the_others_in_one_import(client, east):
    upload = checked(client, east)
    assert (upload.state, upload.understood["good"]) == (UploadState.FAULTY, 1)
    file = mended(
        list_of(client, upload),
        *((3, "户数", 85), (4, "所属社区", "东区"), (5, "不导入", "是")),
    )
    hands_back(client, upload, file)
    upload = worked(check_upload)
    assert (upload.state, upload.faults) == (UploadState.CLEAN, [])
    client.post(reverse("upload_load", args=[upload.pk]))
    worked(load_upload)
    stored = dict(Compound.objects.values_list("code", "households"))
    assert stored == {"007": 80, "008": 85, "009": 90}
    assert not ImportBatch.objects.get().takes_good_rows


def test_what_is_still_wrong_is_listed_anew_as_it_stands_now(client, east):
    upload = checked(client, east)
    hands_back(client, upload, mended(list_of(client, upload), (3, "户数", "更多")))
    upload = worked(check_upload)
    rows = list(list_of(client, upload).worksheets[0].values)
    assert rows[1][7] == "更多"
    hands_back(client, upload, mended(list_of(client, upload), (3, "户数", 85)))
    assert worked(check_upload).understood["good"] == 2


def test_good_rows_are_stored_where_a_person_chooses_that_and_the_others_later(client, east):
    upload = checked(client, east)
    assert "只入库没有问题的 1 行，留下 3 行" in page_of(client, upload)
    client.post(reverse("upload_load", args=[upload.pk]), {"good_rows": "on"})
    upload = worked(load_upload)
    assert (upload.batch.takes_good_rows, upload.batch.left_aside) == (True, 3)
    assert list(Compound.objects.values_list("code", flat=True)) == ["007"]
    file = mended(
        list_of(client, upload), (3, "户数", 85), (4, "不导入", "是"), (5, "不导入", "是")
    )
    answer = hands_back(client, upload, file)
    rest = worked(check_upload)
    assert answer["Location"] == reverse("upload", args=[rest.pk])
    assert (rest.state, rest.understood["counts"]["created"]) == (UploadState.CLEAN, 1)
    client.post(reverse("upload_load", args=[rest.pk]))
    worked(load_upload)
    assert sorted(Compound.objects.values_list("code", flat=True)) == ["007", "008"]
    assert ImportBatch.objects.count() == 2


def test_a_row_that_went_wrong_since_the_check_is_not_left_aside_unseen(client, east):
    upload = checked(client, east)
    client.post(reverse("upload_load", args=[upload.pk]), {"good_rows": "on"})
    Compound.objects.create(code="007", name="已在", area=east)
    upload = worked(load_upload)
    assert upload.state == UploadState.FAULTY
    assert "编码“007”已在库中" in page_of(client, upload)


def test_mended_rows_keep_their_outlines_by_number(client, east):
    brought(client, east, compounds(("C1", "东区", 1), ("C1", "东区", 2)))
    upload = worked(check_upload)
    numbers = [fault["row"] for fault in upload.faults]
    hands_back(client, upload, mended(list_of(client, upload), (numbers[-1], "code", "C2")))
    upload = worked(check_upload)
    client.post(reverse("upload_load", args=[upload.pk]))
    worked(load_upload)
    second = Compound.objects.get(code="C2")
    assert second.geometry.centroid.distance(geos(square(2)).centroid) < METRE_DEG


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("sheet", "不是这个文件的问题表"),
        ("heading", "缺少“原行号”一列"),
        ("number", "应是原文件的行号"),
        ("suffix", "不是 .xlsx"),
    ],
)
def test_what_is_not_the_list_of_this_file_is_refused_at_once(client, east, change, told):
    upload = checked(client, east)
    book = list_of(client, upload)
    page = book.worksheets[0]
    if change == "sheet":
        page.title = "问题行-00000000"
    elif change == "heading":
        page["A1"].value = "行号"
    elif change == "number":
        page["A2"].value = "三"
    name = "改好.csv" if change == "suffix" else "改好.xlsx"
    answer = hands_back(client, upload, mended(book, name=name))
    assert (answer.status_code, told in answer.content.decode()) == (400, True)
    upload.refresh_from_db()
    assert (upload.state, list((upload.folder / "mended").glob("*"))) == (UploadState.FAULTY, [])


def test_a_file_without_rows_to_mend_takes_no_list_back(client, east):
    upload = checked(client, east, TABLE[: TABLE.index("008")])
    assert upload.state == UploadState.CLEAN
    file = SimpleUploadedFile("改好.xlsx", b"x")
    assert "没有等待改正的行" in hands_back(client, upload, file).content.decode()


def test_every_import_is_told_with_what_it_changed_and_what_is_gone(client, east):
    first = "小区编码,小区名称,所属社区,户数\nA,甲院,东区,80\nB,乙院,东区,90\n"
    second = "小区编码,小区名称,所属社区,户数\nA,甲院,东区,85\nC,丙院,东区,95\n"
    for text in (first, second):
        upload = checked(client, east, text, update="on")
        page = page_of(client, upload)
        client.post(reverse("upload_load", args=[upload.pk]))
        upload = worked(load_upload)
    for told in ("户数", "<td>80</td>", "<td>85</td>", "B 乙院", "C 丙院"):
        assert told in page
    history = client.get(reverse("import_history", args=[east.code])).content.decode()
    assert upload.batch.sha256 in history
    assert "整个文件" in history
    batch = client.get(reverse("import_batch", args=[upload.batch_id])).content.decode()
    assert "新增 1，更新 1，未变 0；与" in batch
    assert "消失 1" in batch
    again = checked(client, east, first, update="on")
    assert "同一文件已于" in again.notices[0]


def test_an_import_is_undone_on_its_page_with_a_reason_and_by_who_may(client, east):
    upload = checked(client, east, TABLE[: TABLE.index("008")])
    client.post(reverse("upload_load", args=[upload.pk]))
    upload = worked(load_upload)
    address = reverse("import_undo", args=[upload.batch_id])
    assert "须写明理由" in client.post(address, {"because": ""}).content.decode()
    signed_in(client, east, Role.VIEWER)
    assert client.post(address, {"because": "误导入"}).status_code == 404
    signed_in(client, east, Role.PLANNER)
    answer = client.post(address, {"because": "误导入"}, follow=True)
    assert "撤销：误导入" in answer.content.decode()
    history = client.get(reverse("import_history", args=[east.code])).content.decode()
    assert "已撤销" in history
    again = checked(client, east, TABLE[: TABLE.index("008")])
    assert again.state == UploadState.CLEAN
    assert Upload.objects.count() == 2
