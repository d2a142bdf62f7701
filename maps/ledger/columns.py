"""The columns of each grid, in the Chinese words and by the rules of the readers' fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext, gettext_lazy

from geo.errors import gettext_noop
from geo.readers import FIELDS, Field, Kind, Reads
from geo.recording.things import WISHES
from geo.words import (
    CommitteeKind,
    Condition,
    DecisionWay,
    ProviderKind,
    Word,
)


class Group(StrEnum):
    """A set of columns that are shown together."""

    BASIC = "basic"
    CONDITIONS = "conditions"
    WISHES = "wishes"


GROUP_NAMES = {
    Group.BASIC: gettext_lazy("基本情况"),
    Group.CONDITIONS: gettext_lazy("管理条件"),
    Group.WISHES: gettext_lazy("划片要求"),
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a grid."""

    field: Field
    is_editable: bool = True
    is_fact: bool = False
    """Whether the value is a fact with a day of its own, not an attribute of the row."""
    group: Group | None = Group.BASIC
    """None = shown with every group."""
    may_lack: bool = False
    """Whether an empty cell is no gap."""
    words: type[Word] | None = None

    @property
    def key(self) -> str:
        """Return the key of the field."""
        return self.field.key

    @property
    def heading(self) -> str:
        """Return the heading with its unit, as files have it."""
        unit = f"（{self.field.unit}）" if self.field.unit and self.field.reads in UNITED else ""
        return self.field.heading + unit

    @property
    def title(self) -> str:
        """Return the heading of the grid, which shows a thing by its name above its code."""
        return gettext(THING) if self.key == "what" else self.heading

    @property
    def is_number(self) -> bool:
        """Tell whether the column is set flush right."""
        return self.field.reads in NUMBERS


THING = gettext_noop("服务对象")
UNITED = frozenset({Reads.COUNT, Reads.NUMBER, Reads.AREA, Reads.FEE})
NUMBERS = UNITED | {Reads.SHARE, Reads.YEAR}


def _fields(kind: Kind) -> Mapping[str, Field]:
    return {each.key: each for each in FIELDS[kind]}


def _fixed(field: Field, *, group: Group | None = None) -> Column:
    return Column(field=field, is_editable=False, group=group, may_lack=True)


def _compound() -> tuple[Column, ...]:
    of = _fields(Kind.COMPOUND)
    facts = {"committee": CommitteeKind}
    own = [
        Column(field=of[key], may_lack=key in {"title_area", "renovation"})
        for key in (
            *("area", "address", "built", "households", "floor_area_m2", "buildings", "old_list"),
            *("fee", "renovation", "title_area"),
        )
    ]
    said = [Column(field=of[key], is_fact=True, words=words) for key, words in facts.items()]
    serving = Column(field=of["provider"], is_fact=True, is_editable=False)
    conditions = [
        Column(field=of[str(key)], is_fact=True, group=Group.CONDITIONS) for key in Condition
    ]
    named = Column(field=of["name"], group=None)
    return (
        named,
        _fixed(of["code"]),
        *own[:7],
        serving,
        *said,
        *own[7:],
        *conditions,
        *_wishes(of),
    )


def _wishes(of: Mapping[str, Field]) -> tuple[Column, ...]:
    """Return what is wanted in zones; most things have no wish, and that is no gap."""
    return tuple(
        Column(field=of[key], is_fact=True, group=Group.WISHES, may_lack=True) for key in WISHES
    )


def _building() -> tuple[Column, ...]:
    of = _fields(Kind.BUILDING)
    lacking = {"name", "compound", "height_m"}
    plain = (
        *("compound", "address", "use", "storeys", "height_m", "built"),
        *("households", "floor_area_m2"),
    )
    named = Column(field=of["name"], group=None, may_lack=True)
    return (
        named,
        _fixed(of["code"]),
        *(Column(field=of[key], may_lack=key in lacking) for key in plain),
    )


def _management_area() -> tuple[Column, ...]:
    of = _fields(Kind.MANAGEMENT_AREA)
    committee = _fields(Kind.COMPOUND)["committee"]
    return (
        Column(field=of["name"], group=None),
        _fixed(of["code"]),
        Column(field=of["members"], is_editable=False, is_fact=True),
        Column(field=of["decided_on"]),
        Column(field=of["document"]),
        Column(field=_fields(Kind.COMPOUND)["provider"], is_editable=False, is_fact=True),
        Column(field=committee, is_fact=True, words=CommitteeKind),
        *_wishes(of),
    )


def _contract() -> tuple[Column, ...]:
    of = _fields(Kind.CONTRACT)
    plain = ("signed_on", "filed_on", "in_service_from", "ends_on", "fee", "mode", "grade")
    return (
        Column(field=of["what"], is_editable=False, group=None, may_lack=True),
        Column(field=of["provider"], is_editable=False, may_lack=True),
        *(Column(field=of[key], may_lack=key in {"mode", "grade"}) for key in plain),
        Column(field=of["document"]),
    )


def _decision() -> tuple[Column, ...]:
    of = _fields(Kind.DECISION)
    shares = ("area_share", "count_share", "area_in_favour", "count_in_favour")
    return (
        Column(field=of["management_area"], is_editable=False, group=None, may_lack=True),
        Column(field=of["way"], words=DecisionWay),
        Column(field=of["date"]),
        *(Column(field=of[key]) for key in shares),
        Column(field=of["document"]),
    )


SERVES = Field(key="serves", heading=gettext_noop("在管对象"), reads=Reads.COUNT, unit="处")


def _provider() -> tuple[Column, ...]:
    of = _fields(Kind.PROVIDER)
    return (
        _fixed(of["name"]),
        Column(field=of["kind"], words=ProviderKind),
        Column(field=of["credit_code"]),
        Column(field=of["grade"], is_fact=True),
        Column(field=of["capacity_m2"]),
        Column(field=of["capacity_households"]),
        Column(field=of["service_areas"], is_editable=False, is_fact=True, may_lack=True),
        Column(field=SERVES, is_editable=False, is_fact=True, may_lack=True),
    )


COLUMNS: Mapping[Kind, tuple[Column, ...]] = {
    Kind.COMPOUND: _compound(),
    Kind.BUILDING: _building(),
    Kind.MANAGEMENT_AREA: _management_area(),
    Kind.CONTRACT: _contract(),
    Kind.DECISION: _decision(),
    Kind.PROVIDER: _provider(),
}
"""Kinds of grid, in the order in which they are offered."""


def shown_in(kind: Kind, group: Group) -> tuple[Column, ...]:
    """Return the columns that a grid shows with a group."""
    return tuple(each for each in COLUMNS[kind] if each.group in {None, group})


def groups_of(kind: Kind) -> list[Group]:
    """Return the groups of a grid."""
    used = {each.group for each in COLUMNS[kind]}
    return [group for group in Group if group in used]
