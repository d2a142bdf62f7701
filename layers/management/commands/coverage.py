"""manage.py coverage: rates with their 口径, on a date, as known on another."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import xlsxwriter
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from geo.errors import InputError
from layers.coverage import Measure, Unit
from layers.planning.print_coverage import (
    SHEET_HEADINGS,
    coverage_json,
    coverage_rows,
    coverage_text,
)
from layers.planning.report_coverage import CoverageReport, report_coverage

Chosen = tuple[tuple[Measure, ...], tuple[Unit, ...]]


def day(text: str) -> date:
    """Read a date."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = _("“{text}”不是日期；请写成 2026-11-22。").format(text=text)
        raise ArgumentTypeError(message) from error


def moment(text: str) -> datetime:
    """Read a moment; a date alone means its last moment, here."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError as error:
        message = _("“{text}”不是日期或时间；请写成 2026-11-22 或 2026-11-22T18:00。")
        raise ArgumentTypeError(message.format(text=text)) from error
    if len(text) == len("2026-11-22"):
        given = datetime.combine(given, time.max)
    return given if given.tzinfo else timezone.make_aware(given)


def chosen(text: str) -> Chosen:
    """Read RATE or RATE/UNIT, in Chinese or as code."""
    rate, _slash, counted = text.partition("/")
    measure, unit = Measure.from_text(rate), Unit.from_text(counted)
    if measure is None or (counted and unit is None):
        message = _(
            "没有指标“{text}”。可用指标：{rates}；可加单位，例如 签约率/物业管理区域：{units}。"
        )
        raise ArgumentTypeError(
            message.format(
                text=text,
                rates="、".join(f"{word.label}（{word}）" for word in Measure),
                units="、".join(f"{word.label}（{word}）" for word in Unit),
            )
        )
    return (measure,), (unit,) if unit else tuple(Unit)


class Command(BaseCommand):
    help = "覆盖率：按口径、底数和辖区，任一日期，按任一时点所知。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--area", help=_("辖区编码；缺省为全部辖区"))
        parser.add_argument("--date", type=day, help=_("统计日期；缺省为今天"))
        parser.add_argument(
            "--as-known-on", type=moment, dest="known", help=_("按该日（时）所知；缺省为此刻")
        )
        parser.add_argument(
            "--rate", type=chosen, help=_("指标，可加单位：firm、签约率/物业管理区域")
        )
        parser.add_argument("--format", choices=["text", "json", "xlsx"], default="text")
        parser.add_argument("--out", type=Path, help=_("写入文件；xlsx 必填"))

    def handle(self, *_args: Any, **options: Any) -> None:
        measures, units = options["rate"] or (tuple(Measure), tuple(Unit))
        if options["format"] == "xlsx" and options["out"] is None:
            raise CommandError(_("xlsx 须用 --out 指定文件。"))
        try:
            report = report_coverage(
                area=options["area"],
                valid=options["date"] or timezone.localdate(),
                known=options["known"] or timezone.now(),
                measures=measures,
                units=units,
            )
        except InputError as error:
            raise CommandError(error.report(_)) from error
        self.give(report, form=options["format"], out=options["out"])

    def give(self, report: CoverageReport, *, form: str, out: Path | None) -> None:
        if form == "xlsx" and out is not None:
            write_sheet(out, SHEET_HEADINGS, list(coverage_rows(report)))
            return
        text = (
            coverage_text(report)
            if form == "text"
            else json.dumps(coverage_json(report), ensure_ascii=False, indent=2)
        )
        if out is None:
            self.stdout.write(text)
        else:
            out.write_text(text + "\n", encoding="utf-8")


def write_sheet(
    out: Path, headings: Sequence[str], rows: Sequence[Sequence[str | float | None]]
) -> None:
    """Write a sheet in which no text can act as a formula or a link."""
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, safe) as book:
        sheet = book.add_worksheet(_("覆盖率"))
        sheet.write_row(0, 0, [_(heading) for heading in headings])
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, row)
