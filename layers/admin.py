"""The administrator's pages for plans: to look and search, never to write."""

from typing import Any, ClassVar

from django.contrib.gis import admin

from geo.admin import ReadOnly
from layers import models


@admin.register(models.Plan)
class PlanAdmin(ReadOnly):
    list_display = ["area", "version", "policy", "status", "document", "plan_hash", "created_at"]
    list_filter = ["status", "policy"]
    list_select_related = ["area"]
    search_fields = ["name", "area__name", "document", "plan_hash"]


@admin.register(models.Zone)
class ZoneAdmin(ReadOnly):
    list_display = [
        *("plan", "number", "floor_area_m2", "households", "diameter_m", "exception"),
        "is_locked",
    ]
    list_filter = ["exception", "is_locked"]
    list_select_related = ["plan__area"]
    search_fields = ["plan__name", "plan__area__name"]


@admin.register(models.PlanSite)
class PlanSiteAdmin(ReadOnly):
    list_display = ["plan", "site", "name", "kind", "zone", "floor_area_m2", "households"]
    list_filter = ["kind"]
    list_select_related = ["plan__area", "zone"]
    search_fields = ["site", "name"]


@admin.register(models.NeighbourLink)
class NeighbourLinkAdmin(ReadOnly):
    list_display = ["plan", "a", "b", "gap_m", "cost_m", "kind", "barrier", "is_open"]
    list_filter = ["kind", "is_open"]
    list_select_related = ["plan__area"]
    search_fields = ["a", "b"]


class ChoiceAdmin(ReadOnly):
    list_display = ["zone", "provider"]
    list_select_related: ClassVar[Any] = ["zone", "provider"]
    search_fields = ["provider__name"]


@admin.register(models.Assignment)
class AssignmentAdmin(ChoiceAdmin):
    list_display = ["zone", "provider", "is_backstop"]
    list_filter = ["is_backstop"]


@admin.register(models.Refusal)
class RefusalAdmin(ReadOnly):
    list_display = ["zone", "keys", "providers"]
    list_select_related: ClassVar[Any] = ["zone"]
    search_fields = ["keys"]


@admin.register(models.PlanEdit)
class PlanEditAdmin(ReadOnly):
    list_display = ["plan", "revision", "action", "by", "at"]
    list_filter = ["action"]
    list_select_related = ["plan__area", "by"]


@admin.register(models.PlanStep)
class PlanStepAdmin(ReadOnly):
    list_display = ["plan", "from_status", "to_status", "document", "by", "at"]
    list_filter = ["to_status"]
    list_select_related = ["plan__area", "by"]


@admin.register(models.PlanComment)
class PlanCommentAdmin(ReadOnly):
    list_display = ["plan", "zone", "text", "by", "at"]
    list_select_related = ["plan__area", "by"]
    search_fields = ["text"]


@admin.register(models.PlanRun)
class PlanRunAdmin(ReadOnly):
    list_display = [
        *("area", "policy", "seed", "valid_on", "wanted", "effort"),
        *("created_by", "created_at"),
    ]
    list_filter = ["policy", "effort"]
    list_select_related = ["area", "created_by"]


@admin.register(models.RunPart)
class RunPartAdmin(ReadOnly):
    list_display = ["run", "area", "state", "step", "said", "seconds"]
    list_filter = ["state"]
    list_select_related = ["run__area", "area"]


@admin.register(models.PublishedTable)
class PublishedTableAdmin(ReadOnly):
    list_display = ["area", "number", "name", "document", "valid_on", "known_at", "content_hash"]
    list_select_related = ["area"]
    search_fields = ["name", "document", "area__name", "content_hash"]


@admin.register(models.PlanDue)
class PlanDueAdmin(ReadOnly):
    list_display = ["plan", "step", "due_on", "duty"]
    list_filter = ["step"]
    list_select_related = ["plan__area"]


@admin.register(models.DispatchItem)
class DispatchItemAdmin(ReadOnly):
    list_display = ["plan", "zone", "text", "duty", "handed_on", "due_on", "closed_on"]
    list_select_related = ["plan__area", "zone"]
    search_fields = ["text", "duty"]
