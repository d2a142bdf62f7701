"""Contracts, and the decisions and committees that they rest on.

A *contract* (物业服务合同) says who serves; its row is written once. What it covers, from when,
and how far it has come (签约 → 备案 → 进驻) stands in its *items*, one a covered thing, which are
facts: ending a contract early, or finding out later that it was filed, is a correction of items.

An item covers exactly one management area, compound, building or courtyard. A covered management
area covers its members, a covered compound its buildings. An item without any date is what a
list says of today ("管理单位：…"): the thing is served, but nothing shows that anybody signed.
"""

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.models.audited import audited
from geo.models.facts import CURRENT, Fact, Frozen
from geo.models.storage import (
    NAME_LENGTH,
    WORD_LENGTH,
    choices,
    exactly_one,
    is_share,
    one_at_a_time,
    one_of,
    ordered,
)
from geo.words import CommitteeKind, DecisionWay

COVERED = ("management_area", "compound", "building", "courtyard")


@audited
class Contract(models.Model):
    """An agreement with a provider; never changed, what it covers stands in its items."""

    provider = models.ForeignKey(
        "geo.Provider", models.PROTECT, related_name="contracts", verbose_name=_("服务主体")
    )
    document = models.CharField(_("合同编号"), max_length=NAME_LENGTH, blank=True)
    recorded_at = models.DateTimeField(_("记录时间"), default=timezone.now, editable=False)
    batch = models.ForeignKey(
        "geo.ImportBatch", models.PROTECT, null=True, blank=True, verbose_name=_("导入批次")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("物业服务合同")
        triggers = [Frozen(name="frozen")]

    def __str__(self) -> str:
        return f"{self.provider} {self.document}".strip()


def begins_before(day: str, *, name: str) -> models.CheckConstraint:
    """Let a contract hold from its first dated step on, so that no step lies outside it."""
    condition = Q(**{f"{day}__isnull": True}) | Q(
        **{"valid_from__isnull": False, f"{day}__gte": models.F("valid_from")}
    )
    return models.CheckConstraint(condition=condition, name=name)


@audited
class ContractItem(Fact):
    """One thing that a contract covers; `valid_to` is the last day of service (终止日期)."""

    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="items", verbose_name=_("合同")
    )
    management_area = models.ForeignKey(
        "geo.ManagementArea",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contract_items",
        verbose_name=_("物业管理区域"),
    )
    compound = models.ForeignKey(
        "geo.Compound",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contract_items",
        verbose_name=_("小区"),
    )
    building = models.ForeignKey(
        "geo.Building",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contract_items",
        verbose_name=_("楼栋"),
    )
    courtyard = models.ForeignKey(
        "geo.Courtyard",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contract_items",
        verbose_name=_("院落"),
    )
    mode = models.CharField(_("管理模式"), max_length=NAME_LENGTH, blank=True)
    signed_on = models.DateField(_("签约日期"), null=True, blank=True)
    filed_on = models.DateField(_("备案日期"), null=True, blank=True)
    in_service_from = models.DateField(_("进驻日期"), null=True, blank=True)
    fee_low = models.FloatField(_("物业费下限"), null=True, blank=True)
    fee_high = models.FloatField(_("物业费上限"), null=True, blank=True)
    grade = models.CharField(_("服务等级"), max_length=NAME_LENGTH, blank=True)

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = _("合同服务范围")
        constraints: ClassVar = [
            *Fact.Meta.constraints,
            exactly_one(*COVERED, name="contractitem_covers_one_thing"),
            begins_before("signed_on", name="contractitem_signed_inside"),
            begins_before("filed_on", name="contractitem_filed_inside"),
            begins_before("in_service_from", name="contractitem_serves_inside"),
            ordered("signed_on", "valid_to", name="contractitem_signed_before_end"),
            ordered("in_service_from", "valid_to", name="contractitem_serves_before_end"),
            ordered("signed_on", "filed_on", name="contractitem_filed_after_signing"),
            models.CheckConstraint(condition=Q(fee_low__gte=0), name="contractitem_fee_positive"),
            ordered("fee_low", "fee_high", name="contractitem_fees_in_order"),
            *(
                one_at_a_time(
                    "contract", thing, among=CURRENT, name=f"contractitem_{thing}_covered_once"
                )
                for thing in COVERED
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract} → {self.covered}"

    @property
    def covered(self) -> models.Model:
        """Return the one thing that is covered."""
        covered: models.Model = next(
            getattr(self, thing) for thing in COVERED if getattr(self, f"{thing}_id")
        )
        return covered


@audited
class OwnersDecision(Fact):
    """The owners of a management area decided; `valid_from` is the day, where it is known."""

    management_area = models.ForeignKey(
        "geo.ManagementArea",
        models.PROTECT,
        related_name="decisions",
        verbose_name=_("物业管理区域"),
    )
    way = models.CharField(
        _("方式"), max_length=WORD_LENGTH, choices=choices(DecisionWay), blank=True
    )
    area_share = models.FloatField(_("参与面积占比"), null=True, blank=True)
    count_share = models.FloatField(_("参与人数占比"), null=True, blank=True)
    area_in_favour = models.FloatField(_("同意面积占比"), null=True, blank=True)
    count_in_favour = models.FloatField(_("同意人数占比"), null=True, blank=True)
    document = models.CharField(_("文号"), max_length=NAME_LENGTH, blank=True)

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = _("业主决定")
        constraints: ClassVar = [
            *Fact.Meta.constraints,
            one_of("way", ("", *DecisionWay), name="ownersdecision_way_known"),
            *(
                is_share(share, name=f"ownersdecision_{share}_is_share")
                for share in ("area_share", "count_share", "area_in_favour", "count_in_favour")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.management_area} {self.get_way_display()} {self.valid_from}"


@audited
class Committee(Fact):
    """Who decides for the owners of a management area or compound (业主组织)."""

    management_area = models.ForeignKey(
        "geo.ManagementArea",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="committees",
        verbose_name=_("物业管理区域"),
    )
    compound = models.ForeignKey(
        "geo.Compound",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="committees",
        verbose_name=_("小区"),
    )
    kind = models.CharField(_("类别"), max_length=WORD_LENGTH, choices=choices(CommitteeKind))
    document = models.CharField(_("备案文号"), max_length=NAME_LENGTH, blank=True)

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = _("业主组织")
        constraints: ClassVar = [
            *Fact.Meta.constraints,
            exactly_one("management_area", "compound", name="committee_of_one_thing"),
            one_of("kind", CommitteeKind, name="committee_kind_known"),
            one_at_a_time("compound", among=CURRENT, name="committee_one_a_compound"),
            one_at_a_time("management_area", among=CURRENT, name="committee_one_an_area"),
        ]

    def __str__(self) -> str:
        return f"{self.management_area or self.compound} {self.get_kind_display()}"
