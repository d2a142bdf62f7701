"""Every address of the site and who may open it.

Signing in is asked for everywhere but where an address is said to be open to all. `opens` is the
gate of `maps.access`: without the right in the area that the address names, nothing is found.
"""

from collections.abc import Callable

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.cache import cache_control
from django.views.decorators.vary import vary_on_cookie
from django.views.i18n import JavaScriptCatalog, set_language

from maps import importing
from maps.access import Right, opens
from maps.api import views as api
from maps.pages import (
    audit,
    district_map,
    exports,
    files,
    health,
    import_forms,
    import_history,
    jobs,
    ledger,
    ledger_rows,
    milestones,
    outage,
    overview,
    plan_comparison,
    plans,
    policies,
    provider,
    providers,
    published,
    site_card,
    start,
)
from maps.pages import ledger_attachments as attachments
from maps.site.assessment_urls import of_assessment
from maps.site.mode_urls import of_modes
from maps.site.plan_urls import of_the_dispatch, open_in_a_plan
from maps.tiles import tile


def in_the_ledger(
    rest: str, view: Callable[..., HttpResponseBase], right: Right, *, name: str
) -> list[URLPattern]:
    """Return an address of one grid of the ledger."""
    address = f"areas/<str:code>/ledger/<str:kind>/{rest}"
    return [path(address, opens(view, right, section="ledger"), name=name)]


# What scripts say, in the language of the person.
words = vary_on_cookie(
    cache_control(private=True, max_age=3600)(JavaScriptCatalog.as_view(packages=["maps"]))
)

