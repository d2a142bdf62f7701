"""Other programs, each in a process of its own, and peers in an environment of their own too.

    ask("peer_spopt", Parcel(arrays, facts)) → what tests/benchmarks/peer_spopt.py answers

A peer is given arrays and answers with arrays and the seconds that its solving took, without start,
imports and reading. One core each: the libraries below numpy are told not to spread.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.benchmarks.exchange import ANSWERED, ASKED, Parcel, put, take

ROOT = Path(__file__).resolve().parents[2]
ONE_CORE = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)
REPEATABLE = {"PYTHONHASHSEED": "0"}
"""GerryChain walks over sets."""


def peer_python() -> Path:
    """Return the interpreter of the peers' environment, which the Makefile installs."""
    python = ROOT / "var" / "bench" / "bin" / "python"
    if not python.exists():
        sys.exit("The peers are not installed: run make bench, or make var/bench/.installed.")
    return python


def ask(peer: str, parcel: Parcel, *, patience_s: float | None = None) -> Parcel | None:
    """Return what a peer answers, from one core of its own environment; None = not in time."""
    try:
        return _ask(peer_python(), peer, parcel, ONE_CORE, patience_s)
    except subprocess.TimeoutExpired:
        return None


def ask_ourselves(module: str, parcel: Parcel, *, patience_s: float | None = None) -> Parcel | None:
    """Return what a module of this environment answers from a fresh process, on all cores."""
    try:
        return _ask(Path(sys.executable), module, parcel, {}, patience_s)
    except subprocess.TimeoutExpired:
        return None


def ask_together(
    peer: str, parcels: Sequence[Parcel], *, patience_s: float
) -> Iterator[Parcel | None]:
    """Yield answers to several questions in order: as many at a time as there are cores."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        yield from pool.map(lambda parcel: ask(peer, parcel, patience_s=patience_s), parcels)


def _ask(
    python: Path, module: str, parcel: Parcel, limits: dict[str, str], patience_s: float | None
) -> Parcel:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        put(folder, ASKED, parcel)
        subprocess.run(
            [python, "-W", "ignore", "-m", f"tests.benchmarks.{module}", folder],
            cwd=ROOT,
            env={**os.environ, **REPEATABLE, **limits},
            check=True,
            timeout=patience_s,
        )
        return take(folder, ANSWERED)
