"""What is derived and kept: plans with their zones, and why everything is as it is.

A *plan* (连片方案) is one complete answer for one managing area: every planned site is in one zone,
or left out for a stated reason. It is made from data as known at a moment, a policy and a seed; the
same three give the same `plan_hash`, whoever asks and whenever.

A *zone* (连片管理片区) is a set of sites to be run together by one provider. The plan assigns sites
to zones and the outline is drawn from them, never the other way round: so zones cannot overlap and
no site can be in two. A zone is a working lot and changes no management area; owners decide there.

A plan passes through states: 草案 → 征求意见 → 报审 → 审定（文号） → 公示（起止日）. What follows
(业主决定, 签约, 备案, 进驻) happens in each management area and is told by its facts, not by the
plan.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.crs import STORAGE_SRID
from geo.models.audited import audited_in
from geo.models.storage import CODE_LENGTH, NAME_LENGTH, WORD_LENGTH
from layers import sites
from layers.chosen import Choice
from layers.refused import Alike


class PlanStatus(models.TextChoices):
    """How far a plan has come."""

    DRAFT = "draft", _("草案")
    CONSULTING = "consulting", _("征求意见")
    SUBMITTED = "submitted", _("报审")
    APPROVED = "approved", _("审定")
    PUBLISHED = "published", _("公示")
    ABORTED = "aborted", _("中止")


class SiteKind(models.TextChoices):
    """What a site is on the ground: the words of `layers.sites.SiteKind`."""

    MANAGEMENT_AREA = sites.SiteKind.MANAGEMENT_AREA.value, _("物业管理区域")
    COMPOUND = sites.SiteKind.COMPOUND.value, _("小区")
    BUILDING = sites.SiteKind.BUILDING.value, _("零散楼栋")
    COURTYARD = sites.SiteKind.COURTYARD.value, _("院落")


OPEN = (PlanStatus.DRAFT, PlanStatus.CONSULTING)
"""The states in which a plan may be drawn on, and providers be proposed anew."""
DECIDED = (PlanStatus.APPROVED, PlanStatus.PUBLISHED)
SITE_THINGS = tuple(SiteKind.values)


@audited_in(
    *("area", "version", "name", "policy", "seed", "status", "document"),
    *("notice_from", "notice_to", "plan_hash"),
)
class Plan(models.Model):
    """One complete set of zones for an area."""

    area = models.ForeignKey(
        "geo.ManagingArea", models.PROTECT, related_name="plans", verbose_name=_("辖区")
    )
    version = models.PositiveIntegerField(_("版本"))
    name = models.CharField(_("名称"), max_length=NAME_LENGTH, blank=True)
    based_on = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name=_("所据方案")
    )
    policy = models.CharField(_("政策"), max_length=CODE_LENGTH)
    seed = models.BigIntegerField(_("随机种子"))
    valid_on = models.DateField(_("数据日期"))
    known_at = models.DateTimeField(_("数据截止时间"))
    status = models.CharField(
        _("状态"), max_length=WORD_LENGTH, choices=PlanStatus, default=PlanStatus.DRAFT
    )
    document = models.CharField(_("审定文号"), max_length=NAME_LENGTH, blank=True)
    notice_from = models.DateField(_("公示开始"), null=True, blank=True)
    notice_to = models.DateField(_("公示结束"), null=True, blank=True)
    plan_hash = models.CharField(_("方案校验值"), max_length=64)
    totals: Any = models.JSONField(_("合计"), default=dict)
    summary: Any = models.JSONField(_("摘要"), default=dict)
    gap_percent = models.FloatField(_("与理论最优的差距（%）"), null=True, blank=True)
    objective = models.CharField(_("差距所属目标"), max_length=NAME_LENGTH, blank=True)
    work: Any = models.JSONField(_("计算量"), default=dict)
    register: Any = models.JSONField(_("服务主体名录口径"), default=dict)
    revision = models.PositiveIntegerField(_("修订号"), default=0)
    last_number = models.PositiveIntegerField(_("已用最大片区号"), default=0)
    part = models.ForeignKey(
        "layers.RunPart",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="plans",
        verbose_name=_("方案生成批次"),
    )
    rank = models.PositiveSmallIntegerField(_("推荐次序"), null=True, blank=True)
    difference: Any = models.JSONField(_("与同批其他方案的不同"), default=list, blank=True)
    checked: Any = models.JSONField(_("独立核验"), default=dict, blank=True)
    sensitivity: Any = models.JSONField(_("敏感性测算"), default=list, blank=True)
    created_at = models.DateTimeField(_("生成时间"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("生成人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("连片方案")
        ordering = ["area", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "version"], name="plan_version_once"),
            models.UniqueConstraint(fields=["part", "rank"], name="plan_ranked_once"),
            models.CheckConstraint(
                condition=Q(status__in=PlanStatus.values), name="plan_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=DECIDED) | ~Q(document=""), name="plan_decided_by_document"
            ),
            models.CheckConstraint(
                condition=~Q(status=PlanStatus.PUBLISHED)
                | Q(notice_from__isnull=False, notice_to__gte=F("notice_from")),
                name="plan_notice_dated",
            ),
            models.CheckConstraint(
                condition=Q(plan_hash__regex=r"^[0-9a-f]{64}$"), name="plan_hash_is_one"
            ),
            models.CheckConstraint(
                condition=Q(gap_percent__isnull=True) | Q(gap_percent__gte=0),
                name="plan_gap_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.area} v{self.version}"


@audited_in("plan", "number", "exception", "is_locked", with_new=False)
class Zone(models.Model):
    """Sites run together by one provider; the outline is derived from them."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="zones", verbose_name=_("方案"))
    number = models.PositiveIntegerField(_("片区号"))
    geometry = models.MultiPolygonField(_("外廓"), srid=STORAGE_SRID, null=True, blank=True)
    floor_area_m2 = models.FloatField(_("建筑面积（㎡）"), null=True, blank=True)
    households = models.PositiveIntegerField(_("户（套）"), null=True, blank=True)
    households_unknown = models.PositiveIntegerField(_("户数不详（处）"), default=0)
    diameter_m = models.FloatField(_("直径（米）"), null=True, blank=True)
    walk_m = models.FloatField(_("巡线长（米）"), null=True, blank=True)
    margin_yuan = models.FloatField(_("年收支差额（元）"), null=True, blank=True)
    money: Any = models.JSONField(_("收支"), default=dict)
    exception = models.CharField(_("例外"), max_length=WORD_LENGTH, blank=True)
    problems: Any = models.JSONField(_("未满足的规则"), default=list)
    reasons: Any = models.JSONField(_("理由"), default=list)
    provider_reasons: Any = models.JSONField(_("拟推荐或无法推荐的理由"), default=list)
    is_locked = models.BooleanField(_("锁定"), default=False)
    chosen = models.ForeignKey(
        "geo.Provider", models.PROTECT, null=True, blank=True, verbose_name=_("人工选定的服务主体")
    )
    chosen_by = models.CharField(_("选定人"), max_length=NAME_LENGTH, blank=True)
    chosen_on = models.DateField(_("选定日期"), null=True, blank=True)
    chosen_reason = models.TextField(_("选定理由"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("片区")
        ordering = ["plan", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="zone_number_once"),
            # What a site's (zone, plan) refers to, so that its zone is one of its own plan.
            models.UniqueConstraint(fields=["id", "plan"], name="zone_of_plan"),
            models.CheckConstraint(condition=Q(number__gt=0), name="zone_number_from_one"),
            models.CheckConstraint(condition=Q(geometry__isvalid=True), name="zone_outline_valid"),
            models.CheckConstraint(
                condition=Q(diameter_m__isnull=True) | Q(diameter_m__gte=0),
                name="zone_diameter_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(chosen__isnull=False, chosen_on__isnull=False)
                | Q(chosen__isnull=True, chosen_on__isnull=True, chosen_by="", chosen_reason=""),
                name="zone_choice_whole_or_not_at_all",
            ),
        ]

    def __str__(self) -> str:
        return _("{number}号片区").format(number=self.number)

    @property
    def choice(self) -> Choice | None:
        """Whom a planner chose to serve here, where one did."""
        if self.chosen is None or self.chosen_on is None:
            return None
        return Choice(
            provider=self.chosen.name,
            by=self.chosen_by,
            on=self.chosen_on.isoformat(),
            reason=self.chosen_reason,
        )


def kind_names_the_thing() -> Q:
    """Hold a site to exactly one thing on the ground, the one that its kind names."""
    condition = Q()
    for kind in SITE_THINGS:
        condition |= Q(kind=kind, **{f"{thing}__isnull": thing != kind for thing in SITE_THINGS})
    return condition


class PlanSite(models.Model):
    """A site as the plan saw it, and the zone that it is in; without zone it is left out.

    It holds all that rules, money and providers look at, so that a planner's change is judged on
    what the proposal was made of, whatever the ground has become since. `proposed_zone` and
    `proposed_lock` are where the proposal had it: where the log of edits begins.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="sites", verbose_name=_("方案"))
    zone = models.ForeignKey(
        Zone, models.CASCADE, null=True, blank=True, related_name="sites", verbose_name=_("片区")
    )
    site = models.CharField(_("纳管对象"), max_length=CODE_LENGTH)
    name = models.CharField(_("名称"), max_length=NAME_LENGTH, blank=True)
    kind = models.CharField(_("类别"), max_length=WORD_LENGTH, choices=SiteKind.choices)
    management_area = models.ForeignKey("geo.ManagementArea", models.PROTECT, null=True, blank=True)
    compound = models.ForeignKey("geo.Compound", models.PROTECT, null=True, blank=True)
    building = models.ForeignKey("geo.Building", models.PROTECT, null=True, blank=True)
    courtyard = models.ForeignKey("geo.Courtyard", models.PROTECT, null=True, blank=True)
    area = models.ForeignKey("geo.ManagingArea", models.PROTECT, null=True, blank=True)
    geometry = models.MultiPolygonField(_("范围"), srid=STORAGE_SRID, null=True, blank=True)
    spot = models.PointField(_("位置"), srid=STORAGE_SRID, null=True, blank=True)
    floor_area_m2 = models.FloatField(_("建筑面积（㎡）"), null=True, blank=True)
    households = models.FloatField(_("户（套）"), null=True, blank=True)
    fee = models.FloatField(_("收费标准（元/㎡·月）"), null=True, blank=True)
    district = models.CharField(_("区县编码"), max_length=CODE_LENGTH, blank=True)
    subdistrict = models.CharField(_("街道编码"), max_length=CODE_LENGTH, blank=True)
    community = models.CharField(_("社区编码"), max_length=CODE_LENGTH, blank=True)
    provider = models.CharField(_("现服务主体"), max_length=NAME_LENGTH, blank=True)
    is_served = models.BooleanField(_("已有物业服务"), default=False)
    is_lead = models.BooleanField(_("带动项目"), default=False)
    spare_m2 = models.FloatField(_("可带动面积（㎡）"), null=True, blank=True)
    together = models.CharField(_("须同片编组"), max_length=CODE_LENGTH, blank=True)
    apart = models.TextField(_("不得同片编组"), blank=True)
    present = models.CharField(_("原片区号"), max_length=CODE_LENGTH, blank=True)
    mode = models.CharField(_("管理模式"), max_length=NAME_LENGTH, blank=True)
    exception = models.CharField(_("例外"), max_length=WORD_LENGTH, blank=True)
    reasons: Any = models.JSONField(_("理由"), default=list)
    is_locked = models.BooleanField(_("锁定"), default=False)
    proposed_zone = models.PositiveIntegerField(_("拟划入的片区号"), null=True, blank=True)
    proposed_lock = models.BooleanField(_("划定前已锁定"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("方案中的纳管对象")
        ordering = ["plan", "site"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "site"], name="plansite_in_a_plan_once"),
            models.CheckConstraint(
                condition=kind_names_the_thing(), name="plansite_kind_names_the_thing"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.site


class NeighbourLink(models.Model):
    """Two sites of a plan near enough to be run together, and what lies between (邻接关系)."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="links", verbose_name=_("方案"))
    a = models.CharField(_("甲"), max_length=CODE_LENGTH)
    b = models.CharField(_("乙"), max_length=CODE_LENGTH)
    gap_m = models.FloatField(_("间隔（米）"))
    walk_m = models.FloatField(_("经通道步行（米）"), null=True, blank=True)
    cost_m = models.FloatField(_("间隔加阻抗（米）"))
    kind = models.CharField(_("类型"), max_length=WORD_LENGTH)
    barrier = models.CharField(_("阻隔"), max_length=NAME_LENGTH, blank=True)
    is_open = models.BooleanField(_("可连片"))
    note = models.TextField(_("说明"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("邻接关系")
        ordering = ["plan", "a", "b"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "a", "b"], name="neighbourlink_once"),
            models.CheckConstraint(condition=Q(a__lt=F("b")), name="neighbourlink_in_order"),
            models.CheckConstraint(
                condition=Q(gap_m__gte=0, cost_m__gte=F("gap_m")),
                name="neighbourlink_lengths_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.a} – {self.b}"


class Assignment(models.Model):
    """The provider that is proposed for a zone (拟推荐服务主体); owners decide, not this row."""

    zone = models.OneToOneField(
        Zone, models.CASCADE, related_name="assignment", verbose_name=_("片区")
    )
    provider = models.ForeignKey("geo.Provider", models.PROTECT, verbose_name=_("拟推荐服务主体"))
    is_backstop = models.BooleanField(_("兜底"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("拟推荐服务主体")

    def __str__(self) -> str:
        return f"{self.zone} → {self.provider}"


class Refusal(models.Model):
    """Providers that were not proposed for a zone, all for the same reasons.

    A zone refuses most of a register for the same few reasons; so there is a row for each set of
    reasons, and not for each provider. Providers are rows that are never deleted.
    """

    zone = models.ForeignKey(Zone, models.CASCADE, related_name="refusals", verbose_name=_("片区"))
    keys = ArrayField(models.CharField(max_length=NAME_LENGTH), verbose_name=_("理由"))
    shared: Any = models.JSONField(_("相同的数值"), default=list)
    providers = ArrayField(models.BigIntegerField(), verbose_name=_("服务主体"))
    own: Any = models.JSONField(_("各自的数值"), default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("未推荐理由")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["zone", "keys"], name="refusal_said_once"),
            models.CheckConstraint(
                condition=Q(providers__len__gt=0), name="refusal_of_some_provider"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.zone} ↛ {len(self.providers)}"

    def alike(self) -> Alike[int]:
        """Return the row ids of the providers with their reasons."""
        return Alike(
            keys=tuple(self.keys),
            shared=self.shared,
            providers=tuple(self.providers),
            own=self.own,
        )
