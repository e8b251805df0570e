"""AT-36: three nodes of one deployment, one ten minutes ahead and one an hour behind: what counts goes by one clock."""

import datetime as dt
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from config.demo.cast import PASSWORD
from tests.flows.machine_room import as_superuser, environment
from tests.flows.machines import Demo

AGENCY = "quanyi"
SKEWS = {"right": 0, "ahead": 600, "behind": -3600}
API = "/api/v1/"
# Both clocks that Python code asks, before anything of the product is imported: model defaults take the function along.
CONFIG = """
import datetime, time
from django.utils import timezone
from config.gunicorn import *
moment, seconds = timezone.now, time.time
timezone.now = lambda: moment() + datetime.timedelta(seconds={skew})
time.time = lambda: seconds() + {skew}
"""
pytestmark = pytest.mark.nightly


class Node(Demo):
    """One more web process beside a demo's own, whose clock is wrong by some seconds."""

    def __init__(self, demo: Demo, seconds: int) -> None:
        super().__init__(demo.home, demo.agency)
        self.seconds, self.beside = seconds, demo

    def start(self) -> None:
        conf = self.home / f"node{self.port}.py"
        conf.write_text(CONFIG.format(skew=self.seconds))
        command = f"gunicorn -c {conf} config.wsgi:application --bind 127.0.0.1:{self.port}"
        with (self.home / f"node{self.port}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command.split()],
                env=environment(self.beside.pid("web")), stdout=log, stderr=log,
            )  # fmt: skip
        self.wait(self.is_ready, 120)

    def said(self) -> str:
        return (self.home / f"node{self.port}.log").read_text("utf-8")[-6000:]


@contextmanager
def deployment() -> Iterator[dict[str, Demo]]:
    """A demo and two more web processes of it, by how their clocks are."""
    with TemporaryDirectory(prefix="liandong-clocks-") as home:
        Path(home).chmod(0o711)
        demo = Demo(Path(home), AGENCY)
        nodes: dict[str, Demo] = {"right": demo}
        try:
            demo.start()
            nodes |= {name: Node(demo, seconds) for name, seconds in SKEWS.items() if seconds}
            for name in ("ahead", "behind"):
                nodes[name].start()
            yield nodes
        finally:
            for node in reversed(nodes.values()):
                if node.process:
                    node.stop()


def sign_in(node: Demo, name: str) -> dict[str, str]:
    said = {"username": f"{AGENCY}.{name}", "password": PASSWORD}
    status, answer = node.ask("POST", API + "auth/token/", said)
    assert status == 201, answer
    return {"Authorization": f"Token {answer['token']}"}


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def test_caps_tokens_bookings_and_logs_go_by_one_clock() -> None:
    with deployment() as nodes:
        assert "600 s ahead" in nodes["ahead"].ask("GET", "/readyz")[1]["clock"]
        assert "3600 s behind" in nodes["behind"].ask("GET", "/readyz")[1]["clock"]
        assert "clock" not in nodes["right"].ask("GET", "/readyz")[1]
        with as_superuser(nodes["right"]) as database:
            (schema,) = database.execute("SELECT schema_name FROM tenants_tenant WHERE slug = %s", [AGENCY]).fetchone()
            database.execute(f"SET search_path TO {schema}, public")

            tokens_end_alike(nodes, database)
            logs_are_in_order(nodes, database)
            one_of_many_gets_the_slot(nodes, database)
            what_has_begun_is_not_booked(nodes, database)


def tokens_end_alike(nodes: dict[str, Demo], database: Any) -> None:
    """Whichever node gave a token, each takes it, and it ends thirty days from the database's now."""
    for node in nodes.values():
        token = sign_in(node, "worker")
        assert {each.ask("GET", API + "clients/?limit=1", **token)[0] for each in nodes.values()} == {200}
    ends = [at for (at,) in database.execute("SELECT expires_at FROM accounts_apitoken ORDER BY id DESC LIMIT 3")]
    assert all(abs((at - now()).total_seconds() - 30 * 86400) < 300 for at in ends), ends
    for left, status in ((60, 200), (-60, 401)):
        database.execute(
            "UPDATE accounts_apitoken SET expires_at = now() + %s WHERE id = (SELECT max(id) FROM accounts_apitoken)",
            [dt.timedelta(seconds=left)],
        )
        assert {each.ask("GET", API + "clients/?limit=1", **token)[0] for each in nodes.values()} == {status}


