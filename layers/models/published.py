"""Tables as they were published: what an official reported stays what was reported."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.models.facts import Frozen
from geo.models.storage import CODE_LENGTH, NAME_LENGTH


class PublishedTable(models.Model):
    """The rates of an area and of those right below it, frozen on the day they were published.

    `content` is what was counted, as numbers; its hash stands on the page and in the files. Facts
    are never overwritten, so that the same day, as known at the same moment, gives it again.
    """

    area = models.ForeignKey(
        "geo.ManagingArea", models.PROTECT, related_name="tables", verbose_name=_("辖区")
    )
    number = models.PositiveIntegerField(_("编号"))
    name = models.CharField(_("名称"), max_length=NAME_LENGTH)
    document = models.CharField(_("文号"), max_length=NAME_LENGTH, blank=True)
    valid_on = models.DateField(_("统计日期"))
    known_at = models.DateTimeField(_("数据截至"))
    content: Any = models.JSONField(_("内容"))
    content_hash = models.CharField(_("校验值"), max_length=CODE_LENGTH)
    published_at = models.DateTimeField(_("公布时间"), default=timezone.now, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("公布人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("公布的统计表")
        ordering = ["area", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "number"], name="publishedtable_number_once"),
            models.CheckConstraint(condition=~Q(name=""), name="publishedtable_has_a_name"),
            models.CheckConstraint(
                condition=Q(content_hash__regex=r"^[0-9a-f]{64}$"), name="publishedtable_hash"
            ),
        ]
        triggers = [Frozen(name="frozen")]

    def __str__(self) -> str:
        return f"{self.area} {self.name}"
