"""The classes of the map: fixed, so that two days and two cities can be compared."""

from dataclasses import dataclass

from geo.errors import gettext_noop

WHOLE = 100.0


@dataclass(frozen=True, kw_only=True)
class RateClass:
    """One colour of the map and what it means."""

    low: float
    """Rates in percent from here on …"""
    high: float
    """… and below this."""
    colour: str
    lines_px: int
    """Distance of the hatching's lines; 0 = none. The less is covered, the denser."""
    words: str

    def holds(self, percent: float | None) -> bool:
        """Tell whether a rate is of this class."""
        return percent is not None and self.low <= percent < self.high


CLASSES = (
    RateClass(low=0, high=50, colour="#b24a00", lines_px=4, words=gettext_noop("50 % 以下")),
    RateClass(low=50, high=70, colour="#e08a4e", lines_px=7, words=gettext_noop("50–70 %")),
    RateClass(low=70, high=85, colour="#f3cfa8", lines_px=11, words=gettext_noop("70–85 %")),
    RateClass(low=85, high=95, colour="#bfd9ea", lines_px=0, words=gettext_noop("85–95 %")),
    RateClass(low=95, high=WHOLE, colour="#5fa3d0", lines_px=0, words=gettext_noop("95–100 %")),
    RateClass(low=WHOLE, high=101, colour="#0072b2", lines_px=0, words=gettext_noop("全覆盖")),
)
"""From vermilion to blue, the colours of "nobody" and "in service", told apart by everybody."""


def class_of(percent: float | None) -> int | None:
    """Return which class a rate is of; None where there is no rate."""
    found = (number for number, each in enumerate(CLASSES) if each.holds(percent))
    return next(found, None)
