"""A zone in full: why it is so, who is proposed and who was refused, and its money."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from layers.models import Zone
from layers.plan_frames import told_choice
from layers.planning.read_merging import Merging, read_merging
from layers.planning.read_refusals import each_refused, names_of_refused
from maps.planner.naming import exact_sentence, sentence
from maps.statuses import EXCEPTIONS

MONEY = {
    "fees": gettext_noop("物业费"),
    "parking": gettext_noop("停车收入"),
    "concessions": gettext_noop("公共收益"),
    "subsidy": gettext_noop("补贴"),
    "cost": gettext_noop("成本"),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a zone's yearly account."""

    word: str
    amount: str
    """In yuan, as the sentences of reasons write numbers."""


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A provider that may not serve the zone, and every reason."""

    provider: str
    why: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ZoneCard:
    """What the card of a zone shows."""

    number: int
    exception: str
    problems: tuple[tuple[str, str], ...]
    """What is broken, areas by their names, and by their codes."""
    reasons: tuple[str, ...]
    provider: str
    is_backstop: bool
    choice: str
    """That a planner chose the provider, and against which rules; "" where nobody did."""
    provider_reasons: tuple[str, ...]
    refused: tuple[Refused, ...]
    merging: Merging
    """The management areas that it holds, and whose owners have not decided."""
    money: tuple[Line, ...]
    margin: str


def zone_card(zone: Zone) -> ZoneCard:
    """Return the card of a zone, in the language of the person."""
    assignment: Any = getattr(zone, "assignment", None)
    refusals = list(zone.refusals.all())
    names = names_of_refused(refusals)
    refused = sorted(
        (name, tuple(map(sentence, reasons))) for name, reasons in each_refused(refusals, names)
    )
    return ZoneCard(
        number=zone.number,
        exception=gettext(EXCEPTIONS[zone.exception]) if zone.exception else "",
        problems=tuple((sentence(each), exact_sentence(each)) for each in zone.problems),
        reasons=tuple(map(sentence, zone.reasons)),
        provider=assignment.provider.name if assignment else "",
        is_backstop=bool(assignment and assignment.is_backstop),
        choice=told_choice(zone.choice, [w["key"] for w in zone.provider_reasons], gettext),
        provider_reasons=tuple(map(sentence, zone.provider_reasons)),
        refused=tuple(Refused(provider=name, why=why) for name, why in refused),
        merging=read_merging(zone, valid=timezone.localdate(), known=timezone.now()),
        money=tuple(
            Line(word=gettext(word), amount=_amount(zone.money.get(name)))
            for name, word in MONEY.items()
        ),
        margin=_amount(zone.margin_yuan),
    )


def _amount(yuan: float | None) -> str:
    return gettext("不详") if yuan is None else f"{yuan:,.0f}"
