"""A row as a form: inputs with what was typed, what is wrong, and what others wrote meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from geo.errors import Fault, gettext_noop
from geo.models import ManagingArea, Provider
from geo.readers import Field, Kind, Reads
from geo.recording.merging import FIELDS as MERGE_FIELDS
from geo.recording.telling import CellFaultsError
from geo.words import CommitteeKind, DecisionWay, ExitReason
from maps.ledger.columns import COLUMNS, Column
from maps.ledger.page import Cell, Row
from maps.ledger.queries import Inside

WAS = "was-"
"""In front of the key of an input: what it held when the person began."""
UNKNOWN_CHOICE = gettext_lazy("不详")


class Doing(StrEnum):
    """What a form is for."""

    CHANGE = "change"
    ENTER = "enter"
    END = "end"
    MERGE = "merge"


@dataclass(frozen=True, kw_only=True)
class Input:
    """One input of a row."""

    column: Column
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    fault: str = ""
    was: str = ""
    """What the input held when the person began."""
    theirs: str | None = None
    """What somebody else saved meanwhile; None = nothing else."""
    text: str = ""
    """What a fixed cell says."""

    @property
    def type(self) -> str:
        """Return the type of the input."""
        return "date" if self.column.field.reads is Reads.DATE else "text"

    @property
    def is_input(self) -> bool:
        """Tell whether the cell can be changed here."""
        return self.column.is_editable


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What a person sent, and why it was not stored."""

    given: Mapping[str, str] = field(default_factory=dict)
    wrong: CellFaultsError | None = None
    is_conflict: bool = False
    """Whether somebody else changed the row meanwhile."""

    @property
    def faults(self) -> Mapping[str, Fault]:
        """Return what is wrong, by key."""
        return self.wrong.by_key if self.wrong else {}

    def fault(self, key: str) -> str:
        """Return what is wrong with a cell; "" where nothing is."""
        return self.faults[key].sentence(gettext) if key in self.faults else ""

    def kept(self, key: str, typed: str) -> str:
        """Return what an input holds, where the row says `typed` now.

        What the person left alone follows the row, so that nobody's change is undone unseen.
        """
        mine = self.given.get(key, typed)
        return typed if self.is_conflict and mine == self.given.get(WAS + key) else mine


NOTHING = Sent()


@dataclass(frozen=True, kw_only=True)
class Form:
    """A row as a form."""

    doing: Doing
    kind: Kind
    pk: int | None
    inputs: tuple[Input, ...]
    stamp: str
    given: Mapping[str, str]
    below: tuple[Input, ...] = ()
    """What is asked for below the row, where the grid has no column for it."""
    faults: tuple[str, ...] = ()
    """What is wrong with the row as a whole."""
    reason_fault: str = ""
    since_fault: str = ""
    is_conflict: bool = False

    @property
    def id(self) -> str:
        """Return the id of the form in the page."""
        return f"row-form-{self.pk or self.doing}"

    @property
    def asks_since(self) -> bool:
        """Tell whether a value may have changed on a day that the form asks for."""
        return any(each.is_input and each.column.is_fact for each in self.inputs)

    @property
    def asks_succession(self) -> bool:
        """Tell whether a contract may be followed by this one."""
        return self.kind is Kind.CONTRACT and self.doing is Doing.ENTER

    @property
    def reason(self) -> str:
        """Return the reason as typed."""
        return self.given.get("reason", "")

    @property
    def since(self) -> str:
        """Return the day as typed."""
        return self.given.get("since", "")


def form_of(row: Row, *, kind: Kind, stamp: str, inside: Inside, sent: Sent = NOTHING) -> Form:
    """Return the form that changes a row: as it is, or as somebody sent it."""
    inputs = [_input(cell, inside, sent) for cell in row.cells]
    return Form(
        doing=Doing.CHANGE,
        kind=kind,
        pk=row.pk,
        inputs=tuple(inputs),
        stamp=stamp,
        given=sent.given,
        is_conflict=sent.is_conflict,
        **_row_faults(sent, inputs),
    )


def _input(cell: Cell, inside: Inside, sent: Sent) -> Input:
    key = cell.column.key
    value = sent.kept(key, cell.typed)
    return Input(
        column=cell.column,
        value=value,
        was=cell.typed if sent.is_conflict else sent.given.get(WAS + key, cell.typed),
        text=cell.text,
        choices=_choices(cell.column.field, inside),
        fault=sent.fault(key),
        theirs=cell.text if sent.is_conflict and value != cell.typed else None,
    )


