"""What is said of the zones and sites that an edit changes, before and after: reasons, providers.

It is stored with the edit, so that undoing gives back the very words, and with them the very hash,
that the plan had.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self

from django.utils import timezone

from layers.assignment import Kept
from layers.editing import Change, Drawing
from layers.explaining import explain_zones
from layers.judging import JudgedGround
from layers.models import Plan, PlanSite, Zone
from layers.planning.read_refusals import each_refused, names_of_refused
from layers.planning.tell_providers import tell_providers
from layers.reasons import Reason
from layers.refused import Said

PLACED = "site.placed_by_planner"
ALONE = (Reason("site.alone_after_edit"),)


@dataclass(frozen=True, kw_only=True)
class ZoneTelling:
    """What is said of a zone, beyond what is reckoned from its sites."""

    reasons: Said
    provider: str
    """Id of the provider; "" = nobody is proposed."""
    is_backstop: bool
    provider_reasons: Said
    refusals: dict[str, Said]
    """Why each other provider was refused, by its id."""


@dataclass(frozen=True, kw_only=True)
class Tellings:
    """Before and after, of zones by label (None = not there) and of sites by id."""

    zones: Mapping[str, tuple[ZoneTelling | None, ZoneTelling | None]]
    sites: Mapping[str, tuple[Said, Said]]

    def inverse(self) -> Self:
        """Return what is said when the change is taken back."""
        return replace(
            self,
            zones={label: (new, old) for label, (old, new) in self.zones.items()},
            sites={site: (new, old) for site, (old, new) in self.sites.items()},
        )

    def as_json(self) -> dict[str, Any]:
        """Return what an edit stores of it."""
        zones = {
            label: [telling and asdict(telling) for telling in both]
            for label, both in self.zones.items()
        }
        return {"zones": zones, "reasons": {site: list(both) for site, both in self.sites.items()}}

    @classmethod
    def from_json(cls, changes: Mapping[str, Any]) -> Self:
        """Return what an edit has stored."""

        def telling(said: Mapping[str, Any] | None) -> ZoneTelling | None:
            return None if said is None else ZoneTelling(**said)

        return cls(
            zones={label: (telling(a), telling(b)) for label, (a, b) in changes["zones"].items()},
            sites={site: (old, new) for site, (old, new) in changes["reasons"].items()},
        )


def tell_change(
    plan: Plan,
    change: Change,
    after: Drawing,
    ground: JudgedGround,
    *,
    by: Any,
    now: datetime,
) -> Tellings:
    """Return what is said of the zones and sites that a change concerns."""
    labels = concerned_zones(change, after)
    there = [label for label in labels if after.members(label)]
    old = told_zones(plan, labels)
    told = explain_zones(there, after, ground)
    held = {label: telling.provider for label, telling in old.items()}
    served = old | _served(tell_providers(plan, change, held, after, ground))
    new = {label: replace(served[label], reasons=said(told.zones[label])) for label in there}
    placed = {site: said(reasons or ALONE) for site, reasons in told.sites.items()}
    placed |= _moved(change, placed, by=by, now=now)
    had = dict(PlanSite.objects.filter(plan=plan, site__in=placed).values_list("site", "reasons"))
    for site in placed.keys() - change.placement.keys():
        placed[site] = [why for why in had[site] if why["key"] == PLACED] + placed[site]
    return Tellings(
        zones={label: (old.get(label), new.get(label)) for label in labels},
        sites={site: (had[site], placed[site]) for site in sorted(placed)},
    )


def concerned_zones(change: Change, after: Drawing) -> list[str]:
    """Return the zones that lose, gain, lock or unlock a site, by number."""
    held = {after.zone_of[site] for site in change.locks} - {""}
    return sorted({*change.zones, *held}, key=int)


def told_zones(plan: Plan, labels: Iterable[str]) -> dict[str, ZoneTelling]:
    """Return what is said of the zones of a plan that have these labels."""
    rows = list(
        Zone.objects.filter(plan=plan, number__in=[int(label) for label in labels])
        .select_related("assignment__provider")
        .prefetch_related("refusals")
    )
    names = names_of_refused(refusal for row in rows for refusal in row.refusals.all())
    return {str(row.number): _told(row, names) for row in rows}


def said(reasons: Iterable[Reason]) -> Said:
    """Return reasons as they are stored."""
    return [{"key": reason.key, "values": dict(reason.values)} for reason in reasons]


def _told(row: Zone, names: Mapping[int, str]) -> ZoneTelling:
    assignment = getattr(row, "assignment", None)
    return ZoneTelling(
        reasons=row.reasons,
        provider=assignment.provider.name if assignment else "",
        is_backstop=bool(assignment and assignment.is_backstop),
        provider_reasons=row.provider_reasons,
        refusals=dict(each_refused(row.refusals.all(), names)),
    )


def _served(kept: Mapping[str, Kept]) -> dict[str, ZoneTelling]:
    return {
        label: ZoneTelling(
            reasons=[],
            provider=one.provider,
            is_backstop=one.is_backstop,
            provider_reasons=said(one.reasons),
            refusals={each.provider: said(each.reasons) for each in one.refusals},
        )
        for label, one in kept.items()
    }


def _moved(change: Change, told: Mapping[str, Said], *, by: Any, now: datetime) -> dict[str, Said]:
    """Return the reasons of the sites that moved: who moved them, and what holds them there."""
    values = {"by": str(by or "规划人员"), "on": timezone.localdate(now).isoformat()}
    return {
        site: said([Reason(PLACED, {**values, "zone": label})]) + told[site]
        if label
        else said([Reason("site.removed_by_planner", values)])
        for site, (_, label) in change.placement.items()
    }
