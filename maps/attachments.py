"""What is put beside a row of the ledger: taken in, found again, withdrawn.

What a file is, its first bytes say, not its name; the name it came with is kept for people only.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path, PurePath
from tempfile import NamedTemporaryFile

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import get_valid_filename

from geo.errors import Fault, InputError, gettext_noop
from geo.models import ManagingArea
from geo.models.storage import NAME_LENGTH
from geo.readers import Kind
from maps.ledger.card import rows_before
from maps.models import Attachment, Paper, User

LARGEST_BYTES = 10 * 1024 * 1024
MOST_BESIDE_A_ROW = 50
BEGINNINGS: Mapping[bytes, tuple[str, str]] = {
    b"%PDF-": ("application/pdf", ".pdf"),
    b"\x89PNG\r\n\x1a\n": ("image/png", ".png"),
    b"\xff\xd8\xff": ("image/jpeg", ".jpg"),
}
"""First bytes → media type and ending."""
NO_FILE = gettext_noop("请选择要上传的文件。")
TOO_LARGE = gettext_noop("文件“{name}”有 {size:.1f} MB，上限为 {limit} MB。请压缩或拆分后再上传。")
NOT_THESE = gettext_noop("文件“{name}”不是 PDF、JPG 或 PNG。请转换后再上传。")
NO_PAPER = gettext_noop("请选择材料类别。")
TOO_MANY = gettext_noop("这一行已有 {count} 个附件，不能再加。请先撤下不用的。")
MIB = 1024 * 1024


def keep_attachment(
    file: UploadedFile | None, *, paper: str, kind: Kind, row: int, area: ManagingArea, by: User
) -> Attachment:
    """Keep a file beside a row.

    Raises
    ------
    InputError
        With everything that is wrong with it; nothing is kept.
    """
    faults = [] if paper in Paper.values else [Fault(NO_PAPER)]
    count = attachments_of(kind, row).count()
    if count >= MOST_BESIDE_A_ROW:
        faults.append(Fault(TOO_MANY, {"count": count}))
    if file is None:
        raise InputError(Fault(NO_FILE), *faults)
    faults += _faults_of(file)
    if faults:
        raise InputError(*faults)
    media_type, ending = _sniffed(file) or ("", "")
    with transaction.atomic():
        kept = Attachment(
            area=area,
            kind=str(kind),
            row=row,
            paper=paper,
            name=_name(str(file.name), ending),
            media_type=media_type,
            size_bytes=int(file.size or 0),
            sha256=_digest(file),
            uploaded_by=by,
        )
        kept.save()
        _write(file, kept.path)
    return kept


def attachments_of(kind: Kind, row: int) -> QuerySet[Attachment]:
    """Return what stands beside a row, and beside those that it took the place of."""
    beside = Attachment.objects.filter(kind=str(kind), row__in=[row, *rows_before(kind, row)])
    return beside.filter(withdrawn_at=None).select_related("uploaded_by")


def withdraw_attachment(attachment: Attachment) -> None:
    """Take a file away from its row; that it was there stays on record, and so do its bytes."""
    attachment.withdrawn_at = timezone.now()
    attachment.save(update_fields=["withdrawn_at"])


def _faults_of(file: UploadedFile) -> list[Fault]:
    name, size = str(file.name), int(file.size or 0)
    if size > LARGEST_BYTES:
        told = {"name": name, "size": size / MIB, "limit": LARGEST_BYTES // MIB}
        return [Fault(TOO_LARGE, told)]
    return [] if _sniffed(file) else [Fault(NOT_THESE, {"name": name})]


def _sniffed(file: UploadedFile) -> tuple[str, str] | None:
    file.seek(0)
    first = file.read(max(map(len, BEGINNINGS)))
    return next((told for begun, told in BEGINNINGS.items() if first.startswith(begun)), None)


def _name(given: str, ending: str) -> str:
    """Return the name that a file is given out under: as it came, with the ending of what it is."""
    stem = get_valid_filename(PurePath(given).stem or "file")
    return stem[: NAME_LENGTH - len(ending)] + ending


def _digest(file: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _write(file: UploadedFile, path: Path) -> None:
    """Write the bytes whole or not at all; the same bytes are kept once."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as scratch:
        for chunk in file.chunks():
            scratch.write(chunk)
    os.replace(scratch.name, path)  # noqa: PTH105 (over what another request may have written)
