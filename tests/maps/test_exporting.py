import hashlib

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from geo.words import Secrecy
from maps.exporting import record_export
from maps.models import Export, User
from tests.rows import area

pytestmark = pytest.mark.django_db


def given_out(content=b"rows", **values):
    told = {"by": None, "area": None, "what": "台账 小区", "format": "csv", "file_name": "a.csv"}
    return record_export(content, **told | values)


def test_a_file_that_is_given_out_has_its_row():
    clerk, street = User.objects.create_user("clerk"), area("210101")
    given_out(by=clerk, area=street, details={"filter": "缺户数"})
    row = Export.objects.get()
    assert (row.exported_by, row.area, row.what) == (clerk, street, "台账 小区")
    assert (row.sha256, row.size_bytes) == (hashlib.sha256(b"rows").hexdigest(), 4)
    assert (row.secrecy, row.details) == (Secrecy.INTERNAL, {"filter": "缺户数"})


def test_a_file_on_disk_is_weighed_where_it_lies(tmp_path):
    path = tmp_path / "zones.zip"
    path.write_bytes(b"many bytes")
    row = given_out(path)
    assert (row.sha256, row.size_bytes) == (hashlib.sha256(b"many bytes").hexdigest(), 10)


def test_a_command_gives_out_in_nobodys_name():
    assert given_out(by=AnonymousUser()).exported_by is None


@pytest.mark.parametrize("change", ["update", "delete"])
def test_what_was_given_out_is_never_changed(change):
    given_out()
    rows = Export.objects.all()
    with (
        pytest.raises(IntegrityError, match="rows of maps_export are never changed"),
        transaction.atomic(),
    ):
        rows.update(what="别的") if change == "update" else rows.delete()
