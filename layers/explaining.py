"""What is said of zones and sites after a planner changed them: the sentences of the proposal.

Of a site whose zone changed, what holds it there is told anew. What the proposal weighed, the
second-best zone of each site, is no longer said: the planner has decided otherwise.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from layers.bundling.drawn import Drawn
from layers.bundling.explain import explain_places, explain_zone
from layers.editing import NOWHERE, Drawing
from layers.judging import JudgedGround
from layers.reasons import Reason
from layers.rules import Zone
from layers.sites import LOCKED_OUT


@dataclass(frozen=True, kw_only=True)
class Told:
    """Reasons of zones by label, and of the sites in them by id."""

    zones: Mapping[str, tuple[Reason, ...]]
    sites: Mapping[str, tuple[Reason, ...]]


def explain_zones(labels: Iterable[str], drawing: Drawing, ground: JudgedGround) -> Told:
    """Return why the zones with these labels are as they are, and why their sites are in them."""
    drawn = drawn_zones(drawing, ground)
    position = {zone.label: number for number, zone in enumerate(drawn.zones)}
    zones: dict[str, tuple[Reason, ...]] = {}
    sites: dict[str, tuple[Reason, ...]] = {}
    for judged in ground.judge_all(labels, drawing):
        label = judged.label
        zones[label] = explain_zone(position[label], drawn, judged.account, judged.problems)
        told = explain_places(np.array(judged.members, dtype=np.int64), drawn)
        sites |= {str(ground.sites.ids[at]): reasons for at, reasons in told.items()}
    return Told(zones=zones, sites=sites)


def drawn_zones(drawing: Drawing, ground: JudgedGround) -> Drawn:
    """Return the zones of a drawing as explanations look at them; none of them is settled."""
    zones = [
        Zone(label, tuple(sorted(ground.at[site] for site in drawing.members(label))))
        for label in drawing.labels
    ]
    locks = [
        (drawing.zone_of[site] or LOCKED_OUT) if site in drawing.locked else NOWHERE
        for site in ground.sites.ids.tolist()
    ]
    sites = ground.sites.having(lock=np.array(locks, dtype=np.str_))
    return ground.drawn(zones, sites, ways=ground.ways)
