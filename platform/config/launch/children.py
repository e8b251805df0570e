"""The demo's own processes: each in a group of its own, with a log, started again when it falls."""

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path

from config.launch.watchdog import Watchdog

PATIENCE_SECONDS = 15.0
FALLS, IN_SECONDS = 3, 60.0


class Fell(RuntimeError):
    """A process ended when it should not have; the message holds the end of its log."""


class Patience:
    """Counts falls: three within a minute are too many."""

    def __init__(self) -> None:
        self.falls: deque[float] = deque(maxlen=FALLS)

    def is_over(self) -> bool:
        """Count one more fall; tell whether that is one too many."""
        now = time.monotonic()
        self.falls.append(now)
        return len(self.falls) == FALLS and now - self.falls[0] < IN_SECONDS


class Child:
    """A long-running process. `command` is its argument list, `log` takes everything it says."""

    def __init__(self, name: str, command: list[str], log: Path, env: Mapping[str, str], watchdog: Watchdog) -> None:
        self.name, self.command, self.log, self.env, self.watchdog = name, command, log, env, watchdog
        self.process: subprocess.Popen[bytes] | None = None
        self.patience = Patience()

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=self.env, start_new_session=True
            )
        self.watchdog.started(self.process.pid)

    @property
    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def reason(self) -> str:
        """Return why it ended: its code and the last lines of its log."""
        assert self.process
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        return f"{self.name} ended with code {self.process.returncode}:\n{tail}"

    def start_again(self) -> None:
        """Start it again.

        :raises Fell: when it has fallen three times within a minute.
        """
        if self.patience.is_over():
            raise Fell(self.reason())
        self.forget()
        self.start()

    def forget(self) -> None:
        """End what is left of its group and let the watchdog forget it."""
        if self.process:
            _signal(self.process.pid, signal.SIGKILL)
            self.watchdog.ended(self.process.pid)
            self.process = None


def stop(children: Iterable[Child]) -> None:
    """Ask all of them to end at once, wait, and kill what is left."""
    running = [child for child in children if child.process]
    for child in running:
        assert child.process
        _signal(child.process.pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_SECONDS
    for child in running:
        assert child.process
        try:
            child.process.wait(timeout=max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            _signal(child.process.pid, signal.SIGKILL)
            child.process.wait()
        child.forget()


def _signal(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return
