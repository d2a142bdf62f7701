"""What a parser hands back: cells as they stand in the file, and WKB whose numbers are checked."""

from dataclasses import dataclass, field
from enum import StrEnum

from geo.errors import Fault

Cell = str | int | float | bool | None


class Format(StrEnum):
    """What a file is, whatever it is called."""

    GEOJSON = "geojson"
    GEOPACKAGE = "geopackage"
    SHAPEFILE = "shapefile"
    GEODATABASE = "geodatabase"
    MAPINFO = "mapinfo"
    FLATGEOBUF = "flatgeobuf"
    GEOPARQUET = "geoparquet"
    KML = "kml"
    DXF = "dxf"
    XLSX = "xlsx"
    CSV = "csv"
    BOUNDARY_POINTS = "boundary_points"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """The geometry of one feature."""

    wkb: bytes | None = None
    """Two-dimensional, little-endian; None = the feature has none, or `trouble` says why."""
    points: int = 0
    has_height: bool = False
    trouble: Fault | None = None


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """The content of one layer or sheet."""

    format: Format
    layer: str
    encoding: str
    columns: list[str] | None
    """Headings of `cells`, each a column; None = `cells` are the rows of a sheet, headings and
    titles among them."""
    cells: list[list[Cell]]
    rows: list[int]
    """Number of each row as a person counts."""
    figures: list[Figure] | None = None
    """One per row; None = a table."""
    crs: str = ""
    """`EPSG:n`, WKT, or "" = the file does not say."""
    notices: list[Fault] = field(default_factory=list)
    cut_columns: frozenset[int] = frozenset()
    """Columns whose heading is as long as the format allows, and may have been cut."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """What the parser is asked for."""

    folder: str
    """A folder of the job's own, with the file under a name of ours."""
    suffix: str
    """Ending of the person's file name, lower case, with the dot."""
    stem: str
    """The person's file name without it; for display only."""
    layer: str | None = None
    encoding: str | None = None

    @property
    def path(self) -> str:
        """Return where the file lies."""
        return f"{self.folder}/upload{self.suffix}"
