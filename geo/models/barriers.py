"""What separates sites, and what joins them again. Their codes come from their geometry."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from geo.crs import STORAGE_SRID
from geo.models.audited import audited
from geo.models.registered import Registered
from geo.models.storage import NAME_LENGTH, WORD_LENGTH, choices, one_of
from geo.words import BarrierKind, CrossingKind


@audited
class Barrier(Registered):
    """A river, railway, road or wall, drawn as a line or as a surface."""

    kind = models.CharField(_("类型"), max_length=WORD_LENGTH, choices=choices(BarrierKind))
    geometry = models.GeometryField(_("线或面"), srid=STORAGE_SRID)

    class Meta(Registered.Meta):
        verbose_name = verbose_name_plural = _("阻隔")
        ordering = ["code"]
        constraints: ClassVar = [
            *Registered.Meta.constraints,
            one_of("kind", BarrierKind, name="barrier_kind_known"),
        ]


@audited
class Crossing(Registered):
    """A bridge, underpass, gate or zebra: a line whose two ends say what it joins."""

    kind = models.CharField(
        _("类型"), max_length=WORD_LENGTH, choices=choices(CrossingKind), blank=True
    )
    note = models.CharField(_("备注"), max_length=NAME_LENGTH, blank=True)
    geometry = models.LineStringField(_("线"), srid=STORAGE_SRID)

    class Meta(Registered.Meta):
        verbose_name = verbose_name_plural = _("通道")
        ordering = ["code"]
        constraints: ClassVar = [
            *Registered.Meta.constraints,
            one_of("kind", ("", *CrossingKind), name="crossing_kind_known"),
        ]
