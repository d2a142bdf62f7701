"""Who serves the zones that an edit changes: chosen by a planner, given back, or kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from layers.assignment import (
    Hearing,
    Kept,
    OtherZone,
    choose_provider,
    hear_providers,
    keep_providers,
    recommend_provider,
)
from layers.editing import Change, Drawing
from layers.judging import JudgedGround
from layers.models import Assignment, Plan
from layers.planning.read_register import read_register
from layers.rules import ZoneException


@dataclass(frozen=True)
class ChangedZone:
    """A changed zone as assignment sees it."""

    label: str
    members: tuple[int, ...]
    exception: ZoneException


def tell_providers(
    plan: Plan, change: Change, held: Mapping[str, str], after: Drawing, ground: JudgedGround
) -> dict[str, Kept]:
    """Return who serves each changed zone that is there, beside all that the plan gives elsewhere.

    Whom a planner chose comes first and takes its capacity; then the zones that keep whom they had;
    last those that are given back to the recommendation.

    Parameters
    ----------
    held
        Id of the provider of each changed zone before; a zone that had none is missing.
    """
    changed = [label for label in change.zones if after.members(label)]
    given = _given(plan)
    standing = {label: given[label] for label in after.labels if label in given.keys() - changed}
    told: dict[str, Kept] = {}
    for label in (each for each in changed if each in after.choices):
        hearing = _hear(plan, label, standing, after, ground)
        told[label] = choose_provider(after.choices[label], hearing)
        standing[label] = told[label].provider
    given_back = [label for label in changed if change.choices.get(label, (None, None))[0]]
    staying = [label for label in changed if label not in told and label not in given_back]
    told |= _kept(plan, staying, held, standing, after, ground)
    standing |= {label: told[label].provider for label in staying}
    for label in (each for each in given_back if each not in told):
        told[label] = recommend_provider(_hear(plan, label, standing, after, ground))
        standing[label] = told[label].provider
    return {label: told[label] for label in changed}


def hear_zone(plan: Plan, label: str, drawing: Drawing, ground: JudgedGround) -> Hearing:
    """Return every provider judged for one zone of a plan as it stands."""
    given = _given(plan)
    return _hear(plan, label, given, drawing, ground)


def _given(plan: Plan) -> dict[str, str]:
    """Return the provider of each zone of the plan, by label; zones without are missing."""
    rows = Assignment.objects.filter(zone__plan=plan).order_by("zone__number")
    names = rows.values_list("zone__number", "provider__name")
    return {str(number): provider for number, provider in names}


def _hear(
    plan: Plan, label: str, standing: Mapping[str, str], drawing: Drawing, ground: JudgedGround
) -> Hearing:
    return hear_providers(
        _zone(label, drawing, ground),
        list(_others(label, standing, drawing, ground)),
        ground.spots,
        read_register(plan),
        ground.policy,
        on_date=date.fromisoformat(plan.register["on"]),
    )


def _others(
    label: str, standing: Mapping[str, str], drawing: Drawing, ground: JudgedGround
) -> Iterator[OtherZone]:
    for other in drawing.labels:
        if other != label:
            members = _members(other, drawing, ground)
            yield OtherZone(label=other, members=members, provider=standing.get(other, ""))


def _kept(
    plan: Plan,
    labels: Sequence[str],
    held: Mapping[str, str],
    standing: Mapping[str, str],
    after: Drawing,
    ground: JudgedGround,
) -> dict[str, Kept]:
    """Return whether each zone keeps its provider, beside all that the plan gives it elsewhere."""
    taken: dict[str, list[int]] = {}
    for label, provider in standing.items():
        taken.setdefault(provider, []).extend(_members(label, after, ground))
    kept = keep_providers(
        [_zone(label, after, ground) for label in labels],
        held,
        taken,
        ground.spots,
        read_register(plan),
        ground.policy,
        on_date=date.fromisoformat(plan.register["on"]),
    )
    return dict(zip(labels, kept, strict=True))


def _zone(label: str, drawing: Drawing, ground: JudgedGround) -> ChangedZone:
    judged = ground.judge(label, drawing)
    return ChangedZone(label, judged.members, judged.exception or ZoneException.NONE)


def _members(label: str, drawing: Drawing, ground: JudgedGround) -> tuple[int, ...]:
    return tuple(sorted(ground.at[site] for site in drawing.members(label)))
