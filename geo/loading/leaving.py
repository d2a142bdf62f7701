"""Good rows without the others: which rows a fault concerns, and a reading without them."""

from collections.abc import Iterable
from dataclasses import replace

from geo.errors import Fault, InputError
from geo.loading.changing import SAME_FILE
from geo.readers import Reading


def left_aside(faults: Iterable[Fault]) -> frozenset[int]:
    """Return the numbers of the rows that faults concern."""
    return frozenset(row for fault in faults for row in fault.rows)


def without_faulty(reading: Reading, error: InputError) -> Reading:
    """Return a reading without the rows that cannot be stored, which it tells among its faults.

    Raises
    ------
    InputError
        Where something is wrong with the file as a whole, or no row is good.
    """
    faulty = left_aside(error.faults)
    whole = [fault for fault in error.faults if not fault.rows and fault.text != SAME_FILE]
    kept = reading.frame[~reading.frame.index.isin(faulty)]
    if whole or len(kept) == len(reading.frame):
        raise error
    found = tuple(fault for fault in error.faults if fault.rows)
    faults = (*reading.faults, *found)
    if kept.empty:
        told = (fault for fault in error.faults if not fault.rows)
        raise InputError(*told, *faults) from error
    return replace(reading, frame=kept, faults=faults)
