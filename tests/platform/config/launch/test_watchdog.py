import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PLATFORM = Path(__file__).resolve().parents[4] / "platform"
SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)",
]
LAUNCHER = """
import subprocess, sys, time
from config.launch.watchdog import Watchdog
watchdog = Watchdog()
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
watchdog.started(child.pid)
print(child.pid, watchdog.process.pid, flush=True)
time.sleep(600)
"""


def is_gone(pid: int) -> bool:
    """A process has ended, or waits only for its parent to notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_until_gone(*pids: int) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if all(is_gone(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def test_nothing_outlives_a_launcher_that_is_killed() -> None:
    launcher = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PLATFORM)},
    )
    assert launcher.stdout
    child, watchdog = map(int, launcher.stdout.readline().split())

    launcher.kill()
    launcher.wait()
    launcher.stdout.close()

    assert wait_until_gone(child, watchdog)


def test_a_group_that_has_ended_is_left_alone() -> None:
    from config.launch.watchdog import watch

    spared = subprocess.Popen(SLEEPER, start_new_session=True)
    try:
        watch([f"+{spared.pid} {signal.SIGTERM.value}\n", f"-{spared.pid}\n"])
        assert spared.poll() is None
    finally:
        spared.kill()
        spared.wait()


def test_the_deaf_are_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    from config.launch import watchdog

    monkeypatch.setattr(watchdog, "PATIENCE_SECONDS", 0.2)
    deaf = subprocess.Popen(STUBBORN, start_new_session=True, stdout=subprocess.PIPE)
    assert deaf.stdout
    deaf.stdout.readline()

    watchdog.end({deaf.pid: signal.SIGTERM.value})

    assert deaf.wait(timeout=10) == -signal.SIGKILL
    deaf.stdout.close()
