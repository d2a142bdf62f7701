"""Giving out a file: nothing leaves the house without its row in the audit."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from geo.models import ManagingArea
from geo.models.storage import NAME_LENGTH
from geo.words import Secrecy
from maps.access import Person
from maps.models import Export, User

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def record_export(  # noqa: PLR0913 (each by name)
    content: bytes | Path,
    *,
    by: Person | None,
    area: ManagingArea | None,
    what: str,
    format: str,  # noqa: A002 (the word of the row)
    file_name: str,
    secrecy: Secrecy = Secrecy.INTERNAL,
    details: Mapping[str, Any] | None = None,
) -> Export:
    """Record that a file is given out; call it right before the answer that carries the file.

    Parameters
    ----------
    content
        The file itself, or where it lies.
    by
        Who asked; None = a command.
    area
        The area that the file describes; None = everywhere.
    what
        What it is, in Chinese, such as 台账 小区 or a plan's name.
    format
        Such as xlsx, csv, shapefile, gpkg, geojson, html.
    file_name
        The name under which it is given out.
    secrecy
        Who may see it.
    details
        Filters, day, plan and its hash: what one needs to make the same file again.

    """
    digest, size_bytes = _weighed(content)
    return Export.objects.create(
        what=what[:NAME_LENGTH],
        area=area,
        format=format,
        file_name=file_name[:NAME_LENGTH],
        sha256=digest,
        size_bytes=size_bytes,
        secrecy=secrecy,
        details=dict(details or {}),
        exported_by=by if isinstance(by, User) else None,
    )


def give_out(content: bytes, *, content_type: str, file_name: str, **told: Any) -> HttpResponse:
    """Return the answer that carries a file to be kept, after recording that it is given out.

    `told` is what `record_export` asks for.
    """
    record_export(content, file_name=file_name, **told)
    kept = content_disposition_header(as_attachment=True, filename=file_name)
    headers = {"Content-Disposition": str(kept)}
    return HttpResponse(content, content_type=content_type, headers=headers)


def _weighed(content: bytes | Path) -> tuple[str, int]:
    """Return the SHA-256 and the size in bytes."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest(), len(content)
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), content.stat().st_size
