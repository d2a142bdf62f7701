"""The administrator's pages for people and their roles."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from maps.models import Membership, User


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
