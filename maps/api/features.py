"""Features of a collection: found by SQL, told as GeoJSON."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import shapely
from django.db import connection

from maps.api.collections import Collection
from maps.exports.geojson import DEGREE_DECIMALS, rounded

Feature = dict[str, Any]


def count(collection: Collection, parameters: Mapping[str, Any]) -> int:
    """Return how many features are asked for, on all pages."""
    ((number,),) = _rows(collection.count, parameters)
    return int(number)


def page(collection: Collection, parameters: Mapping[str, Any]) -> list[Feature]:
    """Return one page of features, by code; two queries."""
    codes = [code for (code,) in _rows(collection.page, parameters)]
    if not codes:
        return []
    with connection.cursor() as cursor:
        cursor.execute(collection.features, {**parameters, "codes": codes})
        names = [column.name for column in cursor.description]
        return told([dict(zip(names, row, strict=True)) for row in cursor.fetchall()])


def feature(collection: Collection, code: str, parameters: Mapping[str, Any]) -> Feature | None:
    """Return one feature; None where there is none of that code."""
    asked = {**parameters, "code": code, "limit": 1, "offset": 0}
    return next(iter(page(collection, asked)), None)


def told(rows: Sequence[dict[str, Any]]) -> list[Feature]:
    """Return rows with code, WKB and properties as features, longitude first."""
    shapes = np.array(
        [shapely.from_wkb(bytes(row["wkb"])) if row["wkb"] else None for row in rows], dtype=object
    )
    drawn = shapely.to_geojson(rounded(shapes, decimals=DEGREE_DECIMALS))
    return [
        {
            "type": "Feature",
            "id": row["code"],
            "geometry": json.loads(text) if text else None,
            "properties": {
                key: _value(value)
                for key, value in row.items()
                if key not in {"code", "shape", "wkb"}
            },
        }
        for row, text in zip(rows, drawn.tolist(), strict=True)
    ]


def _value(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _rows(sql: str, parameters: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return rows
