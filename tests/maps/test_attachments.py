"""Scans and photographs beside a row of the ledger: taken in, given out, withdrawn."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from geo.models import OwnersDecision
from geo.recording.contracts import mend_decision
from geo.recording.telling import Telling
from maps.attachments import LARGEST_BYTES
from maps.models import Attachment, Export, Paper, Role
from tests.maps.ledgers import clerk, signed_in, street_with_ledger
from tests.rows import LONG_AGO, at, day

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n rest"


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def town():
    return street_with_ledger()


def address(row, attachment=None, end="", kind="compound", area="210101"):
    below = "" if attachment is None else f"{attachment.pk}/{end}"
    return reverse("ledger_attachments", args=[area, kind, row.pk]) + below


def brings(client, row, content=PDF, name="合同.pdf", paper=Paper.CONTRACT, kind="compound"):
    file = SimpleUploadedFile(name, content, content_type="text/html")
    return client.post(address(row, kind=kind), {"paper": paper, "file": file})


def text(answer):
    return answer.content.decode()


def test_a_scan_beside_a_row_is_listed_and_given_out_as_it_came(town, var):
    client = clerk(town.street)
    assert "合同.pdf" in text(brings(client, town.first))
    kept = Attachment.objects.get()
    assert kept.path.is_relative_to(var / "attachments")
    answer = signed_in(Role.VIEWER, town.street).get(address(town.first, kept))
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert Export.objects.get().what == "附件 合同"


def test_what_a_file_is_its_first_bytes_say(town):
    brings(clerk(town.street), town.first, PNG, "../../门 头.exe", Paper.PHOTO)
    kept = Attachment.objects.get()
    assert (kept.name, kept.media_type) == ("门_头.png", "image/png")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<script>alert(1)</script>", "文件“合同.pdf”不是 PDF、JPG 或 PNG。请转换后再上传。"),
        (
            PDF + b" " * LARGEST_BYTES,
            "文件“合同.pdf”有 10.0 MB，上限为 10 MB。请压缩或拆分后再上传。",
        ),
    ],
    ids=["no such type", "too large"],
)
def test_a_file_that_is_not_taken_is_told_why(town, content, sentence):
    answer = brings(clerk(town.street), town.first, content, paper="none")
    assert answer.status_code == 400
    assert sentence in text(answer)
    assert "请选择材料类别。" in text(answer)
    assert not Attachment.objects.exists()


def test_who_chose_no_file_is_told_to(town):
    answer = clerk(town.street).post(address(town.first), {"paper": "photo"})
    assert "请选择要上传的文件。" in text(answer)


def test_what_stood_beside_a_decision_stands_beside_what_took_its_place(town):
    decision = OwnersDecision.objects.create(
        management_area=town.held, valid_from=day(2026), recorded_at=LONG_AGO
    )
    client = clerk(town.street)
    brings(client, decision, name="表决.pdf", paper=Paper.VOTE, kind="decision")
    telling = Telling(by=client.user, now=at(2026, 9), reason="笔误", since=None, is_mistake=True)
    mended = mend_decision(decision.pk, {"document": "滨决〔2026〕2号"}, telling=telling)
    assert mended.pk != decision.pk
    assert "表决.pdf" in text(client.get(address(mended, kind="decision")))


def test_who_may_not_see_the_row_gets_nothing_and_who_may_only_see_adds_nothing(town):
    brings(clerk(town.street), town.first)
    kept = Attachment.objects.get()
    stranger, viewer = clerk(town.other, "李经办"), signed_in(Role.VIEWER, town.street)
    assert stranger.get(address(town.first)).status_code == 404
    assert stranger.get(address(town.first, kept, area="210102")).status_code == 404
    assert viewer.get(address(town.second, kept)).status_code == 404
    assert brings(viewer, town.first).status_code == 404
    assert "上传附件" not in text(viewer.get(address(town.first)))


def test_what_is_withdrawn_is_given_out_no_more_but_stays_on_record(town):
    client = clerk(town.street)
    brings(client, town.first)
    kept = Attachment.objects.get()
    assert "还没有合同、表决材料或照片。" in text(
        client.post(address(town.first, kept, "withdraw/"))
    )
    assert client.get(address(town.first, kept)).status_code == 404
    assert kept.path.exists()
    assert list(kept.events.order_by("pgh_id").values_list("pgh_label", flat=True)) == [
        *("insert", "update"),
    ]


def test_a_file_whose_bytes_are_gone_is_not_found(town):
    client = clerk(town.street)
    brings(client, town.first)
    kept = Attachment.objects.get()
    kept.path.unlink()
    assert client.get(address(town.first, kept)).status_code == 404


def test_a_row_holds_only_so_many(town, monkeypatch):
    monkeypatch.setattr("maps.attachments.MOST_BESIDE_A_ROW", 1)
    client = clerk(town.street)
    brings(client, town.first)
    assert "这一行已有 1 个附件，不能再加。" in text(brings(client, town.first, PNG))
