"""manage.py load_city: files of a city into the database, each whole or not at all."""

from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from geo.errors import Fault, InputError
from geo.loading import Loaded, in_order, load_reading
from geo.management.asking import (
    Asked,
    Said,
    add_reading_options,
    asked_file,
    known_kind,
    secrecy,
)
from geo.readers import KIND_NAMES, Kind, Reading
from geo.words import Secrecy

FAULTS_SHOWN = 50
"""Faults of a file that are printed; the others are counted."""


class Command(BaseCommand):
    help = "把一座城市的文件导入数据库：每个文件要么全部入库，要么一行也不入库。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files",
            nargs="+",
            type=asked_file,
            metavar="FILE[@DATUM]",
            help=_("文件；坐标基准可写 @cgcs2000、@wgs84、@gcj02、@bd09"),
        )
        parser.add_argument(
            "--as",
            dest="kinds",
            action="append",
            default=[],
            type=known_kind,
            metavar="KIND",
            help=_("数据种类；写一次则用于所有文件，写多次则依次用于各文件"),
        )
        add_reading_options(parser)
        parser.add_argument("--layer", help=_("图层或工作表"))
        parser.add_argument("--update", action="store_true", help=_("更新库中已有的记录"))
        parser.add_argument("--sample", action="store_true", help=_("标为示例数据"))
        parser.add_argument(
            "--secrecy",
            type=secrecy,
            default=Secrecy.INTERNAL,
            metavar="WORD",
            help=_("密级：public 公开，internal 内部；涉密文件不得导入"),
        )
        parser.add_argument("--dry-run", action="store_true", help=_("只检查，不入库"))

    def handle(self, *_args: Any, **options: Any) -> None:
        files: list[Asked] = options["files"]
        kinds: list[Kind] = options["kinds"]
        if len(kinds) > 1 and len(kinds) != len(files):
            raise CommandError(_("--as 写了多次时，次数须与文件数相同。"))
        readings = self.read_all(files, kinds, said_in(options))

        def load(reading: Reading) -> Loaded:
            return load_reading(
                reading,
                update=options["update"],
                is_sample=options["sample"],
                secrecy=options["secrecy"],
                skip_faulty=options["skip_faulty"],
            )

        if options["dry_run"]:
            with transaction.atomic():
                self.load_all(readings, load)
                transaction.set_rollback(True)
            self.stdout.write(_("以上为试运行，未入库任何内容。"))
        else:
            self.load_all(readings, load)

    def read_all(self, files: Sequence[Asked], kinds: Sequence[Kind], said: Said) -> list[Reading]:
        """Read every file before anything is stored; tell the faults of all."""
        readings: list[Reading] = []
        refused: list[str] = []
        for position, file in enumerate(files):
            kind = kinds[min(position, len(kinds) - 1)] if kinds else None
            try:
                readings.append(said.read(file, kind))
            except InputError as error:
                refused.append(_refusal(str(file), error))
        if refused:
            raise CommandError("\n".join([*refused, _("未入库任何内容。")]))
        return in_order(readings)

    def load_all(self, readings: Sequence[Reading], load: Callable[[Reading], Loaded]) -> None:
        """Load each file in its own transaction; one that is refused holds up no other."""
        refused: list[str] = []
        for reading in readings:
            try:
                loaded = load(reading)
            except InputError as error:
                refused.append(_refusal(reading.source.name, error))
            else:
                self.stdout.write(_report(reading, loaded))
        if refused:
            again = _("上列文件未入库；改正后只需重新导入这些文件。")
            raise CommandError("\n".join([*refused, again]))


def said_in(options: Mapping[str, Any]) -> Said:
    """Return what a person said about the files, or say what contradicts itself."""
    try:
        return Said.of(options)
    except InputError as error:
        raise CommandError(error.report(_)) from error


def _refusal(name: str, error: InputError) -> str:
    shown = [f"　{fault.sentence(_)}" for fault in error.faults[:FAULTS_SHOWN]]
    if more := len(error.faults) - len(shown):
        shown.append("　" + _("……另有 {count} 处问题。").format(count=more))
    title = _("{name}：{count} 处问题").format(name=name, count=len(error.faults))
    return "\n".join([title, *shown])


def _report(reading: Reading, loaded: Loaded) -> str:
    counts = {"created": 0, "updated": 0, "unchanged": 0} | dict(loaded.counts)
    told = _("{name}：{kind}，新增 {created}，更新 {updated}，未变 {unchanged}").format(
        name=reading.source.name, kind=_(KIND_NAMES[reading.kind]), **_whole(counts)
    )
    remarks: list[Fault] = [*loaded.notices, *loaded.faults]
    if loaded.batch.left_aside:
        left = _("只收了没有问题的行，留下 {count} 行：").format(count=loaded.batch.left_aside)
        told += "；" + left
    return "\n".join([told, *(f"　{remark.sentence(_)}" for remark in remarks)])


def _whole(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: counts[name] for name in ("created", "updated", "unchanged")}