handler404 = outage.not_found
handler500 = outage.went_wrong
open_to_all = [
    path("sign-in/", LoginView.as_view(template_name="maps/sign_in.html"), name="sign_in"),
    path("health/", health.health, name="health"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("words.js", login_not_required(words), name="words"),
]
open_to_members = [
    path("", start.start, name="start"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("jobs/", jobs.jobs, name="jobs"),
]
open_in_an_area = [
    path("areas/<str:code>/", opens(overview.overview, Right.SEE), name="overview"),
    path(
        "areas/<str:code>/overview/areas.geojson",
        opens(overview.overview_areas, Right.SEE),
        name="overview_areas",
    ),
    path(
        "areas/<str:code>/overview/heat.json",
        opens(overview.overview_heat, Right.SEE),
        name="overview_heat",
    ),
    path(
        "areas/<str:code>/overview/table.xlsx",
        opens(overview.overview_table, Right.EXPORT),
        name="overview_table",
    ),
    path(
        "areas/<str:code>/milestones/",
        opens(milestones.milestones, Right.SEE, section="overview"),
        name="milestones",
    ),
    path(
        "areas/<str:code>/tables/",
        opens(published.tables, Right.SEE, section="overview"),
        name="published_tables",
    ),
    path(
        "areas/<str:code>/tables/publish/",
        opens(published.publish, Right.APPROVE, section="overview"),
        name="publish_table",
    ),
    path(
        "areas/<str:code>/tables/<int:number>/",
        opens(published.table, Right.SEE, section="overview"),
        name="published_table",
    ),
    path(
        "areas/<str:code>/tables/<int:number>/table.xlsx",
        opens(published.table_file, Right.EXPORT, section="overview"),
        name="published_table_file",
    ),
    path(
        "areas/<str:code>/files/<str:name>",
        opens(files.area_file, Right.EXPORT),
        name="area_file",
    ),
    path("areas/<str:code>/plans/", opens(plans.plans, Right.SEE), name="plans"),
    path(
        "areas/<str:code>/plans/compare/",
        opens(plan_comparison.plan_comparison, Right.SEE, section="plans"),
        name="plan_comparison",
    ),
    path("areas/<str:code>/plans/propose/", opens(plans.propose, Right.PLAN), name="propose"),
    path("areas/<str:code>/providers/", opens(providers.providers, Right.SEE), name="providers"),
    *(
        path(
            f"areas/<str:code>/providers/<str:provider>/{end}",
            opens(view, right, section="providers"),
            name=name,
        )
        for end, view, right, name in (
            ("", provider.provider, Right.SEE, "provider"),
            ("exit/", provider.provider_exit, Right.SEE, "provider_exit"),
            ("leave/", provider.provider_leave, Right.LEDGER, "provider_leave"),
            ("ban/", provider.provider_ban, Right.LEDGER, "provider_ban"),
        )
    ),
    path("areas/<str:code>/policy/", opens(policies.policies, Right.SEE), name="policy"),
    path("areas/<str:code>/exports/", opens(exports.exports, Right.EXPORT), name="exports"),
    path(
        "plans/<int:plan>/file",
        opens(exports.plan_file, Right.EXPORT, section="exports"),
        name="plan_file",
    ),
]
of_a_job = [
    path("jobs/<int:job>/", opens(jobs.job, Right.SEE), name="job"),
    path("jobs/<int:job>/cancel/", opens(jobs.cancel, Right.SEE), name="job_cancel"),
]
on_the_map = [
    path("areas/<str:code>/map/", opens(district_map.page, Right.SEE), name="district_map"),
    path(
        "areas/<str:code>/map/heat/",
        opens(district_map.heat, Right.SEE, section="district_map"),
        name="map_heat",
    ),
    path(
        "areas/<str:code>/compounds/",
        opens(district_map.compounds_list, Right.SEE, section="district_map"),
        name="map_compounds",
    ),
    path(
        "areas/<str:code>/compounds/<str:site>/",
        opens(site_card.site_card, Right.SEE, section="district_map"),
        name="site_card",
    ),
    path(
        "areas/<str:code>/search/",
        opens(district_map.search, Right.SEE, section="district_map"),
        name="search",
    ),
    path(
        "tiles/<str:code>/<str:layer>/<int:z>/<int:x>/<int:y>.mvt",
        opens(tile, Right.SEE),
        name="tile",
    ),
]
open_in_the_ledger = [
    path("areas/<str:code>/ledger/", opens(ledger.grid, Right.SEE), name="ledger"),
    path(
        "areas/<str:code>/ledger/confirmed/",
        opens(ledger.confirm_month, Right.LEDGER, section="ledger"),
        name="ledger_confirm",
    ),
    *in_the_ledger("", ledger.grid, Right.SEE, name="ledger_kind"),
    *in_the_ledger("tallies/", ledger.tallies, Right.SEE, name="ledger_tallies"),
    *in_the_ledger("shapes.geojson", ledger.shapes, Right.SEE, name="ledger_shapes"),
    *in_the_ledger("file/", ledger.export, Right.EXPORT, name="ledger_export"),
    *in_the_ledger("new/", ledger_rows.enter, Right.LEDGER, name="ledger_enter"),
    *in_the_ledger("<int:pk>/", ledger_rows.row, Right.SEE, name="ledger_row"),
    *in_the_ledger("<int:pk>/card/", ledger_rows.card, Right.SEE, name="ledger_card"),
    *in_the_ledger(
        "<int:pk>/attachments/", attachments.attachments, Right.SEE, name="ledger_attachments"
    ),
    *in_the_ledger(
        "<int:pk>/attachments/<int:attachment>/",
        attachments.attachment,
        Right.EXPORT,
        name="ledger_attachment",
    ),
    *in_the_ledger(
        "<int:pk>/attachments/<int:attachment>/withdraw/",
        attachments.withdraw,
        Right.LEDGER,
        name="ledger_attachment_withdraw",
    ),
    *in_the_ledger("<int:pk>/change/", ledger_rows.change, Right.LEDGER, name="ledger_change"),
    path(
        "areas/<str:code>/ledger/contract/<int:pk>/end/",
        opens(ledger_rows.end, Right.LEDGER, section="ledger"),
        name="ledger_end",
    ),
    path(
        "areas/<str:code>/ledger/management_area/<int:pk>/merge/",
        opens(ledger_rows.merge, Right.LEDGER, section="ledger"),
        name="ledger_merge",
    ),
]
open_to_auditors = [
    path("areas/<str:code>/audit/", opens(audit.audit, Right.AUDIT), name="audit"),
    path(
        "areas/<str:code>/audit/file/",
        opens(audit.export, Right.AUDIT, section="audit"),
        name="audit_export",
    ),
]
of_an_upload = [
    path("areas/<str:code>/imports/", opens(importing.imports, Right.IMPORT), name="imports"),
    path(
        "areas/<str:code>/imports/history/",
        opens(import_history.import_history, Right.IMPORT, section="imports"),
        name="import_history",
    ),
    path(
        "areas/<str:code>/imports/forms/<str:kind>.xlsx",
        opens(import_forms.import_form, Right.IMPORT, section="imports"),
        name="import_form",
    ),
    path(
        "imports/<int:batch>/",
        opens(import_history.import_batch, Right.IMPORT, section="imports"),
        name="import_batch",
    ),
    path(
        "imports/<int:batch>/undo/",
        opens(import_history.undo, Right.IMPORT, section="imports"),
        name="import_undo",
    ),
    *(
        path(
            f"uploads/<int:upload>/{end}",
            opens(view, Right.IMPORT, section="imports"),
            name=name,
        )
        for end, view, name in (
            ("", importing.upload, "upload"),
            ("check/", importing.check, "upload_check"),
            ("load/", importing.load, "upload_load"),
            ("mend/", importing.mend, "upload_mend"),
            ("refuse/", importing.refuse, "upload_refuse"),
            ("preview.geojson", importing.preview, "upload_preview"),
            ("faults.xlsx", importing.faults, "upload_faults"),
        )
    ),
]
open_to_programs = [
    # What lies in the areas open to the person; without any, nothing.
    path("api/", api.in_json(api.landing), name="api_landing"),
    path("api/conformance", api.in_json(api.conformance), name="api_conformance"),
    path("api/openapi.json", api.in_json(api.description), name="api_openapi"),
    path("api/collections", api.in_json(api.collections), name="api_collections"),
    path("api/collections/<str:collection>", api.in_json(api.collection), name="api_collection"),
    path("api/collections/<str:collection>/items", api.in_json(api.items), name="api_items"),
    path(
        "api/collections/<str:collection>/items/<path:feature>",
        api.in_json(api.item),
        name="api_item",
    ),
    path(
        "api/areas/<str:code>/coverage",
        api.in_json(opens(api.coverage, Right.SEE)),
        name="api_coverage",
    ),
]
open_to_administrators = [path("admin/", admin.site.urls)]

urlpatterns = [
    *open_to_all,
    *open_to_members,
    *open_in_an_area,
    *on_the_map,
    *of_modes,
    *of_assessment,
    *of_a_job,
    *of_an_upload,
    *open_in_a_plan,
    *of_the_dispatch,
    *open_in_the_ledger,
    *open_to_auditors,
    *open_to_programs,
    *open_to_administrators,
]
