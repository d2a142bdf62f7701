"""Numbers with units as clerks write them: 8078户, 29万㎡, 0.3至1元/平米/月."""

import re
from collections.abc import Mapping
from decimal import Decimal

from geo.errors import Fault, gettext_noop

NOT_A_NUMBER = gettext_noop("“{given}”不是数字。")
UNKNOWN_UNIT = gettext_noop("不认识单位“{unit}”。请换算为 {wanted} 后填写。")
NEGATIVE = gettext_noop("“{given}”是负数。")
NOT_WHOLE = gettext_noop("“{given}”不是整数。")
ZERO = gettext_noop("“{given}”不应为 0。如果不详，请留空。")
TOO_BIG = gettext_noop("“{given}”大得不合理，请核对单位。")
NOT_A_SHARE = gettext_noop("“{given}”不是 0 到 1 之间的比例。请写成 66.7% 或 0.667。")
NOT_A_FEE = gettext_noop("“{given}”不是物业费。请写成 0.5 或 0.3至1（元/㎡/月）。")
TOO_FINE = gettext_noop("“{given}”的小数超过 {places} 位。请按“分”取整后填写，以免金额被改动。")
FEE_ORDER = gettext_noop("“{given}”的下限高于上限。")

_COUNT_UNITS = frozenset("户套栋幢座处个人")
_AREA_UNITS: Mapping[str, float] = {
    **dict.fromkeys(("", "m2", "平方米", "平米", "平", "m^2"), 1.0),
    **dict.fromkeys(("万m2", "万平方米", "万平米", "万平", "万", "公顷", "ha", "hm2"), 10_000.0),
    **dict.fromkeys(("km2", "平方公里", "平方千米"), 1_000_000.0),
    "亩": 10_000 / 15,
}
_METRES = frozenset({"", "m", "米"})
_STOREYS = frozenset({"", "层"})
_FEE_UNIT = re.compile(r"元?[/每.·*]?(?:平方米|平米|m2|平)?[/每.·*]?月?")
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+"
_AMOUNT = re.compile(
    rf"(?:约|共|近)?(?P<number>[+-]?(?:{_NUMBER})(?:e[+-]?\d+)?)(?P<unit>\D?.*)", re.IGNORECASE
)
_RANGE = re.compile(
    rf"(?P<low>{_NUMBER})(?:元?(?:至|到|-|~|—|–|一)(?P<high>{_NUMBER}))?(?P<unit>\D?.*)"
)
_PLACES = {"元": 2, "分": 2}
"""Digits after the point of sums of money and of marks; four of any other."""
_MOST = {
    "decimal": 9_999_999_999.0,
    "count": 10_000_000,
    "area": 1e10,
    "number": 1500.0,
    "fee": 1000.0,
}


class UnreadableError(Exception):
    """A cell cannot be read; the one argument is the fault, without its row."""

    @property
    def fault(self) -> Fault:
        """Return what is wrong."""
        fault: Fault = self.args[0]
        return fault


def unreadable(text: str, given: object, **values: object) -> UnreadableError:
    """Return the error that says what is wrong with a cell."""
    return UnreadableError(Fault(text, {"given": str(given)[:40], **values}))


def read_count(cell: str | float) -> int:
    """Read a whole number of households, buildings and the like."""
    number, unit = _amount(cell)
    if unit == "万" or (unit and unit[0] == "万" and unit[1:] in _COUNT_UNITS):
        number *= 10_000
    elif unit and unit not in _COUNT_UNITS:
        raise unreadable(UNKNOWN_UNIT, cell, unit=unit, wanted="户、栋")
    number = round(_plausible(number, cell, _MOST["count"]), 6)
    if number != int(number):
        raise unreadable(NOT_WHOLE, cell)
    return int(number)


def read_area(cell: str | float, heading_unit: str = "") -> float:
    """Read an area in square metres; a unit in the cell goes before the heading's."""
    number, unit = _amount(cell)
    factor = _AREA_UNITS.get(unit or heading_unit)
    if factor is None:
        raise unreadable(UNKNOWN_UNIT, cell, unit=unit or heading_unit, wanted="㎡")
    area_m2 = round(number * factor, 4)
    return _not_zero(_plausible(area_m2, cell, _MOST["area"]), cell)


