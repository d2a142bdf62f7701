"""An invented Chinese city, marked 示例数据, for demonstrations, tests and measurements."""

from .city import make_city
from .plan import PRESETS, City, CityPlan, Published, Table, WeakCase

__all__ = ["PRESETS", "City", "CityPlan", "Published", "Table", "WeakCase", "make_city"]
