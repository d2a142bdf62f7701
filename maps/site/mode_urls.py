"""Addresses of management modes: the table, its file, and the colours of the map."""

from django.urls import path

from maps.access import Right, opens
from maps.pages import modes

of_modes = [
    path("areas/<str:code>/modes/", opens(modes.modes, Right.SEE, section="policy"), name="modes"),
    path(
        "areas/<str:code>/modes/compounds.json",
        opens(modes.compounds, Right.SEE, section="district_map"),
        name="modes_compounds",
    ),
    path(
        "areas/<str:code>/modes/file/",
        opens(modes.export, Right.EXPORT, section="policy"),
        name="modes_export",
    ),
]
