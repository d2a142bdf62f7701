"""The budget of a search, counted in work and never in seconds, so that results repeat."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Condition
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 0.5
"""While nothing is counted, whoever waits asks this often whether to stop; results do not tell."""


def cores_here() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


class Work:
    """Counts what is done, tells it, and asks whether to go on.

    Tasks that run side by side only count: it is always the thread which waits for them that tells
    and asks, because what is told may belong to that thread, as a database connection does.
    """

    def __init__(
        self,
        *,
        planned: int,
        on_progress: Callable[[int, int], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> None:
        self.done = 0
        self.is_stopped = False
        self._planned = planned
        self._on_progress = on_progress
        self._should_stop = should_stop
        self._news = Condition()
        self._running = 0
        self._has_news = False
        self._stops: list[Callable[[], None]] = []

    def solved(self, solve: Callable[[], T], stop: Callable[[], None]) -> T:
        """Return what a solver answers, which counts no work itself.

        Once somebody asks to stop, `stop` is called, and shall make it answer soon.
        """
        if not self._running:
            return self._in_threads([lambda: self.solved(solve, stop)], cores=1)[0]
        with self._stopped_by(stop):
            return solve()

    @contextmanager
    def _stopped_by(self, stop: Callable[[], None]) -> Iterator[None]:
        with self._news:
            self._stops.append(stop)
        try:
            yield
        finally:
            with self._news:
                self._stops.remove(stop)

    def may_go_on(self, spent: int = 1) -> bool:
        """Count work that is about to be done; False once somebody asked to stop."""
        if not self._running:
            self._ask()
        with self._news:
            if self.is_stopped:
                return False
            self.done += spent
            self._has_news = True
            self._news.notify_all()
        if not self._running:
            self._tell()
        return True

    def side_by_side(self, tasks: Sequence[Callable[[], T]], *, cores: int) -> list[T]:
        """Return what the tasks answer, in their order, after running so many of them at a time."""
        if min(cores, len(tasks)) <= 1:
            return [task() for task in tasks]
        return self._in_threads(tasks, cores=cores)

    def _in_threads(self, tasks: Sequence[Callable[[], T]], *, cores: int) -> list[T]:
        self._running = len(tasks)
        with ThreadPoolExecutor(cores) as pool:
            futures = [pool.submit(task) for task in tasks]
            for future in futures:
                future.add_done_callback(self._one_less)
            try:
                self._watch()
            finally:
                # Whatever went wrong here, the tasks shall not run on for long.
                if self._running:
                    self._stop()
        return [future.result() for future in futures]

    def _watch(self) -> None:
        """Tell and ask whenever work was done, until no task is running."""
        is_over = False
        while not is_over:
            with self._news:
                self._news.wait_for(lambda: self._has_news or not self._running, PATIENCE_S)
                self._has_news, is_over = False, not self._running
            if not is_over:
                self._ask()
            self._tell()

    def _one_less(self, future: Future[T]) -> None:
        with self._news:
            self._running -= 1
            self._news.notify_all()
        if future.exception() is not None:
            # The others need not go on for an answer that never comes.
            self._stop()

    def _ask(self) -> None:
        if self.is_stopped or (self._should_stop is not None and self._should_stop()):
            # Again each time: what was about to begin did not hear it before.
            self._stop()

    def _stop(self) -> None:
        with self._news:
            self.is_stopped = True
            for stop in self._stops:
                stop()

    def _tell(self) -> None:
        if self._on_progress is not None and not self.is_stopped:
            self._on_progress(self.done, max(self.done, self._planned))
