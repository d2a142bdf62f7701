"""Numbers of headlines: 万 from ten thousand up, and the exact number for who wants it."""

from dataclasses import dataclass

from django.utils.translation import gettext

from layers.coverage import Unit

WAN = 10_000


@dataclass(frozen=True)
class Amount:
    """A number with its unit, short and exact."""

    number: float
    unit: Unit

    @property
    def short(self) -> str:
        """Return the number as a headline says it."""
        if abs(self.number) < WAN:
            return f"{self.number:,.0f}"
        return gettext("{number} 万").format(number=f"{self.number / WAN:,.2f}")

    @property
    def exact(self) -> str:
        """Return the whole number with its unit."""
        return f"{self.number:,.0f} {self.counter}"

    @property
    def counter(self) -> str:
        """Return the word that the unit is counted in."""
        return counter_of(self.unit)

    def __str__(self) -> str:
        return f"{self.short} {self.counter}"


def counter_of(unit: Unit) -> str:
    """Return the word that a unit is counted in."""
    words = {
        Unit.COMPOUND: gettext("个"),
        Unit.MANAGEMENT_AREA: gettext("个"),
        Unit.BUILDING: gettext("栋"),
        Unit.HOUSEHOLD: gettext("户（套）"),
        Unit.FLOOR_AREA: gettext("㎡"),
    }
    return words[unit]
