"""Files that people brought to the import page, from first look to stored or refused."""

from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.models.storage import NAME_LENGTH, WORD_LENGTH
from maps.models.jobs import Job
from maps.models.people import User


class UploadState(models.TextChoices):
    """How far a file has come."""

    CHECKING = "checking", _("检查中")
    CLEAN = "clean", _("可以入库")
    FAULTY = "faulty", _("有问题，未入库")
    LOADING = "loading", _("入库中")
    STORED = "stored", _("已入库")
    REFUSED = "refused", _("已放弃")


class Upload(models.Model):
    """A file that somebody brought in for an area, how it was understood, and what came of it."""

    area = models.ForeignKey(
        "geo.ManagingArea", models.PROTECT, related_name="uploads", verbose_name=_("辖区")
    )
    file_name = models.CharField(_("文件名"), max_length=NAME_LENGTH)
    size_bytes = models.PositiveBigIntegerField(_("大小（字节）"))
    options: Any = models.JSONField(_("导入选项"), default=dict, blank=True)
    state = models.CharField(
        _("状态"), max_length=WORD_LENGTH, choices=UploadState, default=UploadState.CHECKING
    )
    understood: Any = models.JSONField(_("识别结果"), default=dict, blank=True)
    notices: Any = models.JSONField(_("提示"), default=list, blank=True)
    faults: Any = models.JSONField(_("问题"), default=list, blank=True)
    batch = models.ForeignKey(
        "geo.ImportBatch", models.PROTECT, null=True, blank=True, verbose_name=_("导入批次")
    )
    job = models.ForeignKey(
        Job, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("后台任务")
    )
    uploaded_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="uploads",
        verbose_name=_("上传人"),
    )
    uploaded_at = models.DateTimeField(_("上传时间"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("上传的文件")
        ordering = ["-uploaded_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["area", "-uploaded_at"], name="upload_by_area")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=UploadState.values), name="upload_state_known"
            ),
            models.CheckConstraint(
                condition=Q(batch__isnull=False) | ~Q(state=UploadState.STORED),
                name="upload_stored_as_a_batch",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def folder(self) -> Path:
        """Return where the file and what was made of it lie."""
        return Path(settings.VAR_DIR) / "uploads" / str(self.pk)

    @property
    def path(self) -> Path:
        """Return where the file lies, under the name that it came with."""
        return self.folder / self.file_name

    @property
    def preview(self) -> Path:
        """Return where its outlines lie, made small for a map."""
        return self.folder / "preview.geojson"
