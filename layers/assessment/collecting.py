"""The fee collection rate (收缴率): received ÷ due, exact, with what it counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from geo.errors import gettext_noop

DEFINITION = gettext_noop(
    "分子为期间内实收的本期物业费，分母为期间内应收的物业费，均以小区为单位汇总；"
    "期间跨越统计起止日的按日数折算；没有资料的小区不计入分子分母，另列为“不详”。"
)

HUNDREDTH = Decimal("0.01")
_WHOLE = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class Fees:
    """What was due and received in one compound over a period."""

    compound: int
    provider: int | None
    first: date
    last: date
    due_yuan: Decimal
    received_yuan: Decimal


@dataclass(frozen=True, kw_only=True)
class Collected:
    """The rate of several compounds together."""

    due_yuan: Decimal
    received_yuan: Decimal
    known: int
    """Compounds with figures."""
    total: int
    """Compounds, those without figures among them."""

    @property
    def unknown(self) -> int:
        """Return how many compounds have no figures (不详)."""
        return self.total - self.known

    @property
    def percent(self) -> Decimal | None:
        """Return received of due in percent, to the hundredth; None where nothing was due.

        What is not complete never reads 100.
        """
        if not self.due_yuan:
            return None
        exact = _WHOLE * self.received_yuan / self.due_yuan
        shown = exact.quantize(HUNDREDTH, ROUND_HALF_UP)
        is_short = self.received_yuan < self.due_yuan
        return min(shown, _WHOLE - HUNDREDTH) if is_short else shown

    @property
    def percent_text(self) -> str:
        """Return the rate as officials print it; — where there is nothing."""
        if self.percent is None:
            return "—"
        if self.percent in {0, _WHOLE}:
            return f"{self.percent:.0f} %"
        return f"{self.percent} %"


def collected(
    fees: Iterable[Fees], compounds: frozenset[int], *, first: date, last: date
) -> Collected:
    """Return the rate of some compounds over a period, both days included.

    What lies partly in the period counts by its days.
    """
    due = received = Decimal(0)
    known: set[int] = set()
    for each in fees:
        share = share_inside(each, first=first, last=last)
        if each.compound in compounds and share:
            due += each.due_yuan * share
            received += each.received_yuan * share
            known.add(each.compound)
    return Collected(
        due_yuan=due.quantize(HUNDREDTH, ROUND_HALF_UP),
        received_yuan=received.quantize(HUNDREDTH, ROUND_HALF_UP),
        known=len(known),
        total=len(compounds),
    )


def share_inside(fees: Fees, *, first: date, last: date) -> Decimal:
    """Return which share of the days of a row lies in a period."""
    days = (min(fees.last, last) - max(fees.first, first)).days + 1
    whole = (fees.last - fees.first).days + 1
    return Decimal(max(days, 0)) / Decimal(whole)
