"""Compounds, their buildings, and the legal areas that are made of them.

A *compound* (小区) is what people live in and bureaus list. A *management area* (物业管理区域) is
what the law knows: one owners' decision-maker, one provider; it holds one or more compounds or
buildings. The two are kept apart, because two compounds may be merged into one management area by
a recorded decision of their owners without ceasing to be two rows of a published list.

A building belongs to a compound, or is *scattered*. Scattered residential buildings near one
another form a *courtyard*: a stored row with a code, never recomputed under a contract.
"""

from typing import ClassVar

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from geo.crs import STORAGE_SRID
from geo.models.audited import audited
from geo.models.facts import CURRENT, Fact
from geo.models.registered import Registered
from geo.models.storage import (
    NAME_LENGTH,
    WORD_LENGTH,
    choices,
    exactly_one,
    one_at_a_time,
    one_of,
    ordered,
    positive,
    valid_outline,
)
from geo.words import Condition

BUILT = (1840, 2200)
"""Years that can be a year of completion; others are typing errors."""


def believable_year(*, name: str) -> models.CheckConstraint:
    """Refuse years that no compound was built in."""
    return models.CheckConstraint(condition=models.Q(built__range=BUILT), name=name)


@audited
class Compound(Registered):
    """A residential compound; its boundary may not be drawn yet, then a point stands for it."""

    area = models.ForeignKey(
        "geo.ManagingArea", models.PROTECT, null=True, blank=True, verbose_name=_("所属社区/街道")
    )
    title_area = models.CharField(_("产权单位所在区"), max_length=NAME_LENGTH, blank=True)
    address = models.CharField(_("地址"), max_length=NAME_LENGTH, blank=True)
    built = models.PositiveSmallIntegerField(_("建成年代"), null=True, blank=True)
    households = models.PositiveIntegerField(_("户数"), null=True, blank=True)
    floor_area_m2 = models.FloatField(_("建筑面积（㎡）"), null=True, blank=True)
    buildings_reported = models.PositiveIntegerField(_("楼栋数"), null=True, blank=True)
    old_list = models.BooleanField(_("老旧小区认定"), null=True, blank=True)
    fee_low = models.FloatField(_("物业费下限"), null=True, blank=True)
    fee_high = models.FloatField(_("物业费上限"), null=True, blank=True)
    renovation = models.CharField(_("改造"), max_length=NAME_LENGTH, blank=True)
    geometry = models.MultiPolygonField(_("边界"), srid=STORAGE_SRID, null=True, blank=True)
    point = models.PointField(_("位置"), srid=STORAGE_SRID, null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("并入小区")
    )

    class Meta(Registered.Meta):
        verbose_name = verbose_name_plural = _("小区")
        ordering = ["code"]
        indexes = [models.Index(fields=["name"], name="compound_by_name")]
        constraints: ClassVar = [
            *Registered.Meta.constraints,
            positive("households", name="compound_households_positive"),
            positive("floor_area_m2", name="compound_floor_area_positive"),
            positive("buildings_reported", name="compound_buildings_positive"),
            believable_year(name="compound_year_believable"),
            models.CheckConstraint(
                condition=models.Q(fee_low__gte=0), name="compound_fee_not_negative"
            ),
            ordered("fee_low", "fee_high", name="compound_fees_in_order"),
            valid_outline(name="compound_outline_valid"),
        ]


@audited
class Courtyard(Registered):
    """Scattered residential buildings near one another, run as one."""

    area = models.ForeignKey(
        "geo.ManagingArea", models.PROTECT, null=True, blank=True, verbose_name=_("所属社区/街道")
    )
    geometry = models.MultiPolygonField(_("范围"), srid=STORAGE_SRID, null=True, blank=True)

    class Meta(Registered.Meta):
        verbose_name = verbose_name_plural = _("院落")
        ordering = ["code"]
        constraints: ClassVar = [
            *Registered.Meta.constraints,
            valid_outline(name="courtyard_outline_valid"),
        ]


