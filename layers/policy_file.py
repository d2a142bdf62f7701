"""A policy file as text: the line of every key, and the kinds of value that a key may hold."""

import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeGuard

from geo.errors import Fault, InputError, gettext_noop

UNSET = "unset"
"""The document gives no number: the default applies and is shown as such."""
NO_LIMIT = "none"

Check = Callable[[object], object]
"""Returns the value of a key as code wants it, or raises `NotAllowedError`."""

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"^\s*([\w\"'.-]+)\s*=")
_NO_MARKS = str.maketrans("", "", "\"'")
_TOML_LINE = re.compile(r"at line (\d+)")


class NotAllowedError(ValueError):
    """What a key may hold instead, as a Chinese template with its values."""

    def __init__(self, text: str, **values: object) -> None:
        self.text = text
        self.values = values
        super().__init__(text)


@dataclass(frozen=True, kw_only=True)
class PolicyText:
    """One policy file: its values by dotted key, and the line that each key stands on."""

    name: str
    values: Mapping[str, object]
    lines: Mapping[str, int]

    def line(self, key: str) -> int | None:
        """Return the line of a key, else of the table that should hold it, counted from 1."""
        while key and key not in self.lines:
            key = key.rpartition(".")[0]
        return self.lines.get(key)

    def states(self, key: str) -> bool:
        """Return whether the file gives the key a value of its own."""
        return self.values.get(key, UNSET) != UNSET

    def fault(self, key: str, text: str, *, fix: str = "", **values: object) -> Fault:
        """Return a fault at a key, with the file's name, line and what stands there."""
        given = self.values.get(key, "")
        return Fault(
            text,
            {"file": self.name, "key": key, "given": given, **values},
            fix=fix,
            row=self.line(key),
            column=key,
            given=str(given),
        )


