"""A test run leaves nothing behind, however it ends."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.sources import ROOT
from tests.platform.config.launch.test_watchdog import is_gone

# What `-p tests.environment` does to a process of pytest before it collects anything.
RUN = """
import os, signal, time
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background inherits that it is ignored
import tests.environment
from config.launch import postgres
found = postgres.running(Path(os.environ["DATA_DIR"]))
print(os.environ["DATA_DIR"], found.cluster, found.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def run() -> Iterator["subprocess.Popen[str]"]:
    """A test run of its own, with the server that it starts."""
    inherited = {"TEST_DATA_DIR", "TEST_DATABASE_URL", "TEST_ADDRESS", "DATABASE_URL", "DATA_DIR", "PYTHONPATH"}
    env = {name: value for name, value in os.environ.items() if name not in inherited}
    made = subprocess.Popen([sys.executable, "-c", RUN], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    yield made
    made.kill()
    made.wait()
    assert made.stdout
    made.stdout.close()


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_the_server_of_a_run_goes_with_it(run: "subprocess.Popen[str]", ending: signal.Signals) -> None:
    assert run.stdout
    home, cluster, pid = run.stdout.readline().split()
    assert not is_gone(int(pid))

    run.send_signal(ending)
    run.wait()

    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and (not is_gone(int(pid)) or Path(home).exists() or Path(cluster).exists()):
        time.sleep(0.05)
    assert is_gone(int(pid))
    assert not Path(home).exists()
    assert not Path(cluster).exists()


def test_every_server_that_a_test_starts_is_guarded() -> None:
    """A database server is started by tests/database.py, or under a watchdog of the test's own."""
    starts = re.compile(r"\bpostgres\.start\(")
    files = [file for file in (ROOT / "tests").rglob("*.py") if starts.search(file.read_text("utf-8"))]

    assert {str(file.relative_to(ROOT)) for file in files} == {
        "tests/database.py",
        "tests/platform/config/launch/test_servers.py",
    }
