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
from django.views.i18n import set_language

from maps.access import Right, opens
from maps.pages import audit, ledger, ledger_rows, overview, start


def in_the_ledger(
    rest: str, view: Callable[..., HttpResponseBase], right: Right, *, name: str
) -> list[URLPattern]:
    """Return an address of one grid of the ledger."""
    address = f"areas/<str:code>/ledger/<str:kind>/{rest}"
    return [path(address, opens(view, right, section="ledger"), name=name)]


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
    *in_the_ledger("<int:pk>/change/", ledger_rows.change, Right.LEDGER, name="ledger_change"),
    path(
        "areas/<str:code>/ledger/contract/<int:pk>/end/",
        opens(ledger_rows.end, Right.LEDGER, section="ledger"),
        name="ledger_end",
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
open_to_administrators = [path("admin/", admin.site.urls)]

urlpatterns = [
    *open_to_all,
    *open_to_members,
    *open_in_an_area,
    *open_in_the_ledger,
    *open_to_auditors,
    *open_to_administrators,
]
