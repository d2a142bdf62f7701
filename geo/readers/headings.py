"""Headings → fields: which column is which, and of what kind the rows are."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from geo.errors import Fault, gettext_noop
from geo.readers.amounts import is_area_unit, is_unit
from geo.readers.field_table import FIELDS, readable_fields
from geo.readers.fields import Field, Reads
from geo.readers.kinds import KIND_NAMES, Kind
from geo.readers.shared_fields import PLACE_FIELDS
from geo.readers.words import LEVELS

TWICE = gettext_noop("表头“{heading}”出现了两次。请删去或改名其中一列。")
TWO_FIT = gettext_noop("“{heading}”与“{taken}”都是 {field}，只读取“{taken}”。")
NOT_READ = gettext_noop("下列各列没有对应的字段，未读取：{headings}。")
PRIVATE = gettext_noop("下列各列属于个人信息或收费明细，不导入：{headings}。")
HEIGHT = gettext_noop(
    "“{heading}”可能是层数，也可能是以米计的高度，未读取。"
    "请用 --fields 指明，例如 building:{heading}=storeys 或 building:{heading}=height_m。"
)
CONVERTED = gettext_noop("“{heading}”以 {unit} 为单位，已换算为 ㎡。")
CUT = gettext_noop("表头“{heading}”被截断，已按“{field}”读取。")
MISSING = gettext_noop("缺少必填的列“{heading}”（也可写作：{synonyms}）。")
LEVEL_SAID = gettext_noop("没有“层级”列，按表头“{heading}”，层级为{level}。")
NO_SUCH_COLUMN = gettext_noop("没有名为“{heading}”的列。现有：{headings}。")
NO_SUCH_FIELD = gettext_noop("{kind}没有字段“{field}”。可选：{fields}。")

_BRACKETED = re.compile(r"(?P<name>.+?)[(\[](?P<unit>[^()\[\]]*)[)\]]")
_SLASHED = re.compile(r"(?P<name>.+?)[/_](?P<unit>[^/_]+)")
_NUMBERED = re.compile(r"\d+[.、]")
_PRIVATE = re.compile(
    r"身份证|证件号|手机|电话|联系方式|联系人|姓名|户主|房主|业主名|产权人|承租人|负责人|法人代表"
    r"|投诉人|诉求人|反映人|来电人|信访人"
    r"|房号|室号|门牌室|欠费|欠缴|应缴|实缴|缴费|phone|mobile|idcard",
    re.IGNORECASE,
)
_AMBIGUOUS_HEIGHTS = frozenset({"height", "高", "building_height"})


@dataclass(frozen=True)
class Heading:
    """A heading as it stands, its name for comparison, and the unit that it states."""

    text: str
    name: str
    unit: str = ""
    is_cut: bool = False


@dataclass(frozen=True)
class Columns:
    """Which column fills which field of a kind."""

    kind: Kind
    headings: Sequence[Heading]
    by_field: Mapping[str, int]
    by_hand: frozenset[str]
    """Fields whose column the person told."""
    constants: Mapping[str, str]
    """Fields whose value holds for every row: told by the person, or by a heading."""
    notices: list[Fault]
    faults: list[Fault]
    """What is wrong with the headings as a whole."""


def as_heading(text: object, *, is_cut: bool = False) -> Heading:
    """Take a heading apart: 建筑面积（万㎡） is 建筑面积 in 万m2."""
    shown = " ".join(str(text).split()) if text is not None else ""
    name = plain(shown)
    for pattern in (_BRACKETED, _SLASHED):
        found = pattern.fullmatch(name)
        if found and is_unit(found["unit"]):
            return Heading(shown, found["name"], found["unit"], is_cut)
    return Heading(shown, name, is_cut=is_cut)


def match_columns(
    headings: Sequence[Heading],
    kind: Kind,
    *,
    by_hand: Mapping[str, str],
    constants: Mapping[str, str],
    is_table: bool,
) -> Columns:
    """Find the column of every field.

    Parameters
    ----------
    headings
        In the order of the columns.
    kind
        What the rows are.
    by_hand
        Heading → key of a field, as the person says; goes before everything else.
    constants
        Fields whose value the person gives for the whole file; their columns are not read.
    is_table
        Whether places stand in cells.

    """
    fields = readable_fields(kind) if is_table else FIELDS[kind]
    by_field, faults = _by_hand(headings, kind, fields, by_hand)
    faults += [*_unknown_keys(kind, fields, constants), *_repeated(headings, fields)]
    told = {*by_hand.values(), *constants}
    notices: list[Fault] = []
    doubles: dict[int, Fault] = {}
    for each in fields:
        if each.key not in told:
            doubles |= _match_one(each, headings, by_field, notices)
    notices += _match_cut(fields, headings, by_field, told)
    notices += [fault for i, fault in doubles.items() if i not in by_field.values()]
    said, more = _said_by_headings(kind, headings, by_field, told)
    notices += more
    constants = {**said, **constants}
    faults += _missing(fields, by_field, constants)
    notices += _left_over(headings, by_field)
    told_by_hand = frozenset(by_hand.values())
    return Columns(kind, headings, by_field, told_by_hand, constants, notices, faults)


def place_columns(headings: Sequence[Heading], by_hand: Mapping[str, str]) -> dict[str, int]:
    """Return the columns that tell a place, by the key of their field."""
    columns = {}
    for each in PLACE_FIELDS:
        ranked = [(rank, i) for i, h in enumerate(headings) if (rank := _rank(h, each)) is not None]
        told = [i for i, h in enumerate(headings) if each.key in _told(h, by_hand)]
        if told or ranked:
            columns[each.key] = told[0] if told else min(ranked)[1]
    return columns


def known_names(kinds: Iterable[Kind], by_hand: Mapping[str, str]) -> frozenset[str]:
    """Return every heading that may occur, for comparison."""
    ours = {plain(text) for kind in kinds for f in readable_fields(kind) for text in f.headings}
    return frozenset(ours | {as_heading(theirs).name for theirs in by_hand})


def plain(text: str) -> str:
    """Return a heading without what does not tell it from others: case, width, spaces, marks."""
    squeezed = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return _NUMBERED.sub("", squeezed, count=1).strip("*:#").removesuffix("(必填)")


def _by_hand(
    headings: Sequence[Heading], kind: Kind, fields: Sequence[Field], wanted: Mapping[str, str]
) -> tuple[dict[str, int], list[Fault]]:
    faults = [*_unknown_keys(kind, fields, wanted.values())]
    found: dict[str, int] = {}
    lacking: dict[str, list[str]] = {}
    for theirs, ours in wanted.items():
        places = [i for i, heading in enumerate(headings) if ours in _told(heading, {theirs: ours})]
        if places:
            found.setdefault(ours, places[0])
        else:
            lacking.setdefault(ours, []).append(theirs)
    listed = "、".join(h.text for h in headings if h.text)
    # files of one kind may each have a column of their own for a field: one of those told will do
    faults += [
        Fault(NO_SUCH_COLUMN, {"heading": theirs[:40], "headings": listed})
        for ours, names in lacking.items()
        if ours not in found
        for theirs in names
    ]
    return found, faults


def _told(heading: Heading, by_hand: Mapping[str, str]) -> list[str]:
    """Return the fields that a person gives to a heading."""
    return [
        ours
        for theirs, ours in by_hand.items()
        if heading.text == theirs or heading.name in {plain(theirs), as_heading(theirs).name}
    ]


def _unknown_keys(kind: Kind, fields: Sequence[Field], keys: Iterable[str]) -> list[Fault]:
    known = [each.key for each in fields]
    return [
        Fault(
            NO_SUCH_FIELD,
            {"kind": KIND_NAMES[kind], "field": key[:40], "fields": "、".join(known)},
        )
        for key in keys
        if key not in known
    ]


def _match_one(
    each: Field, headings: Sequence[Heading], by_field: dict[str, int], notices: list[Fault]
) -> dict[int, Fault]:
    """Give a field its column; return the other columns that would fit it too."""
    taken = set(by_field.values())
    free = [i for i in range(len(headings)) if i not in taken]
    fits = sorted((rank, i) for i in free if (rank := _rank(headings[i], each)) is not None)
    if not fits:
        return {}
    (_, first), *others = fits
    by_field[each.key] = first
    chosen = headings[first]
    if each.reads is Reads.AREA and is_area_unit(chosen.unit):
        notices.append(Fault(CONVERTED, {"heading": chosen.text, "unit": chosen.unit}))
    return {
        i: Fault(
            TWO_FIT,
            {"heading": headings[i].text, "taken": chosen.text, "field": each.heading},
        )
        for _, i in others
    }


def _rank(heading: Heading, each: Field) -> int | None:
    """Return how early a heading stands among a field's, None where it is none of them."""
    names = [plain(known) for known in each.headings]
    return names.index(heading.name) if heading.name in names else None


