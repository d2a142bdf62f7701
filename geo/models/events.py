"""Complaints and inspections as dated points.

An *event* (投诉、巡查) is something that was reported on a day at a place. It keeps date, kind,
what it is about, where, by which channel and paper, and what came of it: never who complained,
what was written, a telephone number or a room. It lies in a compound, or at a point outside any.
"""

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from geo.crs import STORAGE_SRID
from geo.models.audited import audited
from geo.models.facts import Fact
from geo.models.storage import NAME_LENGTH, WORD_LENGTH, choices, one_of
from geo.words import EventCategory, EventKind, EventResult


@audited
class Event(Fact):
    """One complaint or finding; `valid_from` and `valid_to` are its day."""

    kind = models.CharField(_("事件类型"), max_length=WORD_LENGTH, choices=choices(EventKind))
    category = models.CharField(
        _("问题类别"),
        max_length=WORD_LENGTH,
        choices=choices(EventCategory),
        default=EventCategory.OTHER,
    )
    compound = models.ForeignKey(
        "geo.Compound",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events_told",
        verbose_name=_("小区"),
    )
    area = models.ForeignKey(
        "geo.ManagingArea", models.PROTECT, null=True, blank=True, verbose_name=_("辖区")
    )
    geometry = models.PointField(_("位置"), srid=STORAGE_SRID, null=True, blank=True)
    channel = models.CharField(_("来源渠道"), max_length=NAME_LENGTH, blank=True)
    document = models.CharField(_("文号"), max_length=NAME_LENGTH, blank=True)
    result = models.CharField(
        _("处理结果"), max_length=WORD_LENGTH, choices=choices(EventResult), blank=True
    )

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = _("投诉与巡查")
        constraints: ClassVar = [
            *Fact.Meta.constraints,
            one_of("kind", EventKind, name="event_kind_known"),
            one_of("category", EventCategory, name="event_category_known"),
            one_of("result", ("", *EventResult), name="event_result_known"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=False, valid_to=models.F("valid_from")),
                name="event_is_of_one_day",
            ),
            models.CheckConstraint(
                condition=Q(compound__isnull=False) | Q(geometry__isnull=False),
                name="event_is_somewhere",
            ),
        ]
        indexes: ClassVar = [
            *Fact.Meta.indexes,
            models.Index(fields=["valid_from"], name="event_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from} {self.get_kind_display()} {self.get_category_display()}"
