import os
import subprocess
import sys
from pathlib import Path

import pytest

from maps.site.check_coverage import (
    FURTHEST_BELOW,
    Module,
    Share,
    faults,
    pure_modules,
    ranges,
    read_modules,
)

ROOT = Path(__file__).resolve().parents[2]
ENTIRE = "def sign(x):\n    if x < 0:\n        return -1\n    return 1\n\n\nsign(-1)\nsign(1)\n"
HALF = "def sign(x):\n    if x < 0:\n        return -1\n    return 1\n\n\nsign(1)\n"
NO_ELSE = "def sign(x):\n    if x < 0:\n        x = 0\n    return x\n\n\nsign(-1)\n"
SETTINGS = """
[tool.coverage.run]
branch = true
source = ["layers"]

[[tool.importlinter.contracts]]
id = "pure"
source_modules = ["layers.sites"]
"""


def module(path, *, of=100, missed_lines=(), missed_branches=()):
    return Module(
        path=path,
        lines=Share(of - len(missed_lines), of),
        branches=Share(of - len(missed_branches), of),
        missed_lines=tuple(missed_lines),
        missed_branches=tuple(missed_branches),
    )


def measured(folder, **modules):
    """Run the sites of a package under coverage, in a process that nobody else measures."""
    (folder / "layers").mkdir()
    (folder / "pyproject.toml").write_text(SETTINGS)
    (folder / "layers" / "__init__.py").write_text("")
    for name, text in modules.items():
        (folder / "layers" / f"{name}.py").write_text(text)
    (folder / "start.py").write_text("import layers.sites\n")
    alone = {name: value for name, value in os.environ.items() if "COV" not in name}
    command = [sys.executable, "-m", "coverage", "run", "start.py"]
    subprocess.run(command, cwd=folder, env=alone, check=True)
    return folder


def gate(folder):
    command = [sys.executable, "-m", "maps.site.check_coverage"]
    known = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=folder, env=known, check=False, capture_output=True, text=True
    )


def test_a_module_that_is_wholly_run_passes(tmp_path):
    told = gate(measured(tmp_path, sites=ENTIRE))
    assert (told.returncode, told.stdout) == (
        0,
        "coverage: 100.00 % of lines, 100.00 % of branches\n",
    )


def test_a_pure_module_with_a_missed_line_fails_and_names_the_line(tmp_path):
    told = gate(measured(tmp_path, sites=HALF))
    assert told.returncode == 1
    assert told.stdout.splitlines()[0] == "pure, but not wholly run: layers/sites.py  3"


def test_a_pure_module_with_a_missed_branch_alone_fails_and_names_it(tmp_path):
    told = gate(measured(tmp_path, sites=NO_ELSE))
    assert told.returncode == 1
    assert told.stdout.splitlines()[0] == "pure, but not wholly run: layers/sites.py  2→4"


def test_a_module_that_nothing_imports_counts_as_missed(tmp_path):
    told = gate(measured(tmp_path, asleep="x = 1\n", sites=ENTIRE))
    assert told.returncode == 1
    assert "  layers/asleep.py  1" in told.stdout.splitlines()


def test_a_run_that_measured_nothing_says_how_to_measure(tmp_path):
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    told = gate(tmp_path)
    assert told.returncode == 1
    assert "no coverage was measured here: run make coverage" in told.stderr


def test_gaps_below_the_least_percentage_are_told_with_the_greatest_first():
    modules = [
        module("maps/pages.py", missed_lines=range(1, 8), missed_branches=[(9, 10)]),
        module("maps/admin.py", missed_lines=range(1, 21)),
        module("maps/apps.py"),
    ]
    assert list(faults(modules, pure=["geo"])) == [
        "below 95 %; most is missing in:",
        "  maps/admin.py  1-20",
        "  maps/pages.py  1-7, 9→10",
    ]


def test_branches_alone_can_be_below():
    modules = [module("maps/pages.py", missed_branches=[(k, k + 1) for k in range(10, 16)])]
    assert next(iter(faults(modules, pure=[]))) == "below 95 %; most is missing in:"


def test_exactly_the_least_percentage_is_enough():
    modules = [module("maps/pages.py", missed_lines=range(1, 6))]
    assert list(faults(modules, pure=["geo", "layers"])) == []


def test_no_more_modules_are_told_than_one_reads():
    modules = [module(f"maps/a{k}.py", missed_lines=range(1, 50)) for k in range(40)]
    assert len(list(faults(modules, pure=[]))) == 1 + FURTHEST_BELOW


def test_what_lies_inside_a_pure_package_is_pure_and_a_longer_name_is_not():
    pure = ["layers.bundling"]
    inside = module("layers/bundling/bounds.py", missed_lines=[3])
    itself = module("layers/bundling/__init__.py", missed_lines=[4])
    other = module("layers/bundling_page.py", missed_lines=[5])
    assert list(faults([inside, itself, other], pure=pure)) == [
        "pure, but not wholly run: layers/bundling/bounds.py  3",
        "pure, but not wholly run: layers/bundling/__init__.py  4",
    ]


def test_the_way_out_of_a_function_is_named_as_such():
    assert module("geo/crs.py", missed_branches=[(7, -5)]).gaps() == "7→exit"


def test_branches_to_a_missed_line_are_not_said_twice():
    each = module("geo/crs.py", missed_lines=[8], missed_branches=[(7, 8), (9, 11)])
    assert each.gaps() == "8, 9→11"


@pytest.mark.parametrize(
    ("numbers", "told"),
    [([], ""), ([3], "3"), ([3, 4, 5, 9], "3-5, 9"), ([1, 3, 4], "1, 3-4")],
)
def test_neighbouring_lines_are_told_as_a_range(numbers, told):
    assert ", ".join(ranges(numbers)) == told


@pytest.mark.parametrize(
    ("share", "told"),
    [(Share(1, 3), "33.33 %"), (Share(99_999, 100_000), "99.99 %"), (Share(0, 0), "100.00 %")],
)
def test_a_percentage_is_never_rounded_up(share, told):
    assert str(share) == told


def test_the_pure_modules_are_those_of_the_import_contract():
    pure = pure_modules(ROOT)
    assert {"geo.readers", "layers.rules", "maps.exports"} <= set(pure)
    assert "layers.models" not in pure


def test_a_module_carries_the_numbers_of_the_run(tmp_path):
    folder = measured(tmp_path, sites=HALF)
    told = {Path(each.path).name: each for each in read_modules(folder)}["sites.py"]
    assert (told.lines, told.missed_lines) == (Share(4, 5), (3,))
    assert (told.branches, told.missed_branches) == (Share(1, 2), ((2, 3),))
