"""Loops that are compiled to machine code (numba); plain Python would give the same results."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])
PACKAGE = Path(__file__).parent
COMPILED = b"@compiled"
"""Files with compiled loops are known by this, those that hold what they run on by NamedTuple."""


def _cache_folder() -> Path:
    """Return the place of compiled code, a new one for each state of the source it is made from.

    Numba asks only the file of the function itself whether its code is still good, but compiled
    loops hold those of other files too.
    """
    files = [path.read_bytes() for path in sorted(PACKAGE.glob("*.py"))]
    source = b"".join(file for file in files if COMPILED in file or b"NamedTuple" in file)
    return PACKAGE / "__pycache__" / f"compiled-{hashlib.sha256(source).hexdigest()[:16]}"


numba.config.CACHE_DIR = str(_cache_folder())  # type: ignore[attr-defined]


def compiled(function: F) -> F:
    """Return the function compiled at its first call, and kept on disk for the next process.

    Compiled code lets other threads run, so that blocks can be searched side by side.
    """
    return cast(F, numba.njit(cache=True, nogil=True)(function))
