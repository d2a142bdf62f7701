"""manage.py load_city: files of a city into the database, each whole or not at all."""

from argparse import ArgumentParser, ArgumentTypeError
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from geo.crs import Datum
from geo.errors import Fault, InputError
from geo.loading import Loaded, in_order, load_reading
from geo.readers import KIND_NAMES, Kind, Reading, read_file

FAULTS_SHOWN = 50
"""Faults of a file that are printed; the others are counted."""

_ByKind = Mapping[Kind, Mapping[str, str]]


@dataclass(frozen=True)
class Given:
    """A file as the person named it."""

    path: Path
    datum: Datum | None


@dataclass(frozen=True, kw_only=True)
class Hints:
    """What the person says about files."""

    kinds: Sequence[Kind]
    fields: _ByKind
    constants: _ByKind
    reading: Mapping[str, Any]
    """Arguments of the reader that hold for every file."""

    def kind_of(self, position: int) -> Kind | None:
        """Return the kind of a file: its own, or the one that is said of all."""
        if not self.kinds:
            return None
        return self.kinds[position] if len(self.kinds) > 1 else self.kinds[0]

    def hinted(self) -> list[Kind]:
        """Return the kinds that anything is said of."""
        return [kind for kind in Kind if kind in self.fields or kind in self.constants]


def given_file(text: str) -> Given:
    """Read FILE or FILE@DATUM; an @ in a file's own name is left alone."""
    name, at, datum = text.rpartition("@")
    if at and datum.lower() in set(Datum):
        return Given(Path(name), Datum(datum.lower()))
    return Given(Path(text), None)


def known_kind(text: str) -> Kind:
    """Read a kind, in Chinese or as code."""
    for kind in Kind:
        if text in {str(kind), KIND_NAMES[kind]}:
            return kind
    allowed = "、".join(f"{kind}（{KIND_NAMES[kind]}）" for kind in Kind)
    message = _("没有数据种类“{text}”。可用：{allowed}。").format(text=text, allowed=allowed)
    raise ArgumentTypeError(message)


def field_mapping(text: str) -> tuple[Kind, str, str]:
    """Read KIND:theirs=ours."""
    kind, _colon, mapping = text.partition(":")
    theirs, equals, ours = mapping.rpartition("=")
    if not (theirs and equals and ours):
        message = _("“{text}”应写成 种类:文件中的列名=我们的列名，例如 building:height=storeys。")
        raise ArgumentTypeError(message.format(text=text))
    return known_kind(kind), theirs, ours


def kind_constant(text: str) -> tuple[Kind, str, str]:
    """Read KIND:constant, the kind of every row, such as barrier:arterial."""
    kind, colon, constant = text.partition(":")
    if not (colon and constant):
        message = _("“{text}”应写成 种类:取值，例如 barrier:arterial。")
        raise ArgumentTypeError(message.format(text=text))
    return known_kind(kind), "kind", constant


def by_kind(triples: Sequence[tuple[Kind, str, str]]) -> _ByKind:
    """Return what is said of each kind."""
    said: dict[Kind, dict[str, str]] = defaultdict(dict)
    for kind, key, value in triples:
        said[kind][key] = value
    return said


def read_as_told(given: Given, kind: Kind | None, hints: Hints) -> Reading:
    """Read a file; where its kind is to be guessed, with what is said of the kind it turns out."""
    if kind is not None:
        return _read(given, kind, hints, of=kind)
    try:
        reading = _read(given, None, hints, of=None)
    except InputError:
        for hinted in hints.hinted():
            if found := _read_if_is(given, hinted, hints):
                return found
        raise
    if reading.kind in hints.hinted():
        return _read(given, None, hints, of=reading.kind)
    return reading


def _read_if_is(given: Given, kind: Kind, hints: Hints) -> Reading | None:
    """Return the file read with what is said of a kind, if it then turns out to be of that kind."""
    try:
        reading = _read(given, None, hints, of=kind)
    except InputError:
        return None
    return reading if reading.kind is kind else None


def _read(given: Given, kind: Kind | None, hints: Hints, *, of: Kind | None) -> Reading:
    fields = hints.fields.get(of, {}) if of else {}
    constants = hints.constants.get(of, {}) if of else {}
    reading: Reading = read_file(
        given.path,
        kind=kind,
        datum=given.datum,
        fields=fields,
        constants=constants,
        **hints.reading,
    )
    return reading


class Command(BaseCommand):
    help = "把一座城市的文件导入数据库：每个文件要么全部入库，要么一行也不入库。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files",
            nargs="+",
            type=given_file,
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
        parser.add_argument(
            "--fields",
            action="append",
            default=[],
            type=field_mapping,
            metavar="KIND:theirs=ours",
            help=_("列的对应，例如 building:height=storeys"),
        )
        parser.add_argument(
            "--kind",
            dest="constants",
            action="append",
            default=[],
            type=kind_constant,
            metavar="KIND:constant",
            help=_("整个文件的类型，例如 barrier:arterial"),
        )
        parser.add_argument("--crs", type=int, metavar="EPSG", help=_("坐标系的 EPSG 编号"))
        parser.add_argument("--encoding", help=_("文字编码，例如 gbk"))
        parser.add_argument("--layer", help=_("图层或工作表"))
        parser.add_argument("--repair", action="store_true", help=_("修复无效图形"))
        parser.add_argument("--skip-faulty", action="store_true", help=_("跳过有问题的行"))
        parser.add_argument("--update", action="store_true", help=_("更新库中已有的记录"))
        parser.add_argument("--sample", action="store_true", help=_("标为示例数据"))
        parser.add_argument("--dry-run", action="store_true", help=_("只检查，不入库"))

    def handle(self, *_args: Any, **options: Any) -> None:
        given: list[Given] = options["files"]
        hints = Hints(
            kinds=options["kinds"],
            fields=by_kind(options["fields"]),
            constants=by_kind(options["constants"]),
            reading={
                name: options[name]
                for name in ("crs", "encoding", "layer", "repair", "skip_faulty")
            },
        )
        if len(hints.kinds) > 1 and len(hints.kinds) != len(given):
            raise CommandError(_("--as 写了多次时，次数须与文件数相同。"))
        readings = self.read_all(given, hints)

        def load(reading: Reading) -> Loaded:
            return load_reading(reading, update=options["update"], is_sample=options["sample"])

        if options["dry_run"]:
            with transaction.atomic():
                self.load_all(readings, load)
                transaction.set_rollback(True)
            self.stdout.write(_("以上为试运行，未入库任何内容。"))
        else:
            self.load_all(readings, load)

    def read_all(self, given: Sequence[Given], hints: Hints) -> list[Reading]:
        """Read every file before anything is stored; tell the faults of all."""
        readings: list[Reading] = []
        refused: list[str] = []
        for position, one in enumerate(given):
            try:
                readings.append(read_as_told(one, hints.kind_of(position), hints))
            except InputError as error:
                refused.append(_refusal(one.path.name, error))
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
    remarks: list[Fault] = [*loaded.notices, *reading.faults]
    return "\n".join([told, *(f"　{remark.sentence(_)}" for remark in remarks)])


def _whole(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: counts[name] for name in ("created", "updated", "unchanged")}
