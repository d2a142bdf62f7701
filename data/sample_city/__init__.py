"""An invented Chinese city of any size: ground, ledgers and documents, all marked 示例数据."""

from data.sample_city.city import City, Table, make_city
from data.sample_city.plans import PRESETS, CityPlan

__all__ = ["PRESETS", "City", "CityPlan", "Table", "make_city"]
