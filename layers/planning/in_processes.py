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
from threading import Thread

import django
from django.db import connection

LOOK_EVERY_S = 0.5


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


def do_in_processes(
    parts: Sequence[int],
    processes: int,
    *,
    on_look: Callable[[], None],
    should_stop: Callable[[], bool],
) -> None:
    """Do the parts with these numbers; `on_look` is called twice a second meanwhile.

    Raises
    ------
    concurrent.futures.process.BrokenProcessPool
        Where a process was killed.
    """
    # Forked processes would share the connection to the database and the locks of threads.
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    pool = ProcessPoolExecutor(
        min(processes, max(len(parts), 1)),
        mp_context=context,
        initializer=_begin,
        initargs=(stop, str(connection.settings_dict["NAME"])),
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


def _begin(stop: Event, database: str) -> None:
    """Prepare a process of the pool: it ends with its parent, and leaves Ctrl-C to it."""
    global _stop  # noqa: PLW0603 (what a process is told once)
    _stop = stop
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

    do_part(part, should_stop=_should_stop)


def _should_stop() -> bool:
    return _stop is not None and _stop.is_set()
