"""Plans asked for together: those of a city's districts, or several different ones of a district.

A *run* (方案生成批次) is one request; a *part* is one district of it. A part's plans and its end
are stored in one transaction, so that a run that was killed goes on where it was: what is done
stays done, and of what was not finished nothing is there.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.models.storage import CODE_LENGTH, WORD_LENGTH, is_share
from layers.policy import Effort


class PartState(models.TextChoices):
    """How far a part of a run has come."""

    WAITING = "waiting", _("等候")
    RUNNING = "running", _("进行中")
    DONE = "done", _("完成")
    EMPTY = "empty", _("没有需要连片的对象")
    FAILED = "failed", _("未完成")


FINISHED = (PartState.DONE, PartState.EMPTY, PartState.FAILED)


class PlanRun(models.Model):
    """One request for plans: the same data, policy and seed for every district of an area."""

    area = models.ForeignKey(
        "geo.ManagingArea", models.PROTECT, related_name="plan_runs", verbose_name=_("辖区")
    )
    policy = models.CharField(_("政策"), max_length=CODE_LENGTH)
    seed = models.BigIntegerField(_("随机种子"))
    valid_on = models.DateField(_("数据日期"))
    known_at = models.DateTimeField(_("数据截止时间"))
    wanted = models.PositiveSmallIntegerField(_("每个区县要几个方案"), default=1)
    effort = models.CharField(_("计算量"), max_length=WORD_LENGTH, default=Effort.THOROUGH.value)
    outside = models.PositiveIntegerField(_("不属于任何区县的小区和楼栋（处）"), default=0)
    created_at = models.DateTimeField(_("提出时间"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("提出人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("方案生成批次")
        ordering = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["area", "policy", "seed", "valid_on", "known_at", "wanted", "effort"],
                name="planrun_asked_once",
            ),
            models.CheckConstraint(condition=Q(wanted__gt=0), name="planrun_wants_a_plan"),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.known_at:%Y-%m-%d %H:%M}"

    @property
    def share(self) -> float:
        """Return how much of the run is done; every district counts the same."""
        shares = [part.share for part in self.parts.all()]
        return sum(shares) / len(shares)

    @property
    def is_finished(self) -> bool:
        """Tell whether nothing is left to do."""
        return not self.parts.exclude(state__in=FINISHED).exists()


class RunPart(models.Model):
    """One district of a run: what it waits for, does, or left behind."""

    run = models.ForeignKey(
        PlanRun, models.CASCADE, related_name="parts", verbose_name=_("方案生成批次")
    )
    area = models.ForeignKey("geo.ManagingArea", models.PROTECT, verbose_name=_("辖区"))
    state = models.CharField(
        _("状态"), max_length=WORD_LENGTH, choices=PartState, default=PartState.WAITING
    )
    step = models.CharField(_("步骤"), max_length=WORD_LENGTH, blank=True)
    share = models.FloatField(_("进度"), default=0)
    said = models.TextField(_("说明"), blank=True)
    seconds = models.FloatField(_("用时（秒）"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("批次中的区县")
        ordering = ["run", "area__code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "area"], name="runpart_of_a_run_once"),
            models.CheckConstraint(
                condition=Q(state__in=PartState.values), name="runpart_state_known"
            ),
            is_share("share", name="runpart_share_is_one"),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.get_state_display()}"