def _match_cut(
    fields: Sequence[Field], headings: Sequence[Heading], by_field: dict[str, int], told: set[str]
) -> list[Fault]:
    """Match headings that a shapefile's ten bytes cut off, where only one field begins so."""
    notices = []
    for i, heading in enumerate(headings):
        if not heading.is_cut or i in by_field.values():
            continue
        begins = [f for f in fields if any(plain(h).startswith(heading.name) for h in f.headings)]
        if len(begins) == 1 and begins[0].key not in {*by_field, *told}:
            by_field[begins[0].key] = i
            values = {"heading": heading.text, "field": begins[0].heading}
            notices.append(Fault(CUT, values))
    return notices


def _repeated(headings: Sequence[Heading], fields: Sequence[Field]) -> list[Fault]:
    names = [heading.name for heading in headings]
    known = {plain(text) for each in fields for text in each.headings}
    twice = dict.fromkeys(n for n in names if n in known and names.count(n) > 1)
    return [Fault(TWICE, {"heading": headings[names.index(name)].text}) for name in twice]


def _said_by_headings(
    kind: Kind, headings: Sequence[Heading], by_field: Mapping[str, int], told: set[str]
) -> tuple[dict[str, str], list[Fault]]:
    """Return the level of areas whose names stand under a word for it, as 街道 or 社区名称."""
    if kind is not Kind.AREA or "name" not in by_field or "level" in {*by_field, *told}:
        return {}, []
    heading = headings[by_field["name"]]
    level = level_said(heading)
    if level is None:
        return {}, []
    return {"level": level}, [Fault(LEVEL_SAID, {"heading": heading.text, "level": level})]


