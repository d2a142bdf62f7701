"""What an answer costs: time that passed, and time worked by this process and by its PostgreSQL.

On a machine that others use, seconds tell of them as well; what the two processes worked does not.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

MILLISECONDS = 1000
NANOSECONDS = 1e-9


@dataclass(frozen=True)
class Effort:
    """Seconds."""

    passed: float
    worked: float
    """On a processor, in Python and PostgreSQL together: what would have passed on an idle one."""

    def __str__(self) -> str:
        """Return both in milliseconds."""
        worked = f"{self.worked * MILLISECONDS:7.1f} ms"
        return f"{worked} of work ({self.passed * MILLISECONDS:7.1f} ms passed)"


def work_alone() -> None:
    """Have PostgreSQL work in the one process whose effort is measured."""
    from django.db import connection  # noqa: PLC0415 (after the settings)

    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")


def effort(call: Callable[[], object]) -> Effort:
    """Return what a call costs."""
    there = _server()
    passed, here, beyond = time.perf_counter(), time.process_time(), _worked(there)
    call()
    worked = time.process_time() - here + _worked(there) - beyond
    return Effort(time.perf_counter() - passed, worked)


def middle(efforts: list[Effort]) -> Effort:
    """Return the medians."""
    return Effort(median(each.passed for each in efforts), median(each.worked for each in efforts))


def _server() -> Path:
    from django.db import connection  # noqa: PLC0415 (after the settings)

    connection.ensure_connection()
    return Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")


def _worked(process: Path) -> float:
    return int(process.read_text().split()[0]) * NANOSECONDS
