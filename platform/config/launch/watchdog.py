"""Ends the demo's processes when the launcher is gone, however it went: even kill -9 leaves nothing behind.

The launcher holds the other end of this process's input and writes a line for each process group: `+PID SIGNAL` when
one starts, `-PID` when it has ended, `/PATH` for what is to be removed with them. At the end of the input every group
still named gets its signal, ten seconds, and then SIGKILL.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

PATIENCE_SECONDS = 10.0


class Watchdog:
    """The launcher's side: says which process groups are its own."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            # As a file: whoever starts it needs no PYTHONPATH. -P: the modules beside it hide none of Python's own.
            [sys.executable, "-P", __file__],
            stdin=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )

    def started(self, pid: int, ending: signal.Signals = signal.SIGTERM) -> None:
        """Name a process group and the signal that asks it to end."""
        self._say(f"+{pid} {ending.value}")

    def ended(self, pid: int) -> None:
        self._say(f"-{pid}")

    def leaves(self, path: Path) -> None:
        """Name a file or folder that goes when the groups have ended: a test run's own, never what a demo keeps."""
        self._say(str(path.absolute()))

    def close(self) -> None:
        """Let it end what is left, and wait for that."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()

    def _say(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()


def watch(lines: Iterable[str]) -> None:
    """Follow the launcher's lines until they end, then end the groups and remove what was to go with them."""
    groups: dict[int, int] = {}
    leaving: list[Path] = []
    for line in lines:
        if line.startswith("/"):
            leaving.append(Path(line.rstrip("\n")))
            continue
        pid, _, ending = line[1:].strip().partition(" ")
        if line.startswith("+"):
            groups[int(pid)] = int(ending)
        else:
            groups.pop(int(pid), None)
    end(groups)
    for path in leaving:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def end(groups: dict[int, int]) -> None:
    """Send each group its signal, wait, and kill what is left."""
    for group, ending in groups.items():
        _send(group, ending)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (left := _alive(groups)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for group in left:
        _send(group, signal.SIGKILL)


def _alive(groups: Iterable[int]) -> list[int]:
    return [group for group in groups if _send(group, 0)]


def _send(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    watch(sys.stdin)
