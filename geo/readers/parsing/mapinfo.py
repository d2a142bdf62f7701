"""MapInfo tables (TAB) and exchange files (MIF), by GDAL: only tables that stand by themselves."""

import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from geo.errors import Fault, InputError, gettext_noop

from . import archives
from .gdal import BROKEN_TEXT, BrokenTextError, parsed_layer
from .layers import choose_layer, without_survey
from .parsed import Format, Job, Parsed
from .parts import grouped, of_job
from .texts import GB, READ_AS, SAY_ENCODING, UTF8, codec_name

PART_MISSING = gettext_noop("图层“{layer}”缺少 {parts} 文件。请把同名的各个文件一起压缩为 zip。")
NOT_MAPINFO = gettext_noop("文件的内容不是 MapInfo 表，或已损坏。")
LINKED = gettext_noop(
    "MapInfo 表“{layer}”引用了别的文件或数据库。请在 MapInfo 中另存为本地表再导入。"
)

ENDINGS = (".tab", ".dat", ".map", ".id", ".mif", ".mid")
_NEEDED = {".tab": (".dat", ".map", ".id"), ".mif": (".mid",)}
_NATIVE = re.compile(rb"^\s*Type\s+NATIVE\b", re.IGNORECASE | re.MULTILINE)
_CHARSET = re.compile(rb'(?P<before>charset\s+"?)(?P<name>[\w\-]+)', re.IGNORECASE)
_HEAD_BYTES = 65_536
_SAYS = {"windowssimpchinese": GB, "utf-8": UTF8, "windowstradchinese": "big5"}
"""Charsets that say something; `Neutral` and the Western ones are mere defaults."""


def layers_of(members: dict[str, ZipInfo]) -> dict[str, dict[str, ZipInfo]]:
    """Return the parts of each MapInfo table in a zip, by the layer's readable name."""
    groups = grouped(members, ENDINGS)
    return {name: parts for name, parts in groups.items() if parts.keys() & _NEEDED.keys()}


def unpacked(
    job: Job, archive: ZipFile, layers: dict[str, dict[str, ZipInfo]]
) -> Callable[[], Parsed]:
    """Unpack one MapInfo table of a zip, and return what parses it."""
    kept, notices = without_survey(layers) if job.layer is None else (list(layers), [])
    layer = choose_layer(kept, job.layer)
    for part, member in layers[layer].items():
        archives.unpack(archive, member, _target(job, part))
    return partial(_parse, job, layer, notices)


def parse_loose(job: Job) -> Parsed:
    """Read a MapInfo table that lies with its parts in the job's folder."""
    for part, path in of_job(job, ENDINGS).items():
        shutil.move(path, _target(job, part))
    return _parse(job, choose_layer([job.stem], job.layer), [])


def _target(job: Job, part: str) -> Path:
    target = Path(job.folder) / "mapinfo" / f"layer{part}"
    target.parent.mkdir(exist_ok=True)
    return target


def _parse(job: Job, layer: str, notices: list[Fault]) -> Parsed:
    head = next(ending for ending in _NEEDED if _target(job, ending).is_file())
    if missing := [part for part in _NEEDED[head] if not _target(job, part).is_file()]:
        raise InputError(Fault(PART_MISSING, {"layer": layer, "parts": "、".join(missing)}))
    content = _target(job, head).read_bytes()
    _check(head, content[:_HEAD_BYTES], layer)
    # GDAL would replace what it cannot decode: told of no charset, it hands over bytes.
    _target(job, head).write_bytes(_CHARSET.sub(rb"\g<before>Neutral", content))
    parsed, more = _read(job, str(_target(job, head)), _CHARSET.search(content), layer)
    parsed.notices.extend([*notices, *more])
    return parsed


def _check(head: str, content: bytes, layer: str) -> None:
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start.startswith(b"!table" if head == ".tab" else b"version"):
        raise InputError(NOT_MAPINFO)
    if head == ".tab" and not _NATIVE.search(content):
        raise InputError(Fault(LINKED, {"layer": layer}))


def _read(
    job: Job, path: str, charset: re.Match[bytes] | None, layer: str
) -> tuple[Parsed, list[Fault]]:
    """Read in the encoding that the person says, else the file, else the first that fits."""
    says = _SAYS.get(charset["name"].decode("latin-1").casefold(), "") if charset else ""
    wanted = codec_name(job.encoding) if job.encoding is not None else says
    possible = [wanted] if job.encoding is not None else [says, UTF8, GB]
    for encoding in dict.fromkeys(filter(None, possible)):
        try:
            parsed = parsed_layer(path, None, format=Format.MAPINFO, shown=layer, encoding=encoding)
        except BrokenTextError:
            continue
        is_told = encoding == wanted or _is_plain(parsed)
        return parsed, [] if is_told else [Fault(READ_AS, {"encoding": encoding})]
    raise InputError(Fault(BROKEN_TEXT, fix=SAY_ENCODING))


def _is_plain(parsed: Parsed) -> bool:
    cells = [str(cell) for column in parsed.cells for cell in column]
    return all(text.isascii() for text in [*cells, *(parsed.columns or [])])
