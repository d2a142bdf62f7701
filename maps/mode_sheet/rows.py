"""The sites of an area with their modes: which condition decided each, and what is missing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Q
from django.utils.translation import gettext

from geo.frames.past import records
from geo.models import Compound, Courtyard, ManagementArea, ManagingArea, Registered
from layers.coverage import Flags, Positions
from layers.models import SiteKind
from layers.modes import Otherwise, Standing, Why
from layers.planning.report_modes import SiteModes
from layers.policy_parts import Asked
from maps.asked import Asked as Day
from maps.mode_sheet.counts import keys_of
from maps.mode_sheet.looks import NONE, OPEN

MODELS: Mapping[str, type[Registered]] = {
    SiteKind.MANAGEMENT_AREA.value: ManagementArea,
    SiteKind.COMPOUND.value: Compound,
    SiteKind.COURTYARD.value: Courtyard,
}
FIRST = (OPEN, NONE)
"""What somebody has to look into comes first."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One site."""

    code: str
    name: str
    kind: str
    area: str
    households: float | None
    key: str
    mode: str
    """Its mode, or in which way it has none."""
    decided_by: str
    """The conditions that decided: of its mode, or those that rule out every one."""
    missing: str
    """What is to be verified."""
    otherwise: Sequence[str]
    """What would lead to another mode, a sentence each."""


def chosen_sites(found: SiteModes, inside: Flags, key: str = "") -> Positions:
    """Return the positions of the sites to list, of one mode or of all: what is open first."""
    keys = np.array(keys_of(found), dtype=np.str_)
    chosen = np.flatnonzero(inside & ((keys == key) if key else True))
    rank = [FIRST.index(each) if each in FIRST else len(FIRST) for each in keys[chosen]]
    by_kind = np.unique(found.kind[chosen], return_inverse=True)[1]
    order = np.lexsort([found.ids[chosen], by_kind, found.modes.which[chosen], np.array(rank)])
    positions: Positions = chosen[order]
    return positions


def rows_of(found: SiteModes, positions: Positions, day: Day) -> list[Row]:
    """Return rows of these sites, named as was known at the moment. Two queries a kind of site."""
    named = _named(found, positions, day)
    areas = dict(ManagingArea.objects.values_list("pk", "name"))
    keys = keys_of(found)
    return [_row(found, int(at), keys[at], named, areas) for at in positions]


def _named(
    found: SiteModes, positions: Positions, day: Day
) -> dict[tuple[str, int], Mapping[str, Any]]:
    told: dict[tuple[str, int], Mapping[str, Any]] = {}
    for kind, model in MODELS.items():
        ids = found.ids[positions][found.kind[positions] == kind].tolist()
        rows = records(model, ["name", "area_id"], valid=None, known=day.known, where=Q(pk__in=ids))
        told |= {(kind, row["id"]): row for row in rows}
    return told


def _row(
    found: SiteModes,
    at: int,
    key: str,
    named: Mapping[tuple[str, int], Mapping[str, Any]],
    areas: Mapping[int, str],
) -> Row:
    kind, why = str(found.kind[at]), found.modes.why(at)
    thing = named[kind, int(found.ids[at])]
    households = float(found.households[at])
    return Row(
        code=thing["code"],
        name=thing["name"],
        kind=str(SiteKind(kind).label),
        area=areas.get(thing["area_id"], ""),
        households=None if np.isnan(households) else households,
        key=key,
        mode=mode_told(why),
        decided_by=decided_told(why),
        missing=in_words(why.to_verify),
        otherwise=[otherwise_told(each) for each in why.otherwise],
    )


def mode_told(why: Why) -> str:
    """Return the mode, or in which way there is none."""
    return why.mode or gettext(why.standing.label)


def in_words(asked: Iterable[Asked]) -> str:
    """Return conditions in the document's own words."""
    return "、".join(each.words for each in asked)


def decided_told(why: Why) -> str:
    """Return what decided: the conditions that hold, or what rules out every mode."""
    if why.standing is Standing.DECIDED:
        return in_words(each.asked for each in why.decided_by)
    if why.standing is Standing.TO_VERIFY:
        return ""
    sentence = gettext("“{mode}”不符：{conditions}")
    return "；".join(
        sentence.format(mode=each.mode, conditions=in_words(each.by)) for each in why.ruled_out
    )


def otherwise_told(other: Otherwise) -> str:
    """Return what would have to be found for another mode."""
    parts: list[tuple[str, Callable[[], str]]] = []
    if other.needs:
        parts.append((gettext("须为{conditions}"), lambda: in_words(other.needs)))
    if other.one_of:
        parts.append((gettext("须有其一：{conditions}"), lambda: in_words(other.one_of)))
    if other.ahead:
        parts.append((gettext("且不先符合“{conditions}”"), lambda: "、".join(other.ahead)))
    told = "，".join(sentence.format(conditions=words()) for sentence, words in parts)
    return gettext("{mode}：{needs}").format(mode=other.mode, needs=told)
