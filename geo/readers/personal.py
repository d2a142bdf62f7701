"""Identity numbers and mobile phones in cells: they tell of persons whatever the heading says."""

import re
from collections.abc import Iterable, Iterator, Sequence

from geo.errors import Fault, gettext_noop
from geo.readers.parsing.parsed import Cell

PRIVATE_CELL = gettext_noop("“{given}”中有身份证号或手机号，属于个人信息。请删去后再导入。")
PRIVATE_COLUMNS = gettext_noop("下列各列的内容含有身份证号或手机号，不导入：{headings}。")

_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])(?:[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[0-9Xx]"
    r"|1[3-9]\d{9})(?![0-9A-Za-z])"
)
_SHOWN = 3
"""Digits of such a number that may be repeated, to find it by."""


def is_personal(cell: Cell) -> bool:
    """Tell whether a cell holds a person's identity number or mobile phone."""
    if cell is None or isinstance(cell, bool):
        return False
    is_whole = isinstance(cell, float) and cell.is_integer()
    return _PERSONAL.search(str(int(cell)) if is_whole else str(cell)) is not None


def masked(text: str) -> str:
    """Return a text with all but the first digits of such numbers hidden."""
    return _PERSONAL.sub(lambda found: found[0][:_SHOWN] + "*" * (len(found[0]) - _SHOWN), text)


def personal_notice(
    headings: Sequence[str], cells: Sequence[Sequence[Cell]], read: Iterable[int]
) -> Iterator[Fault]:
    """Yield what to tell of columns that nobody reads and that hold such numbers.

    Parameters
    ----------
    headings, cells
        By column.
    read
        Columns that fill a field.

    """
    left = set(range(len(headings))) - set(read)
    found = [i for i in sorted(left) if headings[i] and any(map(is_personal, cells[i]))]
    if found:
        yield Fault(PRIVATE_COLUMNS, {"headings": "、".join(headings[i] for i in found)})
