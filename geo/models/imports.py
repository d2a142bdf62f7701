"""Files that were brought in: every row that came from one names its batch."""

from typing import Any

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.models.storage import CODE_LENGTH, NAME_LENGTH, WORD_LENGTH, choices, one_of
from geo.words import Secrecy


class ImportBatch(models.Model):
    """One file, read and stored whole: what it was, how it was understood, what came of it."""

    kind = models.CharField(_("类别"), max_length=WORD_LENGTH)
    file_name = models.CharField(_("文件名"), max_length=NAME_LENGTH)
    sha256 = models.CharField(_("文件校验值"), max_length=64, db_index=True)
    format = models.CharField(_("格式"), max_length=WORD_LENGTH, blank=True)
    encoding = models.CharField(_("字符编码"), max_length=WORD_LENGTH, blank=True)
    datum = models.CharField(_("坐标基准"), max_length=WORD_LENGTH, blank=True)
    srid = models.IntegerField(_("坐标系（EPSG）"), null=True, blank=True)
    layer = models.CharField(_("图层"), max_length=NAME_LENGTH, blank=True)
    rows = models.PositiveIntegerField(_("行数"), default=0)
    counts: Any = models.JSONField(_("入库数量"), default=dict)
    notices: Any = models.JSONField(_("提示"), default=list)
    skipped: Any = models.JSONField(_("跳过的问题行"), default=list)
    is_sample = models.BooleanField(_("示例数据"), default=False)
    secrecy = models.CharField(
        _("密级"), max_length=WORD_LENGTH, choices=choices(Secrecy), default=Secrecy.INTERNAL
    )
    takes_good_rows = models.BooleanField(_("只收没有问题的行"), default=False)
    left_aside = models.PositiveIntegerField(_("留下的问题行数"), default=0)
    changes: Any = models.JSONField(_("变化"), default=dict, blank=True)
    codes = ArrayField(
        models.CharField(max_length=CODE_LENGTH), default=list, blank=True, verbose_name=_("编码")
    )
    imported_at = models.DateTimeField(_("导入时间"), default=timezone.now, editable=False)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("导入人")
    )

    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("撤销人"),
    )
    undone_because = models.TextField(_("撤销理由"), blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("导入批次")
        ordering = ["-imported_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="importbatch_sha256_is_one"
            ),
            one_of("secrecy", Secrecy, name="importbatch_secrecy_known"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | ~Q(undone_because=""),
                name="importbatch_undone_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        sample = _("（示例数据）") if self.is_sample else ""
        return f"{self.file_name} {self.imported_at:%Y-%m-%d}{sample}"
