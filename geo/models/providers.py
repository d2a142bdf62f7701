"""Providers (服务主体): who serves, how well, from where, and where they may not.

A provider is known by its name; a credit code exists only for companies. A name that stands in a
list of compounds makes a provider of kind 其他 that is `only_named`: the register of providers
fills it in when it comes. Grades, bases, service areas, roles, bans and exits are dated facts. A
ban is a decision with a document; nothing in the product makes one by itself.
"""

import hashlib
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
    one_at_a_time,
    one_of,
    positive,
)
from geo.words import FIRM_KINDS, ExitReason, ProviderKind, ProviderRole

GRADES = ("A", "B", "C", "D")


def provider_code(name: str) -> str:
    """Return the code of a provider, made from its name."""
    return "P" + hashlib.sha256(name.encode()).hexdigest()[:16]


@audited
class Provider(Registered):
    """A company, centre, unit or body that serves."""

    kind = models.CharField(
        _("性质"), max_length=WORD_LENGTH, choices=choices(ProviderKind), default=ProviderKind.OTHER
    )
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    capacity_m2 = models.FloatField(_("可承接面积（㎡）"), null=True, blank=True)
    capacity_households = models.PositiveIntegerField(_("可承接户数"), null=True, blank=True)
    only_named = models.BooleanField(_("仅有名称"), default=False)

    class Meta(Registered.Meta):
        verbose_name = verbose_name_plural = _("服务主体")
        ordering = ["name"]
        constraints: ClassVar = [
            *Registered.Meta.constraints,
            models.UniqueConstraint(fields=["name"], name="provider_name_unique"),
            models.CheckConstraint(condition=~models.Q(name=""), name="provider_has_a_name"),
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~models.Q(credit_code=""),
                name="provider_credit_code_unique",
            ),
            models.CheckConstraint(
                condition=models.Q(credit_code="")
                | models.Q(credit_code__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
                name="provider_credit_code_shape",
            ),
            one_of("kind", ProviderKind, name="provider_kind_known"),
            positive("capacity_m2", name="provider_capacity_m2_positive"),
            positive("capacity_households", name="provider_households_positive"),
        ]

    @property
    def is_firm(self) -> bool:
        """Tell whether the provider is a company (物业服务企业)."""
        return self.kind in FIRM_KINDS


@audited
class Grade(Fact):
    """The credit grade of a provider, A best."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="grades")
    grade = models.CharField(_("信用等级"), max_length=1, choices=[(g, g) for g in GRADES])

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = _("信用等级")
        constraints: ClassVar = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=models.Q(grade__in=GRADES), name="grade_known"),
            one_at_a_time("provider", among=CURRENT, name="grade_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.grade}"


@audited
class Base(Fact):
    """Where a provider's people start from."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="bases")
    geometry = models.PointField(_("驻地"), srid=STORAGE_SRID)

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = _("驻地")
        constraints: ClassVar = [
            *Fact.Meta.constraints,
            one_at_a_time("provider", among=CURRENT, name="base_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return str(self.provider)


@audited
class ServiceArea(Fact):
    """A provider serves in an area; one without any serves everywhere."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="service_areas")
    area = models.ForeignKey("geo.ManagingArea", models.PROTECT, verbose_name=_("服务区域"))

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = _("服务区域")
        constraints: ClassVar = [
            *Fact.Meta.constraints,
            one_at_a_time("provider", "area", among=CURRENT, name="servicearea_said_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.area}"


@audited
class Ban(Fact):
    """A decision that bars a provider from an area (禁入); without area, from everywhere."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="bans")
    area = models.ForeignKey(
        "geo.ManagingArea", models.PROTECT, null=True, blank=True, verbose_name=_("区域")
    )
    reason = models.TextField(_("原因"))
    document = models.CharField(_("文号"), max_length=NAME_LENGTH, blank=True)

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = _("禁入决定")
        constraints: ClassVar = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(reason=""), name="ban_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.area or ''}"


@audited
class Exit(Fact):
    """A provider left a contract: when (`valid_from`), why, by which document."""

    contract = models.ForeignKey("geo.Contract", models.PROTECT, related_name="exits")
    area = models.ForeignKey(
        "geo.ManagingArea", models.PROTECT, null=True, blank=True, verbose_name=_("区域")
    )
    reason = models.CharField(_("原因"), max_length=WORD_LENGTH, choices=choices(ExitReason))
    document = models.CharField(_("文号"), max_length=NAME_LENGTH, blank=True)

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = _("退出记录")
        constraints: ClassVar = [
            *Fact.Meta.constraints,
            one_of("reason", ExitReason, name="exit_reason_known"),
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=False), name="exit_has_a_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract} {self.get_reason_display()}"


@audited
class Role(Fact):
    """A role granted to a provider for an area and period by a document, such as 兜底."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="roles")
    role = models.CharField(_("角色"), max_length=WORD_LENGTH, choices=choices(ProviderRole))
    area = models.ForeignKey(
        "geo.ManagingArea", models.PROTECT, null=True, blank=True, verbose_name=_("区域")
    )
    document = models.CharField(_("文号"), max_length=NAME_LENGTH, blank=True)

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = _("角色")
        constraints: ClassVar = [
            *Fact.Meta.constraints,
            one_of("role", ProviderRole, name="role_known"),
            one_at_a_time("provider", "role", "area", among=CURRENT, name="role_granted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.get_role_display()}"
