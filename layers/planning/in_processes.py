"""Parts of a run, each in a process of its own: they end with their parent and never share.

Nothing here knows a model: a fresh process imports this before Django is set up.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from multiprocessing.connection import wait as wait_for_end
from multiprocessing.synchronize import Event
from pathlib import Path
from threading import Thread

import django
from django.db import connection

from layers.beside import Beside

LOOK_EVERY_S = 0.5
MEMORY = Path("/proc/meminfo")
LIMIT, TAKEN = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


def free_bytes() -> int:
    """Return how much memory may still be taken: of the machine, or of its share in a container."""
    left = [_available(MEMORY.read_text())]
    if LIMIT.is_file() and (limit := LIMIT.read_text().strip()).isdigit():
        left.append(int(limit) - int(TAKEN.read_text()))
    return max(0, min(left))


def _available(told: str) -> int:
    """Return the line MemAvailable in bytes."""
    (line,) = (each for each in told.splitlines() if each.startswith("MemAvailable:"))
    return int(line.split()[1]) * 1024


def do_in_processes(
    parts: Sequence[int],
    beside: Beside,
    *,
    on_look: Callable[[], None],
    should_stop: Callable[[], bool],
) -> None:
    """Do the parts with these numbers, each process on its share of the cores.

    `on_look` is called twice a second meanwhile.

    Raises
    ------
    concurrent.futures.process.BrokenProcessPool
        Where a process was killed.
    """
    # Forked processes would share the connection to the database and the locks of threads.
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    pool = ProcessPoolExecutor(
        beside.processes,
        mp_context=context,
        initializer=_begin,
        initargs=(stop, str(connection.settings_dict["NAME"]), beside.cores),
    )
    undone = {pool.submit(_do, part) for part in parts}
    try:
        while undone and not should_stop():
            done, undone = wait(undone, timeout=LOOK_EVERY_S, return_when=FIRST_COMPLETED)
            for each in done:
                each.result()
            on_look()
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


_stop: Event | None = None
"""Set by the parent to stop a process of the pool."""
_cores = 1
"""How many cores a process of the pool may use."""


def _begin(stop: Event, database: str, cores_each: int) -> None:
    """Prepare a process of the pool: it ends with its parent, and leaves Ctrl-C to it."""
    global _stop, _cores
    _stop, _cores = stop, cores_each
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    django.setup()
    # Not always the one that the settings name: a test's is another.
    connection.settings_dict["NAME"] = database


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for_end([parent.sentinel])
    os._exit(1)


def _do(part: int) -> None:
    from layers.planning.do_part import do_part  # noqa: PLC0415 (models need Django set up)

    do_part(part, cores=_cores, should_stop=_should_stop)


def _should_stop() -> bool:
    return _stop is not None and _stop.is_set()
