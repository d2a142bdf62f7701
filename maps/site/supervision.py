"""Services that run beside one another: one that ends is started again, and it is said.

Each new start in short order waits twice as long as the one before, so that a service that cannot
run does not keep the machine busy.
"""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from maps.site import local_postgres

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
STEADY_S = 60.0
"""After so long without trouble, the next start waits no longer than the first."""
LOOK_EVERY_S = 0.5
PARENT_DIED = 1
"""Linux's PR_SET_PDEATHSIG."""


class Process:
    """A service that is a process of ours; it ends with us, however we end."""

    def __init__(self, name: str, *command: str) -> None:
        self.name = name
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process."""
        self._process = subprocess.Popen(  # noqa: S603 (fixed programs)
            [sys.executable, *self._command],
            cwd=local_postgres.CHECKOUT,
            start_new_session=True,  # Ctrl-C is ours to hand on
            preexec_fn=end_with_parent,  # noqa: PLW1509 (nothing else runs in this process)
        )

    def is_up(self) -> bool:
        """Tell whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def ask_to_end(self) -> None:
        """Ask the process to end."""
        if self.is_up() and self._process is not None:
            self._process.terminate()

    def end(self, *, patience_s: float) -> None:
        """Wait for the end; kill the process where that takes too long."""
        if self._process is None:
            return
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Cluster:
    """The project's own database cluster as a service."""

    name = "数据库"

    def __init__(self, checkout: Path = local_postgres.CHECKOUT) -> None:
        self._checkout = checkout

    def start(self) -> None:
        """Start the cluster."""
        local_postgres.start(self._checkout)

    def is_up(self) -> bool:
        """Tell whether the cluster accepts connections."""
        return local_postgres.answers(self._checkout)

    def ask_to_end(self) -> None:
        """Do nothing yet: the others still need the cluster while they end."""

    def end(self, *, patience_s: float) -> None:  # noqa: ARG002 (the server knows its own)
        """Stop the cluster."""
        local_postgres.stop(self._checkout)


Service = Process | Cluster


@dataclass
class Watch:
    """A service under watch: when it was started last, and how long the next start waits."""

    service: Service
    say: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    pause_s: float = FIRST_PAUSE_S
    started_at: float = field(init=False)
    start_again_at: float | None = None

    def __post_init__(self) -> None:
        self.started_at = self.clock()

    def look(self) -> None:
        """Start the service again where it ended and its pause is over."""
        now = self.clock()
        if self.start_again_at is None:
            if not self.service.is_up():
                self._plan_start(now)
        elif now >= self.start_again_at:
            self._start(now)

    def _plan_start(self, now: float) -> None:
        if now - self.started_at > STEADY_S:
            self.pause_s = FIRST_PAUSE_S
        self.say(f"{self.service.name}意外停止，{self.pause_s:.0f} 秒后重新启动。")
        self.start_again_at = now + self.pause_s
        self.pause_s = min(2 * self.pause_s, LONGEST_PAUSE_S)

    def _start(self, now: float) -> None:
        self.started_at, self.start_again_at = now, None
        try:
            self.service.start()
        except SystemExit as error:
            self.say(f"{self.service.name}未能启动：{error}")
        else:
            self.say(f"{self.service.name}已重新启动。")


def keep_running(services: list[Service], *, say: Callable[[str], None]) -> None:
    """Keep all services running until interrupted."""
    watches = [Watch(service, say) for service in services]
    while True:
        for watch in watches:
            watch.look()
        time.sleep(LOOK_EVERY_S)


def end_all(services: list[Service], *, patience_s: float) -> None:
    """End all services, the first to be started last."""
    for service in services:
        service.ask_to_end()
    deadline = time.monotonic() + patience_s
    for service in reversed(services):
        service.end(patience_s=max(deadline - time.monotonic(), 0.1))


def end_with_parent() -> None:
    """Let this process end with the one that started it."""
    ctypes.CDLL(None).prctl(PARENT_DIED, signal.SIGTERM)
