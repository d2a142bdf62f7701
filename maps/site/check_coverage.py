"""The coverage gate: 95 % of the lines and of the branches, every one of them in pure modules.

`make coverage` runs it after all tests have run; after some of them there is nothing to judge. What
counts as pure is the list in `pyproject.toml` that import-linter keeps.
"""

import json
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from coverage import Coverage
from coverage.exceptions import NoDataError

LEAST_PERCENT = 95
FURTHEST_BELOW = 12
"""How many modules are named when the whole is below: those with the most to gain."""


@dataclass(frozen=True)
class Share:
    """How many of something were run."""

    run: int
    of: int

    def __add__(self, other: "Share") -> "Share":
        """Return both together."""
        return Share(self.run + other.run, self.of + other.of)

    def __str__(self) -> str:
        """Return the percentage, never rounded up to what was not reached."""
        hundredths = 10_000 * self.run // self.of if self.of else 10_000
        return f"{hundredths / 100:.2f} %"

    @property
    def is_enough(self) -> bool:
        """Tell whether the least percentage is reached."""
        return 100 * self.run >= LEAST_PERCENT * self.of


@dataclass(frozen=True)
class Module:
    """What the tests ran of one file."""

    path: str
    lines: Share
    branches: Share
    missed_lines: tuple[int, ...]
    missed_branches: tuple[tuple[int, int], ...]

    @property
    def name(self) -> str:
        """Return the name that imports use."""
        return ".".join(Path(self.path).with_suffix("").parts).removesuffix(".__init__")

    @property
    def missed(self) -> int:
        """Return how many lines and branches were not run."""
        return len(self.missed_lines) + len(self.missed_branches)

    def is_within(self, packages: Iterable[str]) -> bool:
        """Tell whether it is one of these modules, or inside of one."""
        return any(f"{self.name}.".startswith(f"{package}.") for package in packages)

    def gaps(self) -> str:
        """Return the missed lines, and of the branches those between lines that were run."""
        unrun = set(self.missed_lines)
        jumps = [pair for pair in self.missed_branches if not unrun & set(pair)]
        return ", ".join([*ranges(self.missed_lines), *map(jump, jumps)])


def ranges(numbers: Iterable[int]) -> Iterator[str]:
    """Write 3, 4, 5, 9 as 3-5 and 9."""
    counted = enumerate(numbers)
    for _, run in groupby(counted, key=lambda pair: pair[1] - pair[0]):
        first, *rest = (number for _, number in run)
        yield f"{first}-{rest[-1]}" if rest else str(first)


def jump(pair: tuple[int, int]) -> str:
    """Write a branch as from where to where; coverage gives the way out a number below 0."""
    start, end = pair
    return f"{start}→{end if end > 0 else 'exit'}"


def read_modules(root: Path) -> tuple[Module, ...]:
    """Read what a run of the tests has left in the checkout, a module a file."""
    coverage = Coverage(data_file=str(root / ".coverage"), config_file=str(root / "pyproject.toml"))
    coverage.load()
    with TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        coverage.json_report(outfile=str(report))
        files = json.loads(report.read_text("utf-8"))["files"]
    return tuple(module_of(path, files[path]) for path in sorted(files))


def module_of(path: str, file: dict[str, Any]) -> Module:
    """Return a file of coverage's JSON report."""
    summary = file["summary"]
    return Module(
        path=path,
        lines=Share(summary["covered_lines"], summary["num_statements"]),
        branches=Share(summary["covered_branches"], summary["num_branches"]),
        missed_lines=tuple(file["missing_lines"]),
        missed_branches=tuple((start, end) for start, end in file["missing_branches"]),
    )


def pure_modules(root: Path) -> tuple[str, ...]:
    """Return the modules that must have no gap."""
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    pure = next(each for each in contracts if each["id"] == "pure")
    return tuple(pure["source_modules"])


def faults(modules: Iterable[Module], *, pure: Iterable[str]) -> Iterator[str]:
    """Say what is below, one line a module."""
    modules, pure = tuple(modules), tuple(pure)
    lines, branches = whole(modules)
    for module in modules:
        if module.missed and module.is_within(pure):
            yield f"pure, but not wholly run: {module.path}  {module.gaps()}"
    if lines.is_enough and branches.is_enough:
        return
    yield f"below {LEAST_PERCENT} %; most is missing in:"
    for module in sorted(modules, key=lambda each: -each.missed)[:FURTHEST_BELOW]:
        if module.missed:
            yield f"  {module.path}  {module.gaps()}"


def whole(modules: Iterable[Module]) -> tuple[Share, Share]:
    """Return lines and branches of all modules."""
    lines = branches = Share(0, 0)
    for module in modules:
        lines, branches = lines + module.lines, branches + module.branches
    return lines, branches


def main() -> int:
    """Judge the run whose data lies in the current folder; 1 where something is below."""
    root = Path()
    try:
        modules = read_modules(root)
    except NoDataError:
        sys.exit("no coverage was measured here: run make coverage")
    below = tuple(faults(modules, pure=pure_modules(root)))
    lines, branches = whole(modules)
    told = (*below, f"coverage: {lines} of lines, {branches} of branches")
    sys.stdout.write("".join(f"{line}\n" for line in told))
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
