"""manage.py make_sample: a sample city as files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from data.sample_city import PRESETS, make_city
from geo.readers.kinds import KIND_NAMES
from maps.sample_files import write_city


class Command(BaseCommand):
    help = "生成示例城市的数据文件（示例数据，虚构）。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--preset", choices=list(PRESETS), default="small")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--out", type=Path, required=True)

    def handle(self, *_args: Any, **options: Any) -> None:
        city = make_city(options["preset"], seed=options["seed"])
        for kind, path in write_city(city, options["out"]).items():
            rows = len(next(iter(city.tables[kind].columns.values())))
            line = _("{kind}：{rows:,} 行，{path}")
            self.stdout.write(line.format(kind=_(KIND_NAMES[kind]), rows=rows, path=path))
