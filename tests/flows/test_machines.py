"""P12: every part of the demo is killed while eight programs write; what was acknowledged is stored, and once.

The whole product runs as `make demo` starts it. A program that hears nothing, or 503, sends again with the same key.
"""

import datetime as dt
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from config.demo.cast import PASSWORD
from tests.pooler import free_port

ROOT = Path(__file__).resolve().parents[2]
WRITERS, EACH = 8, 12
PATIENCE = 60.0
AGENCY = "quanyi"


class Demo:
    """A running demo of the test's own."""

    def __init__(self, home: Path) -> None:
        self.port, self.home = free_port(), home
        left_out = ("DATABASE_URL", "REDIS_URL", "TEST_ADDRESS", "STATIC_COLLECTED", "MFA_REQUIRED", "HTTPS")
        env = {name: value for name, value in os.environ.items() if name not in left_out}
        env |= {"PORT": str(self.port), "DATA_DIR": str(home), "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}"}
        with (home / "launcher.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.launch", "demo"], env=env, cwd=ROOT, stdout=log, stderr=log
            )

    def wait(self) -> None:
        until = time.monotonic() + 600
        while time.monotonic() < until and self.process.poll() is None:
            if (self.home / "demo.json").exists() and self.ask("GET", "/readyz")[0] == 200:
                return
            time.sleep(0.5)
        raise AssertionError((self.home / "launcher.log").read_text())

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Return the status and the answer; 0 where the connection gave none."""
        said = {"Host": f"{AGENCY}.localhost:{self.port}", "Content-Type": "application/json", **headers}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, said, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")
        except (OSError, ValueError, urllib.error.URLError):
            return 0, None

    def children(self) -> dict[str, int]:
        """Return the launcher's processes by what they are."""
        words = {"web": "gunicorn", "worker": "worker", "beat": "beat", "PostgreSQL": "postgres", "Valkey": "valkey"}
        found = {}
        for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            found |= {name: int(pid) for name, word in words.items() if word in line and "watchdog" not in line}
        return found

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    made = Demo(tmp_path)
    try:
        made.wait()
        yield made
    finally:
        made.stop()


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def freeze(pid: int) -> None:
    os.kill(pid, signal.SIGSTOP)
    time.sleep(4)
    os.kill(pid, signal.SIGCONT)


@pytest.mark.nightly
def test_what_was_acknowledged_is_stored_and_once(demo: Demo) -> None:
    username = f"{AGENCY}.worker"
    status, answer = demo.ask("POST", "/api/v1/auth/token/", {"username": username, "password": PASSWORD})
    assert status == 201, answer
    token = {"Authorization": f"Token {answer['token']}"}
    _status, clients = demo.ask("GET", "/api/v1/clients/?limit=1", **token)
    client = clients["results"][0]
    before = stored(demo, token)
    nights = itertools.count()
    lock, done, refused = threading.Lock(), [], []

    def moment() -> dt.datetime:
        """A quarter of an hour of some night in which nobody of the demo works."""
        with lock:
            number = next(nights)
        day = dt.datetime.now(dt.UTC).replace(hour=18, minute=0, second=0, microsecond=0) - dt.timedelta(days=1)
        return day - dt.timedelta(days=number // 12) + dt.timedelta(minutes=number % 12 * 15)

    def write(writer: int) -> None:
        for number in range(EACH):
            body = {
                "client": client["ref"], "station": client["station"]["ref"], "held_at": moment().isoformat(),
                "minutes": 10, "kind": "phone", "note": "夜间电话",
            }  # fmt: skip
            until = time.monotonic() + PATIENCE
            while time.monotonic() < until:
                status, said = demo.ask(
                    "POST", "/api/v1/visits/", body, **token, **{"Idempotency-Key": f"night-{writer}-{number}"}
                )
                if status == 201:
                    done.append(said["ref"])
                    break
                if status not in (0, 429, 502, 503):
                    refused.append((status, said))
                    break
                time.sleep(0.3)

    acts: list[tuple[str, Callable[[int], None]]] = [
        (part, act) for part in ("web", "worker", "beat", "Valkey", "PostgreSQL") for act in (kill,)
    ] + [("Valkey", freeze), ("PostgreSQL", freeze)]
    with ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(write, writer) for writer in range(WRITERS)]
        for part, act in acts:
            time.sleep(3)
            if pid := demo.children().get(part):
                act(pid)
        for each in writing:
            each.result()

    assert refused == []
    assert len(done) == len(set(done)) == WRITERS * EACH
    assert stored(demo, token) - before == set(done)


def stored(demo: Demo, token: dict[str, str]) -> set[str]:
    """Return the refs of every visit this person may see."""
    found: set[str] = set()
    path = "/api/v1/visits/?limit=200"
    while path:
        for _ in range(100):
            status, page = demo.ask("GET", path, **token)
            if status == 200:
                break
            time.sleep(0.3)
        found |= {row["ref"] for row in page["results"]}
        path = (page.get("next") or "").partition(f":{demo.port}")[2]
    return found
