"""What people did to a plan, row by row: edits of the drawing, steps of the state, comments.

An *edit* (图上修改) moves sites between zones, or locks them. It bears the number of the plan's
revision that it made, and holds what it changed, before and after; so the plan can be replayed from
its proposal on, and undoing is the same edit backwards. Undo and redo are edits of their own that
name what they undo or redo: nothing is ever taken out of the log.

A *step* carries a plan from one state to the next (草案 → 征求意见 → 报审 → 审定 → 公示), or back.

All three are written once: the tables refuse UPDATE and DELETE.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.models.facts import Frozen
from geo.models.storage import NAME_LENGTH, WORD_LENGTH
from layers import editing
from layers.models.plans import Plan, PlanStatus


class EditAction(models.TextChoices):
    """What an edit does: the words of `layers.editing.Action`."""

    ASSIGN = editing.Action.ASSIGN.value, _("划入片区")
    LOCK = editing.Action.LOCK.value, _("锁定")
    UNLOCK = editing.Action.UNLOCK.value, _("解锁")
    MERGE = editing.Action.MERGE.value, _("合并片区")
    SPLIT = editing.Action.SPLIT.value, _("拆分片区")
    CHOOSE = editing.Action.CHOOSE.value, _("选定服务主体")
    RELEASE = editing.Action.RELEASE.value, _("交回系统推荐")
    UNDO = editing.Action.UNDO.value, _("撤销")
    REDO = editing.Action.REDO.value, _("重做")


class PlanEdit(models.Model):
    """One revision of a plan: who changed what, when, and what it was before."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="edits", verbose_name=_("方案"))
    revision = models.PositiveIntegerField(_("修订号"))
    action = models.CharField(_("操作"), max_length=WORD_LENGTH, choices=EditAction)
    request = models.UUIDField(_("请求编号"), unique=True)
    changes: Any = models.JSONField(_("变更前后"))
    outcome: Any = models.JSONField(_("变更结果"))
    text: Any = models.JSONField(_("说明"))
    undoes = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="undone_by", verbose_name=_("所撤销的修改")
    )
    redoes = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="redone_by", verbose_name=_("所重做的修改")
    )
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("修改人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("图上修改")
        ordering = ["plan", "-revision"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "revision"], name="planedit_revision_once"),
            models.CheckConstraint(
                condition=Q(action__in=EditAction.values), name="planedit_action_known"
            ),
            models.CheckConstraint(condition=Q(revision__gt=0), name="planedit_revision_from_one"),
            models.CheckConstraint(
                condition=Q(action=EditAction.UNDO, undoes__isnull=False)
                | ~Q(action=EditAction.UNDO) & Q(undoes__isnull=True),
                name="planedit_undo_names_the_edit",
            ),
            models.CheckConstraint(
                condition=Q(action=EditAction.REDO, redoes__isnull=False)
                | ~Q(action=EditAction.REDO) & Q(redoes__isnull=True),
                name="planedit_redo_names_the_edit",
            ),
        ]
        triggers = [Frozen(name="frozen")]

    def __str__(self) -> str:
        return f"{self.plan} r{self.revision}"


class PlanStep(models.Model):
    """One step of a plan from state to state: who took it, when, and what they said."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="steps", verbose_name=_("方案"))
    step = models.CharField(_("步骤"), max_length=WORD_LENGTH)
    from_status = models.CharField(_("原状态"), max_length=WORD_LENGTH, choices=PlanStatus)
    to_status = models.CharField(_("新状态"), max_length=WORD_LENGTH, choices=PlanStatus)
    revision = models.PositiveIntegerField(_("修订号"))
    plan_hash = models.CharField(_("方案校验值"), max_length=64)
    comment = models.TextField(_("意见"), blank=True)
    document = models.CharField(_("文号"), max_length=NAME_LENGTH, blank=True)
    notice_from = models.DateField(_("公示开始"), null=True, blank=True)
    notice_to = models.DateField(_("公示结束"), null=True, blank=True)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("办理人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("方案流转")
        ordering = ["plan", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(from_status=F("to_status")), name="planstep_leads_elsewhere"
            ),
            models.CheckConstraint(
                condition=Q(from_status__in=PlanStatus.values, to_status__in=PlanStatus.values),
                name="planstep_states_known",
            ),
        ]
        triggers = [Frozen(name="frozen")]

    def __str__(self) -> str:
        return f"{self.plan} {self.get_from_status_display()} → {self.get_to_status_display()}"


class PlanComment(models.Model):
    """What somebody said of a plan, or of one of its zones by the number it had."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="comments", verbose_name=_("方案"))
    zone = models.PositiveIntegerField(_("片区号"), null=True, blank=True)
    revision = models.PositiveIntegerField(_("修订号"))
    text = models.TextField(_("意见"))
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("留言人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("方案意见")
        ordering = ["plan", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="plancomment_says_something"),
        ]
        triggers = [Frozen(name="frozen")]

    def __str__(self) -> str:
        return f"{self.plan} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"
