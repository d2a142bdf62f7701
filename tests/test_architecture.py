"""The house stays in order: imports, sizes, names."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(
    path
    for folder in ("geo", "layers", "maps", "data")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]
BRIDGES = {
    *("admin", "apps", "management", "migrations", "models"),
    *("frames", "loading", "recording"),
    "planning",
    *("access", "asked", "frame", "middleware", "pages", "plan_export", "site", "stored_outputs"),
    *("attempts", "district_map", "exporting", "importing", "jobs", "planner", "queue", "reach"),
    *("api", "templatetags", "tiles", "tokens"),
    *("mended_lists", "refused_rows"),
    *("attachments", "auditing", "dispatch_sheet", "ledger", "mode_sheet", "overview", "uploads"),
    "assessing",
}
"""Names that a file may have to know Django: anywhere, in `geo`, in `layers`, in `maps`."""
NO_CODE = {"locale", "static", "templates", "policies", "forms"}
MOST_LINES = 300


def contract(name):
    return next(each for each in CONTRACTS if each["id"] == name)


def lines_of_code(text):
    """The numbers of the lines that hold more than blanks, comments and docstrings."""
    said = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for line in range(node.lineno, node.end_lineno + 1)
    }
    return [
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.lstrip().startswith("#") and number not in said
    ]


def named(path):
    return str(path.relative_to(ROOT))


def test_imports_run_downhill():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("folder", ["geo", "layers", "maps", "data"])
def test_every_module_that_is_no_bridge_is_on_the_list_of_pure_ones(folder):
    modules = {
        path.stem
        for path in (ROOT / folder).iterdir()
        if (path.suffix == ".py" or path.is_dir()) and not path.name.startswith("_")
    }
    pure = {
        name.split(".")[1]
        for name in contract("pure")["source_modules"]
        if name.split(".")[0] == folder
    }
    assert modules - BRIDGES - NO_CODE == pure


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_a_module_says_what_it_is_for(path):
    tree = ast.parse(path.read_text())
    is_empty_package = path.name == "__init__.py" and not tree.body
    assert is_empty_package or ast.get_docstring(tree)


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_a_module_is_short_enough_to_read(path):
    assert len(lines_of_code(path.read_text())) <= MOST_LINES


def test_blank_lines_comments_and_docstrings_are_no_lines_of_code():
    text = """'Why.'

# but
x = 1  # here
'About x.'


def f():
    '''Do
    it.'''
    return x
"""
    assert lines_of_code(text) == [4, 8, 11]


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_no_module_is_a_drawer_for_everything(path):
    assert path.stem not in {"utils", "util", "helpers", "helper", "common", "misc", "tools"}


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_no_work_is_left_for_later_in_a_comment(path):
    assert not {"TODO", "FIXME", "XXX"} & set(path.read_text().replace(":", " ").split())


def test_no_committed_file_names_a_registry():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    hosts = [
        "pypi" + ".org",
        "pythonhosted" + ".org",
        "registry.npmjs" + ".org",
        "deb.debian" + ".org",
    ]
    naming = [
        name
        for name in listed.split("\0")
        if name and any(host in (ROOT / name).read_text(errors="ignore") for host in hosts)
    ]
    assert naming == []
