"""The docs say what the code says: commands, options, addresses, fields, policy keys, tasks."""

import argparse
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand
from django.urls import URLPattern

from geo.readers import FIELDS as READ
from geo.readers import Kind
from geo.readers.field_table import readable_fields
from layers.policy_keys import ALL_KEYS
from layers.policy_said import KEYS as SAID_KEYS
from maps.access import RIGHTS
from maps.exports import FIELDS as WRITTEN
from maps.site.urls import urlpatterns

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.zh-CN.md")
PAGES = (
    *READMES,
    "CONTRIBUTING.md",
    *(f"docs/{each.name}" for each in (ROOT / "docs").glob("*.md")),
)
OURS = sorted(name for name, app in get_commands().items() if app in {"geo", "layers", "maps"})
TASKS = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
STATES = [(kind, field) for kind in READ for field in READ[kind]]


def page(name):
    return (ROOT / name).read_text()


def section(name, heading):
    """Return what stands below a heading, up to the next of its rank or higher."""
    rank = heading.split()[0]
    body = re.split(rf"^{re.escape(heading)}(?!\S).*$", page(name), flags=re.MULTILINE)[1]
    return re.split(rf"^#{{1,{len(rank)}}} ", body, flags=re.MULTILINE)[0]


def rows(text):
    """Return the rows of Markdown tables as lists of cells."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def row_of(key, text):
    return next(row for row in rows(text) if row[0] == f"`{key}`")


def parser_of(name):
    return load_command_class(get_commands()[name], name).create_parser("manage.py", name)


def options_of(name):
    """Return the options of a command that are its own, not every Django command's."""
    asked, given = parser_of(name), BaseCommand().create_parser("manage.py", name)
    flags, common = (set(re.findall(r"--[a-z-]+", each.format_usage())) for each in (asked, given))
    return flags - common


