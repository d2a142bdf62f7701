"""The child binds its own hands before it touches the file: limits, no network, no other files.

Each step uses what the kernel offers without a helper program. What it does not offer (network
namespaces in some containers, Landlock before Linux 5.13) is left out: the environment that the
parent gives and the checks before GDAL stand by themselves.
"""

import ctypes
import importlib
import json
import os
import resource
import struct
import sys
from pathlib import Path

MEMORY_BYTES = 4 * 1024**3
CPU_SECONDS = 240
WRITTEN_BYTES = 4 * 1024**3
OPEN_FILES = 256

CONFINED_FILE = "confined.json"
DRIVERS = frozenset({"ESRI Shapefile", "GPKG", "OpenFileGDB", "FlatGeobuf", "MapInfo File", "DXF"})
NOT_NEEDED = ("pandas", "geopandas", "pyarrow", "shapely", "pyproj")
"""Libraries that pyogrio would load and that cost seconds; it works without."""
NEEDED = {"geoparquet": {"pyarrow"}}
"""What a parser needs of them."""

_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_NO_NEW_PRIVILEGES = 38
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION, _PATH_BENEATH = 1, 1
_ALL_OF_ABI_1 = (1 << 13) - 1
_READ = 0b1101
"""Execute, read a file, list a folder."""
_TCP = 0b11
_TCP_SINCE_ABI = 4


def confine(folder: str, module: str) -> None:
    """Give up everything that parsing does not need.

    Parameters
    ----------
    folder
        The only place where files may be written.
    module
        The parser, imported while the libraries can still be read from anywhere.

    """
    _limit_resources()
    is_offline = _leave_network()
    for name in set(NOT_NEEDED) - NEEDED.get(module, set()):
        sys.modules[name] = None  # type: ignore[assignment]
    importlib.import_module(f".{module}", __package__)
    _check_drivers()
    has_no_other_files = _give_up_files(folder)
    report = {"offline": is_offline, "files": has_no_other_files}
    (Path(folder) / CONFINED_FILE).write_text(json.dumps(report), "ascii")


def _limit_resources() -> None:
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, WRITTEN_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        lowered = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (lowered, lowered))


def _leave_network() -> bool:
    """Move into a network namespace without any device, in a user namespace where we must."""
    libc = ctypes.CDLL(None)
    return any(libc.unshare(flags) == 0 for flags in (_NEW_NET, _NEW_USER | _NEW_NET))


def _check_drivers() -> None:
    """Make sure that the environment has switched off every other driver of GDAL."""
    if "pyogrio" in sys.modules:
        others = set(sys.modules["pyogrio"].list_drivers()) - DRIVERS
        if others:
            message = f"GDAL has drivers that it must not have here: {sorted(others)}"
            raise RuntimeError(message)


def _give_up_files(folder: str) -> bool:
    """Keep only our folder and the libraries, and no TCP, by Landlock."""
    libc = ctypes.CDLL(None)
    abi = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(_VERSION))
    if abi < 1:
        return False
    handled = struct.pack("=QQ", _ALL_OF_ABI_1, _TCP if abi >= _TCP_SINCE_ABI else 0)
    size = ctypes.c_size_t(len(handled) if abi >= _TCP_SINCE_ABI else 8)
    ruleset = libc.syscall(_CREATE_RULESET, handled, size, ctypes.c_uint(0))
    _allow(libc, ruleset, folder, _ALL_OF_ABI_1)
    for library in {sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", *_our_folders()}:
        _allow(libc, ruleset, library, _READ)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    return bool(libc.syscall(_RESTRICT_SELF, ruleset, ctypes.c_uint(0)) == 0)


def _our_folders() -> list[str]:
    here = Path(__file__).parent
    return [str(here), str(Path(os.__file__).parent)]


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, access: int) -> None:
    if Path(path).is_dir():
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rule = struct.pack("=Qi", access, handle)
        libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, ctypes.c_uint(0))
        os.close(handle)
