"""manage.py export_zones: the zones of a stored plan as a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from geo.errors import InputError
from maps.plan_export import FORMATS, export_zones
from maps.stored_outputs import plan_called


class Command(BaseCommand):
    help = "导出方案的片区。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--plan", type=int, required=True, help="方案编号")
        parser.add_argument("--format", choices=list(FORMATS), required=True)
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--crs", type=int, default=4490, help="EPSG 代码（shp）")
        parser.add_argument("--encoding", choices=["utf-8", "gbk"], default="utf-8")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            faults = export_zones(
                plan_called(options["plan"]),
                options["out"],
                form=options["format"],
                srid=options["crs"],
                encoding=options["encoding"],
            )
        except InputError as error:
            raise CommandError(error.report(gettext)) from error
        for fault in faults:
            self.stdout.write(f"  {fault.sentence(gettext)}")
        self.stdout.write(str(options["out"]))
