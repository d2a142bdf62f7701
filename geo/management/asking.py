"""How a command line names files: FILE[@DATUM], and what a person says about their content."""

from argparse import ArgumentParser, ArgumentTypeError
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from geo.crs import ALLOWED_SRIDS, Datum
from geo.errors import Fault, InputError, gettext_noop
from geo.readers import KIND_NAMES, Kind, Reading, read_file
from geo.words import Secrecy

TWO_VALUES = gettext_noop(
    "--kind 对 {kind} 给出了两个取值：{first} 和 {second}。一次运行中同一类型只能取一个值。"
)
MERGE_FILES = gettext_noop("各文件取值不同时，请在文件中增加“类型”列。")


@dataclass(frozen=True)
class Asked:
    """A file with its datum; None = what the file says."""

    path: Path
    datum: Datum | None

    def __str__(self) -> str:
        return self.path.name


def asked_file(text: str) -> Asked:
    """Read FILE or FILE@DATUM; an @ in a file's own name is left alone."""
    name, at, ending = text.rpartition("@")
    if at and ending.lower() in set(Datum) and not Path(text).exists():
        return Asked(Path(name), Datum(ending.lower()))
    if not at or "." in ending or Path(text).exists():
        return Asked(Path(text), None)
    message = gettext("不认识坐标系“{datum}”；可用：{allowed}。")
    raise ArgumentTypeError(message.format(datum=ending, allowed="、".join(Datum)))


def known_kind(text: str) -> Kind:
    """Read a kind, in Chinese or as code."""
    for kind in Kind:
        if text in {str(kind), KIND_NAMES[kind]}:
            return kind
    allowed = "、".join(f"{kind}（{KIND_NAMES[kind]}）" for kind in Kind)
    message = gettext("没有数据种类“{text}”。可用：{allowed}。").format(text=text, allowed=allowed)
    raise ArgumentTypeError(message)


def kind_and_pair(text: str) -> tuple[Kind, str, str]:
    """Read KIND:theirs=ours."""
    kind, _colon, pair = text.partition(":")
    theirs, equals, ours = pair.rpartition("=")
    if not (theirs and equals and ours):
        message = gettext(
            "“{text}”应写成 种类:文件中的列名=我们的列名，例如 building:height=storeys。"
        )
        raise ArgumentTypeError(message.format(text=text))
    return known_kind(kind), theirs, ours


def kind_and_constant(text: str) -> tuple[Kind, str]:
    """Read KIND:value, the kind of every row (of areas the level), as in barrier:arterial."""
    kind, colon, value = text.partition(":")
    if not (colon and value):
        message = gettext("“{text}”应写成 种类:取值，例如 barrier:arterial。")
        raise ArgumentTypeError(message.format(text=text))
    return known_kind(kind), value


def crs(text: str) -> int:
    """Read an EPSG code from the list of those that are understood."""
    if not text.isdigit() or int(text) not in ALLOWED_SRIDS:
        message = gettext("“{text}”不在可用的坐标系之列。请给出 EPSG 代码，例如 4490、4326、4547。")
        raise ArgumentTypeError(message.format(text=text))
    return int(text)


def secrecy(text: str) -> Secrecy:
    """Read how secret files are; state secrets have no word here."""
    found = Secrecy.from_text(text)
    if found is None:
        allowed = "、".join(f"{word}（{word.label}）" for word in Secrecy)
        message = gettext("“{text}”不是可用的密级。可用：{allowed}；涉密文件不得导入本系统。")
        raise ArgumentTypeError(message.format(text=text, allowed=allowed))
    return found


