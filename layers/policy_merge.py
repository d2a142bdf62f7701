"""A city's file over the default: the values, what was taken, and every fault on the way."""

import math
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

from geo.errors import Fault, gettext_noop
from geo.words import BarrierKind
from layers.policy_conflicts import check_together
from layers.policy_file import NO_LIMIT, UNSET, Check, NotAllowedError, PolicyText
from layers.policy_keys import (
    ALL_KEYS,
    IMPEDANCE_KEYS,
    NEEDED_KEYS,
    OPEN_KEYS,
    OWN_KEYS,
    TABLES,
    Count,
    Objective,
    Strategy,
)
from layers.policy_said import KEYS, check_of, names_of, plain_of
from layers.policy_said import TABLES as SAID_TABLES

OBJECTIVES_NEEDED = (Objective.SUBSIDY, Objective.COUNT)
"""Without these a plan could need any subsidy, or any number of firms."""


class Merge:
    """A city's file over the default: the values, what was taken, and every fault on the way."""

    def __init__(self, city: PolicyText, default: PolicyText) -> None:
        self.city = city
        self.default = default
        self.files = (city,) if city is default else (default, city)
        self.faults: list[Fault] = []
        self.taken: list[str] = []

    def values(self) -> dict[str, Any]:
        """Return the value of every key; where `faults` is not empty they are incomplete."""
        checked = [self._checked(file) for file in self.files]
        values: dict[str, Any] = dict.fromkeys(OPEN_KEYS)
        values |= {key: checked[-1][key] for key in OWN_KEYS if key in checked[-1]}
        values |= {key: checked[-1][key] for key in OPEN_KEYS if key in checked[-1]}
        for key in (*NEEDED_KEYS, *IMPEDANCE_KEYS):
            stated = [found[key] for found in checked if key in found]
            if stated:
                values[key] = stated[-1]
            if len(self.files) > 1 and key in checked[0] and not self.city.states(key):
                self.taken.append(key)
        values |= {key: value for key, value in checked[-1].items() if key not in ALL_KEYS}
        self._check_together(values)
        return values

    def _checked(self, file: PolicyText) -> dict[str, object]:
        required = {**OWN_KEYS, **(NEEDED_KEYS if file is self.default else {})}
        for key in required:
            if not file.states(key):
                self._fault(file, key, gettext_noop("政策文件 {file} 必须写明这一项。"))
        found = {}
        for key in file.values:
            check = check_for(key)
            if check is None:
                self._refuse_unknown(file, key)
            elif file.states(key):
                try:
                    found[key] = check(file.values[key])
                except NotAllowedError as error:
                    self._fault(
                        file,
                        key,
                        gettext_noop("政策文件 {file} 中写的是“{given}”。"),
                        fix=error.text,
                        **error.values,
                    )
        return found

    def _refuse_unknown(self, file: PolicyText, key: str) -> None:
        if key in TABLES | SAID_TABLES:
            if file.values[key] != UNSET:
                sentence = gettext_noop('政策文件 {file} 中“{key}”应为一组键，或 "unset"。')
                self._fault(file, key, sentence)
            return
        near = get_close_matches(plain_of(key), [*ALL_KEYS, *KEYS], n=1)
        fix = gettext_noop("是否指“{near}”？") if near else gettext_noop("请删去。")
        sentence = gettext_noop("政策文件 {file} 中没有“{key}”这一项。")
        self._fault(file, key, sentence, fix=fix, near="".join(near))

    def _check_together(self, values: dict[str, Any]) -> None:
        for quantity, unit in (("floor_area", "m2"), ("households", ""), ("leads", "")):
            low, high = (
                "_".join(filter(None, (f"thresholds.{quantity}", end, unit)))
                for end in ("min", "max")
            )
            if (values.get(low) or 0) > (values.get(high) or math.inf):
                self._contradiction(low, high, values)
        self._check_objectives(values)
        if (values["source.goal_ends"] or date.max) < (values["source.issued"] or date.min):
            self._contradiction("source.issued", "source.goal_ends", values)
        for kind in BarrierKind:
            self._check_barrier(kind, values)
        check_together(
            self.city, values, lambda key, *said, **more: self._fault(self.city, key, *said, **more)
        )
        self._check_strategy(values)

    def _check_objectives(self, values: Mapping[str, Any]) -> None:
        key = "bundling.objectives"
        objectives = values.get(key, tuple(Objective))
        if objectives[:1] != (Objective.LEFT_OUT,) or not {*OBJECTIVES_NEEDED} <= {*objectives}:
            sentence = gettext_noop("政策文件 {file} 中写的是“{given}”。")
            fix = gettext_noop("应以 left_out 开头，并含有 {needed}。")
            needed = "、".join(OBJECTIVES_NEEDED)
            self._fault(self._origin(key), key, sentence, fix=fix, needed=needed)
        count, target = values.get("bundling.count"), values.get("bundling.target_count")
        if (count == Count.TARGET) != (target is not None):
            sentence = gettext_noop(
                "自相矛盾：count 为 {count}，target_count 为 {target}（{file}）。"
            )
            fix = gettext_noop('count = "target" 时须给出个数，否则应为 "none"。')
            stated = self.city.states("bundling.target_count")
            key = "bundling.target_count" if stated else "bundling.count"
            given = {"count": count, "target": NO_LIMIT if target is None else target}
            self._fault(self._origin(key), key, sentence, fix=fix, **given)

    def _check_strategy(self, values: Mapping[str, Any]) -> None:
        """Check what a strategy needs, in the city and in each district that has its own."""
        for start in ("", *(f"districts.{name}." for name in names_of("districts", values))):

            def value(key: str, start: str = start) -> Any:
                return values.get(start + key, values.get(key))

            if value("bundling.strategy") == Strategy.LEAD and not value("thresholds.leads_min"):
                sentence = gettext_noop(
                    "自相矛盾：strategy 为 lead，却没有写明 thresholds.leads_min（{file}）。"
                )
                self._of_strategy(start, "bundling.strategy", sentence)
            is_whole = value("bundling.strategy") == Strategy.WHOLE_AREA
            if value("bundling.one_provider_per_area") and not is_whole:
                sentence = gettext_noop(
                    "自相矛盾：一区一家（one_provider_per_area）须整体打包（whole_area）（{file}）。"
                )
                self._of_strategy(start, "bundling.one_provider_per_area", sentence)
            if value("bundling.scopes") and value("bundling.scope") not in value("bundling.scopes"):
                sentence = gettext_noop("自相矛盾：scope 为 {scope}，不在 scopes 之中（{file}）。")
                self._of_strategy(
                    start, "bundling.scope", sentence, scope=str(value("bundling.scope"))
                )

    def _of_strategy(self, start: str, key: str, sentence: str, **values: object) -> None:
        key = start + key if self.city.states(start + key) else key
        self._fault(self._origin(key), key, sentence, **values)

    def _contradiction(self, low: str, high: str, values: Mapping[str, Any]) -> None:
        key = high if self.city.states(high) else low
        self._fault(
            self._origin(key),
            key,
            gettext_noop("自相矛盾：{low} 为 {low_value}，大于 {high} 的 {high_value}（{file}）。"),
            low=low,
            high=high,
            low_value=values[low],
            high_value=values[high],
        )

    def _check_barrier(self, kind: BarrierKind, values: dict[str, Any]) -> None:
        """Every kind of barrier is hard or costs metres: never both in one file, never neither."""
        key = f"links.impedance_m.{kind}"
        is_hard = kind in values.get("links.hard", ())
        hard_origin = self._origin("links.hard")
        if is_hard and hard_origin.states(key):
            sentence = gettext_noop("自相矛盾：{kind} 既列为硬阻隔，又给了阻抗（{file}）。")
            self._fault(hard_origin, key, sentence, kind=kind)
        elif is_hard and key in values:
            values.pop(key)
            self.taken = [taken for taken in self.taken if taken != key]
        elif "links.hard" in values and not is_hard and key not in values:
            sentence = gettext_noop("阻隔 {kind} 既不是硬阻隔，也没有阻抗（{file}）。")
            fix = gettext_noop("请列入 hard，或在 impedance_m 中给出米数。")
            self._fault(hard_origin, "links.hard", sentence, fix=fix, kind=kind)

    def _origin(self, key: str) -> PolicyText:
        return self.city if self.city.states(key) else self.default

    def _fault(
        self, file: PolicyText, key: str, sentence: str, *, fix: str = "", **values: object
    ) -> None:
        self.faults.append(file.fault(key, sentence, fix=fix, **values))


def check_for(key: str) -> Check | None:
    """Return what checks the value of any key of a policy; None = there is no such key."""
    return ALL_KEYS.get(key) or check_of(key)
