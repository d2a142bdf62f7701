"""What a document cannot mean: tables that want a key, and rules that contradict one another."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from geo.errors import gettext_noop
from layers.policy_file import PolicyText
from layers.policy_said import LISTS, NEEDED, ONE_OF, entries_of

FULL_MARKS = 100
Told = Callable[..., None]
"""Takes a key, a sentence and its values, and what would be right instead."""


def check_together(file: PolicyText, values: Mapping[str, Any], tell: Told) -> None:
    """Tell what a document cannot mean: what is missing in a table, and what contradicts itself."""
    for table in NEEDED:
        for entry in entries_of(table, file.values) if table in LISTS else (table,):
            if any(key.startswith(f"{entry}.") for key in file.values):
                _check_entry(table, entry, file, tell)
    _check_names(values, tell)
    _check_weights(values, tell)
    _check_marks(values, tell)
    _check_days(values, tell)


def _check_entry(table: str, entry: str, file: PolicyText, tell: Told) -> None:
    missing = gettext_noop("政策文件 {file} 必须写明这一项。")
    for name in NEEDED[table]:
        if not file.states(f"{entry}.{name}"):
            tell(f"{entry}.{name}", missing)
    either = ONE_OF.get(table)
    if either and not any(file.states(f"{entry}.{name}") for name in either):
        tell(
            entry,
            gettext_noop("政策文件 {file} 必须写明 {first} 或 {second}。"),
            first=either[0],
            second=either[1],
        )


def _check_names(values: Mapping[str, Any], tell: Told) -> None:
    for table in ("mode", "money_line", "treatment", "temporary"):
        seen: dict[str, str] = {}
        for entry in entries_of(table, values):
            key = f"{entry}.name"
            first = seen.setdefault(values.get(key, key), key)
            if first != key:
                sentence = gettext_noop("自相矛盾：“{name}”在 {first} 已经写过（{file}）。")
                tell(key, sentence, name=values[key], first=first)


def _check_marks(values: Mapping[str, Any], tell: Told) -> None:
    """Refuse grades that ask for less than the grade below them, or for more than 100."""
    names = ("passed_from", "good_from", "excellent_from")
    keys = [f"assessment.{name}" for name in names]
    told = [(key, values[key]) for key in keys if key in values]
    for (_below, less), (key, more) in pairwise(told):
        if more <= less:
            tell(key, gettext_noop("自相矛盾：较高等次的分数线应高于较低等次（{file}）。"))
    if told and told[-1][1] > FULL_MARKS:
        tell(told[-1][0], gettext_noop("满分为 100 分（{file}）。"))


def _check_weights(values: Mapping[str, Any], tell: Told) -> None:
    for table, of in (("evaluation", "parties"), ("credit", "factors")):
        key, given = f"{table}.weights", values.get(f"{table}.{of}", ())
        if key in values and len(values[key]) != len(given):
            tell(
                key,
                gettext_noop("自相矛盾：{of} 有 {count} 项，权重有 {weights} 项（{file}）。"),
                of=f"{table}.{of}",
                count=len(given),
                weights=len(values[key]),
            )
    lead, parties = values.get("evaluation.lead"), values.get("evaluation.parties", ())
    if lead is not None and lead not in parties:
        sentence = gettext_noop("自相矛盾：“{lead}”不在 evaluation.parties 中（{file}）。")
        tell("evaluation.lead", sentence, lead=lead)


def _check_days(values: Mapping[str, Any], tell: Told) -> None:
    sentence = gettext_noop(
        "自相矛盾：{first} 为 {first_day}，晚于 {last} 的 {last_day}（{file}）。"
    )
    pairs = [
        (key, f"{key.removesuffix('valid_from')}valid_to")
        for key in values
        if key.endswith(".quote.valid_from")
    ]
    pairs += [(f"{entry}.by", "source.goal_ends") for entry in entries_of("milestone", values)]
    pairs += [(f"{e}.base_date", f"{e}.by") for e in entries_of("milestone", values)]
    for first, last in pairs:
        first_day, last_day = values.get(first), values.get(last)
        if first_day and last_day and first_day > last_day:
            told = {"first": first, "first_day": first_day, "last": last, "last_day": last_day}
            tell(first, sentence, **told)
