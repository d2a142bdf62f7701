"""What left the house: every file that was given out has its row, and no row is ever changed."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.models.facts import Frozen
from geo.models.storage import NAME_LENGTH, WORD_LENGTH, choices, one_of
from geo.words import Secrecy


class Export(models.Model):
    """One file that was given out: who asked for what, in which area, and what it weighed."""

    what = models.CharField(_("内容"), max_length=NAME_LENGTH)
    area = models.ForeignKey(
        "geo.ManagingArea",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="exports",
        verbose_name=_("辖区"),
    )
    format = models.CharField(_("格式"), max_length=WORD_LENGTH)
    file_name = models.CharField(_("文件名"), max_length=NAME_LENGTH)
    sha256 = models.CharField(_("文件校验值"), max_length=64)
    size_bytes = models.PositiveBigIntegerField(_("大小（字节）"))
    secrecy = models.CharField(
        _("密级"), max_length=WORD_LENGTH, choices=choices(Secrecy), default=Secrecy.INTERNAL
    )
    details: Any = models.JSONField(_("口径和筛选"), default=dict, blank=True)
    exported_at = models.DateTimeField(_("导出时间"), default=timezone.now, editable=False)
    exported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("导出人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("导出记录")
        ordering = ["-exported_at", "-pk"]
        indexes = [models.Index(fields=["area", "-exported_at"], name="export_by_area")]
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="export_sha256_is_one"
            ),
            models.CheckConstraint(condition=~Q(what=""), name="export_says_what"),
            one_of("secrecy", Secrecy, name="export_secrecy_known"),
        ]
        triggers = [Frozen(name="frozen")]

    def __str__(self) -> str:
        return f"{self.file_name} {self.exported_at:%Y-%m-%d %H:%M}"