def read_number(cell: str | float, field_unit: str) -> float:
    """Read a height in metres or a number of storeys."""
    number, unit = _amount(cell)
    if unit not in (_STOREYS if field_unit == "层" else _METRES):
        raise unreadable(UNKNOWN_UNIT, cell, unit=unit, wanted=field_unit)
    return _not_zero(_plausible(number, cell, _MOST["number"]), cell)


def read_share(cell: str | float, heading_unit: str = "") -> float:
    """Read a share as 0 to 1."""
    number, unit = _amount(cell)
    if unit == "%" or (not unit and heading_unit == "%"):
        number /= 100
    elif unit:
        raise unreadable(NOT_A_SHARE, cell)
    if not 0 <= number <= 1:
        raise unreadable(NOT_A_SHARE, cell)
    return round(number, 8)


def read_fee(cell: str | float) -> tuple[float, float]:
    """Read a fee or a range of fees, yuan per m² and month, as lower and upper."""
    found = _RANGE.fullmatch(_packed(cell))
    if found is None or not _FEE_UNIT.fullmatch(found["unit"]):
        raise unreadable(NOT_A_FEE, cell)
    low = float(found["low"].replace(",", ""))
    high = float(found["high"].replace(",", "")) if found["high"] else low
    if low > high:
        raise unreadable(FEE_ORDER, cell)
    return low, _plausible(high, cell, _MOST["fee"])


def read_decimal(cell: str | float, field_unit: str, heading_unit: str = "") -> Decimal:
    """Read a sum, a standard or a mark exactly, as it is written; 0 is known, not unknown."""
    number, unit = _amount(cell)
    _plausible(number, cell, _MOST["decimal"])
    unit = unit or heading_unit
    if unit not in {"", field_unit, f"万{field_unit}"}:
        raise unreadable(UNKNOWN_UNIT, cell, unit=unit, wanted=field_unit or "—")
    exact = Decimal(_digits(cell)) * (10_000 if unit.startswith("万") else 1)
    places = _PLACES.get(field_unit, 4)
    if exact != round(exact, places):
        raise unreadable(TOO_FINE, cell, places=places)
    return round(exact, places)


def _digits(cell: str | float) -> str:
    """Return the figure as it was written; of a computed one what a spreadsheet shows."""
    if isinstance(cell, int | float):
        return repr(round(cell, 6))
    return _written(cell)["number"].replace(",", "")


def is_area_unit(unit: str) -> bool:
    """Tell whether a word in a heading is a unit of area other than m²."""
    return _AREA_UNITS.get(unit, 1.0) != 1.0


def is_unit(unit: str) -> bool:
    """Tell whether a word in a heading is a unit."""
    units = {*_AREA_UNITS, *_COUNT_UNITS, *_METRES, *_STOREYS, "%", "年", "万户", "分"}
    units |= {"元", "万元"}
    return unit in units or _FEE_UNIT.fullmatch(unit) is not None


def _packed(cell: str | float) -> str:
    return "".join(str(cell).split()).casefold()


def _amount(cell: str | float) -> tuple[float, str]:
    if isinstance(cell, bool):
        raise unreadable(NOT_A_NUMBER, cell)
    if isinstance(cell, int | float):
        return float(cell), ""
    found = _written(cell)
    return float(found["number"].replace(",", "")), found["unit"]


def _written(cell: str) -> re.Match[str]:
    found = _AMOUNT.fullmatch(_packed(cell))
    if found is None:
        raise unreadable(NOT_A_NUMBER, cell)
    return found


def _plausible(number: float, cell: object, most: float) -> float:
    if number < 0:
        raise unreadable(NEGATIVE, cell)
    if not number <= most:
        raise unreadable(TOO_BIG, cell)
    return number


def _not_zero(number: float, cell: object) -> float:
    if number == 0:
        raise unreadable(ZERO, cell)
    return number
