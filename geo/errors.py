"""The one error that a person can put right, and the faults it gathers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def gettext_noop(sentence: str) -> str:
    """Mark a Chinese sentence for translation without translating it (pure code has no Django)."""
    return sentence


LATIN_ENDINGS = (".", ";", ",")
"""A sentence that ends so is not Chinese, and wants a space before the next."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in what a person gave: what was given, what is allowed, what to do.

    `text` and `fix` are Chinese templates for `str.format_map(values)`, so that they can be
    translated at the edge.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    fix: str = ""
    row: int | None = None
    """Row of a table or number of a feature, counted from 1 as a person counts."""
    column: str = ""
    """The heading as it stands in the person's file."""
    given: str = ""
    """The value as it stands in the person's file, shortened."""
    place: tuple[float, float] | None = None
    """Longitude and latitude (EPSG:4490) of the trouble, where there is one."""
    also: tuple[int, ...] = ()
    """Other rows with the very same trouble, which is told once."""

    @property
    def rows(self) -> frozenset[int]:
        """Return every row that the fault is about; none where it is about the whole file."""
        return frozenset() if self.row is None else frozenset({self.row, *self.also})

    def sentence(self, translate: Callable[[str], str] = str) -> str:
        """Return the fault as one line, with its row, column and remedy."""
        where = "".join(
            [
                translate(gettext_noop("第 {row} 行")).format(row=self.row)
                if self.row is not None
                else "",
                f"“{self.column}”" if self.column else "",
            ]
        )
        what = translate(self.text).format_map(self.values)
        remedy = translate(self.fix).format_map(self.values) if self.fix else ""
        between = " " if remedy and what.endswith(LATIN_ENDINGS) else ""
        return (f"{where}：" if where else "") + what + between + remedy


class InputError(Exception):
    """A person's mistake, with every fault that was found; nothing has been stored."""

    def __init__(self, *faults: Fault | str) -> None:
        self.faults = tuple(Fault(fault) if isinstance(fault, str) else fault for fault in faults)
        super().__init__(*self.faults)

    def report(self, translate: Callable[[str], str] = str) -> str:
        """Return all faults, a line each."""
        return "\n".join(fault.sentence(translate) for fault in self.faults)

    def __str__(self) -> str:
        return self.report()
