"""Addresses of assessment: what each page counts, its file, and the records behind it."""

from django.urls import path

from maps.access import Right, opens
from maps.pages import (
    assessed,
    assessment,
    checks,
    collection,
    evaluations,
    events,
    subsidies,
    treatments,
)

SECTION = "assessment"
FOLDER = "areas/<str:code>/assessment/"
RECORDS = f"{FOLDER}records/<str:kind>/"

of_assessment = [
    path(FOLDER, opens(assessment.assessment, Right.SEE), name="assessment"),
    *(
        path(f"{FOLDER}{name}/", opens(view, Right.SEE, section=SECTION), name=name)
        for name, view in (
            ("events", events.events),
            ("treatments", treatments.treatments),
            ("evaluations", evaluations.evaluations),
            ("checks", checks.checks),
            ("subsidies", subsidies.subsidies),
            ("collection", collection.collection),
        )
    ),
    *(
        path(
            f"{FOLDER}{name}/file/",
            opens(module.export, Right.EXPORT, section=SECTION),
            name=f"{name}_export",
        )
        for name, module in (
            ("events", events),
            ("treatments", treatments),
            ("evaluations", evaluations),
            ("checks", checks),
            ("subsidies", subsidies),
            ("collection", collection),
        )
    ),
    path(RECORDS, opens(assessed.assessed, Right.SEE, section=SECTION), name="assessed"),
    path(
        f"{RECORDS}new/",
        opens(assessed.enter, Right.LEDGER, section=SECTION),
        name="assessed_enter",
    ),
    path(
        f"{RECORDS}<int:pk>/withdraw/",
        opens(assessed.withdraw, Right.LEDGER, section=SECTION),
        name="assessed_withdraw",
    ),
    path(
        "areas/<str:code>/map/events/",
        opens(events.heat, Right.SEE, section="district_map"),
        name="map_events",
    ),
]
