"""What the cells of a .dbf hold: 254 bytes of one encoding, whole characters only."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from geo.errors import Fault, gettext_noop
from maps.exports.columns import is_text_column
from maps.exports.fields import Field

TEXT_BYTES = 254
NO_SUCH_CHARACTER = "〓"
"""The printers' sign for a missing character; GBK holds it."""


@dataclass(frozen=True, kw_only=True)
class Cells:
    """A column as a .dbf holds it: its own field and as many more as its longest text takes."""

    field: Field
    parts: tuple["pd.Series[Any]", ...]
    faults: tuple[Fault, ...]
    """What had to be replaced or cut."""

    def named(self, key: str) -> Iterator[tuple[str, Field]]:
        """Yield key and field of every part: reason, reason.2, reason.3."""
        yield key, self.field
        for number in range(2, len(self.parts) + 1):
            heading = f"{self.field.heading}（续{number}）"
            yield f"{key}.{number}", replace(self.field, heading=heading)


def cells_of(values: "pd.Series[Any]", key: str, field: Field, encoding: str) -> Cells:
    """Return a plain column in cells; a text goes on in a second and third field if it may."""
    if not is_text_column(values):
        return Cells(field=field, parts=(values,), faults=())
    told = [_holdable(str(value), encoding) for value in values]
    pieces = [split_to_bytes(text, encoding) for text, _ in told]
    count = min(max(map(len, pieces), default=1), field.parts)
    parts = tuple(
        pd.Series([_at(each, place) for each in pieces], index=values.index, dtype=object)
        for place in range(count)
    )
    long = [row for row, each in enumerate(pieces, 1) if len(each) > field.parts]
    faults = (*_strange(told, key), *_cut(values, long, key, field))
    return Cells(field=field, parts=parts, faults=faults)


def _at(pieces: list[str], place: int) -> str:
    return pieces[place] if place < len(pieces) else ""


def _strange(told: list[tuple[str, str]], key: str) -> Iterator[Fault]:
    strange = [(row, letters) for row, (_, letters) in enumerate(told, 1) if letters]
    if strange:
        letters = "".join(sorted({letter for _, letters in strange for letter in letters}))
        yield Fault(
            gettext_noop("{count} 个值含 GBK 没有的字（{letters}），已写成〓；"),
            {"count": len(strange), "letters": letters},
            gettext_noop("需要原字时请导出 UTF-8 或 GeoPackage。"),
            row=strange[0][0],
            column=key,
        )


def _cut(values: "pd.Series[Any]", long: list[int], key: str, field: Field) -> Iterator[Fault]:
    if long:
        yield Fault(
            gettext_noop("{count} 个值超过 {bytes} 字节，已在整字处截断；"),
            {"count": len(long), "bytes": TEXT_BYTES * field.parts},
            gettext_noop("完整内容见 GeoPackage。"),
            row=long[0],
            column=key,
            given=str(values.iloc[long[0] - 1])[:40],
        )


def _holdable(text: str, encoding: str) -> tuple[str, str]:
    """Return the text with 〓 for what the encoding does not know, and those characters."""
    letters = "".join(letter for letter in text if not _can_hold(letter, encoding))
    for letter in letters:
        text = text.replace(letter, NO_SUCH_CHARACTER)
    return text, letters


def _can_hold(letter: str, encoding: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def split_to_bytes(text: str, encoding: str) -> list[str]:
    """Return the text in pieces that a .dbf cell holds each."""
    pieces = [cut_to_bytes(text, encoding)]
    while rest := text[sum(map(len, pieces)) :]:
        pieces.append(cut_to_bytes(rest, encoding))
    return pieces


def cut_to_bytes(text: str, encoding: str) -> str:
    """Return as much of the text as fits into a .dbf cell, whole characters only."""
    raw = text.encode(encoding)
    return text if len(raw) <= TEXT_BYTES else raw[:TEXT_BYTES].decode(encoding, errors="ignore")
