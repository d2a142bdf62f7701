"""WKT in a cell → a checked figure, in plain Python: GEOS aborts on what a cell may say."""

import json
import re

from geo.errors import Fault, gettext_noop

from .figures import NOT_NUMBERS, figure_of, wrong_type
from .parsed import Figure

NOT_WKT = gettext_noop("“{given}”不是 WKT。请写成 POLYGON((经度 纬度, …)) 的形式。")

_SHAPE = re.compile(
    r"(?:SRID=(?:4326|4490);)?\s*(?P<kind>[A-Z]+)\s*(?:Z|M|ZM)?\s*(?P<body>\(.*\))",
    re.IGNORECASE | re.DOTALL,
)
_TUPLE = re.compile(r"[^(),]+")
_TYPES = {
    "POINT": "Point",
    "LINESTRING": "LineString",
    "POLYGON": "Polygon",
    "MULTILINESTRING": "MultiLineString",
    "MULTIPOLYGON": "MultiPolygon",
}
_BRACKETS = str.maketrans("()", "[]")


def figure_of_wkt(text: str) -> Figure:
    """Return the figure of a cell."""
    found = _SHAPE.fullmatch(text.strip())
    if found is None:
        return Figure(trouble=Fault(NOT_WKT, {"given": text[:40]}))
    kind = _TYPES.get(found["kind"].upper())
    if kind is None:
        return Figure(trouble=wrong_type(found["kind"]))
    try:
        coordinates = json.loads(_TUPLE.sub(_as_list, found["body"]).translate(_BRACKETS))
    except (ValueError, RecursionError):
        return Figure(trouble=Fault(NOT_NUMBERS))
    if kind == "Point":
        coordinates = next(iter(coordinates), None)
    return figure_of(kind, coordinates)


def _as_list(found: re.Match[str]) -> str:
    numbers = found[0].split()
    return f"[{','.join(repr(float(number)) for number in numbers)}]" if numbers else ""
