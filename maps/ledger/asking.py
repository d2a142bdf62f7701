"""What a person asks of a grid: which rows, in which order, which page, all in the address."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from geo.models import ContractItem
from geo.models.contracts import COVERED
from geo.readers import Kind, Reads
from layers.way import Finding
from maps.asked import Asked
from maps.ledger.columns import COLUMNS, Column, Group, groups_of
from maps.ledger.findings import FINDINGS, by_finding
from maps.ledger.queries import QUERIES, Inside

PAGE_ROWS = 50
PAGE_DIGITS = 6
SEARCHED = {
    Kind.COMPOUND: ("v_name", "v_code", "v_address", "v_provider"),
    Kind.BUILDING: ("v_name", "v_code", "v_address", "v_compound"),
    Kind.MANAGEMENT_AREA: ("v_name", "v_code", "v_document"),
    Kind.CONTRACT: ("v_what", "v_what_code", "v_provider", "v_document"),
    Kind.DECISION: ("v_management_area", "v_management_area_code", "v_document"),
    Kind.PROVIDER: ("v_name", "v_credit_code"),
}
FIRST_BY = {
    Kind.CONTRACT: "v_ends_on",
    Kind.DECISION: "-v_date",
    Kind.PROVIDER: "-v_serves",
}


class Due(StrEnum):
    """Contracts by how long they still run."""

    IN_FORCE = "in_force"
    WITHIN_30 = "30"
    WITHIN_90 = "90"
    LAPSED = "lapsed"
    ALL = "all"


DUE_NAMES = {
    Due.IN_FORCE: gettext_lazy("在期"),
    Due.WITHIN_30: gettext_lazy("30 天内到期"),
    Due.WITHIN_90: gettext_lazy("90 天内到期"),
    Due.LAPSED: gettext_lazy("已到期无接续"),
    Due.ALL: gettext_lazy("全部（含已终止）"),
}


@dataclass(frozen=True, kw_only=True)
class View:
    """A grid as asked for."""

    kind: Kind
    search: str = ""
    sort: str = ""
    """Key of a column, with a minus in front where the last comes first; "" = as it comes."""
    gap: str = ""
    """Key of the column whose cells are empty."""
    finding: Finding | None = None
    """What is wrong with the rows that are shown; None = all."""
    due: Due = Due.IN_FORCE
    group: Group = Group.BASIC
    page: int = 1

    def query(self, asked: Asked, **changes: Any) -> str:
        """Return what an address needs to ask the same, with some things changed."""
        view = replace(self, **({"page": 1} | changes))
        told = {
            "q": view.search,
            "sort": view.sort,
            "gap": view.gap,
            "finding": view.finding or "",
            "due": "" if view.due is Due.IN_FORCE else view.due,
            "cols": "" if view.group is Group.BASIC else view.group,
            "page": "" if view.page == 1 else view.page,
        }
        said = urlencode({name: value for name, value in told.items() if value})
        both = [part for part in (asked.query.removeprefix("?"), said) if part]
        return f"?{'&'.join(both)}" if both else "?"


def view_of(kind: Kind, given: QueryDict) -> View:
    """Return the view that an address asks for; what it does not know is left out."""
    keys = {each.key for each in COLUMNS[kind]}
    sort, gap = given.get("sort", ""), given.get("gap", "")
    due, group, page = given.get("due", ""), given.get("cols", ""), given.get("page", "")
    return View(
        kind=kind,
        search=given.get("q", "").strip()[:80],
        sort=sort if sort.removeprefix("-") in keys else "",
        gap=gap if gap in keys else "",
        finding=next((f for f in FINDINGS.get(kind, ()) if f == given.get("finding")), None),
        due=Due(due) if due in set(Due) else Due.IN_FORCE,
        group=Group(group) if group in groups_of(kind) else Group.BASIC,
        page=int(page) if page.isdecimal() and len(page) <= PAGE_DIGITS and int(page) else 1,
    )


def rows_of(view: View, *, asked: Asked, inside: Inside) -> QuerySet[Any, Any]:
    """Return the rows that are asked for, in order."""
    rows = QUERIES[view.kind](asked, inside)
    if view.kind is Kind.CONTRACT:
        rows = by_due(rows, view.due, asked)
    if view.finding:
        rows = by_finding(rows, view.finding, asked)
    if view.search:
        rows = rows.filter(_matches(view))
    if view.gap:
        rows = rows.filter(is_gap(column_of(view.kind, view.gap)))
    return rows.order_by(*_order(view))


def _matches(view: View) -> Q:
    """Return rows in which every word occurs somewhere."""
    condition = Q()
    for word in view.search.split():
        anywhere = Q()
        for name in SEARCHED[view.kind]:
            anywhere |= Q(**{f"{name}__icontains": word})
        condition &= anywhere
    return condition


def _order(view: View) -> list[Any]:
    wanted = f"{'-' if view.sort.startswith('-') else ''}v_{view.sort.removeprefix('-')}"
    name = wanted if view.sort else FIRST_BY.get(view.kind, "v_code")
    field = F(name.removeprefix("-"))
    first = field.desc(nulls_last=True) if name.startswith("-") else field.asc(nulls_last=True)
    return [first, "pk"]


def column_of(kind: Kind, key: str) -> Column:
    """Return a column by its key."""
    return next(each for each in COLUMNS[kind] if each.key == key)


def is_gap(column: Column) -> Q:
    """Return the filter of rows that do not know the value."""
    unknown = Q(**{f"v_{column.key}__isnull": True})
    texts = {Reads.TEXT, Reads.CODE, Reads.CREDIT_CODE}
    if column.key in {"members", "service_areas"}:
        return Q(**{f"v_{column.key}__len": 0})
    return unknown | Q(**{f"v_{column.key}": ""}) if column.field.reads in texts else unknown


def by_due(items: QuerySet[Any, Any], due: Due, asked: Asked) -> QuerySet[Any, Any]:
    """Return contracts by how long they still run on the day."""
    today = asked.valid
    runs = Q(valid_from__isnull=True) | Q(valid_from__lte=today)
    if due is Due.ALL:
        return items
    if due is Due.LAPSED:
        return items.filter(valid_to__lt=today).exclude(_has_successor(asked))
    if due is Due.IN_FORCE:
        return items.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))
    last = today + timedelta(days=int(due))
    return items.filter(runs, valid_to__gte=today, valid_to__lte=last)


def _has_successor(asked: Asked) -> Q:
    """Return whether the same thing is served, or will be, under another contract."""
    later = ContractItem.objects.known_at(asked.known).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=asked.valid)
    )
    condition = Q()
    for thing in COVERED:
        same = later.filter(**{f"{thing}_id": OuterRef(f"{thing}_id")})
        condition |= Q(Exists(same))
    return condition
