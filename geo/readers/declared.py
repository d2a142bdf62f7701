"""Which coordinate system and datum a file is in, from what it and the person say."""

import re
from dataclasses import dataclass

from geo.crs import ALLOWED_SRIDS, MERCATOR_SRID, SRID_NOT_ALLOWED, STORAGE_SRID, WGS84_SRID, Datum
from geo.errors import Fault, InputError, gettext_noop
from geo.readers.candidates import NO_CRS

OLD_DATUM = gettext_noop(
    "文件采用北京54或西安80坐标系，不能直接换算。请由测绘主管部门转换为 CGCS2000 后再导入。"
)
LOCAL_SYSTEM = gettext_noop(
    "文件采用地方独立坐标系（{crs}），不能换算。请由测绘主管部门转换为 CGCS2000 后再导入。"
)
NOT_ALLOWED = gettext_noop(
    "文件的坐标系（{crs}）不在支持范围内。请先转换为 CGCS2000，或用 --crs EPSG 指明正确的坐标系。"
)
SHIFTED_METRES = gettext_noop(
    "文件的坐标系是 EPSG:{srid}，不可能同时是 {datum} 坐标。请核对坐标来源。"
)
OVERRIDDEN = gettext_noop("文件声明的坐标系是 {crs}，已按指明的 EPSG:{srid} 读取。")
HEADING_SAYS = gettext_noop("表头“{heading}”表明坐标为 {datum}，已按此换算。")
HEADING_CONTRADICTS = gettext_noop("表头“{heading}”表明坐标为 {says}，指明的却是 {datum}。请核对。")

_OLD_SRIDS = frozenset(
    {4214, 4555, 4610, 4812, 4822}
    | set(range(2327, 2391))
    | set(range(2401, 2443))
    | set(range(4568, 4590))
    | set(range(4652, 4657))
    | set(range(4766, 4801))
    | set(range(21413, 21424))
    | set(range(21453, 21464))
    | set(range(21473, 21484))
)
"""Beijing 1954, Xian 1980, New Beijing: without parameters PROJ would not move a point."""
_EPSG = re.compile(r"EPSG:(?P<srid>\d+)")
_OLD_NAME = re.compile(
    r"beijing1954|beijing54|xian1980|xian80|newbeijing"
    r"|(?:19)?(?:80|54)年?(?:国家大地坐标系)?(?:西安|北京)|(?:西安|北京)(?:19)?(?:80|54)"
)
_LOCAL_NAME = re.compile(r"独立坐标|城市坐标|地方坐标|城建坐标|工程坐标|local|engcrs|engineering")
_CGCS2000_NAME = re.compile(
    r"cgcs2000|chinageodeticcoordinatesystem2000|china2000|国家2000|2000国家"
)
_WGS84_NAME = re.compile(r"wgs1984|wgs84")
_PARAMETER = r'PARAMETER\["{name}",\s*(?P<value>[-+.\deE]+)'
_SAYS = {Datum.BD09: ("百度",), Datum.GCJ02: ("高德", "腾讯", "火星")}
_HALF_WIDTH_M, _ZONE_M = 500_000, 1_000_000
_FIRST_CM, _LAST_CM = 75, 135


class NoCrsError(InputError):
    """Neither file nor person says what the coordinates are."""


@dataclass(frozen=True)
class Declared:
    """What the coordinates of a file are."""

    srid: int
    datum: Datum
    notices: tuple[Fault, ...] = ()


def declared(
    text: str, *, crs: int | None, datum: Datum | None, is_table: bool, place_heading: str = ""
) -> Declared:
    """Decide what the coordinates are, or refuse.

    Parameters
    ----------
    text
        What the file says: `EPSG:n`, WKT, or "".
    crs, datum
        What the person says; None = nothing.
    is_table
        Whether the places stand in cells, which are degrees unless the person says otherwise.
    place_heading
        Heading of the longitude in a table.

    """
    srid, notices = _srid(text, crs=crs, is_bare=is_table or datum is not None)
    datum, more = _datum(datum, srid, place_heading)
    is_shiftable = srid == WGS84_SRID or (crs is None and not text)
    if datum.is_shifted and not is_shiftable:
        raise InputError(Fault(SHIFTED_METRES, {"srid": srid, "datum": datum.upper()}))
    return Declared(srid, datum, (*notices, *more))


def srid_of(text: str) -> int | None:
    """Return the allowed SRID that `EPSG:n` or a WKT means; None where there is none."""
    found = _EPSG.fullmatch(text)
    if found:
        srid = int(found["srid"])
        if srid in _OLD_SRIDS:
            raise InputError(OLD_DATUM)
        return srid if srid in ALLOWED_SRIDS else None
    name = re.sub(r"[_\s\-/]", "", text).casefold()
    if _OLD_NAME.search(name):
        raise InputError(OLD_DATUM)
    if _LOCAL_NAME.search(name):
        raise InputError(Fault(LOCAL_SYSTEM, {"crs": text[:60]}))
    is_projected = name.startswith("proj")
    if _CGCS2000_NAME.search(name):
        return _gauss_kruger(text) if is_projected else STORAGE_SRID
    return WGS84_SRID if _WGS84_NAME.search(name) and not is_projected else None


def _srid(text: str, *, crs: int | None, is_bare: bool) -> tuple[int, list[Fault]]:
    if crs is not None:
        if crs in _OLD_SRIDS:
            raise InputError(OLD_DATUM)
        if crs not in ALLOWED_SRIDS:
            raise InputError(Fault(SRID_NOT_ALLOWED, {"srid": crs}))
        is_other = bool(text) and text != f"EPSG:{crs}"
        return crs, [Fault(OVERRIDDEN, {"crs": text[:60], "srid": crs})] if is_other else []
    if not text:
        if not is_bare:
            raise NoCrsError(NO_CRS)
        return STORAGE_SRID, []
    srid = srid_of(text)
    if srid is None:
        raise InputError(Fault(NOT_ALLOWED, {"crs": text[:60]}))
    return srid, []


def _datum(datum: Datum | None, srid: int, heading: str) -> tuple[Datum, list[Fault]]:
    says = next((d for d, words in _SAYS.items() if any(w in heading for w in words)), None)
    if says is not None and datum not in {None, says}:
        values = {"heading": heading, "says": says.upper(), "datum": str(datum).upper()}
        raise InputError(Fault(HEADING_CONTRADICTS, values))
    if datum is None and says is not None:
        return says, [Fault(HEADING_SAYS, {"heading": heading, "datum": says.upper()})]
    if datum is not None:
        return datum, []
    return (Datum.WGS84 if srid in {WGS84_SRID, MERCATOR_SRID} else Datum.CGCS2000), []


def _gauss_kruger(wkt: str) -> int | None:
    """Return the zone whose central meridian and false easting a WKT gives."""
    meridian, easting = _parameter(wkt, "central_meridian"), _parameter(wkt, "false_easting")
    is_exact = _parameter(wkt, "scale_factor") in {None, 1.0}
    if meridian is None or easting is None or meridian % 3 or not is_exact:
        return None
    cm, zone = int(meridian), int(easting) // _ZONE_M
    if not _FIRST_CM <= cm <= _LAST_CM or easting % _ZONE_M != _HALF_WIDTH_M:
        return None
    if zone == 0:
        return 4534 + (cm - _FIRST_CM) // 3
    if zone * 3 == cm:
        return 4488 + zone
    return 4478 + zone if zone * 6 - 3 == cm else None


def _parameter(wkt: str, name: str) -> float | None:
    found = re.search(_PARAMETER.format(name=name), wkt, re.IGNORECASE)
    return float(found["value"]) if found else None
