"""manage.py write_forms: the empty import forms of every kind."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from geo.readers import Kind
from maps.exports.forms import form_name, write_form


class Command(BaseCommand):
    help = "写出各类数据的空白导入表（XLSX），列与读取时所认的一致。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, default=Path("data/forms"), help=_("文件夹"))

    def handle(self, *_args: Any, **options: Any) -> None:
        out: Path = options["out"]
        out.mkdir(parents=True, exist_ok=True)
        for kind in Kind:
            write_form(out / form_name(kind), kind)
        self.stdout.write(_("已写出 {count} 个导入表：{out}").format(count=len(Kind), out=out))
