"""What people asked to be done in the background, and how far it is."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.models.storage import WORD_LENGTH, is_share
from maps.models.people import User


class JobKind(models.TextChoices):
    """What is done in the background; the worker's task has the same name."""

    PROPOSE = "propose", _("提出连片方案")
    RENDER = "render", _("绘制覆盖图、写出文件")
    CHECK = "check", _("检查导入文件")
    LOAD = "load", _("文件入库")
    MEASURE = "measure", _("测算敏感性")


class JobState(models.TextChoices):
    """How far a job has come."""

    WAITING = "waiting", _("等候")
    RUNNING = "running", _("进行中")
    DONE = "done", _("完成")
    FAILED = "failed", _("未完成")
    CANCELLED = "cancelled", _("已取消")


class JobStep(models.TextChoices):
    """What a running job is doing."""

    GROUND = "ground", _("读取辖区数据")
    SITES = "sites", _("推算纳管对象")
    LINKS = "links", _("建立邻接关系")
    PROPOSAL = "proposal", _("生成片区、拟推荐服务主体")
    STORE = "store", _("保存方案")
    DISTRICTS = "districts", _("逐个区县生成方案")
    MEASURE = "measure", _("逐项测算")
    WRITE = "write", _("写出成果")
    READ = "read", _("读取文件")
    LOAD = "load", _("入库")


OPEN = (JobState.WAITING, JobState.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs."""

    def open(self) -> "JobQuerySet":
        """Return those that wait or run."""
        return self.filter(state__in=OPEN)


class Job(models.Model):
    """Something that a person asked for and that takes longer than a page may (后台任务).

    The row is what people see and what decides; procrastinate only brings its number to a worker.
    `attempts` tells one worker's try from the next one's: who holds an older number has lost the
    job and stores nothing.
    """

    kind = models.CharField(_("任务"), max_length=WORD_LENGTH, choices=JobKind)
    area = models.ForeignKey(
        "geo.ManagingArea", models.PROTECT, related_name="jobs", verbose_name=_("辖区")
    )
    plan = models.ForeignKey(
        "layers.Plan",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="jobs",
        verbose_name=_("方案"),
        help_text=_("任务所用的方案；提出方案的任务，则为所得方案。"),
    )
    arguments: Any = models.JSONField(_("参数"), default=dict)
    state = models.CharField(
        _("状态"), max_length=WORD_LENGTH, choices=JobState, default=JobState.WAITING
    )
    step = models.CharField(_("步骤"), max_length=WORD_LENGTH, choices=JobStep, blank=True)
    share = models.FloatField(_("进度"), default=0)
    asked_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="jobs",
        verbose_name=_("提出人"),
    )
    asked_at = models.DateTimeField(_("提出时间"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("最近动静"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    is_cancel_asked = models.BooleanField(_("已请求取消"), default=False)
    outcome: Any = models.JSONField(_("结果"), default=dict, blank=True)
    fault = models.TextField(_("未完成的原因"), blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("后台任务")
        ordering = ["-asked_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["asked_by", "-asked_at"], name="job_of_a_person"),
            models.Index(fields=["state"], condition=Q(state__in=OPEN), name="job_open"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),
            is_share("share", name="job_share_is_one"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, state__in=OPEN)
                | (Q(finished_at__isnull=False) & ~Q(state__in=OPEN)),
                name="job_ended_at_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state=JobState.FAILED) | ~Q(fault=""), name="job_says_why_it_failed"
            ),
            models.UniqueConstraint(
                fields=["area"],
                condition=Q(kind=JobKind.PROPOSE, state__in=OPEN),
                name="job_one_proposal_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(kind=JobKind.PROPOSE), name="job_proposed_a_plan_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.area}"

    @property
    def is_open(self) -> bool:
        """Tell whether the job waits or runs."""
        return self.state in OPEN
