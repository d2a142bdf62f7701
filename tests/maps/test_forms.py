"""Empty forms ask for what the readers know, and come in again when they are filled."""

import io
from pathlib import Path

import openpyxl
import pytest
from django.core.management import call_command

from geo.crs import Datum
from geo.readers import FIELDS, Kind, Reads
from maps.exports.forms import fields_of, form_name, note_of, write_form
from tests.geo.upload import faults_of, notices_of, read_here

FORMS = Path(__file__).resolve().parents[2] / "data" / "forms"
RING = "POLYGON ((121.6 38.9, 121.601 38.9, 121.601 38.901, 121.6 38.9))"
LINE = "LINESTRING (121.6 38.9, 121.601 38.9)"
FILLED = {
    Reads.CODE: "007",
    Reads.CREDIT_CODE: "91350100M000100Y43",
    Reads.COUNT: 12,
    Reads.NUMBER: 6,
    Reads.AREA: 3000,
    Reads.FEE: 0.5,
    Reads.SHARE: 0.7,
    Reads.YEAR: 1998,
    Reads.DATE: "2026-01-02",
    Reads.FLAG: "是",
    Reads.TEXT: "甲",
}
PLACES = {"lon": "", "lat": "", "wkt": RING}


def cells(file):
    return [list(row) for row in openpyxl.load_workbook(file).active.values]


def value_of(field, kind):
    if field.is_place:
        return LINE if field.key == "wkt" and kind is Kind.CROSSING else PLACES[field.key]
    if field.choices:
        return field.listed_choices.split("、")[0]
    return FILLED[field.reads]


@pytest.mark.parametrize("kind", Kind)
def test_a_form_asks_for_every_field_and_is_empty(kind, tmp_path):
    write_form(tmp_path / "form.xlsx", kind)
    _title, notes, headings = cells(tmp_path / "form.xlsx")
    asked = {field.heading for field in FIELDS[kind] if not field.is_filter}
    assert asked <= set(headings)
    assert all(notes)
    told = faults_of(tmp_path / "form.xlsx", kind=kind)
    assert told == ["表头之下没有数据。"]


@pytest.mark.parametrize("kind", Kind)
def test_a_filled_form_is_read_column_by_column(kind, tmp_path):
    path = tmp_path / "form.xlsx"
    write_form(path, kind)
    book = openpyxl.load_workbook(path)
    book.active.append([value_of(field, kind) for field in fields_of(kind)])
    book.save(path)
    datum = Datum.CGCS2000 if any(field.is_place for field in fields_of(kind)) else None
    reading = read_here(path, kind=kind, datum=datum)
    unknown = {
        column
        for field in FIELDS[kind]
        for column in field.columns
        if reading.frame[column].isna().all() or (reading.frame[column] == "").all()
    }
    assert unknown == set()
    assert not [told for told in notices_of(reading) if "没有对应的字段" in told]


def test_a_note_says_what_is_wanted_in_which_unit():
    notes = {field.key: note_of(field) for field in fields_of(Kind.BARRIER)}
    assert notes["kind"].startswith("必填。选填其一：")
    area = next(field for field in fields_of(Kind.COMPOUND) if field.key == "floor_area_m2")
    assert note_of(area) == "数字，单位㎡"


def test_the_forms_in_the_repository_are_those_that_the_command_writes(tmp_path):
    out = io.StringIO()
    call_command("write_forms", out=tmp_path, stdout=out)
    assert "已写出 12 个导入表" in out.getvalue()
    names = sorted(form_name(kind) for kind in Kind)
    assert sorted(path.name for path in FORMS.iterdir()) == names
    for name in names:
        assert cells(FORMS / name) == cells(tmp_path / name)
