"""Plain tables for the screen: a row is a line, and is printed as soon as it is known."""

import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

GAP = "  "
NARROWEST = 7
T = TypeVar("T")


def say(text: str = "") -> None:
    """Print a line at once, though the output may be a pipe."""
    print(text, flush=True)  # noqa: T201 (what these programs are for)


def timed(call: Callable[[], T]) -> tuple[T, float]:
    """Return the answer of a call and the seconds that passed."""
    begun = time.perf_counter()
    answer = call()
    return answer, time.perf_counter() - begun


@dataclass(frozen=True)
class Table:
    """Columns under a title; a heading with blanks around it makes a wide column."""

    title: str
    columns: tuple[str, ...]

    def begin(self) -> None:
        """Print title and headings."""
        say()
        say(self.title)
        self._line([heading.strip() for heading in self.columns])

    def row(self, *values: object) -> None:
        """Print a row."""
        if len(values) != len(self.columns):
            message = f"{len(self.columns)} columns, {len(values)} values: {values}"
            raise ValueError(message)
        self._line([told(value) for value in values])

    def _line(self, cells: list[str]) -> None:
        widths = [max(NARROWEST, len(heading)) for heading in self.columns]
        pairs = zip(cells, widths, strict=True)
        say(GAP.join(f"{cell:>{width}}" for cell, width in pairs).rstrip())


def told(value: object) -> str:
    """Return a value in a cell's words: "-" where there is none."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return _number(value)
    return str(value)


def _number(value: float) -> str:
    """Return three digits that count."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    decimals = 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:.{decimals}f}"


def verdict(goal: str, measured: str, *, is_reached: bool) -> None:
    """Print whether a figure that was to be reached has been reached."""
    say(f"{'reached' if is_reached else 'not reached':11}  {goal}: {measured}")


def machine() -> str:
    """Return the machine in a line: processor, cores, memory, Python, and how busy it is."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123 (no file of ours)
        models = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{models[0] if models else platform.machine()}, {os.cpu_count()} cores, {gib:.0f} GiB,"
        f" Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )


def is_full() -> bool:
    """Tell whether the unbounded measurement was asked for."""
    return "--full" in sys.argv[1:]
