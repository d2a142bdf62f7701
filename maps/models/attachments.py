"""Scans and photographs that clerks put beside a row of the ledger."""

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.models.audited import audited_in
from geo.models.storage import NAME_LENGTH, WORD_LENGTH
from maps.models.people import User


class Paper(models.TextChoices):
    """What an attachment shows."""

    CONTRACT = "contract", _("合同")
    VOTE = "vote", _("表决材料")
    PHOTO = "photo", _("现场照片")
    OTHER = "other", _("其他")


@audited_in("area", "kind", "row", "paper", "name", "withdrawn_at")
class Attachment(models.Model):
    """A file beside a row of the ledger; its bytes lie outside the web root under their hash.

    `row` is the row as it was when the file was put beside it: a fact that is mended later becomes
    another row, and the ledger follows it there.
    """

    area = models.ForeignKey(
        "geo.ManagingArea", models.PROTECT, related_name="attachments", verbose_name=_("辖区")
    )
    kind = models.CharField(_("台账"), max_length=WORD_LENGTH)
    row = models.BigIntegerField(_("台账行"))
    paper = models.CharField(_("材料"), max_length=WORD_LENGTH, choices=Paper)
    name = models.CharField(_("文件名"), max_length=NAME_LENGTH)
    media_type = models.CharField(_("文件类型"), max_length=WORD_LENGTH)
    size_bytes = models.PositiveBigIntegerField(_("大小（字节）"))
    sha256 = models.CharField(_("校验值"), max_length=64, editable=False)
    uploaded_by = models.ForeignKey(
        User, models.PROTECT, related_name="attachments", verbose_name=_("上传人")
    )
    uploaded_at = models.DateTimeField(_("上传时间"), default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("附件")
        ordering = ["-uploaded_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["kind", "row"], name="attachment_by_row")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="attachment_sha256_is_one"
            ),
            models.CheckConstraint(
                condition=Q(paper__in=Paper.values), name="attachment_paper_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Return where its bytes lie."""
        folder = Path(settings.VAR_DIR) / "attachments"
        return folder / self.sha256[:2] / self.sha256
