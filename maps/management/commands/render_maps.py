"""manage.py render_maps: coverage maps and plan files of the districts of an area."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext

from geo.errors import InputError
from layers.management.commands.propose_plan import area_called
from maps.stored_outputs import districts_of, write_area


class Command(BaseCommand):
    help = "为辖区内各区县绘制覆盖图；已有方案的，同时写出片区文件。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--area", required=True, help="辖区编码")
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--date", type=date.fromisoformat, help="数据日期；缺省为今天")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        day = options["date"] or timezone.localdate()
        try:
            for area in districts_of(area_called(options["area"])):
                for path in write_area(area, options["out"] / area.code, valid=day, known=now):
                    self.stdout.write(str(path))
        except InputError as error:
            raise CommandError(error.report(gettext)) from error