def blank_form(kind: Kind, *, inside: Inside, sent: Sent = NOTHING) -> Form:
    """Return the form that enters a new row."""
    inputs = [
        Input(
            column=_open(column),
            value=sent.given.get(column.key, ""),
            choices=_choices(column.field, inside),
            fault=sent.fault(column.key),
        )
        for column in COLUMNS[kind]
    ]
    return Form(
        doing=Doing.ENTER,
        kind=kind,
        pk=None,
        inputs=tuple(inputs),
        stamp="",
        given=sent.given,
        **_row_faults(sent, inputs),
    )


EXIT_REASON = Field(
    key="exit_reason",
    heading=gettext_noop("终止原因"),
    reads=Reads.CHOICE,
    choices={each.label: str(each) for each in ExitReason},
)


def end_form(row: Row, *, sent: Sent = NOTHING) -> Form:
    """Return the form that ends a contract: the row as it is, and what is asked below it."""
    inputs = [Input(column=_closed(each.column), value="", text=each.text) for each in row.cells]
    columns = {each.column.key: each.column for each in row.cells}
    why = Column(field=EXIT_REASON)
    asked = [columns["ends_on"], why, columns["document"]]
    below = tuple(
        Input(
            column=column,
            value=sent.given.get(column.key, ""),
            choices=_choices(column.field, frozenset()),
            fault=sent.fault(column.key),
        )
        for column in asked
    )
    return Form(
        doing=Doing.END,
        kind=Kind.CONTRACT,
        pk=row.pk,
        inputs=tuple(inputs),
        below=below,
        stamp="",
        given=sent.given,
        **_row_faults(sent, below),
    )


def merge_form(row: Row, *, stamp: str, sent: Sent = NOTHING) -> Form:
    """Return the form that lets a management area go into another: what is asked for below it."""
    inputs = [Input(column=_closed(each.column), value="", text=each.text) for each in row.cells]
    below = tuple(
        Input(
            column=Column(field=each),
            value=sent.given.get(each.key, ""),
            fault=sent.fault(each.key),
        )
        for each in MERGE_FIELDS
    )
    return Form(
        doing=Doing.MERGE,
        kind=Kind.MANAGEMENT_AREA,
        pk=row.pk,
        inputs=tuple(inputs),
        below=below,
        stamp=stamp,
        given=sent.given,
        **_row_faults(sent, below),
    )


def _row_faults(sent: Sent, inputs: Sequence[Input]) -> dict[str, Any]:
    shown = {each.column.key for each in inputs if each.is_input} | {"reason", "since"}
    rest = [sent.fault(key) for key in sent.faults if key not in shown]
    return {
        "faults": tuple(rest),
        "reason_fault": sent.fault("reason"),
        "since_fault": sent.fault("since"),
    }


def _open(column: Column) -> Column:
    return Column(**vars(column) | {"is_editable": True})


def _closed(column: Column) -> Column:
    return Column(**vars(column) | {"is_editable": False})


def _choices(field: Field, inside: Inside) -> tuple[tuple[str, str], ...]:
    """Return value and word of each choice of an input that offers some."""
    unknown = ("", str(UNKNOWN_CHOICE))
    if field.reads is Reads.FLAG:
        return (unknown, ("是", gettext("是")), ("否", gettext("否")))
    if field.key == "committee":
        return (unknown, *((each.label, gettext(each.label)) for each in CommitteeKind))
    if field.key == "way":
        return (unknown, *((each.label, gettext(each.label)) for each in DecisionWay))
    if field.key == "area" and inside:
        areas = ManagingArea.objects.filter(pk__in=inside).order_by("code")
        names = list(areas.values_list("code", "name"))
        # A name that the area bears twice cannot be told by it; the code can.
        return tuple((name if _once(name, names) else code, name) for code, name in names)
    if field.reads is Reads.CHOICE:
        first: dict[str, str] = {}
        for word, stored in field.choices.items():
            first.setdefault(stored, word)
        known = [(word, gettext(word)) for word in first.values()]
        return (unknown, *known)
    return ()


def _once(name: str, names: Sequence[tuple[str, str]]) -> bool:
    return sum(name == other for _, other in names) == 1


MOST_NAMES = 1_000


def names_of_providers() -> list[str]:
    """Return the names that the input of a provider proposes."""
    today = timezone.localdate()
    known = Provider.objects.existing_on(today).order_by("name")
    return list(known.values_list("name", flat=True)[:MOST_NAMES])
