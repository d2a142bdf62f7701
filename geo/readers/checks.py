"""What only shows when all rows stand together: codes that are missing or there twice."""

from collections.abc import Hashable

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import Fault, gettext_noop
from geo.readers.codes import repeated, repetition_faults, site_codes
from geo.readers.kinds import SITE_KINDS, Kind
from geo.readers.records import Records

SAME_CODE = gettext_noop("“{value}”重复出现，第 {rows} 行也是它。")
SAME_PLACE = gettext_noop("没有编码，图形又与第 {rows} 行完全相同，无法区分。")
GIVE_CODE = gettext_noop("请填写不同的编码，或删去重复的行。")
NO_CODE = gettext_noop("既没有编码，也没有图形或坐标，无法确定是哪一个。")
NO_EXTENT = gettext_noop("既没有边界，也没有列出所含的小区或楼栋。")

_UNIQUE = dict.fromkeys((*SITE_KINDS, Kind.AREA), "code") | {Kind.PROVIDER: "name"}


def check_records(
    records: Records,
    geometries: NDArray[np.object_],
    kind: Kind,
    *,
    faulty: frozenset[int],
    is_skipping: bool,
) -> None:
    """Give sites without a code theirs, and note what is missing or there twice.

    Parameters
    ----------
    records
        Changed in place: codes are filled in, faults are added.
    geometries
        In EPSG:4490; None where a row has none.
    kind
        What the rows are.
    faulty
        Positions of rows with faults in cell or place; nothing more is asked of these.
    is_skipping
        Whether faulty rows will be left out, and hence cannot be in the way of others.

    """
    if kind is Kind.MANAGEMENT_AREA:
        for i in np.flatnonzero(shapely.is_missing(geometries)):
            if records.by_column["members"][i] is None and int(i) not in faulty:
                records.reject(int(i), Fault(NO_EXTENT))
    made = _fill_codes(records, geometries, faulty) if kind in SITE_KINDS else frozenset()
    if kind in _UNIQUE:
        left_out = frozenset({*faulty, *records.faults}) if is_skipping else frozenset()
        _check_unique(records, geometries, _UNIQUE[kind], made=made, left_out=left_out)


def _fill_codes(
    records: Records, geometries: NDArray[np.object_], faulty: frozenset[int]
) -> frozenset[int]:
    """Give a code to each site that has none, and return which these are."""
    codes = records.by_column["code"]
    lacking = [i for i, code in enumerate(codes) if code is None and i not in faulty]
    lacking = [i for i in lacking if i not in records.faults]
    for i, code in zip(lacking, site_codes(geometries[lacking]), strict=True):
        if code:
            codes[i] = code
        else:
            records.reject(i, Fault(NO_CODE))
    return frozenset(lacking)


def _check_unique(
    records: Records,
    geometries: NDArray[np.object_],
    column: str,
    *,
    made: frozenset[int],
    left_out: frozenset[int],
) -> None:
    values = [None if i in left_out else v for i, v in enumerate(records.by_column[column])]
    for group in repeated(values):
        text = SAME_PLACE if made.issuperset(group) else SAME_CODE
        value = str(values[group[0]])
        faults = repetition_faults(group, records.rows, text, GIVE_CODE, value)
        # Rows that are the same in everything lose nothing when the first of them stays.
        is_same = len({_signature(i, records, geometries) for i in group}) == 1
        for i in group[1:] if is_same else group:
            records.reject(i, faults[i])


def _signature(position: int, records: Records, geometries: NDArray[np.object_]) -> Hashable:
    values = tuple(column[position] for column in records.by_column.values())
    return values, shapely.to_wkb(geometries[position])
