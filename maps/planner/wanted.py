"""What the editor's page asks for, read from JSON and forms; every fault at once."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date

from geo.errors import Fault, InputError, gettext_noop
from layers.chosen import Choice
from layers.editing import Action, Edit
from layers.planning.edit_plan import Asked
from layers.planning.step_plan import Wanted

NO_JSON = gettext_noop("请求内容不是有效的 JSON。")
MUST_BE = gettext_noop("“{key}”的值无效，应为{what}。")
TOO_LONG = gettext_noop("理由最多 {most} 字。")
MOST_REASON = 500
MOST_SITES = 100_000
ACTIONS = "、".join(Action)


_Value = TypeVar("_Value")


class _Given:
    """Values that somebody gave, taken one by one; what is wrong is gathered."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.faults: list[Fault] = []

    def text(self, key: str) -> str:
        value = self.values.get(key, "")
        return value if isinstance(value, str) else self._fault(key, gettext_noop("文字"), "")

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(value[:MOST_SITES])
        return self._fault(key, gettext_noop("文字列表"), ())

    def number(self, key: str) -> int:
        value = self.values.get(key)
        if isinstance(value, str) and value.isdecimal() and value.isascii():
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        return self._fault(key, gettext_noop("整数"), 0)

    def uuid(self, key: str) -> UUID:
        try:
            return UUID(self.text(key))
        except ValueError:
            return self._fault(key, gettext_noop("请求编号（UUID）"), UUID(int=0))

    def action(self, key: str) -> Action:
        value = self.text(key)
        known = next((action for action in Action if action == value), None)
        return known or self._fault(key, ACTIONS, Action.ASSIGN)

    def day(self, key: str) -> date | None:
        value = self.text(key)
        try:
            day = parse_date(value)
        except ValueError:
            day = None
        return day if day or not value else self._fault(key, gettext_noop("日期（年-月-日）"), None)

    def flag(self, key: str) -> bool:
        return self.values.get(key) is True

    def refuse(self) -> None:
        if self.faults:
            raise InputError(*self.faults)

    def _fault(self, key: str, what: str, instead: _Value) -> _Value:
        self.faults.append(Fault(MUST_BE, {"key": key, "what": what}))
        return instead


def asked_edit(request: HttpRequest, *, now: datetime) -> Asked:
    """Return the edit that a request asks for."""
    given = _Given(_json(request))
    edit = Edit(
        action=given.action("action"),
        sites=given.texts("sites"),
        to=given.text("to"),
        zones=given.texts("zones"),
        choice=_choice(given, request, now=now),
    )
    asked = Asked(
        edit=edit,
        request=given.uuid("request"),
        revision=given.number("revision"),
        by=request.user,
        now=now,
        is_rebased=given.flag("rebase"),
    )
    given.refuse()
    return asked


def _choice(given: _Given, request: HttpRequest, *, now: datetime) -> Choice | None:
    """Return whom a planner chooses; None where nobody is named."""
    provider, reason = given.text("provider").strip(), given.text("reason").strip()
    if len(reason) > MOST_REASON:
        given.faults.append(Fault(TOO_LONG, {"most": MOST_REASON}))
    if not provider:
        return None
    today = timezone.localdate(now).isoformat()
    return Choice(provider=provider, by=str(request.user), on=today, reason=reason)


def asked_preview(request: HttpRequest) -> tuple[tuple[str, ...], str]:
    """Return the sites of a selection, and where they would go."""
    given = _Given(_json(request))
    sites, to = given.texts("sites"), given.text("to")
    given.refuse()
    return sites, to


def asked_comment(request: HttpRequest) -> tuple[str, int | None]:
    """Return what somebody says, and of which zone, if of one."""
    given = _Given(_json(request))
    text = given.text("text")
    zone = given.number("zone") if given.values.get("zone") not in {None, ""} else None
    given.refuse()
    return text, zone


def asked_step(request: HttpRequest, *, now: datetime) -> Wanted:
    """Return the step that a form asks for."""
    given = _Given(request.POST)
    wanted = Wanted(
        step=given.text("step"),
        revision=given.number("revision"),
        by=request.user,
        now=now,
        comment=given.text("comment"),
        document=given.text("document"),
        notice_from=given.day("notice_from"),
        notice_to=given.day("notice_to"),
    )
    given.refuse()
    return wanted


def _json(request: HttpRequest) -> Mapping[str, Any]:
    try:
        values = json.loads(request.body)
    except ValueError:
        raise InputError(NO_JSON) from None
    if not isinstance(values, dict):
        raise InputError(NO_JSON)
    return values
