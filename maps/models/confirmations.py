"""What clerks confirm: that the ledger of their area is right for a month."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.models.facts import Frozen


class Confirmation(models.Model):
    """A clerk says that nothing else changed in an area in a month; said once, never changed."""

    area = models.ForeignKey(
        "geo.ManagingArea",
        models.PROTECT,
        related_name="confirmations",
        verbose_name=_("辖区"),
    )
    month = models.DateField(_("月份"))
    confirmed_at = models.DateTimeField(_("确认时间"), default=timezone.now, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("确认人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("月度确认")
        ordering = ["-month", "area"]
        constraints = [
            models.UniqueConstraint(fields=["area", "month"], name="confirmation_once_a_month"),
            models.CheckConstraint(
                condition=Q(month__day=1), name="confirmation_month_by_its_first_day"
            ),
        ]
        triggers = [Frozen(name="frozen")]

    def __str__(self) -> str:
        return f"{self.area} {self.month:%Y-%m}"
