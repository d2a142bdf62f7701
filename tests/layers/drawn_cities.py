"""Whole small towns drawn as text, planned under a policy's own file: from frames to providers."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import shapely

from geo.readers import Kind
from layers.draft import Draft, draft_plan
from layers.ground import Ground
from layers.modes import NO, UNKNOWN, YES, decide
from layers.policy import load_policy, policy_in
from tests.layers.grounds import compounds_of, rows_of

ON = date(2026, 6, 1)
MARKS = {"是": YES, "否": NO, "？": UNKNOWN}
ANSWERS = {"是": True, "否": False, "？": None}
KNOWN = {"site", "floor_area_m2", "built"}
"""Columns of the table that are no conditions."""


@dataclass(frozen=True, kw_only=True)
class DrawnCity:
    """A letter on the drawing is a compound; the table says what each is, one line a letter."""

    policy: str
    drawing: str
    table: str = "site"
    providers: str = ""
    """One line each: name, kind, grade, capacity in m² (- = unknown), base x and y in metres."""
    areas: tuple[tuple[str, str, str, tuple[float, float, float, float]], ...] = ()
    """Code, name, level and box in metres of each managing area."""
    bans: tuple[dict, ...] = ()
    roles: tuple[dict, ...] = ()
    contracts: tuple[dict, ...] = ()
    columns: dict = field(default_factory=dict)

    @property
    def rules(self):
        names = [name for _, name, level, _ in self.areas if level == "district"]
        return policy_in(load_policy(self.policy), names if len(names) == 1 else ())

    def ground(self) -> Ground:
        rows = [
            {"code": code, "name": name, "level": level, "geometry": shapely.box(*box)}
            for code, name, level, box in self.areas
        ]
        return Ground(
            compounds=compounds_of(self.drawing, **self._by_letter()),
            areas=rows_of(Kind.AREA, *rows),
            providers=rows_of(Kind.PROVIDER, *map(_provider, _lines(self.providers))),
            bans=rows_of(Kind.BAN, *self.bans).drop(columns="geometry"),
            roles=rows_of(Kind.ROLE, *self.roles).drop(columns="geometry"),
            contracts=rows_of(Kind.CONTRACT, *self.contracts).drop(columns="geometry"),
        )

    def draft(self, *, on: date = ON) -> Draft:
        return draft_plan(self.ground(), self.rules, on_date=on, seed=1, cores=1)

    def modes(self) -> dict[str, str]:
        """Return the mode of each letter by the conditions of the table."""
        heading, *rows = _lines(self.table)
        asked = {key: at for at, key in enumerate(heading) if key not in KNOWN}
        met = {
            key: np.array([MARKS[row[at]] for row in rows], np.int8) for key, at in asked.items()
        }
        modes = decide(met, self.rules.modes, count=len(rows))
        return {row[0]: modes.labels[at] for at, row in enumerate(rows)}

    def _by_letter(self) -> dict:
        heading, *rows = _lines(self.table)
        told = {
            key: {row[0]: float(row[heading.index(key)]) for row in rows}
            for key in ("floor_area_m2", "built")
            if key in heading
        }
        conditions = {
            key: {row[0]: ANSWERS[row[heading.index(key)]] for row in rows}
            for key in heading
            if key not in KNOWN and key not in {"old", "has_provider"}
        }
        return told | conditions | self.columns


def _lines(text):
    return [line.split() for line in text.strip().splitlines()]


def _provider(words):
    name, kind, grade, capacity, x, y = words
    return {
        "name": name,
        "kind": kind,
        "grade": grade.strip("-"),
        "capacity_m2": None if capacity == "-" else float(capacity),
        "geometry": shapely.Point(float(x), float(y)),
    }


def planned(draft: Draft) -> dict[str, str]:
    """Return the provider of each zone by its sites, such as AB → 甲物业; nobody is ""."""
    return {"".join(zone.members): zone.provider for zone in draft.proposal.zones}


def why_zone(draft: Draft, sites: str) -> str:
    """Return all that is said of a zone and its provider."""
    (zone,) = (zone for zone in draft.proposal.zones if "".join(zone.members) == sites)
    return "".join(reason.sentence() for reason in (*zone.reasons, *zone.provider_reasons))


def why_site(draft: Draft, site: str) -> str:
    """Return why a site is where it is."""
    (found,) = (each for each in draft.proposal.sites if each.id == site)
    return "".join(reason.sentence() for reason in found.reasons)


def why_refused(draft: Draft, sites: str) -> dict[str, str]:
    """Return why each refused provider may not serve a zone."""
    (label,) = (zone.label for zone in draft.proposal.zones if "".join(zone.members) == sites)
    return {
        refusal.provider: "".join(reason.sentence() for reason in refusal.reasons)
        for refusal in draft.proposal.refusals
        if refusal.zone == label
    }


def notices(draft: Draft) -> list[str]:
    """Return what the town leaves to be looked into."""
    return [notice.sentence() for notice in draft.derived.notices]
