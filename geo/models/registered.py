"""Things on the ground that bear a code, and what their rows said before.

A registered thing (an area, a compound, a building, a provider …) is one row for its whole life.
Its code is given once: it never changes, and since no row is ever deleted, it is never used again;
what ceases to exist gets a `valid_to`, and where it became part of something else, `merged_into`.

The attributes of a thing may be put right in place. The table then keeps the row as it was, as a
`Revision`, so that rates and maps can still be drawn as known on an earlier day.
"""

from datetime import date, datetime
from typing import Any, Self, TypeVar

import pgtrigger
from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.models.facts import Frozen
from geo.models.storage import CODE_LENGTH, NAME_LENGTH, ordered

NEVER = date.min
"""Last day of what was taken back: it was there on no day, though its row and code stay."""

_Registered = TypeVar("_Registered", bound="Registered")


class KeepHistory(pgtrigger.Trigger):
    """Refuse DELETE and a new code; keep the row as it was as a `Revision`."""

    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete

    def get_func(self, model: Any) -> str:
        """Return the trigger's body; geometries are kept as hexadecimal WKB, exact to the bit."""
        columns = [
            field.column
            for field in model._meta.concrete_fields  # noqa: SLF001 (the public way to a model's fields)
            if isinstance(field, models.GeometryField)
        ]
        outlines = "".join(
            f" || jsonb_build_object('{column}', encode(ST_AsBinary(OLD.{column}), 'hex'))"
            for column in columns
        )
        return f"""
            IF TG_OP = 'DELETE' OR NEW.code IS DISTINCT FROM OLD.code THEN
                RAISE EXCEPTION 'rows of % are never deleted, and a code never changes',
                    TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF NEW.* IS NOT DISTINCT FROM OLD.* THEN
                RETURN NEW;
            END IF;
            IF NEW.changed_at IS NOT DISTINCT FROM OLD.changed_at THEN
                NEW.changed_at := clock_timestamp();
            END IF;
            INSERT INTO geo_revision
                ("table", object_id, code, before, recorded_at, superseded_at)
            VALUES (TG_TABLE_NAME, OLD.id, OLD.code, to_jsonb(OLD){outlines},
                    OLD.changed_at, NEW.changed_at);
            RETURN NEW;
        """  # noqa: S608 (names of our own columns)


def exists_on(day: date) -> Q:
    """Return the condition that a thing exists on a day; unknown ends are open."""
    has_begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    return has_begun & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class RegisteredQuerySet(models.QuerySet[_Registered]):
    """Registered things of one kind."""

    def existing_on(self, day: date) -> Self:
        """Return what exists on a day; unknown ends are open."""
        return self.filter(exists_on(day))

    def there(self) -> Self:
        """Return what was not taken back."""
        return self.exclude(valid_to=NEVER)

    def known_at(self, moment: datetime) -> Self:
        """Return what was on record at a moment (with the values of today: see `Revision`)."""
        return self.filter(recorded_at__lte=moment)


class Registered(models.Model):
    """A thing on the ground with a code of its own."""

    code = models.CharField(_("编码"), max_length=CODE_LENGTH, unique=True)
    name = models.CharField(_("名称"), max_length=NAME_LENGTH, blank=True)
    valid_from = models.DateField(_("启用日期"), null=True, blank=True)
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("首次记录时间"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("最近变更时间"), default=timezone.now, editable=False)
    source = models.TextField(_("来源"), blank=True)
    batch = models.ForeignKey(
        "geo.ImportBatch", models.PROTECT, null=True, blank=True, verbose_name=_("导入批次")
    )

    objects = RegisteredQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="%(class)s_has_a_code"),
            ordered("valid_from", "valid_to", name="%(class)s_days_in_order"),
        ]
        triggers = [KeepHistory(name="keep_history")]

    def __str__(self) -> str:
        return self.name or self.code


class Revision(models.Model):
    """What the row of a registered thing said before it was changed; written by the tables."""

    table = models.CharField(_("表"), max_length=63)
    object_id = models.BigIntegerField(_("对象"))
    code = models.CharField(_("编码"), max_length=CODE_LENGTH)
    before: Any = models.JSONField(_("变更前"))
    recorded_at = models.DateTimeField(_("记录时间"))
    superseded_at = models.DateTimeField(_("变更时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("变更历史")
        indexes = [models.Index(fields=["table", "superseded_at"], name="revision_by_table")]
        constraints = [
            models.CheckConstraint(
                condition=Q(superseded_at__gte=F("recorded_at")), name="revision_moments_in_order"
            )
        ]
        triggers = [Frozen(name="frozen")]

    def __str__(self) -> str:
        return f"{self.table} {self.code} {self.superseded_at:%Y-%m-%d %H:%M}"
