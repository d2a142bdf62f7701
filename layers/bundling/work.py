"""The budget of a search, counted in work and never in seconds, so that results repeat."""

from collections.abc import Callable


class Work:
    """Counts what is done, tells it, and asks whether to go on."""

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

    def may_go_on(self, spent: int = 1) -> bool:
        """Count work that is about to be done; False once somebody asked to stop."""
        if self._should_stop is not None and not self.is_stopped:
            self.is_stopped = self._should_stop()
        if self.is_stopped:
            return False
        self.done += spent
        if self._on_progress is not None:
            self._on_progress(self.done, max(self.done, self._planned))
        return True