def add_reading_options(parser: ArgumentParser) -> None:
    """Add what a person may say about files."""
    parser.add_argument(
        "--fields",
        action="append",
        type=kind_and_pair,
        default=[],
        metavar="KIND:theirs=ours",
        help=gettext("列的对应，例如 building:height=storeys"),
    )
    parser.add_argument(
        "--kind",
        action="append",
        type=kind_and_constant,
        default=[],
        metavar="KIND:value",
        help=gettext("整个文件的类型，例如 barrier:arterial；区划则为层级"),
    )
    parser.add_argument("--crs", type=crs, help="EPSG 代码，文件未说明坐标系时使用")
    parser.add_argument("--encoding", help="文字编码，例如 GBK")
    parser.add_argument(
        "--repair", action="store_true", help="闭合边界、修复自相交（面积变化不超过 1 %%）"
    )
    parser.add_argument("--skip-faulty", action="store_true", help="跳过有问题的行并列出")


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a person said about their files, as `read_file` takes it."""

    fields: Mapping[Kind, Mapping[str, str]]
    constants: Mapping[Kind, Mapping[str, str]]
    crs: int | None
    encoding: str | None
    layer: str | None
    """The layer or sheet; asked only where one command reads many kinds of file."""
    repair: bool
    skip_faulty: bool

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "Said":
        """Return what the options of a command say."""
        fields: dict[Kind, dict[str, str]] = defaultdict(dict)
        for kind, theirs, ours in options["fields"]:
            fields[kind][theirs] = ours
        return cls(
            fields=fields,
            constants=_constants(options["kind"]),
            crs=options["crs"],
            encoding=options["encoding"],
            layer=options.get("layer"),
            repair=options["repair"],
            skip_faulty=options["skip_faulty"],
        )

    def read(self, asked: Asked, kind: Kind | None) -> Reading:
        """Read a file; one of no kind with what is said of the kind that it turns out to be."""
        if kind is not None:
            return self._read(asked, kind, of=kind)
        try:
            reading = self._read(asked, None, of=None)
        except InputError:
            for hinted in self._kinds():
                if found := self._read_if_is(asked, hinted):
                    return found
            raise
        return self._read(asked, None, of=reading.kind) if self._says(reading.kind) else reading

    def _says(self, kind: Kind) -> bool:
        return kind in self.fields or kind in self.constants

    def _kinds(self) -> list[Kind]:
        return [kind for kind in Kind if self._says(kind)]

    def _read_if_is(self, asked: Asked, kind: Kind) -> Reading | None:
        """Return the file read with what is said of a kind, if it is then found to be of it."""
        try:
            reading = self._read(asked, None, of=kind)
        except InputError:
            return None
        return reading if reading.kind is kind else None

    def _read(self, asked: Asked, kind: Kind | None, *, of: Kind | None) -> Reading:
        return read_file(
            asked.path,
            kind=kind,
            datum=asked.datum,
            crs=self.crs,
            encoding=self.encoding,
            layer=self.layer,
            fields=self.fields.get(of, {}) if of else {},
            constants=self.constants.get(of, {}) if of else {},
            repair=self.repair,
            skip_faulty=self.skip_faulty,
        )

    def read_all(self, asked: Iterable[tuple[Asked, Kind | None]]) -> list[Reading]:
        """Read every file; the faults of all files come in one report, each with its file."""
        readings: list[Reading] = []
        faults: list[Fault | str] = []
        for file, kind in asked:
            try:
                readings.append(self.read(file, kind))
            except InputError as error:
                faults += [f"{file}：", *error.faults]
        if faults:
            raise InputError(*faults)
        return readings


def _constants(pairs: Iterable[tuple[Kind, str]]) -> dict[Kind, dict[str, str]]:
    """Return the constants of each kind; two values for one kind are refused, not overruled."""
    constants: dict[Kind, dict[str, str]] = {}
    faults = []
    for kind, value in pairs:
        key = "level" if kind is Kind.AREA else "kind"
        first = constants.setdefault(kind, {key: value})[key]
        if first != value:
            values = {"kind": str(kind), "first": first, "second": value}
            faults.append(Fault(TWO_VALUES, values, fix=MERGE_FILES))
    if faults:
        raise InputError(*faults)
    return constants
