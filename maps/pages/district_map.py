"""The map of an area (地图): layers and legend in one, the list beside it, and the search."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode

import numpy as np
import shapely
from django.conf import settings
from django.contrib.gis.db.models import Extent
from django.contrib.gis.db.models.functions import AsWKB
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from geo.crs import metric_srid, to_metric
from geo.frames.past import managing_tree
from geo.models import Barrier, Compound, ManagingArea
from layers.models import NeighbourLink, Zone
from maps.asked import Asked
from maps.coverage_map.colouring import zone_colours
from maps.coverage_map.heat import RADIUS_M
from maps.coverage_map.patterns import pattern_defs
from maps.district_map.basemap import Basemap, basemap_of
from maps.district_map.drawn import BUILDINGS_FROM, COMPOUNDS_FROM, SCATTERED_FROM
from maps.district_map.found import HITS, count_scattered, found, listed
from maps.district_map.scope import Scope, plans_of, scope_of
from maps.district_map.standing import counts_by_status
from maps.district_map.uncovered import heat_of
from maps.middleware import with_pictures_of
from maps.mode_sheet.choice import policies_to_choose, policy_named
from maps.mode_sheet.looks import drawn_as, mode_patterns
from maps.mode_sheet.sheet import Sheet, sheet_of
from maps.statuses import COLOURS, WORDS, ServiceStatus
from maps.tiles import FINEST

CHINA = (73.0, 18.0, 135.0, 54.0)


@require_safe
@never_cache
def page(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    scope = scope_of(request, area)
    plans = plans_of(
        managing_tree(area=area.code, known=scope.asked.known), known=scope.asked.known
    )
    basemap = basemap_of(settings.BASEMAP)
    counts, sheet = counts_of(area, scope), modes_of(request, area)
    context = {
        "config": config_of(request, area, scope, basemap) | modes_told(sheet),
        "modes": sheet and {"counts": sheet.counts, "query": sheet.query()},
        "policies": policies_to_choose(sheet.policy_id if sheet else ""),
        "counts": counts,
        "statuses": [each | {"count": counts[each["key"]]} for each in statuses()],
        "patterns": pattern_defs() + mode_patterns(len(sheet.policy.modes) if sheet else 0),
        "plans": plans,
        "plan": request.GET.get("plan", ""),
        "query": query_of(request, scope.asked),
        "problem": basemap.problem and gettext(basemap.problem),
    }
    return with_pictures_of(basemap.host, render(request, "maps/district_map.html", context))


@require_safe
@never_cache
def compounds_list(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    scope = scope_of(request, area)
    status = request.GET.get("status", "")
    number = max(int(given), 1) if (given := request.GET.get("page", "1")).isdecimal() else 1
    places, has_more = listed(scope, status=status, page=min(number, 100_000))
    context = {
        "places": [(place, gettext(WORDS[place.status])) for place in places],
        "status": status if status in WORDS else "",
        "page": number,
        "next": number + 1 if has_more else None,
        "area": area,
        "query": query_of(request, scope.asked),
    }
    return render(request, "maps/map/compounds.html", context)


@require_safe
@never_cache
def search(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    scope = scope_of(request, area)
    word = request.GET.get("q", "").strip()[:80]
    hits = found(scope, word) if word else ((), (), ())
    compounds, buildings, providers = hits
    context = {
        "word": word,
        "compounds": [(place, gettext(WORDS[place.status])) for place in compounds],
        "buildings": buildings,
        "providers": providers,
        "is_cut": HITS in {len(compounds), len(buildings), len(providers)},
        "area": area,
        "query": query_of(request, scope.asked),
    }
    return render(request, "maps/map/search.html", context)


def modes_of(request: HttpRequest, area: ManagingArea) -> Sheet | None:
    """Return the modes of the area where the map is to be coloured by those of a policy."""
    return sheet_of(request, area) if policy_named(request) else None


def modes_told(sheet: Sheet | None) -> dict[str, Any]:
    """Return what the scripts need to colour by mode: in the place of the statuses."""
    if sheet is None:
        return {}
    return {
        "modes": reverse("modes_compounds", args=[sheet.area.code]) + sheet.query(),
        "statuses": [
            {
                "key": each.key,
                "word": each.name,
                "colour": each.colour,
                "mark": drawn_as(each.key),
            }
            for each in sheet.counts
        ],
    }


def query_of(request: HttpRequest, asked: Asked) -> str:
    """Return what every address of the map takes along: day, knowledge, plan and policy."""
    said = dict(parse_qsl(asked.query.removeprefix("?")))
    plan, policy = request.GET.get("plan", "").strip(), policy_named(request)
    said |= {"plan": plan} if plan.isdecimal() else {}
    said |= {"policy": policy} if policy else {}
    return f"?{urlencode(said)}" if said else ""


def statuses() -> list[dict[str, str]]:
    """Return the statuses in the order of legends, with word and colour."""
    return [
        {"key": str(status), "word": gettext(WORDS[status]), "colour": COLOURS[status]}
        for status in ServiceStatus
    ]


def config_of(
    request: HttpRequest, area: ManagingArea, scope: Scope, basemap: Basemap
) -> dict[str, Any]:
    """Return what the page's scripts begin with."""
    query = query_of(request, scope.asked)
    tiles = reverse("tile", args=[area.code, "areas", 0, 0, 0])
    card = reverse("site_card", args=[area.code, "{code}"])
    return {
        "tiles": tiles.replace("/areas/0/0/0.mvt", "/{layer}/{z}/{x}/{y}.mvt") + query,
        "card": card.replace("%7Bcode%7D", "{code}") + query,
        "heat": reverse("map_heat", args=[area.code]) + query,
        "events": reverse("map_events", args=[area.code]) + query,
        "extent": extent_of(area),
        "finest": FINEST,
        "from": {
            "compounds": COMPOUNDS_FROM,
            "scattered": SCATTERED_FROM,
            "buildings": BUILDINGS_FROM,
        },
        "statuses": statuses(),
        "zones": colours_of(scope.plans),
        "basemap": basemap.told,
        "words": words(),
    }


