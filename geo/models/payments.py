"""What was paid: subsidies with the way they were worked out, and fees due and received.

Fees are sums of a whole compound over a period. What a person or a flat owes is not kept.
"""

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from geo.models.audited import audited
from geo.models.evaluations import area_field, compound_field, dated, with_document
from geo.models.facts import CURRENT, Fact
from geo.models.storage import (
    NAME_LENGTH,
    WORD_LENGTH,
    choices,
    exactly_one,
    one_at_a_time,
    one_of,
)
from geo.words import QuarterMark, SubsidyBasis


@audited
class Subsidy(Fact):
    """One subsidy for a compound or area: standard × quantity × months × factor = amount."""

    provider = models.ForeignKey(
        "geo.Provider", models.PROTECT, related_name="subsidies", verbose_name=_("服务主体")
    )
    compound = compound_field()
    area = area_field()
    line = models.CharField(_("补贴名称"), max_length=NAME_LENGTH)
    basis = models.CharField(_("计算方式"), max_length=WORD_LENGTH, choices=choices(SubsidyBasis))
    standard = models.DecimalField(_("标准"), max_digits=14, decimal_places=4)
    quantity = models.DecimalField(_("数量"), max_digits=14, decimal_places=4)
    months = models.PositiveSmallIntegerField(_("月数"))
    grade = models.CharField(
        _("等次"), max_length=WORD_LENGTH, choices=choices(QuarterMark), blank=True
    )
    factor = models.DecimalField(_("等次系数"), max_digits=6, decimal_places=4)
    amount_yuan = models.DecimalField(_("金额（元）"), max_digits=14, decimal_places=2)
    vote = models.CharField(_("业主表决文号"), max_length=NAME_LENGTH, blank=True)
    document = models.CharField(_("文号"), max_length=NAME_LENGTH)

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = _("补贴")
        constraints: ClassVar = [
            *Fact.Meta.constraints,
            dated("subsidy_has_a_period"),
            exactly_one("compound", "area", name="subsidy_of_one_place"),
            one_of("basis", SubsidyBasis, name="subsidy_basis_known"),
            one_of("grade", ("", *QuarterMark), name="subsidy_grade_known"),
            with_document("subsidy_has_a_document"),
            models.CheckConstraint(
                condition=Q(
                    standard__gte=0,
                    quantity__gte=0,
                    months__gte=1,
                    factor__gte=0,
                    amount_yuan__gte=0,
                ),
                name="subsidy_is_no_debt",
            ),
            one_at_a_time("provider", "compound", "line", among=CURRENT, name="subsidy_paid_once"),
            one_at_a_time("provider", "area", "line", among=CURRENT, name="subsidy_area_once"),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.amount_yuan}"


@audited
class FeeCollection(Fact):
    """Fees of a whole compound that were due and received over a period."""

    compound = compound_field(may_lack=False)
    provider = models.ForeignKey(
        "geo.Provider",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="collections",
        verbose_name=_("服务主体"),
    )
    due_yuan = models.DecimalField(_("应收（元）"), max_digits=14, decimal_places=2)
    received_yuan = models.DecimalField(_("实收（元）"), max_digits=14, decimal_places=2)
    document = models.CharField(_("文号"), max_length=NAME_LENGTH, blank=True)

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = _("物业费收缴")
        constraints: ClassVar = [
            *Fact.Meta.constraints,
            dated("feecollection_has_a_period"),
            models.CheckConstraint(condition=Q(due_yuan__gt=0), name="feecollection_is_due"),
            models.CheckConstraint(
                condition=Q(received_yuan__gte=0, received_yuan__lte=F("due_yuan")),
                name="feecollection_received_in_range",
            ),
            one_at_a_time("compound", among=CURRENT, name="feecollection_once"),
        ]

    def __str__(self) -> str:
        return f"{self.compound} {self.valid_from} — {self.valid_to}"