def logs_are_in_order(nodes: dict[str, Demo], database: Any) -> None:
    """What three nodes do in turn stands in the log in that order, at the time at which it was done."""
    token = sign_in(nodes["behind"], "worker")
    client = nodes["right"].ask("GET", API + "clients/?limit=1", **token)[1]["results"][0]
    (last,) = database.execute("SELECT max(id) FROM journal_journalentry").fetchone()
    began = now()
    for number in range(9):
        node = list(nodes.values())[number % 3]
        held_at = began.replace(hour=18, minute=0) - dt.timedelta(days=3 + number)
        body = {
            "client": client["ref"], "station": client["station"], "held_at": held_at.isoformat(),
            "minutes": 5, "kind": "consultation", "setting": "online", "note": "夜间电话",
        }  # fmt: skip
        status, answer = node.ask("POST", API + "visits/", body, **token)
        assert status == 201, answer
    lines = [at for (at,) in database.execute("SELECT at FROM journal_journalentry WHERE id > %s ORDER BY id", [last])]
    assert len(lines) >= 9
    assert lines == sorted(lines)
    assert began - dt.timedelta(seconds=2) < lines[0]
    assert lines[-1] < now() + dt.timedelta(seconds=2)


def one_of_many_gets_the_slot(nodes: dict[str, Demo], database: Any) -> None:
    tokens = {name: sign_in(node, "station_head") for name, node in nodes.items()}
    slot = nodes["right"].ask("GET", API + "supervision/slots/?limit=1", **tokens["right"])[1]["results"][0]
    wanted = asked_for(nodes["right"], tokens["right"], slot["supervisor"], slot["starts_at"], slot["ends_at"])

    def book(number: int) -> int:
        name = list(nodes)[number % 3]
        return nodes[name].ask("POST", API + "supervision/bookings/", wanted, **tokens[name])[0]

    with ThreadPoolExecutor(12) as pool:
        assert Counter(pool.map(book, range(24))) == {201: 1, 409: 23}
    (at, answer_by) = database.execute(
        "SELECT booked_at, answer_by FROM supervision_booking ORDER BY id DESC LIMIT 1"
    ).fetchone()
    assert abs((at - now()).total_seconds()) < 60
    assert answer_by <= now() + dt.timedelta(hours=48)


def what_has_begun_is_not_booked(nodes: dict[str, Demo], database: Any) -> None:
    """A time that is over by the database is over on the node for which it lies ahead, and the other way round."""
    token = sign_in(nodes["right"], "station_head")
    window = database.execute(OPEN_AROUND_NOW).fetchone()
    assert window, "every supervisor of the demo is busy now"
    for minutes, status in ((-30, 422), (5, 201)):
        start = now() + dt.timedelta(minutes=minutes)
        end = start + dt.timedelta(minutes=15)
        wanted = asked_for(nodes["right"], token, window[0], start.isoformat(), end.isoformat())
        node = nodes["behind" if minutes < 0 else "ahead"]
        answer = node.ask("POST", API + "supervision/bookings/", wanted, **token)
        assert answer[0] == status, answer


def asked_for(node: Demo, token: dict[str, str], supervisor: Any, start: str, end: str) -> dict[str, Any]:
    station = node.ask("GET", API + "stations/?limit=1", **token)[1]["results"][0]
    return {"supervisor": supervisor, "starts_at": start, "ends_at": end, "station": station["ref"]}


OPEN_AROUND_NOW = """
    WITH free AS (
        SELECT s.id, s.ref, min(a.id) AS availability FROM supervision_supervisor s
          JOIN supervision_availability a ON a.supervisor_id = s.id
         WHERE s.is_active AND NOT EXISTS (
               SELECT FROM supervision_booking b WHERE b.supervisor_id = s.id
                  AND b.during && tstzrange(now() - interval '2 hours', now() + interval '2 hours'))
         GROUP BY s.id, s.ref LIMIT 1
    ), opened AS (
        INSERT INTO supervision_openwindow (availability_id, supervisor_id, during, modality, capacity)
        SELECT availability, id, tstzrange(now() - interval '2 hours', now() + interval '2 hours'), 'online', 5
          FROM free RETURNING supervisor_id
    ) SELECT ref FROM free
"""
"""A supervisor who is free now offers the hours around now; the demo's own offers lie on days of work."""
