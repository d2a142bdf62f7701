"""Five-good checklists (五好): which items a compound met on a day, and how many did."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Met(StrEnum):
    """How an item stands."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One item of one compound, looked at on a day."""

    compound: int
    item: str
    is_met: bool
    day: date
    document: str = ""


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """The items of one compound as they stood on a day."""

    compound: int
    latest: Mapping[str, Check]
    items: tuple[str, ...]

    def met(self, item: str) -> Met:
        """Tell how an item stands."""
        check = self.latest.get(item)
        if check is None:
            return Met.UNKNOWN
        return Met.YES if check.is_met else Met.NO

    @property
    def is_five_good(self) -> bool:
        """Tell whether every item is met."""
        return all(self.met(item) is Met.YES for item in self.items)


@dataclass(frozen=True, kw_only=True)
class CheckCount:
    """How many compounds meet what."""

    compounds: int
    all_met: int
    some_failed: int
    """At least one item is not met."""
    unknown: int
    """No item failed, and some were not looked at."""
    by_item: Mapping[str, Mapping[Met, int]]


def checklists_on(
    checks: Iterable[Check], items: Sequence[str], compounds: Iterable[int], *, day: date
) -> dict[int, Checklist]:
    """Return the checklist of each compound: of every item what was found last by the day."""
    latest: dict[int, dict[str, Check]] = {compound: {} for compound in compounds}
    for check in sorted(checks, key=lambda each: each.day):
        if check.day <= day and check.item in items and check.compound in latest:
            latest[check.compound][check.item] = check
    return {
        compound: Checklist(compound=compound, latest=found, items=tuple(items))
        for compound, found in latest.items()
    }


def count_checks(lists: Sequence[Checklist], items: Sequence[str]) -> CheckCount:
    """Return how many compounds meet every item, fail one, or are not known."""
    by_item = {item: dict.fromkeys(Met, 0) for item in items}
    failed = 0
    for each in lists:
        standing = [each.met(item) for item in items]
        failed += Met.NO in standing
        for item, met in zip(items, standing, strict=True):
            by_item[item][met] += 1
    good = sum(each.is_five_good for each in lists)
    return CheckCount(
        compounds=len(lists),
        all_met=good,
        some_failed=failed,
        unknown=len(lists) - good - failed,
        by_item=by_item,
    )
