"""P12: every part of the demo is killed while eight programs write; what was acknowledged is stored, and once.

The whole product runs as `make demo` starts it. A program that hears nothing, or 503, sends again with the same key.
"""

import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from config.demo.cast import PASSWORD
from tests.flows.machines import PARTS, Demo, Writers, children, command, family, send

WRITERS = 8
AGENCY = "quanyi"
Act = Callable[[Demo], None]
told = sys.stdout.write  # shown with -s, and when the play fails


@pytest.fixture
def running() -> Iterator[Demo]:
    """A demo in a home that its database can reach when we are root; nothing of it stays."""
    with TemporaryDirectory(prefix="liandong-machines-") as home:
        Path(home).chmod(0o711)
        made = Demo(Path(home), AGENCY)
        try:
            made.start()
            yield made
        finally:
            made.stop()


def kill(part: str) -> Act:
    """Kill the part's first process, and wait until the launcher has put another in its place."""

    def act(demo: Demo) -> None:
        pid = demo.pid(part)
        assert pid, part
        send(signal.SIGKILL, pid)
        demo.wait(lambda: demo.pid(part) not in (pid, None))

    return act


def kill_whole(part: str) -> Act:
    """Kill all processes of a part at once, as when the machine's memory runs out."""

    def act(demo: Demo) -> None:
        pid = demo.pid(part)
        assert pid, part
        everyone = family(pid)
        send(signal.SIGKILL, *everyone)
        demo.wait(lambda: demo.pid(part) not in (pid, None))

    return act


def kill_one_below(part: str, named: str = "") -> Act:
    """Kill the processes that do the work of a part (their name has `named`); the first one replaces them."""

    def act(demo: Demo) -> None:
        first = demo.pid(part)
        assert first, part
        demo.wait(lambda: any(named in command(pid) for pid in children(first)))
        workers = [pid for pid in children(first) if named in command(pid)]
        send(signal.SIGKILL, workers[-1])
        demo.wait(lambda: workers[-1] not in children(first))
        assert demo.pid(part) == first

    return act


def freeze(part: str) -> Act:
    def act(demo: Demo) -> None:
        pid = demo.pid(part)
        assert pid, part
        everyone = family(pid)
        send(signal.SIGSTOP, *everyone)
        time.sleep(6)
        send(signal.SIGCONT, *everyone)

    return act


def kill_the_launcher(demo: Demo) -> None:
    """Whoever started the demo starts it again: in the same home, at the same port."""
    assert demo.process
    parts = [pid for part in PARTS if (pid := demo.pid(part))]
    send(signal.SIGKILL, demo.process.pid)
    demo.process.wait()
    while any(Path(f"/proc/{pid}/cmdline").exists() for pid in parts):
        time.sleep(0.1)
    demo.start()


ACTS: dict[str, Act] = {
    "PostgreSQL": kill_whole("PostgreSQL"),
    "web": kill("web"),
    "worker": kill("worker"),
    "beat": kill("beat"),
    "Valkey": kill("Valkey"),
    "one of the web's": kill_one_below("web"),
    "one of the worker's": kill_one_below("worker"),
    "PostgreSQL, frozen": freeze("PostgreSQL"),
    "Valkey, frozen": freeze("Valkey"),
    "one of PostgreSQL's": kill_one_below("PostgreSQL", "liandong_app"),
    "PostgreSQL's first": kill("PostgreSQL"),
    "the launcher": kill_the_launcher,
}


@pytest.mark.nightly
def test_what_was_acknowledged_is_stored_and_once(running: Demo) -> None:
    said = {"username": f"{AGENCY}.worker", "password": PASSWORD}
    status, answer = running.ask("POST", "/api/v1/auth/token/", said)
    assert status == 201, answer
    token = {"Authorization": f"Token {answer['token']}"}
    _status, clients = running.ask("GET", "/api/v1/clients/?limit=1", **token)
    before, facts = stored(running, token), running.facts("consultations")

    with Writers(running, token, clients["results"][0], WRITERS) as writers:
        for part, act in ACTS.items():
            _wait_for_more(running, writers)
            sent, began = writers.again, time.monotonic()
            act(running)
            _wait_for_more(running, writers)
            told(f"{part}: on again after {time.monotonic() - began:.1f} s, sent again {writers.again - sent} times\n")
            assert writers.refused == [], part

    assert writers.refused == []
    assert writers.again, "nobody was ever disturbed: the play proves nothing"
    after = stored(running, token)
    assert max(after.values()) == 1
    assert set(after) - set(before) == set(writers.done.values())
    assert len(set(writers.done.values())) == len(writers.done)
    made = running.facts("consultations") - facts
    assert made == Counter(f"records.record:{ref}" for ref in writers.done.values())


def _wait_for_more(demo: Demo, writers: Writers) -> None:
    """Wait until each writer has, on the average, been answered twice more."""
    enough = len(writers.done) + 2 * WRITERS
    demo.wait(lambda: len(writers.done) >= enough or writers.refused)


def stored(demo: Demo, token: dict[str, str]) -> Counter[str]:
    """Return the refs of every visit this person may see, and how often each was listed."""
    found: Counter[str] = Counter()
    path = "/api/v1/visits/?limit=200"
    while path:
        status, page = demo.ask("GET", path, **token)
        assert status == 200, page
        found.update(row["ref"] for row in page["results"])
        path = (page.get("next") or "").partition(f":{demo.port}")[2]
    return found
