"""Every address of the site and who may open it.

Signing in is asked for everywhere but where an address is said to be open to all. `opens` is the
gate of `maps.access`: without the right in the area that the address names, nothing is found.
"""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.vary import vary_on_cookie
from django.views.i18n import JavaScriptCatalog, set_language

from maps.access import Right, opens
from maps.pages import exports, health, jobs, outage, overview, start

# What scripts say, in the language of the person.
words = vary_on_cookie(
    cache_control(private=True, max_age=3600)(JavaScriptCatalog.as_view(packages=["maps"]))
)

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
        "areas/<str:code>/files/<str:name>",
        opens(overview.area_file, Right.EXPORT),
        name="area_file",
    ),
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
open_to_administrators = [path("admin/", admin.site.urls)]

urlpatterns = [*open_to_all, *open_to_members, *open_in_an_area, *of_a_job, *open_to_administrators]