@audited
class Building(Registered):
    """A building's footprint."""

    area = models.ForeignKey(
        "geo.ManagingArea", models.PROTECT, null=True, blank=True, verbose_name=_("所属社区/街道")
    )
    compound = models.ForeignKey(
        Compound,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="buildings",
        verbose_name=_("所属小区"),
    )
    courtyard = models.ForeignKey(
        Courtyard,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="buildings",
        verbose_name=_("所属院落"),
    )
    address = models.CharField(_("门牌地址"), max_length=NAME_LENGTH, blank=True)
    use = models.CharField(_("用途"), max_length=NAME_LENGTH, blank=True)
    storeys = models.FloatField(_("层数"), null=True, blank=True)
    height_m = models.FloatField(_("高度（米）"), null=True, blank=True)
    built = models.PositiveSmallIntegerField(_("建成年代"), null=True, blank=True)
    households = models.PositiveIntegerField(_("户数"), null=True, blank=True)
    floor_area_m2 = models.FloatField(_("建筑面积（㎡）"), null=True, blank=True)
    geometry = models.MultiPolygonField(_("轮廓"), srid=STORAGE_SRID, null=True, blank=True)

    class Meta(Registered.Meta):
        verbose_name = verbose_name_plural = _("楼栋")
        ordering = ["code"]
        constraints: ClassVar = [
            *Registered.Meta.constraints,
            # A garage or a shed has no households, and the register says so: 0 is a finding here.
            positive("floor_area_m2", name="building_floor_area_positive"),
            positive("storeys", name="building_storeys_positive"),
            positive("height_m", name="building_height_positive"),
            believable_year(name="building_year_believable"),
            valid_outline(name="building_outline_valid"),
            models.CheckConstraint(
                condition=models.Q(compound__isnull=True) | models.Q(courtyard__isnull=True),
                name="building_in_one_place",
            ),
        ]


@audited
class ManagementArea(Registered):
    """The legal area of one owners' decision-maker and one provider; merged only by a decision."""

    area = models.ForeignKey(
        "geo.ManagingArea", models.PROTECT, null=True, blank=True, verbose_name=_("所属社区/街道")
    )
    decided_on = models.DateField(_("划定日期"), null=True, blank=True)
    document = models.CharField(_("依据文号"), max_length=NAME_LENGTH, blank=True)
    geometry = models.MultiPolygonField(_("范围"), srid=STORAGE_SRID, null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("并入物业管理区域")
    )

    class Meta(Registered.Meta):
        verbose_name = verbose_name_plural = _("物业管理区域")
        ordering = ["code"]
        constraints: ClassVar = [
            *Registered.Meta.constraints,
            valid_outline(name="managementarea_outline_valid"),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | ~models.Q(document=""),
                name="managementarea_merged_by_a_document",
            ),
        ]


@audited
class Member(Fact):
    """A compound or building belongs to a management area, to one only on any day."""

    management_area = models.ForeignKey(
        ManagementArea, models.PROTECT, related_name="members", verbose_name=_("物业管理区域")
    )
    compound = models.ForeignKey(
        Compound, models.PROTECT, null=True, blank=True, verbose_name=_("小区")
    )
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, verbose_name=_("楼栋")
    )

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = _("物业管理区域组成")
        constraints: ClassVar = [
            *Fact.Meta.constraints,
            exactly_one("compound", "building", name="member_is_one_thing"),
            one_at_a_time("compound", among=CURRENT, name="member_compound_in_one_area"),
            one_at_a_time("building", among=CURRENT, name="member_building_in_one_area"),
        ]

    def __str__(self) -> str:
        return f"{self.management_area} ← {self.compound or self.building}"


@audited
class ZoningWish(Fact):
    """What is wanted of a compound or a management area when zones are drawn (划片要求).

    Whether it leads others, and how much floor area its provider can take on besides; with whom it
    must share a zone (renovated together stays together), with whom it must not. The others are
    named by code or name; what names nothing is the name of a group, and stands beside each of it.
    """

    compound = models.ForeignKey(
        Compound,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="wishes",
        verbose_name=_("小区"),
    )
    management_area = models.ForeignKey(
        ManagementArea,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="wishes",
        verbose_name=_("物业管理区域"),
    )
    is_lead = models.BooleanField(_("带动小区"), null=True, blank=True)
    spare_m2 = models.FloatField(_("可带动面积（㎡）"), null=True, blank=True)
    together = models.CharField(_("须同片"), max_length=NAME_LENGTH, blank=True)
    apart = models.CharField(_("不得同片"), max_length=NAME_LENGTH, blank=True)

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = _("划片要求")
        constraints: ClassVar = [
            *Fact.Meta.constraints,
            exactly_one("compound", "management_area", name="zoningwish_of_one_thing"),
            one_at_a_time("compound", among=CURRENT, name="zoningwish_of_compound_once"),
            one_at_a_time("management_area", among=CURRENT, name="zoningwish_of_area_once"),
            positive("spare_m2", name="zoningwish_spare_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.compound or self.management_area} {self._meta.verbose_name}"


@audited
class ConditionFact(Fact):
    """A condition of a compound is met or not; where nobody said so, there is no row (不详)."""

    compound = models.ForeignKey(
        Compound, models.PROTECT, related_name="conditions", verbose_name=_("小区")
    )
    key = models.CharField(_("条件"), max_length=WORD_LENGTH, choices=choices(Condition))
    is_met = models.BooleanField(_("是否具备"))

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = _("管理条件")
        constraints: ClassVar = [
            *Fact.Meta.constraints,
            one_of("key", Condition, name="conditionfact_key_known"),
            one_at_a_time("compound", "key", among=CURRENT, name="conditionfact_said_once"),
        ]

    def __str__(self) -> str:
        return f"{self.compound} {self.get_key_display()}"
