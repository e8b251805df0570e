"""Runs a command, and again whenever the product's Python changes: `python -m config.launch.reloading COMMAND...`.

A command that ends by itself, as after a slip of the pen, is left alone until the next change.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType

from config.sources import python_files

LOOK_SECONDS = 2.0
State = dict[str, int]


def state() -> State:
    """Return when each file was changed last, in ns since 1970."""
    found: State = {}
    for file in python_files():
        try:
            found[str(file)] = file.stat().st_mtime_ns
        except FileNotFoundError:  # an editor is just replacing it: the next look sees it
            continue
    return found


def keep(command: list[str], state: Callable[[], State] = state) -> None:
    """Run `command` over and over until SIGTERM, which it is passed on and given the time to obey."""
    signal.signal(signal.SIGTERM, _stop)
    while True:
        before = state()
        process = subprocess.Popen(command)
        try:
            while state() == before:
                time.sleep(LOOK_SECONDS)
            print("Python has changed: starting again.", flush=True)
        finally:
            process.terminate()
            process.wait()


def _stop(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(0)


if __name__ == "__main__":
    keep(sys.argv[1:])
