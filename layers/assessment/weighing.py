"""What the scores of several parties come to: a total by the policy's weights, a grade, a rank.

Where the document names parties and no weights, the leading party has the share of the default and
the others share the rest (系统缺省); without a lead all weigh the same. A total is only given where
the leading party has scored; what of the weight was scored is told beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from geo.errors import gettext_noop
from geo.words import QuarterMark
from layers.policy_parts import AssessmentRules, Evaluation

HUNDREDTH = Decimal("0.01")
DEFAULT_TOLD = gettext_noop("文件未规定，采用系统缺省")


@dataclass(frozen=True, kw_only=True)
class Weights:
    """How much each party counts."""

    by_party: Mapping[str, Decimal]
    lead: str
    """"" = nobody leads."""
    is_default: bool
    """Whether the document leaves it open."""


@dataclass(frozen=True, kw_only=True)
class Total:
    """What a provider got in one place for one quarter."""

    scores: Mapping[str, Decimal]
    """By party."""
    total: Decimal | None
    """None = the leading party, or everybody, has not scored."""
    scored: Decimal
    """Share of the weight that was scored, 0 to 1."""
    strangers: tuple[str, ...]
    """Parties that the document does not name; they count for nothing."""


def weights_of(evaluation: Evaluation, rules: AssessmentRules) -> Weights:
    """Return the weights of a policy's parties."""
    parties, lead = evaluation.parties, evaluation.lead
    if evaluation.weights is not None:
        told = [Decimal(str(weight)) for weight in evaluation.weights]
        return Weights(by_party=dict(zip(parties, told, strict=True)), lead=lead, is_default=False)
    return Weights(by_party=_shared(parties, lead, rules), lead=lead, is_default=True)


def _shared(parties: Sequence[str], lead: str, rules: AssessmentRules) -> dict[str, Decimal]:
    leads = Decimal(str(rules.lead_share))
    if lead not in parties or len(parties) == 1:
        return {party: Decimal(1) / len(parties) for party in parties}
    rest = (1 - leads) / (len(parties) - 1)
    return {party: leads if party == lead else rest for party in parties}


def weigh(scores: Mapping[str, Decimal], weights: Weights) -> Total:
    """Return what scores come to; parties that did not score leave their weight to the others."""
    counted = {party: score for party, score in scores.items() if party in weights.by_party}
    scored = sum((weights.by_party[party] for party in counted), Decimal(0))
    is_led = not weights.lead or weights.lead in counted
    total = None
    if scored and is_led:
        whole = sum((weights.by_party[p] * score for p, score in counted.items()), Decimal(0))
        total = (whole / scored).quantize(HUNDREDTH, ROUND_HALF_UP)
    return Total(
        scores=dict(scores),
        total=total,
        scored=scored.quantize(HUNDREDTH, ROUND_HALF_UP),
        strangers=tuple(sorted(set(scores) - set(counted))),
    )


def grade_of(total: Decimal | None, rules: AssessmentRules) -> QuarterMark | None:
    """Return the grade that a total gives; None where there is no total."""
    if total is None:
        return None
    bands = (
        (rules.excellent_from, QuarterMark.EXCELLENT),
        (rules.good_from, QuarterMark.GOOD),
        (rules.passed_from, QuarterMark.PASSED),
    )
    return next((mark for least, mark in bands if total >= Decimal(str(least))), QuarterMark.FAILED)


def ranks(totals: Sequence[Decimal | None]) -> list[int | None]:
    """Return the rank of each total, the best first; equal ones share theirs."""
    known = sorted((total for total in totals if total is not None), reverse=True)
    return [None if total is None else known.index(total) + 1 for total in totals]
