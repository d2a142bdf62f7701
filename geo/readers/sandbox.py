"""Starts the child that parses an upload, and takes what it hands back.

Whatever reaches GDAL can make it read local files or ask other machines, and a broken file can
take the process with it. So the file is copied to a name of ours, and parsed by a small process
with nothing to lose.
"""

import errno
import hashlib
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pyogrio

from geo.errors import Fault, InputError, gettext_noop
from geo.readers.parsing import confinement, limits
from geo.readers.parsing.handover import read_parsed
from geo.readers.parsing.main import JOB_FILE, PARSERS
from geo.readers.parsing.parsed import Job, Parsed

NOT_FOUND = gettext_noop("找不到文件“{name}”。")
TOO_LARGE = gettext_noop("文件超过 {gigabytes} GB。请拆分后再导入。")
UNKNOWN_ENDING = gettext_noop(
    "不支持“{ending}”文件。可用：Shapefile、文件地理数据库、MapInfo 的压缩包（.zip），"
    "GeoJSON（.geojson、.json）、GeoPackage（.gpkg）、KML（.kml、.kmz）、DXF（.dxf）、"
    "FlatGeobuf（.fgb）、GeoParquet（.parquet）、Excel（.xlsx）、CSV（.csv）、界址点（.txt）。"
)
DISK_FULL = gettext_noop("磁盘空间不足，没有导入。请联系管理员清理磁盘后重试。")
TOOK_TOO_LONG = gettext_noop("读取文件超过 {seconds} 秒，已停止。请拆分文件或先简化图形。")
OUT_OF_MEMORY = gettext_noop("读取文件时内存不足，已停止。请拆分文件或先简化图形。")
CRASHED = gettext_noop("文件无法读取：内容已损坏，或不是所声明的格式。")
ADVICE: Mapping[str, str] = {
    ".xls": gettext_noop("旧版 .xls 不能导入。请在 Excel 中另存为 .xlsx。"),
    ".xlsm": gettext_noop("含宏的 .xlsm 不能导入。请在 Excel 中另存为 .xlsx。"),
    ".xlsb": gettext_noop(".xlsb 不能导入。请在 Excel 中另存为 .xlsx。"),
    ".et": gettext_noop("WPS 的 .et 不能导入。请在 WPS 中另存为 .xlsx。"),
    ".dwg": gettext_noop("DWG 图纸不能直接导入。请在 CAD 中另存为 DXF，再导入 DXF。"),
    ".dgn": gettext_noop("DGN 图纸不能直接导入。请另存为 DXF，再导入 DXF。"),
    ".ovkml": gettext_noop("奥维的 .ovkml 不能直接导入。请在奥维中导出为 KML（WGS84 坐标）。"),
    ".ovjsn": gettext_noop("奥维的 .ovjsn 不能直接导入。请在奥维中导出为 KML（WGS84 坐标）。"),
    ".gml": gettext_noop("GML 不能导入。请用 QGIS 转换为 GeoPackage 或 GeoJSON。"),
    ".gpx": gettext_noop("GPX 不能导入。请用 QGIS 转换为 GeoPackage 或 GeoJSON。"),
    ".rar": gettext_noop("RAR 压缩包不能导入。请重新压缩为 zip。"),
    ".7z": gettext_noop("7z 压缩包不能导入。请重新压缩为 zip。"),
    ".gdb": gettext_noop("请把整个 .gdb 文件夹压缩为 zip 再导入。"),
    ".mdb": gettext_noop("个人地理数据库不能直接导入。请用 ArcGIS 转换为 Shapefile 并压缩为 zip。"),
    ".shx": gettext_noop("请选择 .shp，或把同名的各个文件一起压缩为 zip。"),
    ".dbf": gettext_noop("请选择 .shp，或把同名的各个文件一起压缩为 zip。"),
    ".mid": gettext_noop("请选择 .mif，或把同名的各个文件一起压缩为 zip。"),
    ".map": gettext_noop("请选择 .tab，或把同名的各个文件一起压缩为 zip。"),
    ".dat": gettext_noop("请选择 .tab，或把同名的各个文件一起压缩为 zip。"),
}

WALL_SECONDS = 300
_PARTS: Mapping[str, frozenset[str]] = {
    ".shp": frozenset({".shx", ".dbf", ".prj", ".cpg"}),
    ".tab": frozenset({".dat", ".map", ".id"}),
    ".mif": frozenset({".mid"}),
}
"""Endings of the files that belong to one."""
_PARSING = Path(confinement.__file__).parent
_ROOT = _PARSING.parents[2]
_BOOTSTRAP = """
import sys
from importlib import import_module, util
root, folder, job = sys.argv[1:]
sys.path.insert(0, root)
spec = util.spec_from_file_location("parsing", folder + "/__init__.py",
                                    submodule_search_locations=[folder])
sys.modules["parsing"] = util.module_from_spec(spec)
import_module("parsing.main").main(job)
"""
"""Loads the package `parsing` alone, without `geo.readers` around it and its heavy imports."""
_STDERR = "stderr.txt"
_STDERR_TAIL = 4000

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Upload:
    """A parsed file and what it was."""

    parsed: Parsed
    sha256: str