def read_policy_text(path: Path) -> PolicyText:
    """Return the values of a TOML file by dotted key; refuse what is not UTF-8 or not TOML."""
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except FileNotFoundError:
        raise InputError(
            Fault(gettext_noop("没有政策文件 {file}。"), {"file": path.name})
        ) from None
    except UnicodeDecodeError:
        raise InputError(
            Fault(
                gettext_noop("政策文件 {file} 不是 UTF-8 编码。请另存为 UTF-8。"),
                {"file": path.name},
            )
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(_not_toml(path.name, str(error))) from None
    return PolicyText(name=path.name, values=dict(_flat(tables)), lines=_lines(text))


def _not_toml(file: str, message: str) -> Fault:
    line = _TOML_LINE.search(message)
    return Fault(
        gettext_noop("政策文件 {file} 不合 TOML 写法：{message}。"),
        {"file": file, "message": message},
        row=int(line[1]) if line else None,
    )


def _is_tables(value: object) -> TypeGuard[list[dict[str, object]]]:
    """Tell whether a table may stand several times: [[mode]]."""
    return (
        isinstance(value, list) and bool(value) and all(isinstance(entry, dict) for entry in value)
    )


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterable[tuple[str, object]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        elif _is_tables(value):
            for number, entry in enumerate(value, start=1):
                yield from _flat(entry, f"{prefix}{key}[{number}].")
        else:
            yield prefix + key, value


def _lines(text: str) -> Mapping[str, int]:
    """Return the line of every table, numbered entry and key; the parser itself keeps none."""
    lines: dict[str, int] = {}
    entries: dict[str, int] = {}
    prefix = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            prefix = (
                _entered(header[2].translate(_NO_MARKS), entries, is_new=header[1] == "[[") + "."
            )
            lines.setdefault(prefix[:-1], number)
        elif key := _KEY.match(line):
            lines.setdefault(prefix + key[1].translate(_NO_MARKS), number)
    return lines


def _entered(table: str, entries: dict[str, int], *, is_new: bool) -> str:
    """Return a table's name with the number of its entry; [mode.quote] is of the last [[mode]]."""
    if is_new:
        entries[table] = entries.get(table, 0) + 1
    first, dot, rest = table.partition(".")
    return f"{first}[{entries[first]}]{dot}{rest}" if first in entries else table


def number(unit: str, *, positive: bool = False) -> Check:
    """Allow a number of the unit, not negative; above 0 where something is divided by it."""

    def check(value: object) -> float:
        # TOML has `true`, which Python counts as 1, and `nan` and `inf`, which pass comparisons
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            raise NotAllowedError(
                gettext_noop("应为数字，单位为{unit}，不带引号和单位。"), unit=unit
            )
        if value < 0 or (positive and value == 0):
            sentence = gettext_noop("应大于 0。") if positive else gettext_noop("不能小于 0。")
            raise NotAllowedError(sentence)
        return float(value)

    return check


def limit(unit: str, *, positive: bool = True) -> Check:
    """Allow a number, above 0 unless 0 makes sense as a limit, or "none" for no limit."""
    return _or_none(number(unit, positive=positive))


def limit_whole(unit: str, *, most: int) -> Check:
    """Allow a whole number from 1 up, or "none" for no limit."""
    return _or_none(whole(unit, least=1, most=most))


def _or_none(check_number: Check) -> Check:
    def check(value: object) -> object:
        return None if value == NO_LIMIT else check_number(value)

    return check


def share(value: object) -> float:
    """Allow a share between 0 and 1."""
    given = number(gettext_noop("比例（0 至 1）"))(value)
    if not isinstance(given, float) or given > 1:
        raise NotAllowedError(gettext_noop("应为 0 至 1 之间的比例，如 0.6 表示 60%。"))
    return given


def limit_share(value: object) -> float | None:
    """Allow a share above 0, or "none" for no limit."""
    given = None if value == NO_LIMIT else share(value)
    if given == 0:
        raise NotAllowedError(gettext_noop("应大于 0。"))
    return given


def whole(unit: str, *, least: int, most: int) -> Check:
    """Allow a whole number of the unit between two plausible ends."""

    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise NotAllowedError(
                gettext_noop("应为 {least} 至 {most} 之间的整数，单位为{unit}。"),
                unit=unit,
                least=least,
                most=most,
            )
        return value

    return check


def text(value: object) -> str:
    """Allow text that says something."""
    if not isinstance(value, str) or not value.strip():
        raise NotAllowedError(gettext_noop("应为带引号的文字，不能为空。"))
    return value


def words(value: object) -> tuple[str, ...]:
    """Allow a list of texts; it may be empty."""
    if not isinstance(value, list):
        raise NotAllowedError(gettext_noop('应为带引号文字的列表，如 ["甲", "乙"]。'))
    return tuple(text(word) for word in value)


def yes_no(value: object) -> bool:
    """Allow true or false."""
    if not isinstance(value, bool):
        raise NotAllowedError(gettext_noop("应为 true 或 false，不带引号。"))
    return value


def slug(value: object) -> str:
    """Allow what can stand in an address and a file name."""
    if not isinstance(value, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]*", value):
        raise NotAllowedError(gettext_noop("应由小写字母、数字和连字符组成，如 yangquan-2025。"))
    return value


def day(value: object) -> date:
    """Allow a date without a time of day."""
    if isinstance(value, datetime) or not isinstance(value, date):
        raise NotAllowedError(gettext_noop("应为不带引号的日期，如 2025-09-22。"))
    return value


def one_of(*allowed: str) -> Check:
    """Allow one of the words, which is returned as the enum member where one was given."""

    def check(value: object) -> str:
        for word in allowed:
            if value == word:
                return word
        raise NotAllowedError(
            gettext_noop("应为下列之一：{allowed}。"), allowed="、".join(str(w) for w in allowed)
        )

    return check


def several_of(*allowed: str) -> Check:
    """Allow a list of different words out of those allowed."""
    check_word = one_of(*allowed)

    def check(value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or len(set(map(str, value))) < len(value):
            raise NotAllowedError(
                gettext_noop("应为不重复的列表，每项为下列之一：{allowed}。"),
                allowed="、".join(str(w) for w in allowed),
            )
        return tuple(str(check_word(word)) for word in value)

    return check


def pair(check: Check) -> Check:
    """Allow [lower, upper], each as `check` says."""

    def check_pair(value: object) -> tuple[object, object]:
        if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004 (a pair is two)
            raise NotAllowedError(gettext_noop("应为两个数的列表：[下限, 上限]。"))
        lower, upper = (check(end) for end in value)
        if lower > upper:  # type: ignore[operator]  # both come from one numeric check
            raise NotAllowedError(gettext_noop("下限大于上限。"))
        return lower, upper

    return check_pair
