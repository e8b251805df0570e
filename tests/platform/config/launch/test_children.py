import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.launch import children
from config.launch.children import Child, Fell
from config.launch.watchdog import Watchdog
from tests.platform.config.launch.test_watchdog import wait_until_gone


@pytest.fixture
def watchdog(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watchdog]:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[4] / "platform"))
    dog = Watchdog()
    yield dog
    dog.close()


def child(tmp_path: Path, watchdog: Watchdog, code: str) -> Child:
    return Child("web", [sys.executable, "-c", code], tmp_path / "web.log", dict(os.environ), watchdog)


def wait_for_its_end(web: Child) -> None:
    deadline = time.monotonic() + 10
    while not web.has_ended and time.monotonic() < deadline:
        time.sleep(0.01)


def test_stop_ends_it_with_its_own_children(tmp_path: Path, watchdog: Watchdog) -> None:
    web = child(tmp_path, watchdog, "import os, time; pid = os.fork(); pid and print(pid, flush=True); time.sleep(600)")
    web.start()
    while not (tmp_path / "web.log").read_text().strip():
        time.sleep(0.01)

    children.stop([web])

    assert web.process is None
    assert wait_until_gone(int((tmp_path / "web.log").read_text()))


def test_the_reason_of_a_fall_is_the_end_of_its_log(tmp_path: Path, watchdog: Watchdog) -> None:
    web = child(tmp_path, watchdog, "import sys; sys.exit('no such database')")
    web.start()
    wait_for_its_end(web)

    assert web.reason() == "web ended with code 1:\nno such database"


def test_what_keeps_falling_is_not_started_for_ever(tmp_path: Path, watchdog: Watchdog) -> None:
    web = child(tmp_path, watchdog, "pass")
    web.start()
    for _ in range(2):
        wait_for_its_end(web)
        web.start_again()
    wait_for_its_end(web)

    with pytest.raises(Fell, match="code 0"):
        web.start_again()
