"""Notice that the `make` which started us was interrupted or killed.

A terminal's Ctrl-C reaches make and its children alike. A SIGINT sent to make alone does not: make then waits for its
child, which knows of nothing. While it waits it no longer catches the signal, and that can be read on Linux.
"""

import os
import signal
from pathlib import Path

INTERRUPT = 1 << (signal.SIGINT - 1)


class Parent:
    """The process that started this one; only a `make` is watched, others may end without ending us."""

    def __init__(self) -> None:
        self.pid = os.getppid()
        self.is_make = "MAKELEVEL" in os.environ
        self.caught = _catches_interrupt(self.pid)

    def wants_us_to_stop(self) -> bool:
        if not self.is_make:
            return False
        return os.getppid() != self.pid or (self.caught and not _catches_interrupt(self.pid))


def _catches_interrupt(pid: int) -> bool:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return False
    mask = next((line.split()[1] for line in lines if line.startswith("SigCgt:")), "0")
    return bool(int(mask, 16) & INTERRUPT)
