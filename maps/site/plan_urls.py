"""Every address of a plan, and of its dispatch table, and who may open it."""

from django.urls import path

from maps.access import Right, opens
from maps.pages import dispatch, plan_sensitivity, plans
from maps.planner import views as planner

open_in_a_plan = [
    path("plans/<int:plan>/", opens(plans.plan, Right.SEE, section="plans"), name="plan"),
    path("plans/<int:plan>/state/", opens(planner.state, Right.SEE), name="plan_state"),
    path("plans/<int:plan>/sites.geojson", opens(planner.sites, Right.SEE), name="plan_sites"),
    path("plans/<int:plan>/zones.geojson", opens(planner.zones, Right.SEE), name="plan_zones"),
    path("plans/<int:plan>/links.geojson", opens(planner.links, Right.SEE), name="plan_links"),
    path("plans/<int:plan>/zones/<int:number>/", opens(planner.zone, Right.SEE), name="plan_zone"),
    path(
        "plans/<int:plan>/zones/<int:number>/providers/",
        opens(planner.candidates, Right.SEE),
        name="plan_candidates",
    ),
    path(
        "plans/<int:plan>/zones/<int:number>/providers.json",
        opens(planner.candidates_json, Right.SEE),
        name="plan_candidates_json",
    ),
    path("plans/<int:plan>/mends/", opens(planner.mends, Right.SEE), name="plan_mends"),
    path("plans/<int:plan>/preview/", opens(planner.preview, Right.PLAN), name="plan_preview"),
    path("plans/<int:plan>/comments/", opens(planner.comments, Right.SEE), name="plan_comments"),
    # Who may only see reads the edits; who may plan makes them; each step asks for its own right.
    path("plans/<int:plan>/edits/", opens(planner.edits, Right.SEE), name="plan_edits"),
    path("plans/<int:plan>/steps/", opens(planner.steps, Right.SEE), name="plan_steps"),
    path(
        "plans/<int:plan>/sensitivity/",
        opens(plan_sensitivity.plan_sensitivity, Right.SEE, section="plans"),
        name="plan_sensitivity",
    ),
    path(
        "plans/<int:plan>/sensitivity/measure/",
        opens(plan_sensitivity.measure, Right.PLAN),
        name="plan_measure",
    ),
]
of_the_dispatch = [
    path(
        f"plans/<int:plan>/dispatch/{rest}",
        opens(view, right, section="plans"),
        name=name,
    )
    for rest, view, right, name in (
        ("", dispatch.dispatch, Right.SEE, "dispatch"),
        ("file/", dispatch.export, Right.EXPORT, "dispatch_export"),
        ("dues/", dispatch.dues, Right.PLAN, "dispatch_dues"),
        ("items/", dispatch.items, Right.PLAN, "dispatch_items"),
        ("items/<int:item>/close/", dispatch.close, Right.PLAN, "dispatch_close"),
    )
]
