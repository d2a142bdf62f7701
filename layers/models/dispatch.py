"""What follows a plan on the ground is dispatched: when each step is due, and what was handed over.

By when a step (业主决定, 签约, 备案, 进驻) is to be taken in all sites of a plan, and which office
answers for it, is set by the planner. An item (交办事项) is handed over to an office on a day, is
due on a day, and is crossed off (销号) on a day with a note. An office or post answers, never a
person by name: the product keeps no ledger of persons.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.models.audited import audited_in
from geo.models.storage import NAME_LENGTH, WORD_LENGTH
from layers.coverage import Step
from layers.models.plans import Plan, Zone


class WayStep(models.TextChoices):
    """A step that follows a plan: the words of `layers.coverage.Step`."""

    DECIDED = Step.DECIDED.value, _("业主决定")
    SIGNED = Step.SIGNED.value, _("签约")
    FILED = Step.FILED.value, _("备案")
    IN_SERVICE = Step.IN_SERVICE.value, _("进驻")


@audited_in("plan", "step", "due_on", "duty")
class PlanDue(models.Model):
    """By when a step is to be taken in all sites of a plan, and which office answers for it."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="dues", verbose_name=_("方案"))
    step = models.CharField(_("步骤"), max_length=WORD_LENGTH, choices=WayStep)
    due_on = models.DateField(_("期限"), null=True, blank=True)
    duty = models.CharField(_("责任单位或岗位"), max_length=NAME_LENGTH, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("方案各步期限")
        ordering = ["plan", "step"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "step"], name="plandue_once"),
            models.CheckConstraint(condition=Q(step__in=WayStep.values), name="plandue_step_known"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.get_step_display()} {self.due_on}"


@audited_in("plan", "zone", "text", "duty", "handed_on", "due_on", "closed_on", "note")
class DispatchItem(models.Model):
    """Something that an office was told to see to (交办), until it is crossed off (销号)."""

    plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="dispatch_items", verbose_name=_("方案")
    )
    zone = models.ForeignKey(
        Zone,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="dispatch_items",
        verbose_name=_("片区"),
    )
    text = models.TextField(_("交办事项"))
    duty = models.CharField(_("责任单位或岗位"), max_length=NAME_LENGTH)
    handed_on = models.DateField(_("交办日期"))
    due_on = models.DateField(_("办结期限"))
    closed_on = models.DateField(_("销号日期"), null=True, blank=True)
    note = models.TextField(_("办理结果"), blank=True)
    recorded_at = models.DateTimeField(_("记录时间"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("记录人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("交办事项")
        ordering = ["plan", "handed_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="dispatchitem_says_something"),
            models.CheckConstraint(condition=~Q(duty=""), name="dispatchitem_names_an_office"),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("handed_on")), name="dispatchitem_due_after_handing"
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True)
                | Q(closed_on__gte=F("handed_on")) & ~Q(note=""),
                name="dispatchitem_closed_with_a_note",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.text[:30]}"
