"""Lists of refused rows that come back mended: to a file that waits, or to what one left aside."""

import shutil

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from geo.errors import Fault, InputError, gettext_noop
from maps.models import Upload, UploadState, User
from maps.refused_rows import list_of, lists_of, mends_of
from maps.uploads import have_checked

NOT_WANTED = gettext_noop("“{name}”没有等待改正的行（状态：{state}）。请从导入页重新上传文件。")
NO_WORKBOOK = gettext_noop("“{name}”不是 .xlsx。请放回从本页下载、改好的问题表。")
TOO_LARGE = gettext_noop("“{name}”为空或超过 {limit} MB，不像是本页的问题表。")
SUFFIX = ".xlsx"
LARGEST_BYTES = 50 * 1024 * 1024


def is_awaited(upload: Upload) -> bool:
    """Tell whether rows of a file wait to be mended."""
    waits = upload.state == UploadState.FAULTY
    left = upload.state == UploadState.STORED and bool(upload.understood.get("left_aside"))
    return (waits or left) and upload.path.exists() and list_of(upload).exists()


@transaction.atomic
def keep_mended(upload: Upload, file: UploadedFile, *, by: User) -> Upload:
    """Lay a mended list over its file and have that checked again.

    Where the good rows of the file are stored already, the mended ones become an import of their
    own, so that each has its own place in the history.

    Raises
    ------
    InputError
        Where nothing waits to be mended, or the file is no workbook; nothing is kept.
    """
    held = Upload.objects.select_for_update().get(pk=upload.pk)
    if not is_awaited(held) or (held.job is not None and held.job.is_open):
        told = {"name": held.file_name, "state": held.get_state_display()}
        raise InputError(Fault(NOT_WANTED, told))
    _refuse_others(file)
    if held.state == UploadState.STORED:
        held = _rest_of(held, by=by)
    _put(held, file)
    have_checked(held, by=by, options=_without_choice(held))
    return held


def _refuse_others(file: UploadedFile) -> None:
    name, size = str(file.name), int(file.size or 0)
    if not name.lower().endswith(SUFFIX):
        raise InputError(Fault(NO_WORKBOOK, {"name": name}))
    if not 0 < size <= LARGEST_BYTES:
        raise InputError(Fault(TOO_LARGE, {"name": name, "limit": LARGEST_BYTES >> 20}))


def _rest_of(upload: Upload, *, by: User) -> Upload:
    """Return an upload of the rows that were left aside, with the file and what was mended."""
    rest = Upload.objects.create(
        area=upload.area,
        file_name=upload.file_name,
        size_bytes=upload.size_bytes,
        options=upload.options | {"rest": True},
        uploaded_by=by,
    )
    rest.folder.mkdir(parents=True)
    shutil.copy(upload.path, rest.path)
    for path in lists_of(upload):
        rest.folder.joinpath("mended").mkdir(exist_ok=True)
        shutil.copy(path, rest.folder / "mended" / path.name)
    return rest


def _put(upload: Upload, file: UploadedFile) -> None:
    folder = upload.folder / "mended"
    folder.mkdir(exist_ok=True)
    number = len(lists_of(upload)) + 1
    path = folder / f"{number:04}{SUFFIX}"
    with path.open("wb") as kept:
        for chunk in file.chunks():
            kept.write(chunk)
    try:
        mends_of(upload)  # another file's list is refused here, before it spoils every later check
    except InputError:
        path.unlink()
        raise


def _without_choice(upload: Upload) -> dict[str, object]:
    return {key: value for key, value in upload.options.items() if key != "good_rows"}
