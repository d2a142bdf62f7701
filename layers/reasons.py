"""Why something was decided: a key with values, and the Chinese sentence of each key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from geo.errors import gettext_noop

SENTENCES: Mapping[str, str] = {
    # one line a key, sorted; `str.format_map(values)` fills it
    "zone.below_minimum": gettext_noop(
        "建筑面积合计 {floor_area_m2:,.0f} ㎡，低于下限 {minimum_m2:,.0f} ㎡。"
    ),
}


@dataclass(frozen=True)
class Reason:
    """One reason as data. `key` is stable and part of the plan's hash; the sentence is not."""

    key: str
    values: Mapping[str, str | int | float] = field(default_factory=dict)

    def sentence(self, translate: Callable[[str], str] = str) -> str:
        """Return the reason in Chinese, or in the language of `translate`."""
        return translate(SENTENCES[self.key]).format_map(self.values)
