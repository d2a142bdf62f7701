"""The dispatch table as a workbook, and as a document to be handed on."""

import io
from collections.abc import Sequence
from typing import Any

import docx
import xlsxwriter
from django.utils.translation import gettext
from docx.enum.section import WD_ORIENT

from geo.models import ImportBatch
from maps.dispatch_sheet.table import Line, Table, days_over, step_words
from maps.exports.rows import SAFE, write_about
from maps.notices import Notices

Cells = Sequence[str | int]


def zone_headings() -> list[str]:
    """Return the headings of the first part."""
    return [
        *(gettext("街道"), gettext("片区"), gettext("纳管对象（处）"), gettext("入方案")),
        *(word for _, word in step_words()),
        *(gettext("本周变化"), gettext("逾期"), gettext("依据问题"), gettext("责任单位或岗位")),
        gettext("未销号"),
    ]


def zone_cells(table: Table) -> list[Cells]:
    """Return a row for each zone, and the sum."""
    return [_cells(line) for line in (*table.lines, table.whole)]


def _cells(line: Line) -> list[str | int]:
    number = gettext("{number}号片区").format(number=line.zone)
    zone = gettext("合计") if line.zone is None else number
    told = (line.change, line.late, line.findings, line.duty)
    return [line.subdistrict, zone, line.sites, *line.states, *told, line.open_items]


def item_headings() -> list[str]:
    """Return the headings of the second part."""
    return [
        *(gettext("片区"), gettext("交办事项"), gettext("责任单位或岗位"), gettext("交办日期")),
        *(gettext("办结期限"), gettext("逾期（天）"), gettext("销号日期"), gettext("办理结果")),
    ]


def item_cells(table: Table) -> list[Cells]:
    """Return a row for each item."""
    return [
        [
            gettext("{number}号片区").format(number=item.zone.number) if item.zone else "",
            *(item.text, item.duty, str(item.handed_on), str(item.due_on)),
            days_over(item, table.dispatch.on),
            *(str(item.closed_on or ""), item.note),
        ]
        for item in table.items
    ]


def notices_of(table: Table) -> Notices:
    """Return what must be said with the table."""
    measure = gettext("各处按已走到的最后一步计；与 {since} 比较；期限按现行设定。")
    return Notices(
        title=f"{table.plan} {gettext('调度表')}",
        source=gettext("连片台账"),
        data_date=table.dispatch.on,
        written_at=table.asked.known,
        measure=measure.format(since=table.dispatch.since),
        policy=table.plan.policy,
        plan_hash=table.plan.plan_hash,
        is_sample=ImportBatch.objects.filter(is_sample=True).exists(),
    )


def as_xlsx(table: Table) -> bytes:
    """Return a workbook: zones, items, and what must be said with them."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {**SAFE, "in_memory": True}) as book:
        _sheet(book, gettext("调度表"), zone_headings(), zone_cells(table))
        _sheet(book, gettext("交办事项"), item_headings(), item_cells(table))
        write_about(book, notices_of(table))
    return file.getvalue()


def _sheet(book: Any, title: str, headings: Sequence[str], rows: Sequence[Cells]) -> None:
    sheet = book.add_worksheet(title)
    strong, folded = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    sheet.write_row(0, 0, headings, strong)
    for number, row in enumerate(rows, start=1):
        sheet.write_row(number, 0, row, folded)
    sheet.set_column(0, len(headings) - 1, 16)
    sheet.freeze_panes(1, 0)


def as_docx(table: Table) -> bytes:
    """Return a document on a sheet lying across: title, notices, zones, items."""
    document, notices = docx.Document(), notices_of(table)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    document.core_properties.title = notices.title
    document.core_properties.created = notices.written_at
    document.add_heading(notices.title, level=1)
    for label, text in notices.rows():
        document.add_paragraph(f"{gettext(label)}：{gettext(text)}")
    _table(document, zone_headings(), zone_cells(table))
    document.add_heading(gettext("交办事项"), level=2)
    if table.items:
        _table(document, item_headings(), item_cells(table))
    else:
        document.add_paragraph(gettext("没有交办事项。"))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _table(document: Any, headings: Sequence[str], rows: Sequence[Cells]) -> None:
    drawn = document.add_table(rows=1, cols=len(headings), style="Table Grid")
    for cell, heading in zip(drawn.rows[0].cells, headings, strict=True):
        cell.text = heading
        cell.paragraphs[0].runs[0].bold = True
    for row in rows:
        for cell, value in zip(drawn.add_row().cells, row, strict=True):
            cell.text = str(value)
