"""The attribute table of a shapefile, byte by byte: GDAL would replace what it cannot decode."""

import codecs
import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from geo.errors import Fault, InputError, gettext_noop

from .parsed import Cell
from .texts import GB, LOOKS, READ_AS, UTF8, codec_name, looks

DAMAGED = gettext_noop("属性表（.dbf）已损坏或不完整。")
UNREADABLE = gettext_noop(
    "属性表（.dbf）的文字编码无法识别，既不是 UTF-8 也不是 GB18030。例如“{given}”。"
)
UNREADABLE_AS = gettext_noop("属性表（.dbf）按指定的编码 {encoding} 无法读取。例如“{given}”。")
DECLARED_WRONGLY = gettext_noop(
    "属性表声明的编码是 {declared}，内容却不是；已按 {encoding} 读取。请核对文字。"
)

_LANGUAGES = {0x4D: GB, 0x7A: GB, 0x4F: "big5", 0x78: "big5", 0x13: "cp932", 0x7B: "cp932"}
"""Language driver ids (byte 29) that say something; the Western ones are mere defaults."""
_WESTERN = frozenset({"iso8859-1", "iso8859-15", "cp1252", "cp437", "cp850", "ascii"})
"""A single-byte code page reads everything without error, hence proves nothing."""
_HEADER, _DESCRIPTOR = 32, 32
_END_OF_FIELDS = b"\r"
_NAME_BYTES = 10
_WHOLE = re.compile(r"[+-]?\d{1,18}")
_TEXT_TYPES, _NUMBER_TYPES = frozenset("CV"), frozenset("NF")
_TRUE, _FALSE = frozenset("TtYy"), frozenset("FfNn")
_THREE_BYTES = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}")


@dataclass(frozen=True)
class Attributes:
    """The decoded table."""

    columns: list[str]
    cut: frozenset[int]
    """Columns whose name fills all the room there is."""
    cells: list[list[Cell]]
    is_deleted: list[bool]
    encoding: str
    notices: list[Fault]


@dataclass(frozen=True)
class _Column:
    name: bytes
    type: str
    width: int
    values: list[bytes]


def read_dbf(content: bytes, *, declared: str, wanted: str | None) -> Attributes:
    """Read a .dbf.

    Parameters
    ----------
    content
        The whole file.
    declared
        Content of the .cpg, "" = there is none.
    wanted
        Encoding that the person says; overrides what the file declares.

    """
    columns, is_deleted = _split(content)
    texts = [c.name for c in columns] + [
        v for c in columns if c.type in _TEXT_TYPES for v in c.values
    ]
    encoding, notices = _encoding(
        [t for t in texts if not t.isascii()], content[29], declared, wanted
    )
    return Attributes(
        columns=[_decode(column.name, encoding, may_be_cut=True) for column in columns],
        cut=frozenset(i for i, c in enumerate(columns) if len(c.name) >= _NAME_BYTES - 1),
        cells=[[_cell(value, column, encoding) for value in column.values] for column in columns],
        is_deleted=is_deleted,
        encoding=encoding,
        notices=notices,
    )


def _split(content: bytes) -> tuple[list[_Column], list[bool]]:
    """Return the columns as bytes, and which rows are struck out."""
    try:
        rows, header, width = struct.unpack_from("<IHH", content, 4)
        fields = _fields(content[_HEADER:header])
        layout = [
            ("struck", "S1"),
            *((f"f{i}", f"S{size}") for i, (_, _, size) in enumerate(fields)),
        ]
        table = np.frombuffer(content, np.dtype(layout), rows, header) if fields else None
    except (struct.error, ValueError):
        raise InputError(DAMAGED) from None
    if table is None or table.itemsize != width:
        raise InputError(DAMAGED)
    columns = [
        _Column(name, kind, size, table[f"f{i}"].tolist())
        for i, (name, kind, size) in enumerate(fields)
    ]
    return columns, [mark == b"*" for mark in table["struck"].tolist()]


def _fields(descriptors: bytes) -> list[tuple[bytes, str, int]]:
    fields = []
    for start in range(0, len(descriptors), _DESCRIPTOR):
        if descriptors[start : start + 1] in {_END_OF_FIELDS, b""}:
            break
        name, kind, size = struct.unpack_from("<11sc4xB", descriptors, start)
        fields.append((name.split(b"\0")[0], kind.decode("latin-1"), size))
    return fields


def _encoding(
    texts: list[bytes], language: int, declared: str, wanted: str | None
) -> tuple[str, list[Fault]]:
    """Choose the one encoding in which every text reads strictly."""
    if wanted is not None:
        name = codec_name(wanted)
        return _checked(texts, name, Fault(UNREADABLE_AS, {"encoding": name})), []
    claim = _claim(declared, language)
    if claim and _reads(texts, claim) and not (claim == GB and _is_surely_utf8(texts)):
        return claim, []
    found = UTF8 if _reads(texts, UTF8) else _checked(texts, GB, Fault(UNREADABLE))
    if claim:
        return found, [Fault(DECLARED_WRONGLY, {"declared": claim, "encoding": found})]
    return found, [Fault(READ_AS, {"encoding": found})] if texts else []


def _claim(declared: str, language: int) -> str:
    """Return the encoding that the file declares, "" where it says nothing of use."""
    if not declared.strip():
        return _LANGUAGES.get(language, "")
    number = declared.strip().removeprefix("ANSI ").removeprefix("OEM ")
    name = codec_name({"936": "gbk", "54936": GB, "65001": UTF8, "950": "big5"}.get(number, number))
    return "" if name in _WESTERN else name


def _is_surely_utf8(texts: Iterable[bytes]) -> bool:
    """Tell whether texts that claim to be GBK are UTF-8: by chance no GBK text of any length is."""
    texts = list(texts)
    return _reads(texts, UTF8) and any(_THREE_BYTES.search(text) for text in texts)


def _reads(texts: Iterable[bytes], encoding: str) -> bool:
    return _first_unreadable(texts, encoding) is None


def _first_unreadable(texts: Iterable[bytes], encoding: str) -> bytes | None:
    for text in texts:
        try:
            _decode(text, encoding, may_be_cut=True)
        except UnicodeDecodeError:
            return text
    return None


def _checked(texts: Sequence[bytes], encoding: str, refusal: Fault) -> str:
    bad = _first_unreadable(texts, encoding)
    if bad is not None:
        given = bad.rstrip(b" \0").decode("ascii", "backslashreplace")[:40]
        values = {**refusal.values, "given": given, **looks(texts)}
        raise InputError(Fault(refusal.text, values, LOOKS))
    return encoding


def _decode(text: bytes, encoding: str, *, may_be_cut: bool) -> str:
    """Decode strictly; a last character that the width of the field cut in two is dropped."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    return decoder.decode(text.rstrip(b" \0"), final=not may_be_cut)


def _cell(value: bytes, column: _Column, encoding: str) -> Cell:
    text = value.strip(b" \0")
    if column.type in _TEXT_TYPES:
        return _decode(text, encoding, may_be_cut=len(value) == column.width)
    if column.type in _NUMBER_TYPES:
        return _number(text.decode("latin-1"))
    if column.type == "D":
        return text.decode("latin-1") if text.strip(b"0") else None
    if column.type == "L":
        mark = text.decode("latin-1")
        return True if mark in _TRUE else False if mark in _FALSE else None
    return None


def _number(text: str) -> Cell:
    """Return a number, whole where it is written so; stars mean that it did not fit."""
    if _WHOLE.fullmatch(text):
        return int(text)
    try:
        return float(text)
    except ValueError:
        return None