def words() -> dict[str, str]:
    """Return what the scripts say."""
    return {
        "zoomIn": gettext("放大"),
        "zoomOut": gettext("缩小"),
        "whole": gettext("全图"),
        "sites": gettext("处"),
        "zone": gettext("{number}号片区"),
        "households": gettext("户/公顷"),
        "perHectare": gettext("处/公顷"),
        "failed": gettext("没有取到数据，请检查网络后重试。"),
    }


def extent_of(area: ManagingArea) -> tuple[float, float, float, float]:
    """Return the box to begin with, in degrees: of the area, else of its compounds, else China."""
    box = area.geometry.extent if area.geometry else None
    if box is None:
        drawn = Compound.objects.filter(area=area)
        box = drawn.aggregate(box=Extent("geometry"))["box"]
    west, south, east, north = box or CHINA
    return (west, south, east, north)


def colours_of(plans: Sequence[int]) -> dict[int, str]:
    """Return a colour for every zone of the plans, by row; neighbours differ."""
    rows = list(
        Zone.objects.filter(plan__in=plans, geometry__isnull=False)
        .order_by("plan", "number")
        .values_list("pk", AsWKB("geometry"))
    )
    if not rows:
        return {}
    shapes = shapely.from_wkb(np.array([bytes(wkb) for _, wkb in rows], dtype=object))
    key = f"zone-colours-{sha256(b''.join(bytes(wkb) for _, wkb in rows)).hexdigest()}"
    colours = cache.get(key)
    if colours is None:
        west, _south, east, _north = shapely.total_bounds(shapes)
        colours = zone_colours(to_metric(shapes, metric_srid((west + east) / 2)))
        cache.set(key, colours)
    return {pk: colour for (pk, _), colour in zip(rows, colours, strict=True)}


def counts_of(area: ManagingArea, scope: Scope) -> dict[str, int]:
    """Return how many things each line of the legend stands for."""
    key = f"map-counts-{scope.tag()}"
    counts: dict[str, int] | None = cache.get(key)
    if counts is None:
        barriers = Barrier.objects.existing_on(scope.asked.valid).known_at(scope.asked.known)
        if area.geometry:
            barriers = barriers.filter(geometry__bboverlaps=area.geometry)
        by_status = counts_by_status(scope)
        counts = by_status | {
            "compounds": sum(by_status.values()),
            "buildings": count_scattered(scope),
            "zones": Zone.objects.filter(plan__in=scope.plans).count(),
            "links": NeighbourLink.objects.filter(plan__in=scope.plans).count(),
            "barriers": barriers.count(),
        }
        cache.set(key, counts)
    return counts


@require_safe
@never_cache
def heat(request: HttpRequest, area: ManagingArea) -> HttpResponse:
    """Return the heat of what nobody serves (未覆盖热力图): a picture and what its colours mean."""
    told = heat_of(scope_of(request, area).parameters)
    if told is None:
        return JsonResponse({"text": gettext("没有未覆盖的小区或零散楼栋。")})
    return JsonResponse({**told, "text": heat_text(told)})


def heat_text(told: Mapping[str, Any]) -> str:
    """Return what the colours of the heat mean."""
    unit = gettext("户") if told["unit"] == "household" else gettext("处")
    text = gettext("颜色最深处每公顷约 {peak:.0f} {unit}；核半径 {radius:.0f} 米。").format(
        peak=told["peak_per_hectare"], unit=unit, radius=RADIUS_M
    )
    if told["guessed"]:
        guessed = gettext("{count} 处户数不详，按中位数计。")
        text += guessed.format(count=told["guessed"])
    return text
