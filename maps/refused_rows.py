"""The rows of a file that were refused: written out to be mended, and read again when they are."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from geo.errors import Fault, InputError
from geo.readers import FIELDS, Kind, Mends, Originals, read_mends, read_originals
from geo.readers.mending import sheet_of
from maps.exports.refused import Told, write_refused
from maps.models import Upload

MOST_ROWS = 20_000
"""Rows that a list holds: more are not mended by hand."""


def sha256_of(upload: Upload) -> str:
    """Return the file's own hash, which tells whose rows a list holds."""
    with upload.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def lists_of(upload: Upload) -> list[Path]:
    """Return the mended lists that were handed back, the oldest first."""
    return sorted((upload.folder / "mended").glob("*.xlsx"))


def mends_of(upload: Upload) -> Mends:
    """Return what was put right in a file so far."""
    is_rest = bool(upload.options.get("rest"))
    return read_mends(lists_of(upload), sha256=sha256_of(upload), is_rest=is_rest)


def list_of(upload: Upload) -> Path:
    """Return where the list of a file's refused rows lies."""
    return upload.folder / "refused.xlsx"


def write_list(upload: Upload, faults: Sequence[Fault], told: Sequence[Told]) -> None:
    """Write the refused rows of a file with the reasons, for a person to mend."""
    list_of(upload).unlink(missing_ok=True)
    if not faults:
        return
    rows = frozenset(sorted({row for fault in faults for row in fault.rows})[:MOST_ROWS])
    write_refused(list_of(upload), sheet_of(sha256_of(upload)), _originals(upload, rows), told)


def _originals(upload: Upload, rows: frozenset[int]) -> Originals:
    """Return the rows as they stand in the file; none of a file that cannot be read at all."""
    asked = upload.options
    if not rows:
        return Originals(headings=(), rows={})
    try:
        return read_originals(
            upload.path,
            rows,
            kind=Kind(asked["kind"]) if asked.get("kind") else None,
            encoding=asked.get("encoding") or None,
            fields=asked.get("fields"),
            layer=asked.get("layer"),
            mends=mends_of(upload),
        )
    except InputError:
        return Originals(headings=(), rows={})


def heading_of(column: str, kind: str) -> str:
    """Return a field's Chinese heading where a fault names its key."""
    fields = FIELDS[Kind(kind)] if kind else ()
    return next((field.heading for field in fields if field.key == column), column)
