"""Frames → files that leave the house: shapefile, GeoPackage, GeoJSON, CSV and XLSX."""

from maps.exports.fields import FIELDS, Field, field_of, short_names
from maps.exports.geojson import geojson_text
from maps.exports.geopackage import write_geopackage
from maps.exports.plan_files import canonical_json, write_plan_files
from maps.exports.shapefile import EXPORT_SRIDS, write_shapefile_zip
from maps.exports.tables import write_csv_zip, write_xlsx
from maps.notices import NOTICES, Notices

__all__ = [
    "EXPORT_SRIDS",
    "FIELDS",
    "NOTICES",
    "Field",
    "Notices",
    "canonical_json",
    "field_of",
    "geojson_text",
    "short_names",
    "write_csv_zip",
    "write_geopackage",
    "write_plan_files",
    "write_shapefile_zip",
    "write_xlsx",
]
