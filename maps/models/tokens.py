"""Keys by which a person's programs sign in."""

import hashlib
import secrets
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo.models.audited import audited_in
from geo.models.storage import NAME_LENGTH
from maps.models.people import User


@audited_in("user", "name", "revoked_at")
class Token(models.Model):
    """A key that a person gave to a program; only its hash is kept (访问密钥)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens", verbose_name=_("用户"))
    name = models.CharField(_("用途"), max_length=NAME_LENGTH)
    sha256 = models.CharField(_("密钥校验值"), max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("创建时间"), default=timezone.now, editable=False)
    last_used_on = models.DateField(_("最近使用日期"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("访问密钥")
        ordering = ["user", "-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="token_sha256_is_one"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="token_says_for_what"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.name}"


def new_key() -> str:
    """Return a key that nobody can guess."""
    return secrets.token_urlsafe(32)


def hash_of(key: str) -> str:
    """Return what is kept of a key: it is random and long, so one round of SHA-256 will do."""
    return hashlib.sha256(key.encode()).hexdigest()
