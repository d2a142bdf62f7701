"""The description of the API (OpenAPI 3.0): what can be asked, and what is answered.

Pure: made from the collections alone, so that it can be checked and published without a site.
"""

from collections.abc import Mapping
from typing import Any

from maps.api.collections import COLLECTIONS, Collection
from maps.api.wanted import CRSS, FARTHEST, LIMIT, MOST

Json = dict[str, Any]

TITLE = "连片 Lianpian"
CONFORMS_TO = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
)
JSON, GEOJSON = "application/json", "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"


def openapi(server: str, version: str) -> Json:
    """Return the description of the API at the address `server`."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": TITLE,
            "version": version,
            "description": "Read-only. What is told lies in the managing areas open to the person "
            "who is signed in, or whose token is sent. Longitude first, CGCS2000.",
        },
        "servers": [{"url": server}],
        "security": [{"token": []}, {"session": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            },
            "parameters": PARAMETERS,
            "responses": RESPONSES,
            "schemas": SCHEMAS,
        },
    }


def _paths() -> Json:
    paths: Json = {
        "/": _get("landing", "What there is", "Landing", ("f",)),
        "/conformance": _get("conformance", "Which standards are met", "Conformance", ("f",)),
        "/openapi.json": _get("openapi", "This description", "Anything", ("f",), media=OPENAPI),
        "/collections": _get("collections", "The collections", "Collections", ("f",)),
        "/areas/{code}/coverage": _get(
            "coverage",
            "The rates of an area and of those right below it",
            "Anything",
            ("f", "date", "known", "rate"),
            within=[_in_path("code", "code of a managing area")],
        ),
    }
    for collection in COLLECTIONS.values():
        paths |= _paths_of(collection)
    return paths


def _paths_of(collection: Collection) -> Json:
    name, at = collection.name, f"/collections/{collection.name}"
    items = ("f", "bbox", "limit", "offset", "datetime", "known", "area", "plan", "crs", "bbox-crs")
    return {
        at: _get(f"{name}.collection", name, "Collection", ("f",)),
        f"{at}/items": _get(
            f"{name}.items", f"{name}, page by page", f"{name}.page", items, media=GEOJSON
        ),
        f"{at}/items/{{id}}": _get(
            f"{name}.item",
            f"one of the {name}",
            f"{name}.feature",
            ("f", "datetime", "known", "plan", "crs"),
            within=[_in_path("id", "code of the feature")],
            media=GEOJSON,
        ),
    }


def _get(
    name: str,
    summary: str,
    schema: str,
    parameters: tuple[str, ...],
    *,
    within: list[Json] | None = None,
    media: str = JSON,
) -> Json:
    """Return what is said of an address."""
    content = {media: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    refused = {"400": "Refused", "401": "Unknown", "404": "NotFound"}
    answers: Json = {
        code: {"$ref": f"#/components/responses/{each}"} for code, each in refused.items()
    }
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": [
                *(within or ()),
                *({"$ref": f"#/components/parameters/{each}"} for each in parameters),
            ],
            "responses": {"200": {"description": summary, "content": content}, **answers},
        }
    }


def _in_path(name: str, about: str) -> Json:
    schema = {"type": "string", "minLength": 1, "maxLength": 64}
    return {"name": name, "in": "path", "required": True, "description": about, "schema": schema}


def _in_query(name: str, about: str, schema: Json, **more: Any) -> Json:
    return {"name": name, "in": "query", "description": about, "schema": schema, **more}


DAY = {"type": "string", "format": "date"}
CRS = {"type": "string", "format": "uri", "enum": list(CRSS)}
BOX = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
PARAMETERS: Mapping[str, Json] = {
    "f": _in_query("f", "the format", {"type": "string", "enum": ["json"]}),
    "bbox": _in_query(
        "bbox", "west, south, east, north in degrees", BOX, style="form", explode=False
    ),
    "limit": _in_query(
        "limit",
        f"how many; more than {MOST} is answered with {MOST}",
        {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT},
    ),
    "offset": _in_query(
        "offset",
        "how many to leave out first",
        {"type": "integer", "minimum": 0, "maximum": FARTHEST, "default": 0},
    ),
    "datetime": _in_query(
        "datetime",
        "the day on which the features are told: a day, a time, or a span, of which its last day "
        "counts; today where it is open",
        {"type": "string"},
    ),
    "known": _in_query("known", "as known at the end of that day", DAY),
    "date": _in_query("date", "the day counted", DAY),
    "area": _in_query("area", "code of a managing area", {"type": "string", "maxLength": 64}),
    "plan": _in_query("plan", "number of a plan; the newest without it", {"type": "integer"}),
    "crs": _in_query("crs", "of the answer; longitude first in either", CRS),
    "bbox-crs": _in_query("bbox-crs", "of the box; longitude first in either", CRS),
    "rate": _in_query(
        "rate", "one measure, with a unit if wanted: firm/compound", {"type": "string"}
    ),
}


def _faulty(about: str) -> Json:
    content = {JSON: {"schema": {"$ref": "#/components/schemas/Faults"}}}
    return {"description": about, "content": content}


RESPONSES: Mapping[str, Json] = {
    "Refused": _faulty("Parameters are wrong; every fault is said"),
    "Unknown": _faulty("Nobody is signed in, or the token is not valid"),
    "NotFound": _faulty("There is no such thing, or not for this person"),
}


def _object(required: tuple[str, ...], **properties: Json) -> Json:
    needed = {"required": list(required)} if required else {}
    return {"type": "object", **needed, "properties": properties}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


STRING, INTEGER = {"type": "string"}, {"type": "integer"}
LINKS = _list({"$ref": "#/components/schemas/Link"})


def _feature(collection: Collection) -> Json:
    told = {name: {"type": kind, "nullable": True} for name, kind in collection.properties.items()}
    return _object(
        ("type", "id", "geometry", "properties"),
        type={"type": "string", "enum": ["Feature"]},
        id=STRING,
        geometry={"type": "object", "nullable": True},
        properties={**_object((), **told), "additionalProperties": False},
        links=LINKS,
    )


def _page(collection: Collection) -> Json:
    return _object(
        ("type", "features", "links", "numberMatched", "numberReturned"),
        type={"type": "string", "enum": ["FeatureCollection"]},
        features=_list({"$ref": f"#/components/schemas/{collection.name}.feature"}),
        links=LINKS,
        numberMatched=INTEGER,
        numberReturned=INTEGER,
    )


SCHEMAS: Json = {
    "Anything": {"type": "object"},
    "Faults": _object(("faults",), faults=_list(STRING)),
    "Link": _object(("href", "rel"), href=STRING, rel=STRING, type=STRING, title=STRING),
    "Landing": _object(("title", "links"), title=STRING, description=STRING, links=LINKS),
    "Conformance": _object(("conformsTo",), conformsTo=_list(STRING)),
    "Collection": _object(
        ("id", "links"),
        id=STRING,
        title=STRING,
        description=STRING,
        itemType=STRING,
        crs=_list(STRING),
        links=LINKS,
    ),
    "Collections": _object(
        ("collections", "links"),
        collections=_list({"$ref": "#/components/schemas/Collection"}),
        links=LINKS,
    ),
    **{f"{name}.feature": _feature(each) for name, each in COLLECTIONS.items()},
    **{f"{name}.page": _page(each) for name, each in COLLECTIONS.items()},
}
