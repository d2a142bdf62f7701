"""Cells of refused rows stay what they are, and act in nobody's spreadsheet."""

import openpyxl

from geo.readers import Originals
from maps.exports.refused import write_refused

FAULT = {"row": 7, "also": [], "column": "户数", "given": "", "text": "必须填写。", "fix": ""}


def test_cells_keep_their_kind_and_no_text_becomes_a_formula(tmp_path):
    cells = ("=1+1", True, 12, 1.5, 91350100000000000001, None)
    rows = Originals(headings=("a", "b", "c", "d", "e", "户数"), rows={7: cells})
    write_refused(tmp_path / "list.xlsx", "问题行-12345678", rows, [FAULT, FAULT | {"row": None}])
    page = openpyxl.load_workbook(tmp_path / "list.xlsx")["问题行-12345678"]
    held = list(page[2])
    assert [cell.value for cell in held[:3]] == [7, "“户数”：必须填写。", ""]
    assert [cell.value for cell in held[4:]] == ["=1+1", True, 12, 1.5, str(cells[4]), None]
    assert [cell.data_type for cell in held[4:]] == ["s", "b", "n", "n", "s", "n"]
    assert held[9].fill.fgColor.rgb != held[8].fill.fgColor.rgb


def test_what_is_wrong_with_the_whole_file_is_a_list_without_rows(tmp_path):
    whole = FAULT | {"row": None, "column": "", "text": "缺少必填的列。"}
    rows = Originals(headings=(), rows={})
    write_refused(tmp_path / "list.xlsx", "问题行-12345678", rows, [whole])
    book = openpyxl.load_workbook(tmp_path / "list.xlsx")
    assert book.sheetnames == ["问题表"]
    assert book["问题表"]["D2"].value == "缺少必填的列。"
