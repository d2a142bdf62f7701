"""What a field is: its key, its Chinese heading, other headings it goes by, how it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Reads(StrEnum):
    """How the cells of a field are read; decides the column's type in the frame."""

    TEXT = "text"
    CODE = "code"
    CREDIT_CODE = "credit_code"
    COUNT = "count"
    NUMBER = "number"
    AREA = "area"
    FEE = "fee"
    SHARE = "share"
    YEAR = "year"
    DATE = "date"
    FLAG = "flag"
    CHOICE = "choice"
    DECIMAL = "decimal"
    QUARTER = "quarter"


DTYPES: Mapping[Reads, str] = {
    Reads.COUNT: "Int64",
    Reads.YEAR: "Int64",
    Reads.NUMBER: "Float64",
    Reads.AREA: "Float64",
    Reads.FEE: "Float64",
    Reads.SHARE: "Float64",
    Reads.FLAG: "boolean",
    Reads.DATE: "object",
    Reads.DECIMAL: "object",
    Reads.QUARTER: "object",
}
"""Types of the frame's columns; text where none is named, "" = unknown there."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of one kind of input."""

    key: str
    heading: str
    synonyms: tuple[str, ...] = ()
    """Other headings, the likelier first: where two columns fit, the earlier one is taken."""
    reads: Reads = Reads.TEXT
    unit: str = ""
    is_required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    """Word in the file → what is stored; the stored value itself is always understood too."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """More choices, understood only where a person gave the column: words of others' maps."""
    aside: frozenset[str] = frozenset()
    """Words, in lower case, that say that a row is none of its kind and is left out: in a column
    that a person gave, where an empty cell says it too, and in a filter."""
    is_filter: bool = False
    """Whether the field only tells which rows are left out, and has no column of its own."""
    means_none: frozenset[str] = frozenset()
    """Words that say that there is none, where no row shall come of it."""
    fills: tuple[str, ...] = ()
    """Columns that a cell fills, where it is not the one named like the key."""
    unknown: object = None
    """What stands in a column of dates where the date is unknown."""
    is_place: bool = False
    """Whether the field is read as a place and has no column of its own."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of the frame that this field fills."""
        return () if self.is_place or self.is_filter else self.fills or (self.key,)

    @property
    def dtype(self) -> str:
        """Return the type of the field's columns in the frame."""
        return DTYPES.get(self.reads, "str")

    @property
    def headings(self) -> tuple[str, ...]:
        """Return every heading the field goes by, the likelier first."""
        return (self.heading, self.key, *self.synonyms)

    @property
    def listed_choices(self) -> str:
        """Return the words that a person may write, one for each stored value."""
        first: dict[str, str] = {}
        for word, stored in self.choices.items():
            first.setdefault(stored, word)
        return "、".join(first.values())


class Shape(StrEnum):
    """A family of geometries."""

    POINT = "point"
    LINE = "line"
    POLYGON = "polygon"
