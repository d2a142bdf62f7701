"""Who served a compound on a day: by its own contract, else by that of its management area."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Span:
    """A provider served from a day to a day; None = open."""

    provider: int
    first: date | None
    last: date | None
    is_own: bool
    """Whether the contract names the compound itself."""

    def holds_on(self, day: date) -> bool:
        """Tell whether it holds on a day."""
        begun = self.first is None or self.first <= day
        return begun and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class Served:
    """The spans of each compound."""

    spans: Mapping[int, Sequence[Span]]

    def on(self, compound: int | None, day: date) -> int | None:
        """Return who served a compound on a day; of several, who began last."""
        if compound is None:
            return None
        held = [span for span in self.spans.get(compound, ()) if span.holds_on(day)]
        best = max(held, key=_weight, default=None)
        return best.provider if best else None


def _weight(span: Span) -> tuple[bool, date, int]:
    return span.is_own, span.first or date.min, -span.provider
