"""One file → one frame in the field's own keys, whole or not at all, with every fault at once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
import shapely

from geo.crs import Datum
from geo.errors import Fault, InputError, gettext_noop
from geo.overlaps import gap_faults, overlap_faults
from geo.readers.candidates import crs_fault
from geo.readers.checks import check_records
from geo.readers.corners import CORNER_NAMES, gathered
from geo.readers.declared import Declared, NoCrsError, declared
from geo.readers.field_table import FIELDS
from geo.readers.guessing import guess_kind
from geo.readers.headings import Columns, is_private, known_names, match_columns, plain
from geo.readers.kinds import KIND_NAMES, MAY_LACK_PLACE, SHAPES, Kind
from geo.readers.mending import Mends, Originals, mended, originals
from geo.readers.parsing.parsed import Format
from geo.readers.personal import personal_notice
from geo.readers.places import Placed, no_places, place, shapes_of
from geo.readers.records import Records, frame_of, read_records
from geo.readers.sandbox import Upload, parse_upload
from geo.readers.spots import Spots, spots_of
from geo.readers.tables import Table, as_table

APART = frozenset({Kind.AREA, Kind.COMPOUND, Kind.MANAGEMENT_AREA})
"""Kinds of which no two stand on the same ground."""
TELLING = frozenset({"code", "name"})
GUESSED = gettext_noop("按列名和图形判断，数据种类为{kind}（{key}）。")
PLACE_NOT_READ = gettext_noop("{kind}没有图形，文件中的图形未读取。")
NO_PLACE_COLUMNS = gettext_noop("表中没有坐标。{kind}需要“经度”和“纬度”两列，或一列“边界WKT”。")
LACKING_PLACE = gettext_noop("{count} 行没有图形或坐标，只导入了属性。")
SKIPPED = gettext_noop("{count} 行有错误，没有导入。")
SET_ASIDE = gettext_noop("{count} 行按“{heading}”列不是{kind}，没有导入：{words}。")
EMPTY_CELL = gettext_noop("空白")
ALL_ASIDE = gettext_noop("按“{heading}”列，没有一行是{kind}。")
ALL_FAULTY = gettext_noop("每一行都有错误，没有可以导入的内容。")


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a frame comes from and how it was understood."""

    name: str
    sha256: str
    format: Format
    encoding: str
    srid: int | None
    """CRS of the file's coordinates (EPSG); None = it has none."""
    datum: Datum | None
    layer: str
    rows: int
    """Rows in the file, those left out among them."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The content of a file."""

    kind: Kind
    frame: pd.DataFrame
    """Columns are the keys of the kind; indexed by the number of the row or feature in the file.
    A GeoDataFrame in EPSG:4490 where the kind has geometry."""
    notices: tuple[Fault, ...]
    """What was understood or changed on the way; nothing that stops the import."""
    faults: tuple[Fault, ...]
    """What is wrong with the rows that were left out, where that was asked for."""
    source: Source


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What a person says about a file."""

    kind: Kind | None
    datum: Datum | None
    crs: int | None
    fields: Mapping[str, str]
    constants: Mapping[str, str]
    repair: bool
    skip_faulty: bool
    ground: shapely.Geometry | None = None
    mends: Mends = field(default_factory=Mends)


def read_file(  # noqa: PLR0913 (each is one thing that a person may say about a file)
    path: Path | str,
    *,
    kind: Kind | None = None,
    datum: Datum | None = None,
    crs: int | None = None,
    encoding: str | None = None,
    fields: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    repair: bool = False,
    skip_faulty: bool = False,
    layer: str | None = None,
    ground: shapely.Geometry | None = None,
    mends: Mends | None = None,
) -> Reading:
    """Read a file of compounds, buildings, contracts and so on.

    Parameters
    ----------
    path
        Any format of `docs/formats.md`.
    kind
        What the rows are; None = told by columns and geometry, where these are clear.
    datum
        What the degrees refer to; None = what the file says.
    crs
        EPSG of the coordinates, where the file does not say it or is wrong.
    encoding
        Of the text, where the file does not say it or is wrong.
    fields
        The file's heading → our key, for columns whose heading is not known.
    constants
        Our key → the value of every row.
    repair
        Whether rings are closed, and invalid polygons repaired where that changes their area by
        at most a hundredth.
    skip_faulty
        Whether rows with faults are left out and listed, instead of refusing the file.
    layer
        Layer or sheet, where there are several.
    ground
        Where the file's things should lie (EPSG:4490), to guess a CRS that the file does not say.
    mends
        What a person put right in a list of the rows that were refused.

    Returns
    -------
    Reading
        The frame with all that is to be told about it.

    Raises
    ------
    InputError
        With every fault of the file.

    """
    upload = parse_upload(Path(path), layer=layer, encoding=encoding)
    wishes = Wishes(
        kind=kind,
        datum=datum,
        crs=crs,
        fields=fields or {},
        constants=constants or {},
        repair=repair,
        skip_faulty=skip_faulty,
        ground=ground,
        mends=mends or Mends(),
    )
    return _read(upload, Path(path).name, wishes)


def _read(upload: Upload, name: str, wishes: Wishes) -> Reading:
    parsed = upload.parsed
    table = mended(_table(upload, wishes.kind, wishes.fields), wishes.mends)
    spots = spots_of(table.headings, table.cells, wishes.fields) if table.figures is None else None
    columns = _columns(table, spots, wishes)
    told, placed = _placed(parsed.crs, table, spots, columns.kind, wishes)
    records = _records(table, columns, placed, wishes)
    faulty = _faulty(records, placed)
    faults = _in_order(faulty, table.rows)
    whole = (*columns.faults, *placed.file_faults, *records.file_faults)
    kept = [i for i in range(len(table.rows)) if i not in faulty and i not in records.aside]
    if whole or (faults and not wishes.skip_faulty):
        raise InputError(*whole, *faults)
    if not kept:
        raise InputError(_nothing_left(records, columns.kind), *faults)
    return Reading(
        kind=columns.kind,
        frame=frame_of(columns.kind, records, placed.geometries, kept),
        notices=(
            *_guessed(columns.kind, wishes),
            *_notices(table, columns, told, placed, records, kept),
        ),
        faults=faults,
        source=_source(upload, name, told),
    )


def _table(upload: Upload, kind: Kind | None, fields: Mapping[str, str]) -> Table:
    kinds = Kind if kind is None else (kind,)
    table = as_table(upload.parsed, known_names(kinds, fields) | CORNER_NAMES)
    return gathered(table, _naming(kinds, fields)) or table


def read_originals(  # noqa: PLR0913 (what `read_file` was told)
    path: Path,
    rows: frozenset[int],
    *,
    kind: Kind | None = None,
    encoding: str | None = None,
    fields: Mapping[str, str] | None = None,
    layer: str | None = None,
    mends: Mends | None = None,
) -> Originals:
    """Return rows of a file as they stand in it, with its own headings."""
    upload = parse_upload(path, layer=layer, encoding=encoding)
    table = _table(upload, kind, fields or {})
    return originals(mended(table, mends or Mends()), rows)


def _naming(kinds: Iterable[Kind], by_hand: Mapping[str, str]) -> frozenset[str]:
    """Return the headings that tell one thing from another."""
    ours = {
        plain(text)
        for kind in kinds
        for f in FIELDS[kind]
        if f.key in TELLING
        for text in f.headings
    }
    return frozenset(ours | {plain(theirs) for theirs, key in by_hand.items() if key in TELLING})


def _source(upload: Upload, name: str, told: Declared | None) -> Source:
    return Source(
        name=name,
        sha256=upload.sha256,
        format=upload.parsed.format,
        encoding=upload.parsed.encoding,
        srid=told.srid if told else None,
        datum=told.datum if told else None,
        layer=upload.parsed.layer,
        rows=len(upload.parsed.rows),
    )


def _columns(table: Table, spots: Spots | None, wishes: Wishes) -> Columns:
    figures = table.figures if spots is None else spots.figures
    kind = wishes.kind
    if kind is None:
        kind = guess_kind(table.headings, shapes_of(figures or ()), wishes.constants)
    return match_columns(
        table.headings,
        kind,
        by_hand=wishes.fields,
        constants=wishes.constants,
        is_table=table.figures is None,
    )


def _placed(
    crs: str, table: Table, spots: Spots | None, kind: Kind, wishes: Wishes
) -> tuple[Declared | None, Placed]:
    """Return what the coordinates are and the geometries, where the kind has any."""
    figures = table.figures if spots is None else spots.figures
    if kind not in SHAPES or figures is None:
        placed = no_places(len(table.rows))
        if kind in SHAPES and kind not in MAY_LACK_PLACE:
            placed.file_faults.append(Fault(NO_PLACE_COLUMNS, {"kind": KIND_NAMES[kind]}))
        return None, placed
    try:
        told = declared(
            crs,
            crs=wishes.crs,
            datum=wishes.datum,
            is_table=spots is not None,
            place_heading=spots.heading if spots else "",
        )
    except NoCrsError:
        placed = no_places(len(table.rows))
        placed.file_faults.append(crs_fault(figures, wishes.ground))
        return None, placed
    except InputError as error:
        placed = no_places(len(table.rows))
        placed.file_faults += error.faults
        return None, placed
    return told, place(figures, kind, srid=told.srid, datum=told.datum, mend=wishes.repair)


def _records(table: Table, columns: Columns, placed: Placed, wishes: Wishes) -> Records:
    """Return the values of all rows, looked at together where the file as a whole is sound."""
    records = read_records(table, columns)
    if not columns.faults and not placed.file_faults:
        faulty = frozenset(_faulty(records, placed).keys() | records.aside.keys())
        check_records(
            records,
            placed.geometries,
            columns.kind,
            faulty=faulty,
            is_skipping=wishes.skip_faulty,
        )
    return records


def _faulty(records: Records, placed: Placed) -> dict[int, list[Fault]]:
    """Return what is wrong with each row, by position: its cells, then its place."""
    positions = {**records.faults, **placed.faults}.keys() - records.aside.keys()
    return {i: records.faults.get(i, []) + placed.faults.get(i, []) for i in positions}


def _in_order(faulty: Mapping[int, list[Fault]], rows: Sequence[int]) -> tuple[Fault, ...]:
    return tuple(replace(fault, row=rows[i]) for i in sorted(faulty) for fault in faulty[i])


def _guessed(kind: Kind, wishes: Wishes) -> Iterator[Fault]:
    if wishes.kind is None:
        yield Fault(GUESSED, {"kind": KIND_NAMES[kind], "key": str(kind)})


def _notices(
    table: Table,
    columns: Columns,
    told: Declared | None,
    placed: Placed,
    records: Records,
    kept: Sequence[int],
) -> Iterator[Fault]:
    kind = columns.kind
    yield from table.notices
    yield from columns.notices
    texts = ["" if is_private(heading) else heading.text for heading in columns.headings]
    yield from personal_notice(texts, table.cells, columns.by_field.values())
    if told is not None:
        yield from told.notices
        yield from placed.notices
    elif table.figures is not None:
        yield Fault(PLACE_NOT_READ, {"kind": KIND_NAMES[kind]})
    yield from _set_aside(records, kind)
    for i in sorted(placed.repairs.keys() - records.aside.keys()):
        yield replace(placed.repairs[i], row=table.rows[i])
    if kind in SHAPES and (lacking := int(shapely.is_missing(placed.geometries[kept]).sum())):
        yield Fault(LACKING_PLACE, {"count": lacking})
    yield from _in_the_way(records, placed, kept, kind)
    if left := len(table.rows) - len(kept) - len(records.aside):
        yield Fault(SKIPPED, {"count": left})


def _in_the_way(
    records: Records, placed: Placed, kept: Sequence[int], kind: Kind
) -> Iterator[Fault]:
    """Yield a notice for boundaries that cannot all be right; areas are of one level at a time."""
    if kind not in APART or not kept:
        return
    said = records.by_column.get("level") or [""] * len(records.rows)
    for level in dict.fromkeys(said[i] for i in kept):
        mine = [i for i in kept if said[i] == level]
        names = [records.by_column["name"][i] or "" for i in mine]
        shapes = placed.geometries[mine]
        yield from overlap_faults(shapes, names, [records.rows[i] for i in mine])
        if kind is Kind.AREA:
            yield from gap_faults(shapes)


def _set_aside(records: Records, kind: Kind) -> Iterator[Fault]:
    """Yield a notice for each column that left rows out, with its words, the commonest first."""
    for heading in dict.fromkeys(heading for heading, _ in records.aside.values()):
        words = Counter(word for said, word in records.aside.values() if said == heading)
        listed = "、".join(f"{word or EMPTY_CELL} {times}" for word, times in words.most_common())
        values = {"heading": heading, "kind": KIND_NAMES[kind], "words": listed}
        yield Fault(SET_ASIDE, values | {"count": words.total()})


def _nothing_left(records: Records, kind: Kind) -> Fault:
    if not records.aside:
        return Fault(ALL_FAULTY)
    heading, _ = next(iter(records.aside.values()))
    return Fault(ALL_ASIDE, {"heading": heading, "kind": KIND_NAMES[kind]})
