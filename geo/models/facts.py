"""Facts with two times, kept by the database.

A *fact* is something that somebody recorded about the ground: a contract covers a compound, the
owners decided, a firm is barred. It has two times that must not be mixed up:

- the days on which it *holds*: `valid_from` to `valid_to`, both included, NULL = unknown or open;
- the moments between which we *believed* it: `recorded_at` to `superseded_at`, NULL = still.

Nothing is ever overwritten. A correction supersedes the old row and records a new one in the same
transaction, so that "what did we report in May, and on what basis?" has an answer: ask for the
date *as known on* another, `Fact.objects.as_of(valid=…, known=…)`. The table itself refuses
DELETE, and every UPDATE but the one that supersedes.
"""

from datetime import date, datetime
from typing import Any, Self, TypeVar

import pgtrigger
from django.conf import settings
from django.contrib.gis.db import models
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.errors import InputError, gettext_noop
from geo.models.storage import ordered

SUPERSEDED_ALREADY = gettext_noop("该记录已被更正，请刷新后重试。")
REASON_MISSING = gettext_noop("更正、终止或撤回须写明理由。")
NEVER_COPIED = frozenset({"id", "recorded_at", "superseded_at", "superseded_because"})
CURRENT = Q(superseded_at__isnull=True)

_Fact = TypeVar("_Fact", bound="Fact")


class AppendOnly(pgtrigger.Trigger):
    """Refuse DELETE, and every UPDATE but the one that supersedes the row, once."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE'
            OR OLD.superseded_at IS NOT NULL
            OR NEW.superseded_at IS NULL
            OR (to_jsonb(NEW) - 'superseded_at' - 'superseded_because')
               IS DISTINCT FROM (to_jsonb(OLD) - 'superseded_at' - 'superseded_because')
        THEN
            RAISE EXCEPTION 'rows of % are append-only: supersede them once, never change them',
                TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    """


class Frozen(pgtrigger.Trigger):
    """Refuse DELETE and UPDATE: what was written stays."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    """


class FactQuerySet(models.QuerySet[_Fact]):
    """Facts of one kind."""

    def as_of(self, *, valid: date, known: datetime) -> Self:
        """Return what held on the day `valid` as it was known at the moment `known`."""
        return self.known_at(known).valid_on(valid)

    def valid_on(self, day: date) -> Self:
        """Return what holds on a day; unknown ends are open."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        )

    def known_at(self, moment: datetime) -> Self:
        """Return what was believed at a moment."""
        return self.filter(CURRENT | Q(superseded_at__gt=moment), recorded_at__lte=moment)

    def current(self) -> Self:
        """Return what is believed now."""
        return self.filter(CURRENT)

    def supersede(self, *, because: str, now: datetime) -> int:
        """End the belief in these rows and return how many there were."""
        return self.current().update(superseded_at=now, superseded_because=because)


class Fact(models.Model):
    """What somebody recorded about the ground, with the days it holds and when we believed it."""

    valid_from = models.DateField(_("起始日期"), null=True, blank=True)
    valid_to = models.DateField(_("截止日期"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("记录时间"), default=timezone.now, editable=False)
    superseded_at = models.DateTimeField(_("被取代时间"), null=True, blank=True, editable=False)
    superseded_because = models.TextField(_("取代理由"), blank=True, editable=False)
    late_reason = models.TextField(_("补录理由"), blank=True)
    source = models.TextField(_("来源"), blank=True)
    batch = models.ForeignKey(
        "geo.ImportBatch", models.PROTECT, null=True, blank=True, verbose_name=_("导入批次")
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("记录人")
    )

    objects = FactQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            ordered("valid_from", "valid_to", name="%(class)s_days_in_order"),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("recorded_at")),
                name="%(class)s_recorded_before_superseded",
            ),
        ]
        indexes = [
            # Maps ask with every tile for the newest change, of tables where few rows have any.
            models.Index(
                fields=["superseded_at"],
                condition=Q(superseded_at__isnull=False),
                name="%(class)s_superseded",
            ),
        ]
        triggers = [AppendOnly(name="append_only")]

    @property
    def is_late(self) -> bool:
        """Tell whether the fact was recorded after the day on which it began (补录)."""
        if self.valid_from is None:
            return False
        return timezone.localdate(self.recorded_at) > self.valid_from

    def correct(
        self, *, reason: str, by: Any = None, now: datetime | None = None, **changes: Any
    ) -> Self:
        """Supersede this row and record it anew with `changes`, in one transaction."""
        if forbidden := NEVER_COPIED & set(changes):
            message = f"the history of a fact cannot be set: {sorted(forbidden)}"
            raise TypeError(message)
        now = now or timezone.now()
        with transaction.atomic():
            self.withdraw(reason=reason, now=now)
            told = {"late_reason": reason, "recorded_by": by} | changes
            successor = type(self)(**self._content() | told, recorded_at=now)
            successor.save(force_insert=True)
        return successor

    def end(self, *, on: date, reason: str, by: Any = None, now: datetime | None = None) -> Self:
        """Record that the fact holds no longer than the day `on`."""
        return self.correct(valid_to=on, reason=reason, by=by, now=now)

    def withdraw(self, *, reason: str, now: datetime | None = None) -> None:
        """Supersede this row without a successor: it was never so."""
        if not reason.strip():
            raise InputError(REASON_MISSING)
        now = now or timezone.now()
        mine = type(self).objects.filter(pk=self.pk, superseded_at__isnull=True)
        if not mine.update(superseded_at=now, superseded_because=reason):
            raise InputError(SUPERSEDED_ALREADY)
        self.superseded_at, self.superseded_because = now, reason

    def _content(self) -> dict[str, Any]:
        fields = [field for field in self._meta.concrete_fields if field.name not in NEVER_COPIED]
        return {field.attname: getattr(self, field.attname) for field in fields}
