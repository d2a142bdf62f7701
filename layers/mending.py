"""Where sites might go that hang together with nothing in their zone, or are in none (修复建议).

For a part that is cut off, and for sites that are left out, the zones that an open link leads to
are tried one by one and judged as any edit is; so is a zone of their own. A zone below the minimum
might join a zone beside it, or gain a site from there. Proposals that break least come first.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from layers.editing import NEW, NOWHERE, Action, Drawing, Edit, apply, decide
from layers.judging import Judged, JudgedGround, Verdict, judge_change
from layers.rules import MINIMA

MOST_FOR_SHORT = 6
"""So many ways to fill up a zone are proposed: more are no help."""


@dataclass(frozen=True, kw_only=True)
class Mend:
    """An edit that would mend something, and what it does to the zones concerned."""

    edit: Edit
    verdicts: tuple[Verdict, ...]

    @property
    def is_lived_with(self) -> bool:
        """Whether the policy lives with every zone that results."""
        return all(v.after is None or v.after.exception is not None for v in self.verdicts)

    @property
    def fills_up(self) -> bool:
        """Whether fewer zones are below the minimum afterwards."""
        before = sum(_is_short(verdict.before) for verdict in self.verdicts)
        return sum(_is_short(verdict.after) for verdict in self.verdicts) < before

    @property
    def harm(self) -> tuple[int, int, float]:
        """Zones that the policy does not live with, rules broken, and subsidy in yuan a year."""
        after = [verdict.after for verdict in self.verdicts if verdict.after]
        needs = [zone.account.subsidy_needed for zone in after]
        return (
            sum(zone.exception is None for zone in after),
            sum(len(zone.problems) for zone in after),
            sum(need for need in needs if need == need),  # noqa: PLR0124 (NaN = unknown)
        )


def mends_for(label: str, drawing: Drawing, ground: JudgedGround) -> tuple[Mend, ...]:
    """Return what could be done with the parts that are cut off from a zone, best first.

    For `NOWHERE` it is what could be done with the sites that are left out, part by part; for a
    zone in one part that is below the minimum, what brings it above.
    """
    parts = ground.parts(drawing.members(label))
    adrift = parts if label == NOWHERE else parts[1:]
    if label != NOWHERE and not adrift and _is_short(ground.judge(label, drawing)):
        return mends_of_short(label, drawing, ground)
    return tuple(mend for part in adrift for mend in mends_of_part(part, drawing, ground))


def mends_of_short(label: str, drawing: Drawing, ground: JudgedGround) -> tuple[Mend, ...]:
    """Return the ways that leave fewer zones below the minimum and harm no rule, best first.

    All of the zone joins a zone beside it, or a site from beside it joins the zone.
    """
    members = drawing.members(label)
    joining = [] if drawing.locked & {*members} else _zones_beside(members, drawing, ground)
    beside = sorted({*_neighbours(members, ground)} - drawing.locked)
    tried = [_tried(members, to, drawing, ground) for to in joining]
    tried += [_tried((site,), label, drawing, ground) for site in beside]
    helpful = [mend for mend in tried if mend.is_lived_with and mend.fills_up]
    return tuple(sorted(helpful, key=lambda mend: mend.harm)[:MOST_FOR_SHORT])


def _is_short(zone: Judged | None) -> bool:
    return zone is not None and any(problem.rule in MINIMA for problem in zone.problems)


def mends_of_part(
    part: tuple[str, ...], drawing: Drawing, ground: JudgedGround
) -> tuple[Mend, ...]:
    """Return every way to place sites that stay together, best first; locked ones never move."""
    free = tuple(site for site in part if site not in drawing.locked)
    if not free:
        return ()
    homes = {drawing.zone_of[site] for site in free}
    targets = [*_zones_beside(free, drawing, ground), NEW]
    mends = [_tried(free, target, drawing, ground) for target in targets if {target} != homes]
    return tuple(sorted(mends, key=lambda mend: mend.harm))


def _tried(sites: tuple[str, ...], to: str, drawing: Drawing, ground: JudgedGround) -> Mend:
    edit = Edit(action=Action.ASSIGN, sites=sites, to=to)
    change = decide(edit, drawing, ground.parts).change
    return Mend(edit=edit, verdicts=judge_change(change, drawing, apply(change, drawing), ground))


def _zones_beside(sites: tuple[str, ...], drawing: Drawing, ground: JudgedGround) -> list[str]:
    """Return the zones that an open link leads to from these sites, by number."""
    beside = {drawing.zone_of[other] for other in _neighbours(sites, ground)}
    return sorted(beside - {NOWHERE}, key=int)


def _neighbours(sites: tuple[str, ...], ground: JudgedGround) -> Iterator[str]:
    own = {ground.at[site] for site in sites}
    for at in own:
        for other in ground.ways[at].keys() - own:
            yield str(ground.sites.ids[other])
