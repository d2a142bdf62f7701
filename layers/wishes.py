"""What clerks want of sites in zones (划片要求): who belongs together, and who must keep apart.

A wish names others by code or by name. What names nothing on the ground is the name of a group,
such as a batch of renovation (改造批次), and binds all beside whom it stands.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd

from geo.errors import Fault, gettext_noop
from layers.service import Thing
from layers.survey import Survey

NOBODY_THERE = gettext_noop(
    "“{name}”的“{column}”填有“{word}”，既不是小区、楼栋，也没有别处同填，未采用。"
)
SEVERAL = gettext_noop("“{name}”的“{column}”所填“{word}”对应 {count} 个对象，请改填编码，未采用。")
BOTH_WAYS = gettext_noop("{names}既须同片又不得同片，按须同片计。")
TOGETHER, APART = gettext_noop("须同片"), gettext_noop("不得同片")
_BETWEEN = re.compile(r"[、;,；，]")
_GROUP = ""
"""Stands where a thing has its kind, before the name of a group."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the record of one thing says, as it is written there."""

    thing: Thing
    name: str
    together: str
    apart: str


@dataclass(frozen=True, kw_only=True)
class Settled:
    """The marks of `Sites.together` and `Sites.apart` by site, and what could not be understood."""

    together: Mapping[Thing, str]
    apart: Mapping[Thing, str]
    notices: tuple[Fault, ...]


@dataclass(frozen=True, kw_only=True)
class _Named:
    """A site, and what one word of its record names: another site, or a group."""

    site: Thing
    other: Thing
    told: Mapping[str, object] = field(hash=False)
    """The words for a notice."""


def wishes_of(survey: Survey, units: gpd.GeoDataFrame, sites: Iterable[Thing]) -> Settled:
    """Return what is wanted of sites, by what is recorded of them and of what they are made of.

    Parameters
    ----------
    survey
        Whose management areas and courtyards have wishes, and may be named.
    units
        The compounds and buildings that sites are made of: columns kind, code, name, together,
        apart, site_kind and site_code.
    sites
        Kind and code of each site.
    """
    own = zip(units["kind"], units["code"], strict=True)
    held = zip(units["site_kind"], units["site_code"], strict=True)
    site_of = {thing: thing for thing in sites} | dict(zip(own, held, strict=True))
    wishes = [
        Wish(thing=(kind, code), name=name, together=together, apart=apart)
        for table in (survey.groups, units)
        for kind, code, name, together, apart in zip(
            *(table[column] for column in ("kind", "code", "name", "together", "apart")),
            strict=True,
        )
        if together or apart
    ]
    things = [
        ((kind, code), name)
        for table in (survey.groups, units)
        for kind, code, name in zip(table["kind"], table["code"], table["name"], strict=True)
    ]
    return settle_wishes(wishes, things, site_of)


def settle_wishes(
    wishes: Sequence[Wish], things: Iterable[tuple[Thing, str]], site_of: Mapping[Thing, Thing]
) -> Settled:
    """Return who shares a zone with whom, and who with whom does not, as marks of sites.

    Parameters
    ----------
    wishes
        Of sites, and of the things that they are made of.
    things
        Every thing that may be named, with its name.
    site_of
        The site of each thing that is in one; a site is its own.
    """
    directory = _Directory(things, site_of)
    wanted, several = _read(wishes, TOGETHER, directory)
    unwanted, several_apart = _read(wishes, APART, directory)
    together = _marks_together(wanted)
    apart, contrary = _marks_apart(unwanted, together)
    alone = [*_alone(wanted), *_alone(unwanted)]
    notices = (*several, *several_apart, *alone, *contrary)
    return Settled(together=together, apart=apart, notices=notices)


