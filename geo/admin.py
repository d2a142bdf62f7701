"""The administrator's pages for what is on the ground: to look and search, never to write."""

from typing import Any

from django.contrib.gis import admin
from django.db.models import Model
from django.http import HttpRequest

from geo import models


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # has no type arguments at run time
    """Look and search; rows are written by imports and corrections, which keep their history."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 (Django's signature)
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 (Django's signature)
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 (Django's signature)
        return False


class RegisteredAdmin(ReadOnly):
    search_fields = ["code", "name"]
    list_filter = ["batch__is_sample"]
    date_hierarchy = "changed_at"
    columns: tuple[str, ...] = ()

    def get_list_display(self, request: HttpRequest) -> Any:  # noqa: ARG002 (Django's signature)
        return ["code", "name", *self.columns, "valid_from", "valid_to", "changed_at"]


class FactAdmin(ReadOnly):
    """Facts, those that are believed now first."""

    list_filter = ["superseded_at"]
    ordering = ["-superseded_at", "-recorded_at"]
    columns: tuple[str, ...] = ()

    def get_list_display(self, request: HttpRequest) -> Any:  # noqa: ARG002 (Django's signature)
        times = ("valid_from", "valid_to", "recorded_at", "superseded_at")
        return [*self.columns, *times, "late_reason", "source"]


@admin.register(models.ManagingArea)
class ManagingAreaAdmin(RegisteredAdmin):
    columns = ("level", "parent")
    list_filter = ["level", "batch__is_sample"]
    list_select_related = ["parent"]


@admin.register(models.Compound)
class CompoundAdmin(RegisteredAdmin):
    columns = ("area", "built", "households", "floor_area_m2", "old_list")
    list_filter = ["old_list", "batch__is_sample"]
    list_select_related = ["area"]
    search_fields = ["code", "name", "address"]


@admin.register(models.Building)
class BuildingAdmin(RegisteredAdmin):
    columns = ("compound", "storeys", "households", "floor_area_m2", "use")
    list_select_related = ["compound"]
    search_fields = ["code", "name", "address", "compound__name"]


@admin.register(models.Courtyard)
class CourtyardAdmin(RegisteredAdmin):
    columns = ("area",)
    list_select_related = ["area"]


@admin.register(models.ManagementArea)
class ManagementAreaAdmin(RegisteredAdmin):
    columns = ("area", "decided_on", "document")
    list_select_related = ["area"]


@admin.register(models.Barrier, models.Crossing)
class BarrierAdmin(RegisteredAdmin):
    columns = ("kind",)
    list_filter = ["kind"]


@admin.register(models.Provider)
class ProviderAdmin(RegisteredAdmin):
    columns = ("kind", "credit_code", "capacity_m2", "only_named")
    list_filter = ["kind", "only_named"]
    search_fields = ["name", "credit_code"]


@admin.register(models.Member)
class MemberAdmin(FactAdmin):
    columns = ("management_area", "compound", "building")
    list_select_related = ["management_area", "compound", "building"]
    search_fields = ["management_area__code", "compound__code", "building__code"]


@admin.register(models.ConditionFact)
class ConditionFactAdmin(FactAdmin):
    columns = ("compound", "key", "is_met")
    list_filter = ["key", "is_met", "superseded_at"]
    list_select_related = ["compound"]
    search_fields = ["compound__code", "compound__name"]


@admin.register(models.ZoningWish)
class ZoningWishAdmin(FactAdmin):
    columns = ("compound", "management_area", "is_lead", "spare_m2", "together", "apart")
    list_filter = ["is_lead", "superseded_at"]
    list_select_related = ["compound", "management_area"]
    search_fields = ["compound__code", "compound__name", "management_area__code"]


@admin.register(models.ContractItem)
class ContractItemAdmin(FactAdmin):
    columns = ("contract", "covered", "mode", "signed_on", "filed_on", "in_service_from")
    list_select_related = [
        *("contract__provider", "management_area", "compound", "building", "courtyard"),
    ]
    search_fields = [
        *("contract__provider__name", "contract__document", "compound__code", "compound__name"),
        *("management_area__code", "building__code"),
    ]


@admin.register(models.Contract)
class ContractAdmin(ReadOnly):
    list_display = ["provider", "document", "recorded_at"]
    list_select_related = ["provider"]
    search_fields = ["provider__name", "document"]


@admin.register(models.OwnersDecision)
class OwnersDecisionAdmin(FactAdmin):
    columns = ("management_area", "way", "area_in_favour", "count_in_favour", "document")
    list_select_related = ["management_area"]
    search_fields = ["management_area__code", "management_area__name", "document"]


@admin.register(models.Committee)
class CommitteeAdmin(FactAdmin):
    columns = ("kind", "management_area", "compound", "document")
    list_filter = ["kind", "superseded_at"]
    list_select_related = ["management_area", "compound"]
    search_fields = ["compound__code", "compound__name", "management_area__code"]


@admin.register(models.Grade)
class GradeAdmin(FactAdmin):
    columns = ("provider", "grade")
    list_select_related = ["provider"]
    search_fields = ["provider__name"]


@admin.register(models.Base)
class BaseAdmin(FactAdmin):
    columns = ("provider",)
    list_select_related = ["provider"]
    search_fields = ["provider__name"]


@admin.register(models.ServiceArea)
class ServiceAreaAdmin(FactAdmin):
    columns = ("provider", "area")
    list_select_related = ["provider", "area"]
    search_fields = ["provider__name", "area__name"]


@admin.register(models.Ban)
class BanAdmin(FactAdmin):
    columns = ("provider", "area", "reason", "document")
    list_select_related = ["provider", "area"]
    search_fields = ["provider__name", "area__name", "document"]


@admin.register(models.Role)
class RoleAdmin(FactAdmin):
    columns = ("provider", "role", "area", "document")
    list_select_related = ["provider", "area"]
    search_fields = ["provider__name", "area__name", "document"]


@admin.register(models.Exit)
class ExitAdmin(FactAdmin):
    columns = ("contract", "reason", "area", "document")
    list_select_related = ["contract__provider", "area"]
    search_fields = ["contract__provider__name", "document"]


@admin.register(models.BaseList)
class BaseListAdmin(ReadOnly):
    list_display = ["name", "unit", "document", "frozen_on", "recorded_at"]
    search_fields = ["name", "document"]


@admin.register(models.BaseRow)
class BaseRowAdmin(FactAdmin):
    columns = ("base_list", "compound", "management_area", "building")
    list_select_related = ["base_list", "compound", "management_area", "building"]
    search_fields = ["base_list__name", "compound__code", "management_area__code"]


@admin.register(models.ImportBatch)
class ImportBatchAdmin(ReadOnly):
    list_display = [
        "file_name",
        "kind",
        "rows",
        "counts",
        "is_sample",
        "imported_at",
        "imported_by",
    ]
    list_filter = ["kind", "is_sample", "secrecy"]
    list_select_related = ["imported_by"]
    search_fields = ["file_name", "sha256"]


@admin.register(models.ImportedCodes)
class ImportedCodesAdmin(ReadOnly):
    list_display = ["batch"]
    list_select_related = ["batch"]
    search_fields = ["batch__file_name"]


@admin.register(models.Revision)
class RevisionAdmin(ReadOnly):
    list_display = ["table", "code", "recorded_at", "superseded_at"]
    list_filter = ["table"]
    search_fields = ["code"]


@admin.register(models.Event)
class EventAdmin(FactAdmin):
    columns = ("kind", "category", "compound", "area", "channel", "result", "document")
    list_filter = ["kind", "category", "result", "superseded_at"]
    list_select_related = ["compound", "area"]
    search_fields = ["compound__code", "compound__name", "document"]


@admin.register(models.Score, models.QuarterGrade, models.Subsidy)
class JudgedAdmin(FactAdmin):
    """What a provider was given in a compound or area."""

    columns = ("provider", "compound", "area", "document")
    list_select_related = ["provider", "compound", "area"]
    search_fields = ["provider__name", "compound__code", "compound__name", "document"]


@admin.register(models.CheckFact, models.TreatmentDecision, models.FeeCollection)
class OfACompoundAdmin(FactAdmin):
    """What was found or decided of a compound."""

    columns = ("compound", "__str__", "document")
    list_select_related = ["compound"]
    search_fields = ["compound__code", "compound__name", "document"]
