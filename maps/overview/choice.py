"""What the overview is asked for beside day and knowledge: which rate, in which unit."""

from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest
from django.utils.translation import gettext

from geo.errors import Fault, InputError, gettext_noop
from geo.words import Word
from layers.coverage import Measure, Unit
from layers.policy import CoverageRules
from maps.asked import Asked

NO_SUCH_RATE = gettext_noop("没有指标“{given}”。")
NO_SUCH_UNIT = gettext_noop("没有单位“{given}”。")
ALLOWED = gettext_noop("可用：{allowed}。")
NOT_A_TARGET = gettext_noop("目标“{given}”不是 0 到 100 之间的数。")
TARGET_FORM = gettext_noop("请写成百分数，例如 target=95，或不写。")
WHOLE_PERCENT = 100

_Word = TypeVar("_Word", bound=Word)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The rate that a page shows."""

    measure: Measure
    unit: Unit
    target_percent: float | None = None
    """A target of the house (内部目标), not of a document; None = full coverage."""

    @property
    def has_target(self) -> bool:
        """Tell whether more is better: a share of old compounds is no aim."""
        return self.measure is not Measure.OLD

    @property
    def wanted_percent(self) -> float:
        """Return what is missing is counted to."""
        return WHOLE_PERCENT if self.target_percent is None else self.target_percent

    def query(self, asked: Asked, **changed: str) -> str:
        """Return what an address needs to ask the same, but for what is changed."""
        told = {"rate": str(self.measure), "unit": str(self.unit)}
        if self.target_percent is not None:
            told["target"] = f"{self.target_percent:g}"
        told |= dict(parse_qsl(asked.query.removeprefix("?")))
        return "?" + urlencode(told | changed)

    def with_rate(self, measure: Measure) -> "Choice":
        """Return the same for another rate."""
        return replace(self, measure=measure)

    def with_unit(self, unit: Unit) -> "Choice":
        """Return the same in another unit."""
        return replace(self, unit=unit)


def choice_of(request: HttpRequest, rules: CoverageRules) -> Choice:
    """Return what the address asks for; the policy's own rate where it says nothing.

    Raises
    ------
    InputError
        Where `rate`, `unit` or `target` is none.
    """
    faults: list[Fault] = []
    rate = _word(request.GET.get("rate") or rules.measure, Measure, NO_SUCH_RATE, faults)
    unit = _word(request.GET.get("unit") or rules.unit, Unit, NO_SUCH_UNIT, faults)
    target = _target(request.GET.get("target", "").strip(), faults)
    if faults:
        raise InputError(*faults)
    return Choice(measure=rate, unit=unit, target_percent=target)


def _word(given: str, words: type[_Word], sentence: str, faults: list[Fault]) -> _Word:
    """Return the word of that code; where there is none, note the fault and take the first."""
    found = next((word for word in words if word == given), None)
    if found is None:
        allowed = "、".join(f"{word}（{gettext(word.label)}）" for word in words)
        fix = gettext(ALLOWED).format(allowed=allowed)
        faults.append(Fault(sentence, {"given": given[:40]}, fix=fix))
    return found or next(iter(words))


def _target(given: str, faults: list[Fault]) -> float | None:
    if not given:
        return None
    try:
        target = float(given)
    except ValueError:
        target = -1
    if not 0 <= target <= WHOLE_PERCENT:
        faults.append(Fault(NOT_A_TARGET, {"given": given[:40]}, fix=TARGET_FORM))
    return target
