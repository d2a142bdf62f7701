"""The administrator's pages for people and their roles."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from geo.admin import ReadOnly
from maps.models import Attachment, Confirmation, Export, Job, Membership, Token, Upload, User
from maps.models.tokens import hash_of, new_key


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]  # has no type arguments at run time
    model = Membership
    autocomplete_fields = ["area"]
    extra = 0


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]  # the same
    inlines: ClassVar[Any] = [MembershipInline]


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # the same
    list_display = ["user", "role", "area", "valid_from", "valid_to"]
    list_filter = ["role"]
    list_select_related = ["user", "area"]
    search_fields = ["user__username", "area__name", "area__code"]
    autocomplete_fields = ["user", "area"]


@admin.register(Token)
class TokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # the same
    list_display = ["name", "user", "created_at", "last_used_on", "revoked_at"]
    list_select_related = ["user"]
    fields = ["user", "name"]
    autocomplete_fields = ["user"]
    actions = ["revoke"]

    def save_model(
        self,
        request: HttpRequest,
        obj: Token,
        form: ModelForm,  # type: ignore[type-arg]  # the same
        change: bool,  # noqa: FBT001 (Django's)
    ) -> None:
        if not change:
            key = new_key()
            obj.sha256 = hash_of(key)
            told = gettext("访问密钥（只显示这一次，请立即交给使用者保存）：{key}")
            messages.success(request, told.format(key=key))
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: Token | None = None) -> bool:
        # What a token is for is said once; it can be revoked, which is an action of the list.
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Token | None = None) -> bool:  # noqa: ARG002 (Django's)
        return False

    @admin.action(description=gettext_lazy("停用所选访问密钥"))
    def revoke(self, _request: HttpRequest, chosen: QuerySet[Token]) -> None:
        chosen.filter(revoked_at=None).update(revoked_at=timezone.now())


@admin.register(Attachment, Confirmation, Export, Job, Upload)
class KeptAdmin(ReadOnly):
    """What people did on pages: to be looked at only."""

    list_select_related = ["area"]
