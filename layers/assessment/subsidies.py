"""Subsidies: what was paid by which formula, summed exactly, and what the money may not be.

No document gives an amount: standard, factor and quantity are data of the city, each row with its
document. What the policy's money line of the same name says binds: ring-fenced money stays apart
in every sum, and what needs the owners' vote and has none is told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from geo.errors import gettext_noop
from layers.policy_parts import MoneyLine

NO_VOTE = gettext_noop("须业主表决，未登记表决文号。")
RING_FENCED = gettext_noop("专款专用，单列，不并入合计。")
NO_MUNICIPAL = gettext_noop("不含市政道路和政府投资的公共设施。")
OWNERS_SHARE = gettext_noop("其中归业主 {share}。")
NOT_IN_POLICY = gettext_noop("政策文件没有这一项资金，请核对名称。")


@dataclass(frozen=True, kw_only=True)
class Paid:
    """One subsidy, as it is summed."""

    line: str
    provider: str
    place: str
    amount_yuan: Decimal
    vote: str


@dataclass(frozen=True, kw_only=True)
class Sum:
    """What several subsidies come to."""

    key: str
    rows: int
    free_yuan: Decimal
    """Not ring-fenced."""
    fenced_yuan: Decimal


def limits_of(
    paid: Paid, lines: Mapping[str, MoneyLine]
) -> tuple[tuple[str, Mapping[str, object]], ...]:
    """Return what must be told of a subsidy: sentences with their values."""
    line = lines.get(paid.line)
    if line is None:
        return ((NOT_IN_POLICY, {}),)
    told: list[tuple[str, Mapping[str, object]]] = []
    if line.needs_vote and not paid.vote:
        told.append((NO_VOTE, {}))
    if line.ring_fenced:
        told.append((RING_FENCED, {}))
    if line.excludes_municipal:
        told.append((NO_MUNICIPAL, {}))
    if line.owners_share is not None:
        told.append((OWNERS_SHARE, {"share": f"{line.owners_share:.0%}"}))
    return tuple(told)


def lines_of(lines: Iterable[MoneyLine]) -> dict[str, MoneyLine]:
    """Return the money lines of a policy by name."""
    return {line.name: line for line in lines}


def sums_by(paid: Sequence[tuple[str, Paid]], lines: Mapping[str, MoneyLine]) -> tuple[Sum, ...]:
    """Return the sums by key, in the keys' order; ring-fenced money apart."""
    by_key: dict[str, list[Paid]] = {}
    for key, each in paid:
        by_key.setdefault(key, []).append(each)
    return tuple(_sum(key, those, lines) for key, those in sorted(by_key.items()))


def _sum(key: str, paid: Sequence[Paid], lines: Mapping[str, MoneyLine]) -> Sum:
    fenced = [each for each in paid if each.line in lines and lines[each.line].ring_fenced]
    total = sum((each.amount_yuan for each in paid), Decimal(0))
    apart = sum((each.amount_yuan for each in fenced), Decimal(0))
    return Sum(key=key, rows=len(paid), free_yuan=total - apart, fenced_yuan=apart)
