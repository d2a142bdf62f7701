"""Who says something, when they say it, and since when it is so."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from geo.errors import Fault, InputError, gettext_noop

BY_LEDGER = gettext_noop("台账录入")
"""The source of what was entered by hand."""
LATE_NEEDS_REASON = gettext_noop("{since} 在今天之前，属于补录。")
WRITE_REASON = gettext_noop("请在“理由”中写明依据。")
SINCE_AHEAD = gettext_noop("{since} 在今天之后。")
WAIT = gettext_noop("请填今天或以前的日期；将来的事到时再记。")
MISTAKE_NEEDS_REASON = gettext_noop("更正已有记录须写明理由。")
REFUSED = gettext_noop("数据库拒绝保存，约束“{constraint}”不满足；没有保存任何内容。")
LOOK_AGAIN = gettext_noop("请核对日期是否与同一对象的其他记录重叠。")


class CellFaultsError(InputError):
    """All faults of a row, with the column that each stands in; "" = the row as a whole."""

    def __init__(self, by_key: Mapping[str, Fault]) -> None:
        self.by_key = dict(by_key)
        super().__init__(*self.by_key.values())


class StaleError(Exception):
    """Somebody else changed the row since the person began; nothing has been stored."""


@dataclass(frozen=True, kw_only=True)
class Telling:
    """One act of a person at the ledger."""

    by: Any
    now: datetime
    since: date | None = None
    """Since when it is so; None = not said."""
    reason: str = ""
    is_mistake: bool = False
    """Whether what was on record had never been so, instead of having changed."""

    @property
    def today(self) -> date:
        """Return the day on which it is said."""
        return timezone.localdate(self.now)

    @property
    def day(self) -> date:
        """Return the day from which it holds."""
        return self.since or self.today

    def faults(self, since: date | None = None) -> dict[str, Fault]:
        """Return what is missing for a statement that holds from `since`."""
        begins = since or self.since
        if begins is not None and begins > self.today and since is None:
            return {"since": Fault(SINCE_AHEAD, {"since": begins}, WAIT, column="起始日期")}
        if self.reason.strip():
            return {}
        if self.is_mistake:
            return {"reason": Fault(MISTAKE_NEEDS_REASON, column="理由")}
        if begins is not None and begins < self.today:
            late = Fault(LATE_NEEDS_REASON, {"since": begins}, WRITE_REASON, column="理由")
            return {"reason": late}
        return {}


@contextmanager
def one_act() -> Iterator[None]:
    """Store all or nothing; what the database refuses is told in words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        constraint = getattr(diagnosis, "constraint_name", None) or str(error)
        refusal = Fault(REFUSED, {"constraint": constraint}, LOOK_AGAIN)
        raise CellFaultsError({"": refusal}) from error