def shell_commands(name):
    """Return the commands in a page's blocks; what follows two spaces is said about them."""
    blocks = re.findall(r"^```(?:sh)?\n(.*?)^```", page(name), re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [re.split(r"(?<=\S) {2,}(?=[^-\s])", line.strip())[0] for line in lines if line.strip()]


@pytest.mark.parametrize("name", READMES)
def test_a_readme_lists_every_command_and_no_other(name):
    assert sorted(set(re.findall(r"^\| `manage\.py (\w+)", page(name), re.MULTILINE))) == OURS


@pytest.mark.parametrize("name", OURS)
def test_every_option_of_a_command_is_explained_and_no_other(name):
    told = {
        flag
        for row in rows(section("docs/commands.md", f"## {name}"))
        for flag in re.findall(r"^`(--[a-z-]+)", row[0])
    }
    assert told == options_of(name)


@pytest.mark.parametrize("name", READMES)
def test_an_option_in_a_readmes_row_is_one_of_its_command(name):
    wrong = {}
    for row in rows(page(name)):
        if found := re.match(r"`manage\.py (\w+)", row[0]):
            flags = set(re.findall(r"--[a-z][a-z-]+", "".join(row)))
            wrong[found[1]] = flags - options_of(found[1])
    assert {command: flags for command, flags in wrong.items() if flags} == {}


@pytest.mark.parametrize("pattern", [p for p in urlpatterns if isinstance(p, URLPattern)], ids=str)
def test_every_address_is_listed(pattern):
    row = row_of(pattern.name, section("docs/commands.md", "# Addresses of the site"))
    assert (
        row[1]
        == "`/" + re.sub(r"<\w+:(\w+)>", lambda found: found[1].upper(), str(pattern.pattern)) + "`"
    )
    right = getattr(pattern.callback, "right", None)
    assert row[2] in ({f"`{right}`"} if right else {"everybody", "signed in"})


def test_the_rights_of_every_role_are_listed():
    told = section("docs/commands.md", "# Addresses of the site")
    for role, rights in RIGHTS.items():
        listed = re.search(rf"{role} `([a-z ]+)`", told.replace("\n", " "))[1].split()
        assert set(listed) == set(rights), role


@pytest.mark.parametrize(
    ("kind", "field"), STATES, ids=lambda each: getattr(each, "key", str(each))
)
def test_every_field_that_is_read_is_listed_with_its_headings(kind, field):
    row = row_of(field.key, section("docs/formats.md", f"### `{kind}`"))
    assert row[1] == field.heading
    assert row[2] == ("、".join(field.synonyms) or "–")
    assert row[4] == ("yes" if field.is_required else "")


@pytest.mark.parametrize("kind", READ, ids=str)
def test_no_field_is_listed_that_is_not_read(kind):
    told = {row[0].strip("`") for row in rows(section("docs/formats.md", f"### `{kind}`"))}
    assert told - {"key"} == {field.key for field in READ[kind]}


def test_every_column_that_tells_a_place_is_listed():
    text = section("docs/formats.md", "### Places in a table")
    places = [field for field in readable_fields(Kind.COMPOUND) if field.is_place]
    assert len(places) > 1
    for field in places:
        assert row_of(field.key, text)[1:] == [field.heading, "、".join(field.synonyms)]


@pytest.mark.parametrize("key", WRITTEN)
def test_every_field_that_is_written_is_listed_with_its_short_name(key):
    field = WRITTEN[key]
    row = row_of(key, section("docs/formats.md", "## What is written"))
    assert row[1:] == [f"`{field.short}`", field.heading, field.unit]


@pytest.mark.parametrize("key", [*ALL_KEYS, *SAID_KEYS])
def test_every_key_of_a_policy_is_explained(key):
    assert f"`{key}`" in page("docs/policy.md")


def test_the_defaults_in_the_docs_are_those_of_the_default_policy():
    text = page("docs/policy.md")
    told = {row[0].strip("`"): row[4].strip("`") for row in rows(text) if row[0] != "key"}
    tables = tomllib.loads(page("data/policies/default.toml"))
    stated = {
        key: value for key, value in flat(tables) if not key.startswith(("policy.", "source."))
    }
    assert {
        key: as_value(value) for key, value in told.items() if value not in {"own", "open"}
    } == stated


def flat(tables, start=""):
    for key, value in tables.items():
        if isinstance(value, dict):
            yield from flat(value, f"{start}{key}.")
        else:
            yield f"{start}{key}", value


def as_value(text):
    """Read a default as it stands in the table: numbers and lists as TOML, words bare."""
    return tomllib.loads(
        f"x = {text}" if re.match(r"[\[\d]|true|false", text) else f'x = "{text}"'
    )["x"]


@pytest.mark.parametrize("task", TASKS)
def test_every_task_of_make_is_in_the_docs(task):
    assert any(re.search(rf"\bmake {task}\b", page(name)) for name in PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_task_of_make_in_the_docs_exists(name):
    told = re.findall(r"`make ([a-z-]+)", page(name)) + [
        command.split()[1] for command in shell_commands(name) if command.startswith("make ")
    ]
    assert set(told) <= set(TASKS)


@pytest.mark.parametrize("name", PAGES)
def test_commands_in_the_docs_can_be_typed(name):
    for command in shell_commands(name):
        subprocess.run(["sh", "-n", "-c", command], check=True)
        words = shlex.split(command)
        if "manage.py" in words:
            place = words.index("manage.py") + 1
            try:
                parser_of(words[place]).parse_args(words[place + 1 :])
            except (SystemExit, KeyError, argparse.ArgumentError) as error:
                pytest.fail(f"{name}: {command}: {error}")


@pytest.mark.parametrize("name", PAGES)
def test_a_link_in_the_docs_leads_somewhere(name):
    links = re.findall(r"\]\(([^)#:]+)\)", page(name))
    missing = [link for link in links if not ((ROOT / name).parent / link).exists()]
    assert missing == []
