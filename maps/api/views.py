"""The addresses of the API: what there is, features page by page, the rates of an area."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from geo.errors import InputError, gettext_noop
from geo.models import ManagingArea
from layers.planning.print_coverage import coverage_json
from layers.planning.report_coverage import report_coverage
from maps.access import Person
from maps.api import features
from maps.api.collections import COLLECTIONS, Collection
from maps.api.openapi import CONFORMS_TO, GEOJSON, JSON, OPENAPI, TITLE, openapi
from maps.api.sight import Sight, sight_of
from maps.api.wanted import (
    CRSS,
    LIMIT,
    Wanted,
    refuse_parameters,
    wanted_item,
    wanted_items,
    wanted_rates,
)
from maps.district_map.scope import data_version

NOTHING = gettext_noop("没有这样的内容，或您无权查看。")
ABOUT = gettext_noop("连片管理的小区、楼栋、片区、阻隔、辖区和覆盖率，只读。")
API_VERSION = "1.0"
PRIVATE = {"Cache-Control": "private, no-cache"}
"""What one person may see is kept by nobody else, and asked for anew each time."""

View = Callable[..., HttpResponseBase]


def in_json(view: View) -> View:
    """Return the view, its refusals told in JSON: who asks here is a program."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **captured: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **captured)
        except InputError as error:
            faults, status = [fault.sentence(gettext) for fault in error.faults], 400
        except Http404:
            faults, status = [gettext(NOTHING)], 404
        return JsonResponse({"faults": faults}, status=status)

    return answered


@require_safe
def landing(request: HttpRequest) -> HttpResponseBase:
    """Say what there is."""
    refuse_parameters(request.GET)
    links = [
        _link(request, "api_landing", rel="self"),
        _link(request, "api_openapi", rel="service-desc", media=OPENAPI),
        _link(request, "api_conformance", rel="conformance"),
        _link(request, "api_collections", rel="data"),
    ]
    return JsonResponse({"title": TITLE, "description": gettext(ABOUT), "links": links})


@require_safe
def conformance(request: HttpRequest) -> HttpResponseBase:
    """Say which standards are met."""
    refuse_parameters(request.GET)
    return JsonResponse({"conformsTo": CONFORMS_TO})


@require_safe
def description(request: HttpRequest) -> HttpResponseBase:
    """Describe the API for machines."""
    refuse_parameters(request.GET)
    server = request.build_absolute_uri(reverse("api_landing")).rstrip("/")
    return JsonResponse(openapi(server, API_VERSION), content_type=OPENAPI)


@require_safe
def collections(request: HttpRequest) -> HttpResponseBase:
    """List the collections."""
    refuse_parameters(request.GET)
    told = [_told(request, each) for each in COLLECTIONS.values()]
    links = [_link(request, "api_collections", rel="self")]
    return JsonResponse({"collections": told, "links": links})


@require_safe
def collection(request: HttpRequest, collection: str) -> HttpResponseBase:
    """Tell of one collection."""
    refuse_parameters(request.GET)
    return JsonResponse(_told(request, _called(collection)))


@require_safe
def items(request: HttpRequest, collection: str) -> HttpResponseBase:
    """Give out one page of features."""
    held, wanted = _called(collection), wanted_items(request.GET)
    sight = sight_of(_person(request), wanted)
    parameters, tag = sight.parameters(wanted), _tag(request, sight, wanted)
    return _unless_known(request, tag) or _answer(
        _page(request, held, wanted, parameters), tag, wanted
    )


@require_safe
def item(request: HttpRequest, collection: str, feature: str) -> HttpResponseBase:
    """Give out one feature."""
    held, wanted = _called(collection), wanted_item(request.GET)
    sight = sight_of(_person(request), wanted)
    tag = _tag(request, sight, wanted)
    found = features.feature(held, feature, sight.parameters(wanted))
    if found is None:
        raise Http404
    own = {"collection": collection, "feature": feature}
    found["links"] = [
        {**_link(request, "api_item", rel="self", media=GEOJSON, **own)},
        _link(request, "api_collection", rel="collection", collection=collection),
    ]
    return _unless_known(request, tag) or _answer(found, tag, wanted)


@require_safe
def coverage(request: HttpRequest, area: ManagingArea) -> HttpResponseBase:
    """Give out the rates of an area and of those right below it."""
    asked = wanted_rates(request.GET)
    report = report_coverage(
        area=area.code,
        valid=asked.valid,
        known=asked.known,
        measures=asked.measures,
        units=asked.units,
    )
    return JsonResponse(coverage_json(report), headers=PRIVATE)


def _called(name: str) -> Collection:
    if name not in COLLECTIONS:
        raise Http404
    return COLLECTIONS[name]


def _person(request: HttpRequest) -> Person:
    person: Person = request.user
    return person


def _told(request: HttpRequest, collection: Collection) -> dict[str, Any]:
    name = collection.name
    return {
        "id": name,
        "title": gettext(collection.title),
        "description": gettext(collection.about),
        "itemType": "feature",
        "crs": CRSS,
        "links": [
            _link(request, "api_collection", rel="self", collection=name),
            _link(request, "api_items", rel="items", media=GEOJSON, collection=name),
        ],
    }


def _link(
    request: HttpRequest, name: str, *, rel: str, media: str = JSON, **captured: str
) -> dict[str, str]:
    address = request.build_absolute_uri(reverse(name, kwargs=captured))
    return {"href": address, "rel": rel, "type": media}


def _page(
    request: HttpRequest, held: Collection, wanted: Wanted, parameters: dict[str, Any]
) -> dict[str, Any]:
    matched, found = features.count(held, parameters), features.page(held, parameters)
    return {
        "type": "FeatureCollection",
        "numberMatched": matched,
        "numberReturned": len(found),
        "links": _page_links(request, wanted, matched),
        "features": found,
    }


def _page_links(request: HttpRequest, wanted: Wanted, matched: int) -> list[dict[str, str]]:
    at = {"self": wanted.offset}
    if wanted.offset + wanted.limit < matched:
        at["next"] = wanted.offset + wanted.limit
    if wanted.offset:
        at["prev"] = max(wanted.offset - wanted.limit, 0)
    return [
        {"href": _at(request, wanted, offset), "rel": rel, "type": GEOJSON}
        for rel, offset in at.items()
    ]


def _at(request: HttpRequest, wanted: Wanted, offset: int) -> str:
    asked: dict[str, str | int] = {**request.GET.dict(), "limit": wanted.limit, "offset": offset}
    if wanted.limit == LIMIT and "limit" not in request.GET:
        del asked["limit"]
    if not offset:
        del asked["offset"]
    query = f"?{urlencode(asked)}" if asked else ""
    return request.build_absolute_uri(request.path) + query


def _tag(request: HttpRequest, sight: Sight, wanted: Wanted) -> str:
    """Return what changes with the answer: the data, the day, and what the person may see."""
    seen = (sight.areas, sight.plans, wanted.valid, wanted.known_on, get_language())
    told = repr((data_version(), seen, request.build_absolute_uri()))
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'


def _unless_known(request: HttpRequest, tag: str) -> HttpResponseBase | None:
    """Return "not modified" where the program has the answer already."""
    answer: HttpResponseBase | None = get_conditional_response(request, etag=tag)
    if answer is not None:
        answer.headers["ETag"] = tag
    return answer


def _answer(told: dict[str, Any], tag: str, wanted: Wanted) -> JsonResponse:
    headers = PRIVATE | {"ETag": tag, "Content-Crs": f"<{wanted.crs}>"}
    return JsonResponse(told, content_type=GEOJSON, headers=headers)