def parse_upload(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Upload:
    """Parse a file in a process of its own.

    Raises
    ------
    InputError
        Where the file cannot be read, or took its parser with it.

    """
    suffix = _suffix(path)
    with TemporaryDirectory(prefix="lianpian-") as folder:
        job = Job(folder=folder, suffix=suffix, stem=path.stem, layer=layer, encoding=encoding)
        sha256 = _copied(path, job)
        run_child(job)
        return Upload(read_parsed(Path(folder)), sha256)


def run_child(job: Job) -> None:
    """Run a job whose file lies in its folder; a child that dies is the file's fault."""
    folder = Path(job.folder)
    (folder / JOB_FILE).write_text(json.dumps(asdict(job)), "utf-8")
    with (folder / _STDERR).open("wb") as stderr:
        try:
            done = subprocess.run(  # noqa: S603 (our own interpreter, script and folder)
                command(job.folder),
                env=environment(job.folder),
                cwd=job.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                timeout=WALL_SECONDS,
                check=False,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired:
            raise InputError(Fault(TOOK_TOO_LONG, {"seconds": WALL_SECONDS})) from None
    if done.returncode:
        _log_death(job, done.returncode)
        raise InputError(_cause_of_death(done.returncode))


def command(folder: str) -> list[str]:
    """Return what starts the child: our interpreter, isolated, with the parsing package alone."""
    return [sys.executable, "-I", "-c", _BOOTSTRAP, str(_ROOT), str(_PARSING), folder]


def environment(folder: str) -> dict[str, str]:
    """Return all that the child may know; no secret of ours is in it."""
    nowhere = "127.0.0.1:9"
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": folder,
        "TMPDIR": folder,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "GDAL_SKIP": unwanted_drivers(),
        "GDAL_HTTP_PROXY": nowhere,
        "GDAL_PAM_ENABLED": "NO",
        "CPL_VSIL_CURL_HEADER_FILE_KVP_ENABLED": "NO",
        "PROJ_NETWORK": "OFF",
        "http_proxy": f"http://{nowhere}",
        "https_proxy": f"http://{nowhere}",
    }


@lru_cache(maxsize=1)
def unwanted_drivers() -> str:
    """Return every driver of this GDAL but those that are read, as GDAL_SKIP wants it."""
    return ",".join(sorted(set(pyogrio.list_drivers()) - confinement.DRIVERS))


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix in ADVICE:
        raise InputError(Fault(ADVICE[suffix]))
    if not path.is_file():
        raise InputError(Fault(NOT_FOUND, {"name": path.name[:80]}))
    if suffix not in PARSERS:
        raise InputError(Fault(UNKNOWN_ENDING, {"ending": suffix[:20]}))
    return suffix


def _copied(path: Path, job: Job) -> str:
    try:
        return _copy(path, job)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise InputError(DISK_FULL) from None


def _copy(path: Path, job: Job) -> str:
    """Copy a file under a name of ours and return its SHA-256."""
    if path.stat().st_size > limits.FILE_BYTES:
        raise InputError(Fault(TOO_LARGE, {"gigabytes": limits.FILE_BYTES // 1024**3}))
    shutil.copyfile(path, job.path)
    for part in path.parent.iterdir() if job.suffix in _PARTS else ():
        if part.stem == path.stem and part.suffix.lower() in _PARTS[job.suffix]:
            shutil.copyfile(part, Path(job.path).with_suffix(part.suffix.lower()))
    with Path(job.path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _cause_of_death(returncode: int) -> Fault:
    if returncode in {-signal.SIGXCPU, -signal.SIGALRM}:
        return Fault(TOOK_TOO_LONG, {"seconds": confinement.CPU_SECONDS})
    if returncode == -signal.SIGKILL:
        return Fault(OUT_OF_MEMORY)
    return Fault(CRASHED)


def _log_death(job: Job, returncode: int) -> None:
    """Keep what the child said: a plain exception there is a bug of ours, or a new kind of file."""
    said = (Path(job.folder) / _STDERR).read_bytes()[-_STDERR_TAIL:].decode("utf-8", "replace")
    logger.error("parser of a %s file ended with %s: %s", job.suffix, returncode, said)