def level_said(heading: Heading) -> str | None:
    """Return the word for a level that a heading of names consists of; None where it does not."""
    word = heading.name.removesuffix("名称")
    return word if word in LEVELS else None


def _missing(
    fields: Sequence[Field], by_field: Mapping[str, int], constants: Mapping[str, str]
) -> list[Fault]:
    return [
        Fault(
            MISSING,
            {"heading": each.heading, "synonyms": "、".join((each.key, *each.synonyms))},
        )
        for each in fields
        if each.is_required and each.key not in by_field and each.key not in constants
    ]


def is_private(heading: Heading) -> bool:
    """Tell whether a heading says that its column is about persons, or about who owes what."""
    return _PRIVATE.search(heading.name) is not None


def _left_over(headings: Sequence[Heading], by_field: Mapping[str, int]) -> list[Fault]:
    """Say which columns were not read; a height only after it is said of what."""
    taken = set(by_field.values())
    left = [h for i, h in enumerate(headings) if i not in taken and h.text]
    heights = [h for h in left if h.name in _AMBIGUOUS_HEIGHTS]
    private = [h for h in left if is_private(h)]
    plain = [h for h in left if h not in heights and h not in private]
    notices = [Fault(HEIGHT, {"heading": heading.text}) for heading in heights]
    for text, those in ((PRIVATE, private), (NOT_READ, plain)):
        if those:
            notices.append(Fault(text, {"headings": "、".join(h.text for h in those)}))
    return notices
