"""How providers and compounds were judged: scores, quarterly grades, checklists, treatments.

Scores are given by the parties that a policy names, for a quarter; what they come to is worked
out, never stored. A *quarterly grade* is a decision with a document and goes before what the
scores would give. A *treatment decision* is what the office made of a proposal (拟处理): without a
document there is none.
"""

from typing import Any, ClassVar

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from geo.models.audited import audited
from geo.models.facts import CURRENT, Fact
from geo.models.storage import (
    NAME_LENGTH,
    WORD_LENGTH,
    choices,
    exactly_one,
    one_at_a_time,
    one_of,
)
from geo.words import QuarterMark, Verdict


def dated(name: str) -> models.CheckConstraint:
    """Ask for both days of a period."""
    return models.CheckConstraint(
        condition=Q(valid_from__isnull=False, valid_to__isnull=False), name=name
    )


def with_document(name: str) -> models.CheckConstraint:
    """Ask for the document that a decision rests on."""
    return models.CheckConstraint(condition=~Q(document=""), name=name)


def compound_field(*, may_lack: bool = True) -> Any:
    """Return the reference to the compound that a judgement is about."""
    return models.ForeignKey(
        "geo.Compound",
        models.PROTECT,
        null=may_lack,
        blank=may_lack,
        related_name="+",
        verbose_name=_("小区"),
    )


def area_field() -> Any:
    """Return the reference to the area that a judgement is about, where it is not a compound."""
    return models.ForeignKey(
        "geo.ManagingArea",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("辖区"),
    )


@audited
class Score(Fact):
    """What one party gave a provider in a compound or area for a quarter, 0 to 100."""

    provider = models.ForeignKey(
        "geo.Provider", models.PROTECT, related_name="scores", verbose_name=_("服务主体")
    )
    compound = compound_field()
    area = area_field()
    party = models.CharField(_("评议主体"), max_length=NAME_LENGTH)
    score = models.DecimalField(_("得分"), max_digits=5, decimal_places=2)
    voters = models.PositiveIntegerField(_("参评人数"), null=True, blank=True)
    document = models.CharField(_("文号"), max_length=NAME_LENGTH, blank=True)

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = _("评议得分")
        constraints: ClassVar = [
            *Fact.Meta.constraints,
            dated("score_has_a_quarter"),
            exactly_one("compound", "area", name="score_of_one_place"),
            models.CheckConstraint(condition=Q(score__range=(0, 100)), name="score_in_range"),
            one_at_a_time("provider", "compound", "party", among=CURRENT, name="score_given_once"),
            one_at_a_time("provider", "area", "party", among=CURRENT, name="score_area_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.party} {self.score}"


@audited
class QuarterGrade(Fact):
    """The grade that an office gave a provider in a compound or area for a quarter."""

    provider = models.ForeignKey(
        "geo.Provider", models.PROTECT, related_name="quarter_grades", verbose_name=_("服务主体")
    )
    compound = compound_field()
    area = area_field()
    grade = models.CharField(_("等次"), max_length=WORD_LENGTH, choices=choices(QuarterMark))
    document = models.CharField(_("文号"), max_length=NAME_LENGTH)

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = _("季度等次")
        constraints: ClassVar = [
            *Fact.Meta.constraints,
            dated("quartergrade_has_a_quarter"),
            exactly_one("compound", "area", name="quartergrade_of_one_place"),
            one_of("grade", QuarterMark, name="quartergrade_known"),
            with_document("quartergrade_has_a_document"),
            one_at_a_time("provider", "compound", among=CURRENT, name="quartergrade_once"),
            one_at_a_time("provider", "area", among=CURRENT, name="quartergrade_area_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.get_grade_display()}"


@audited
class CheckFact(Fact):
    """Whether a compound met one item of a checklist (五好) on a day; the latest day counts.

    Without a row nobody knows.
    """

    compound = compound_field(may_lack=False)
    item = models.CharField(_("创建项"), max_length=NAME_LENGTH)
    is_met = models.BooleanField(_("达标"))
    document = models.CharField(_("文号"), max_length=NAME_LENGTH, blank=True)

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = _("五好检查")
        constraints: ClassVar = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(valid_from__isnull=False), name="checkfact_has_a_date"
            ),
            models.UniqueConstraint(
                fields=["compound", "item", "valid_from"],
                condition=CURRENT,
                name="checkfact_said_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.compound} {self.item}"


@audited
class TreatmentDecision(Fact):
    """What the office decided about a treatment of a compound on a day; the latest counts."""

    compound = compound_field(may_lack=False)
    policy = models.CharField(_("政策"), max_length=NAME_LENGTH)
    treatment = models.CharField(_("处理方式"), max_length=NAME_LENGTH)
    verdict = models.CharField(_("决定"), max_length=WORD_LENGTH, choices=choices(Verdict))
    document = models.CharField(_("文号"), max_length=NAME_LENGTH)

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = _("处理决定")
        constraints: ClassVar = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(valid_from__isnull=False), name="treatmentdecision_has_a_date"
            ),
            one_of("verdict", Verdict, name="treatmentdecision_verdict_known"),
            with_document("treatmentdecision_has_a_document"),
            models.UniqueConstraint(
                fields=["compound", "policy", "treatment", "valid_from"],
                condition=CURRENT,
                name="treatmentdecision_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.compound} {self.treatment} {self.get_verdict_display()}"
