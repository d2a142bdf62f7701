"""Every address of the site and who may open it.

Signing in is asked for everywhere but where an address is said to be open to all. `opens` is the
gate of `maps.access`: without the right in the area that the address names, nothing is found.
"""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path
from django.views.decorators.cache import cache_control
from django.views.decorators.vary import vary_on_cookie
from django.views.i18n import JavaScriptCatalog, set_language

from maps.access import Right, opens
from maps.pages import exports, files, health, jobs, overview, plans, start
from maps.planner import views as planner

# What scripts say, in the language of the person.
words = vary_on_cookie(
    cache_control(private=True, max_age=3600)(JavaScriptCatalog.as_view(packages=["maps"]))
)

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
        "areas/<str:code>/files/<str:name>",
        opens(files.area_file, Right.EXPORT),
        name="area_file",
    ),
    path("areas/<str:code>/plans/", opens(plans.plans, Right.SEE), name="plans"),
    path("areas/<str:code>/plans/propose/", opens(plans.propose, Right.PLAN), name="propose"),
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
open_in_a_plan = [
    path("", opens(plans.plan, Right.SEE, section="plans"), name="plan"),
    path("state/", opens(planner.state, Right.SEE), name="plan_state"),
    path("sites.geojson", opens(planner.sites, Right.SEE), name="plan_sites"),
    path("zones.geojson", opens(planner.zones, Right.SEE), name="plan_zones"),
    path("links.geojson", opens(planner.links, Right.SEE), name="plan_links"),
    path("zones/<int:number>/", opens(planner.zone, Right.SEE), name="plan_zone"),
    path("mends/", opens(planner.mends, Right.SEE), name="plan_mends"),
    path("preview/", opens(planner.preview, Right.PLAN), name="plan_preview"),
    path("comments/", opens(planner.comments, Right.SEE), name="plan_comments"),
    # Who may only see reads the edits; who may plan makes them; each step asks for its own right.
    path("edits/", opens(planner.edits, Right.SEE), name="plan_edits"),
    path("steps/", opens(planner.steps, Right.SEE), name="plan_steps"),
]
open_to_administrators = [path("admin/", admin.site.urls)]

urlpatterns = [
    *open_to_all,
    *open_to_members,
    *open_in_an_area,
    *of_a_job,
    path("plans/<int:plan>/", include(open_in_a_plan)),
    *open_to_administrators,
]
