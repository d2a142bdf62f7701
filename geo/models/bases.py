"""Base lists (底数): what a published rate divides by.

A base list is a frozen, dated list with a document number: "the 961 compounds of the built-up
area". Once reported, its rows stay in every denominator that names it, whether or not compounds
are merged, renamed or pulled down later; a wrong row is withdrawn as a fact, and the rate as
known before still divides by the old number.
"""

from typing import ClassVar

from django.contrib.gis.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.models.audited import audited
from geo.models.facts import CURRENT, Fact, Frozen
from geo.models.storage import (
    NAME_LENGTH,
    WORD_LENGTH,
    choices,
    exactly_one,
    one_at_a_time,
    one_of,
)
from geo.words import BaseUnit


@audited
class BaseList(models.Model):
    """A frozen list that rates are divided by."""

    name = models.CharField(_("底数名称"), max_length=NAME_LENGTH, unique=True)
    unit = models.CharField(_("单位"), max_length=WORD_LENGTH, choices=choices(BaseUnit))
    document = models.CharField(_("文号"), max_length=NAME_LENGTH, blank=True)
    frozen_on = models.DateField(_("冻结日期"))
    recorded_at = models.DateTimeField(_("记录时间"), default=timezone.now, editable=False)
    batch = models.ForeignKey(
        "geo.ImportBatch", models.PROTECT, null=True, blank=True, verbose_name=_("导入批次")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("底数")
        ordering = ["-frozen_on", "name"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="baselist_has_a_name"),
            one_of("unit", BaseUnit, name="baselist_unit_known"),
        ]
        triggers = [Frozen(name="frozen")]

    def __str__(self) -> str:
        return self.name


@audited
class BaseRow(Fact):
    """One thing on a base list."""

    base_list = models.ForeignKey(
        BaseList, models.PROTECT, related_name="rows", verbose_name=_("底数")
    )
    compound = models.ForeignKey(
        "geo.Compound", models.PROTECT, null=True, blank=True, verbose_name=_("小区")
    )
    management_area = models.ForeignKey(
        "geo.ManagementArea",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("物业管理区域"),
    )
    building = models.ForeignKey(
        "geo.Building", models.PROTECT, null=True, blank=True, verbose_name=_("楼栋")
    )

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = _("底数明细")
        constraints: ClassVar = [
            *Fact.Meta.constraints,
            exactly_one("compound", "management_area", "building", name="baserow_is_one_thing"),
            *(
                one_at_a_time("base_list", thing, among=CURRENT, name=f"baserow_{thing}_once")
                for thing in ("compound", "management_area", "building")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.base_list}：{self.compound or self.management_area or self.building}"
