"""Who signs in, and what they may do where."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.models.audited import audited_in
from geo.models.storage import WORD_LENGTH, one_at_a_time, ordered


@audited_in(
    *("username", "first_name", "last_name", "email", "is_active", "is_staff", "is_superuser"),
)
class User(AbstractUser):
    """A person who signs in; what they may see follows from their memberships."""

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Role(models.TextChoices):
    """What a person does."""

    CLERK = "clerk", _("经办人")
    VIEWER = "viewer", _("查看")
    PLANNER = "planner", _("规划")
    APPROVER = "approver", _("审定")
    ADMINISTRATOR = "administrator", _("系统管理")
    AUDITOR = "auditor", _("审计")


EVERYWHERE = (Role.ADMINISTRATOR, Role.AUDITOR)
"""Roles that may be held without an area, which means everywhere."""


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships."""

    def valid_on(self, day: object) -> "MembershipQuerySet":
        """Return what holds on a day; unknown ends are open."""
        return self.filter(Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day))


@audited_in("user", "role", "area", "valid_from", "valid_to")
class Membership(models.Model):
    """A person's role in a managing area and all below it, for as long as it holds."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="memberships", verbose_name=_("用户")
    )
    role = models.CharField(_("角色"), max_length=WORD_LENGTH, choices=Role)
    area = models.ForeignKey(
        "geo.ManagingArea",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("辖区"),
    )
    valid_from = models.DateField(_("起始日期"), default=timezone.localdate)
    valid_to = models.DateField(_("截止日期"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("用户角色")
        ordering = ["user", "role"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
            models.CheckConstraint(
                condition=Q(area__isnull=False) | Q(role__in=EVERYWHERE),
                name="membership_names_its_area",
            ),
            ordered("valid_from", "valid_to", name="membership_days_in_order"),
            one_at_a_time("user", "role", "area", name="membership_held_once"),
            one_at_a_time(
                "user",
                "role",
                among=Q(area__isnull=True),
                name="membership_everywhere_held_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()} {self.area or _('全部辖区')}"