class _Directory:
    """Finds the sites that a word names: by code, else by name."""

    def __init__(self, things: Iterable[tuple[Thing, str]], site_of: Mapping[Thing, Thing]) -> None:
        self.site_of = site_of
        self._by_code: dict[str, set[Thing]] = {}
        self._by_name: dict[str, set[Thing]] = {}
        for thing, name in things:
            if thing in site_of:
                self._by_code.setdefault(thing[1], set()).add(site_of[thing])
                self._by_name.setdefault(name, set()).add(site_of[thing])

    def called(self, word: str) -> list[Thing]:
        """Return the sites called so, or the group where there is none."""
        found = self._by_code.get(word) or self._by_name.get(word) or {(_GROUP, word)}
        return sorted(found)


def _read(
    wishes: Iterable[Wish], column: str, directory: _Directory
) -> tuple[list[_Named], list[Fault]]:
    """Return what the words of a column name, and those that name several."""
    named, several = [], []
    for wish in wishes:
        text = wish.together if column == TOGETHER else wish.apart
        for word in filter(None, map(str.strip, _BETWEEN.split(text))):
            site = directory.site_of[wish.thing]
            told = {"name": wish.name or wish.thing[1], "column": column, "word": word}
            found = directory.called(word)
            if len(found) > 1:
                several.append(Fault(SEVERAL, told | {"count": len(found)}))
            else:
                named.append(_Named(site=site, other=found[0], told=told))
    return named, several


def _marks_together(wanted: Iterable[_Named]) -> dict[Thing, str]:
    """Return one mark for all that hang together over wishes: the first code among them."""
    root: dict[Thing, Thing] = {}

    def first(node: Thing) -> Thing:
        while root.setdefault(node, node) != node:
            node = root[node]
        return node

    for each in wanted:
        root[first(each.site)] = first(each.other)
    groups: dict[Thing, list[Thing]] = {}
    for node in sorted(root):
        if node[0] != _GROUP:
            groups.setdefault(first(node), []).append(node)
    bound = [group for group in groups.values() if len(group) > 1]
    return {site: min(code for _, code in group) for group in bound for site in group}


def _marks_apart(
    unwanted: Iterable[_Named], together: Mapping[Thing, str]
) -> tuple[dict[Thing, str], list[Fault]]:
    """Return the marks of each site, set off by spaces; where both is wanted, together counts."""
    groups: dict[str, list[Thing]] = {}
    names: dict[Thing, str] = {}
    for each in unwanted:
        is_group = each.other[0] == _GROUP
        ends = [each.site] if is_group else sorted((each.site, each.other))
        mark = "|".join([each.other[1]] if is_group else [code for _, code in ends])
        groups.setdefault("".join(mark.split()), []).extend(ends)
        names[each.site] = str(each.told["name"])
    marks: dict[Thing, list[str]] = {}
    notices = []
    for mark, ends in sorted(groups.items()):
        against = _bound(set(ends), together) | _itself(ends)
        if against:
            told = "、".join(f"“{names.get(site, site[1])}”" for site in sorted(against))
            notices.append(Fault(BOTH_WAYS, {"names": told}))
        for site in sorted(set(ends) - against):
            marks.setdefault(site, []).append(mark)
    return {site: " ".join(held) for site, held in marks.items()}, notices


def _bound(sites: set[Thing], together: Mapping[Thing, str]) -> set[Thing]:
    """Return those of the sites that belong together with another of them."""
    marks = [together[site] for site in sites if site in together]
    return {site for site in sites if site in together and marks.count(together[site]) > 1}


def _itself(ends: Sequence[Thing]) -> set[Thing]:
    """Return the site that is to keep apart from itself: from a part of its own."""
    return set(ends) if len(ends) > 1 and len(set(ends)) == 1 else set()


def _alone(named: Sequence[_Named]) -> list[Fault]:
    """Return the groups that stand beside one site only."""
    beside: dict[Thing, set[Thing]] = {}
    for each in named:
        beside.setdefault(each.other, set()).add(each.site)
    return [
        Fault(NOBODY_THERE, each.told)
        for each in named
        if each.other[0] == _GROUP and len(beside[each.other]) == 1
    ]
