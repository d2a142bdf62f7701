"""Managing areas: who is responsible for which ground.

This is the tree by which a city is *managed*, not the statistical one: a high-tech zone's committee
counts as a district, and a community may be moved from one subdistrict to another from a given
day on. Statistical 12-digit codes may serve as codes, as text; the tree never has to agree with
them. An area that was abolished keeps its row and gets a `valid_to`.
"""

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from geo.crs import STORAGE_SRID
from geo.models.audited import audited
from geo.models.registered import Registered
from geo.models.storage import WORD_LENGTH, choices, one_of, valid_outline
from geo.words import AreaLevel

LEVELS = [str(level) for level in AreaLevel]


@audited
class ManagingArea(Registered):
    """A city, district, subdistrict, community or grid."""

    level = models.CharField(_("层级"), max_length=WORD_LENGTH, choices=choices(AreaLevel))
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级"),
    )
    geometry = models.MultiPolygonField(_("范围"), srid=STORAGE_SRID, null=True, blank=True)

    class Meta(Registered.Meta):
        verbose_name = verbose_name_plural = _("管理辖区")
        ordering = ["code"]
        indexes = [models.Index(fields=["name"], name="managingarea_by_name")]
        constraints: ClassVar = [
            *Registered.Meta.constraints,
            one_of("level", AreaLevel, name="managingarea_level_known"),
            valid_outline(name="managingarea_outline_valid"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="managingarea_not_its_own_parent",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="managingarea_has_a_name"),
        ]

    def lies_below(self, parent: "ManagingArea") -> bool:
        """Tell whether the area's level may hang below that of `parent`."""
        return LEVELS.index(self.level) > LEVELS.index(parent.level)
