"""Every address of the site and who may open it.

Signing in is asked for everywhere but where an address is said to be open to all. `opens` is the
gate of `maps.access`: without the right in the area that the address names, nothing is found.
"""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from django.views.i18n import set_language

from maps.access import Right, opens
from maps.pages import district_map, overview, site_card, start
from maps.tiles import tile

open_to_all = [
    path("sign-in/", LoginView.as_view(template_name="maps/sign_in.html"), name="sign_in"),
    path("language/", login_not_required(set_language), name="set_language"),
]
open_to_members = [
    path("", start.start, name="start"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
]
open_in_an_area = [
    path("areas/<str:code>/", opens(overview.overview, Right.SEE), name="overview"),
    path(
        "areas/<str:code>/files/<str:name>",
        opens(overview.area_file, Right.EXPORT),
        name="area_file",
    ),
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
open_to_administrators = [path("admin/", admin.site.urls)]

urlpatterns = [*open_to_all, *open_to_members, *open_in_an_area, *open_to_administrators]
