"""Every address of the site and who may open it.

Signing in is asked for everywhere but where an address is said to be open to all
(`login_not_required`); which areas a signed-in person may see is decided in `maps.access`.
"""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from django.views.i18n import set_language

from maps import pages

open_to_all = [
    path("sign-in/", LoginView.as_view(template_name="maps/sign_in.html"), name="sign_in"),
    path("language/", login_not_required(set_language), name="set_language"),
]
open_to_members = [
    path("", pages.overview, name="overview"),
    path("areas/<str:code>/<str:name>", pages.area_file, name="area_file"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
]
open_to_administrators = [path("admin/", admin.site.urls)]

urlpatterns = [*open_to_all, *open_to_members, *open_to_administrators]
