"""Zip archives: looked through before anything is unpacked, and unpacked under names of ours."""

import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from geo.errors import Fault, InputError, gettext_noop

from . import limits

NOT_A_ZIP = gettext_noop("文件不是有效的 zip 压缩包，或已损坏。")
LOCKED = gettext_noop("压缩包中的“{member}”设有密码。请去掉密码后重新压缩。")
UNKNOWN_METHOD = gettext_noop("压缩包使用了不常见的压缩方式。请用系统自带的功能重新压缩为 zip。")
TOO_MANY_MEMBERS = gettext_noop("压缩包内有 {members} 个文件，上限为 {limit} 个。")
BOMB = gettext_noop("压缩包展开后过大（超过压缩前的 {ratio} 倍或 {gigabytes} GB），已拒绝。")
ESCAPES = gettext_noop("压缩包中的“{member}”指向包外的位置，已拒绝。")
LINK = gettext_noop("压缩包中的“{member}”是符号链接，已拒绝。")
TWICE = gettext_noop("压缩包中的“{member}”出现了两次，无法确定用哪一个。")
NESTED = gettext_noop("压缩包里又有压缩包“{member}”。请先解开，把数据文件直接压缩在一层。")

_NESTED = frozenset({".zip", ".rar", ".7z", ".gz", ".tar", ".bz2", ".xz", ".tgz"})
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_CHUNK = 1024 * 1024


@contextmanager
def opened(path: str, *, members: int) -> Iterator[zipfile.ZipFile]:
    """Open an archive whose directory has been looked through."""
    try:
        with zipfile.ZipFile(path) as archive:
            _look_through(archive, members)
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise InputError(NOT_A_ZIP) from error
    except NotImplementedError:
        raise InputError(UNKNOWN_METHOD) from None


def display_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name in readable form; Windows writes Chinese names as GBK."""
    if member.flag_bits & _UTF8_NAME:
        return member.orig_filename
    raw = member.orig_filename.encode("cp437")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.orig_filename


def files(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the members that are files by readable name, the Mac's shadow files left out."""
    named = {display_name(member): member for member in archive.infolist() if not member.is_dir()}
    return {
        name: member
        for name, member in named.items()
        if not name.startswith("__MACOSX/") and not PurePosixPath(name).name.startswith(".")
    }


def unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    """Write one member to a path of ours, counting what really comes out."""
    left = limits.UNPACKED_BYTES
    with archive.open(member) as packed, target.open("wb") as out:
        while chunk := packed.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise InputError(_bomb())
            out.write(chunk)


def refuse_too_many(archive: zipfile.ZipFile, most: int) -> None:
    """Refuse an archive of more members than what it holds can have."""
    members = len(archive.infolist())
    if members > most:
        raise InputError(Fault(TOO_MANY_MEMBERS, {"members": members, "limit": most}))


def _look_through(archive: zipfile.ZipFile, most: int) -> None:
    refuse_too_many(archive, most)
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    is_dense = unpacked > limits.RATIO_MATTERS_FROM_BYTES
    if unpacked > limits.UNPACKED_BYTES or (
        is_dense and unpacked > limits.UNPACKED_RATIO * max(packed, 1)
    ):
        raise InputError(_bomb())
    if faults := [*_bad_members(members)]:
        raise InputError(*faults)


def _bad_members(members: list[zipfile.ZipInfo]) -> Iterator[Fault]:
    names = Counter(member.orig_filename for member in members)
    for name in (name for name, times in names.items() if times > 1):
        yield Fault(TWICE, {"member": name[:80]})
    for member in members:
        name = display_name(member)
        if _escapes(name):
            yield Fault(ESCAPES, {"member": name[:80]})
        elif stat.S_ISLNK(member.external_attr >> 16):
            yield Fault(LINK, {"member": name[:80]})
        elif PurePosixPath(name).suffix.lower() in _NESTED:
            yield Fault(NESTED, {"member": name[:80]})
        elif member.flag_bits & _ENCRYPTED:
            yield Fault(LOCKED, {"member": name[:80]})


def _escapes(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    is_absolute = parts[0] == "" or parts[0].endswith(":")
    return is_absolute or ".." in parts or "\0" in name


def _bomb() -> Fault:
    gigabytes = limits.UNPACKED_BYTES // 1024**3
    return Fault(BOMB, {"ratio": limits.UNPACKED_RATIO, "gigabytes": gigabytes})
