"""Plans of an area: the list, asking for a new one, and the page of one plan with its editor."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from geo.errors import Fault, InputError, gettext_noop
from geo.models import ManagingArea
from layers.models import Plan, RunPart
from layers.planning.read_plan import sentences, told_check, told_notices, told_sensitivity
from layers.planning.read_policy import policy_of
from layers.planning.step_plan import steps_from
from layers.policy import Effort, load_policy, policy_names
from layers.rules import limits_of
from maps.access import Right, areas_open_to, at_or_below, may, person_of
from maps.district_map.basemap import Basemap, basemap_of
from maps.middleware import with_pictures_of
from maps.models import Job, JobKind
from maps.policy_words import EFFORTS
from maps.queue import enqueue

SHOWN = 50
NO_SUCH_POLICY = gettext_noop("没有名为“{given}”的政策。请从列表中选择。")
NOT_A_DAY = gettext_noop("数据日期“{given}”不是日期。请写成 2026-11-22 这样的形式。")
NOT_A_SEED = gettext_noop("随机种子“{given}”不是 0 至 999999999 的整数。")
NOT_AN_EFFORT = gettext_noop("没有名为“{given}”的计算量。")
NOT_SO_MANY = gettext_noop("方案个数“{given}”不是 1 至 {most} 的整数。")
NOT_A_COUNT = gettext_noop("片区个数“{given}”不是 1 以上的整数。不指定时请留空。")
NOT_A_CHANGE = gettext_noop("最多变动“{given}”不是 0 以上的整数。不限时请留空。")
NO_SUCH_PLAN = gettext_noop("本辖区没有编号为“{given}”的方案。请从列表中选择。")
NO_BASE = gettext_noop("限定最多变动时，请选择在哪个方案上调整。")
ONE_ONLY = gettext_noop("指定片区个数或在已有方案上调整时，方案个数只能为 1。")
MOST_DIGITS = 6
MOST_SEED = 999_999_999
MOST_PLANS = 5


@require_safe
@never_cache
def plans(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    """List the plans of an area and of those below it, the newest first."""
    listed = list(plans_below(request, area)[:SHOWN])
    context = {
        "plans": [(plan, policy_title(plan.policy)) for plan in listed],
        "ranked": ranked_together(listed),
        "most_plans": MOST_PLANS,
        "efforts": [(str(effort), gettext(words)) for effort, words in EFFORTS.items()],
        "own": [plan for plan in listed if plan.area_id == area.pk],
        "policies": [(name, policy_title(name)) for name in policy_names()],
        "asked_policy": request.GET.get("policy", ""),
        "may_plan": may(request.user, Right.PLAN, area),
        "jobs": Job.objects.open().filter(area=area, kind=JobKind.PROPOSE),
    }
    return render(request, "maps/plans.html", context)


@require_POST
def propose(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    """Have a plan proposed in the background; asked twice it is proposed once."""
    asked = wanted_plan(request.POST, area)
    known = timezone.now().isoformat()
    enqueue(JobKind.PROPOSE, area=area, by=person_of(request), arguments={**asked, "known": known})
    return redirect("plans", area.code)


def wanted_plan(given: Mapping[str, str], area: ManagingArea) -> dict[str, Any]:
    """Return the arguments of a proposal as a form gives them.

    Raises
    ------
    InputError
        With every answer that cannot be.
    """
    faults = []
    policy, valid, seed = (given.get(name, "").strip() for name in ("policy", "valid", "seed"))
    plans, effort = given.get("plans", "1").strip(), given.get("effort", "").strip()
    if policy not in policy_names():
        faults.append(Fault(NO_SUCH_POLICY, {"given": policy[:40]}))
    try:
        date.fromisoformat(valid)
    except ValueError:
        faults.append(Fault(NOT_A_DAY, {"given": valid[:40]}))
    if not (seed.isascii() and seed.isdigit()) or int(seed) > MOST_SEED:
        faults.append(Fault(NOT_A_SEED, {"given": seed[:40]}))
    if not (plans.isascii() and plans.isdigit()) or not 1 <= int(plans) <= MOST_PLANS:
        faults.append(Fault(NOT_SO_MANY, {"given": plans[:40], "most": MOST_PLANS}))
    if effort and effort not in set(Effort):
        faults.append(Fault(NOT_AN_EFFORT, {"given": effort[:40]}))
    wishes = {name: given.get(name, "").strip() for name in ("target", "based_on", "most_changed")}
    faults += _why_not_wished(wishes, area, plans=plans)
    if faults:
        raise InputError(*faults)
    numbers = {name: int(wish) for name, wish in wishes.items() if wish}
    whole = {"seed": int(seed), "plans": int(plans), **numbers}
    return {"policy": policy, "valid": valid, **whole, **({"effort": effort} if effort else {})}


def _why_not_wished(
    wishes: Mapping[str, str], area: ManagingArea, *, plans: str
) -> Iterator[Fault]:
    """Tell what cannot be of the wishes for one plan: how many zones, and what it rests on."""
    for name, text in (("target", NOT_A_COUNT), ("most_changed", NOT_A_CHANGE)):
        wish = wishes[name]
        is_number = wish.isascii() and wish.isdigit() and len(wish) <= MOST_DIGITS
        if wish and (not is_number or (name == "target" and int(wish) < 1)):
            yield Fault(text, {"given": wish[:40]})
    base = wishes["based_on"]
    if base and not (base.isdigit() and area.plans.filter(pk=int(base)).exists()):
        yield Fault(NO_SUCH_PLAN, {"given": base[:40]})
    if wishes["most_changed"] and not base:
        yield Fault(NO_BASE, {})
    if any(wishes.values()) and plans != "1":
        yield Fault(ONE_ONLY, {})


def ranked_together(plans: Sequence[Plan]) -> list[tuple[RunPart, list[Plan]]]:
    """Return the plans that were asked for as alternatives, the newest request first."""
    together: dict[RunPart, list[Plan]] = {}
    for plan in plans:
        if plan.part is not None and plan.rank is not None:
            plan.told_difference = sentences(plan.difference, gettext)  # type: ignore[attr-defined]
            together.setdefault(plan.part, []).append(plan)
    return [
        (part, sorted(ranked, key=lambda plan: plan.rank or 0)) for part, ranked in together.items()
    ]


def policy_title(name: str) -> str:
    """Return what people call a policy; its name where the policy is gone."""
    return load_policy(name).name if name in policy_names() else name


def plans_below(request: HttpRequest, area: ManagingArea) -> QuerySet[Plan]:
    """Return the plans of an area and those below it that the person may see."""
    return (
        Plan.objects.filter(area__in=at_or_below(area))
        .filter(area__in=areas_open_to(request.user))
        .select_related("area", "created_by", "part__area", "part__run")
        .annotate(
            zones_held=Count("zones", distinct=True),
            sites_left_out=Count("sites", filter=Q(sites__zone=None), distinct=True),
        )
        .order_by("-created_at", "-pk")
    )


@require_safe
@never_cache
def plan(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show a plan on the map, to be corrected by those who may."""
    basemap = basemap_of(settings.BASEMAP)
    context = {
        "plan": plan,
        "config": editor_config(plan, basemap, address=request.path),
        "steps": [
            (name, step)
            for name, step in steps_from(plan).items()
            if may(request.user, Right(step.taker), plan.area)
        ],
        "taken": plan.steps.select_related("by")[:SHOWN],
        "difference": sentences(plan.difference, gettext),
        "sensitivity": told_sensitivity(plan.sensitivity, gettext),
        "check": told_check(plan.checked, gettext),
        "to_look_into": told_notices(plan, gettext),
    }
    return with_pictures_of(basemap.host, render(request, "maps/plan.html", context))


def editor_config(plan: Plan, basemap: Basemap, *, address: str) -> dict[str, Any]:
    """Return what the editor's script needs to begin."""
    tiles = reverse("tile", args=[plan.area.code, "areas", 0, 0, 0])
    tiles = tiles.replace("/areas/0/0/0.mvt", "/{layer}/{z}/{x}/{y}.mvt")
    return {
        "plan": plan.pk,
        "address": address,
        "limits": asdict(limits_of(policy_of(plan))),
        "tiles": f"{tiles}?date={plan.valid_on.isoformat()}",
        "basemap": basemap.told,
    }
