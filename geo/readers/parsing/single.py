"""Formats of one file: which function reads which."""

SINGLE = {
    ".geojson": ("geojson", "parse_geojson"),
    ".json": ("geojson", "parse_geojson"),
    ".gpkg": ("geopackage", "parse_geopackage"),
    ".fgb": ("flatgeobuf", "parse_flatgeobuf"),
    ".kml": ("kml", "parse_kml"),
    ".dxf": ("cad", "parse_dxf"),
    ".xlsx": ("workbooks", "parse_workbook"),
    ".csv": ("csvs", "parse_csv"),
    ".txt": ("csvs", "parse_csv"),
}
"""Ending of the file name → module and function; only the one that is needed is imported."""
