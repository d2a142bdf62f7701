"""Who serves what on a day: contracts laid over what they name."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from geo.errors import Fault, InputError, gettext_noop
from layers.area_codes import day_of

Thing = tuple[str, str]
"""Kind and code of what a contract can cover."""


@dataclass(frozen=True, kw_only=True)
class Contract:
    """One contract item in force."""

    provider: str
    fee: float | None
    """Yuan per m² and month; the middle where a range is agreed; None = unknown."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """The contract in force on a day for each thing, and what could not be placed."""

    by_thing: Mapping[Thing, Contract]
    named: frozenset[Thing]
    """Things that any contract names, in force or not: an undated note does not overrule it."""
    notices: tuple[Fault, ...] = field(default=())


def middle(low: Any, high: Any) -> float | None:
    """Return the middle of a range, or the end that is known."""
    ends = [float(end) for end in (low, high) if not pd.isna(end)]
    return sum(ends) / len(ends) if ends else None


def service_on(
    contracts: pd.DataFrame, things: Iterable[tuple[Thing, str]], *, on_date: date
) -> Service:
    """Return the contracts in force on the day.

    A contract runs from the day of entering service (else of signing, else of filing; unknown =
    always) to its end, that day included. Of several in force, the one that began last counts.

    Parameters
    ----------
    contracts
        Columns provider, what, in_service_from, signed_on, filed_on, ends_on, fee_low, fee_high.
    things
        Kind, code and name of everything that a contract can cover.
    on_date
        The day asked for.
    """
    directory = _Directory(things)
    runs: dict[Thing, list[tuple[date, str, Contract]]] = {}
    for row in contracts.to_dict("records"):
        thing = directory.find(str(row["what"]))
        if thing is not None:
            started = runs.setdefault(thing, [])
            if _is_in_force(row, on_date):
                fee = middle(row["fee_low"], row["fee_high"])
                contract = Contract(provider=str(row["provider"]), fee=fee)
                started.append((_start(row) or date.min, contract.provider, contract))
    if directory.faults:
        raise InputError(*directory.faults)
    latest = {thing: max(found, key=_began)[2] for thing, found in runs.items() if found}
    return Service(by_thing=latest, named=frozenset(runs), notices=tuple(directory.notices))


def _began(run: tuple[date, str, Contract]) -> tuple[date, str]:
    return run[:2]


def _start(row: Mapping[Hashable, Any]) -> date | None:
    days = (day_of(row[name]) for name in ("in_service_from", "signed_on", "filed_on"))
    return next((day for day in days if day), None)


def _is_in_force(row: Mapping[Hashable, Any], on_date: date) -> bool:
    start, end = _start(row), day_of(row["ends_on"])
    return (start is None or start <= on_date) and (end is None or on_date <= end)


class _Directory:
    """Finds what a contract names: by code, else by a name that only one thing has."""

    def __init__(self, things: Iterable[tuple[Thing, str]]) -> None:
        self.by_code: dict[str, list[Thing]] = {}
        self.by_name: dict[str, list[Thing]] = {}
        self.faults: list[Fault] = []
        self.notices: list[Fault] = []
        for thing, name in things:
            self.by_code.setdefault(thing[1], []).append(thing)
            self.by_name.setdefault(name, []).append(thing)

    def find(self, word: str) -> Thing | None:
        """Return the one thing that is meant; note why where there is none or more than one."""
        found = self.by_code.get(word) or self.by_name.get(word) or []
        if len(found) == 1:
            return found[0]
        if found:
            sentence = gettext_noop(
                "合同标的“{what}”对应 {count} 个对象，无法判断。请改用唯一编码。"
            )
            self.faults.append(Fault(sentence, {"what": word, "count": len(found)}))
        else:
            sentence = gettext_noop("合同标的“{what}”不在小区、楼栋或物业管理区域之中。")
            self.notices.append(Fault(sentence, {"what": word}))
        return None
