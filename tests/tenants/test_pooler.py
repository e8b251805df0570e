"""AT-06: behind a pooler in any mode each statement is answered from its own place; the way of before is not."""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, connections, transaction

from tenants import probe
from tenants.backend import base
from tenants.places import Place
from tenants.probe import refuse_mixed_places
from tenants.running import standing_at
from tests import database
from tests.pooler import Pooler
from tests.tenants.session_path import SessionPathWrapper

ROWS = 5


@pytest.fixture
def places(commits: None) -> list[Place]:
    """A hundred schemas, each with a table whose rows bear its name."""
    found = [Place(f"t_marked_{number:03}", f"marked-{number:03}") for number in range(100)]
    with database.connect(os.environ["TEST_ADDRESS"], connection.settings_dict["NAME"]) as own:
        for place in found:
            own.execute(f"CREATE SCHEMA {place.schema}")
            own.execute(f"CREATE TABLE {place.schema}.mark (id int PRIMARY KEY, owner text, turn int DEFAULT 0)")
            own.execute(f"INSERT INTO {place.schema}.mark SELECT n, '{place.schema}' FROM generate_series(1, {ROWS}) n")
    return found


@pytest.fixture
def way_of_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every thread that connects from now on sets its path in the session."""
    monkeypatch.setattr(base, "DatabaseWrapper", SessionPathWrapper)
    monkeypatch.setattr(probe, "check_once", lambda wrapper: None)  # it would stop this way at its first connection


Act = Callable[[Place, "Tally"], None]


@dataclass
class Tally:
    """What a load saw. `strange` are errors that nothing explains."""

    reads: int = 0
    writes: int = 0
    lists: int = 0
    wrong: int = 0
    strange: list[str] = field(default_factory=list)


def ask(statement: str, *params: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return cursor.fetchall() if cursor.description else []


def read(place: Place, tally: Tally) -> None:
    tally.reads += 1
    tally.wrong += ask("SELECT owner FROM mark WHERE id = %s", random.randint(1, ROWS)) != [(place.schema,)]


def read_around_an_error(place: Place, tally: Tally) -> None:
    try:
        with transaction.atomic():
            read(place, tally)
            try:
                with transaction.atomic():
                    ask("SELECT 1/0")
            except DatabaseError:
                pass
            read(place, tally)
            if random.random() < 0.3:
                raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    read(place, tally)


def write(place: Place, tally: Tally) -> None:
    tally.writes += 1
    with transaction.atomic():
        changed = ask("UPDATE mark SET turn = turn + 1 WHERE id = %s RETURNING owner", random.randint(1, ROWS))
    tally.wrong += changed != [(place.schema,)]


def walk(place: Place, tally: Tally) -> None:
    """Read a whole list as `.iterator()` does, outside and inside a transaction."""
    tally.lists += 1
    with transaction.atomic() if random.random() < 0.5 else nullcontext(), connection.chunked_cursor() as cursor:
        cursor.execute("SELECT owner FROM mark")
        tally.wrong += set(cursor.fetchall()) != {(place.schema,)}


def reconnect(place: Place, tally: Tally) -> None:
    connection.close()
    read(place, tally)


DAY: list[Act] = [read] * 12 + [read_around_an_error] * 2 + [write] * 2 + [walk, reconnect]


def load(places: list[Place], *, threads: int, seconds: float, acts: list[Act] = DAY) -> Tally:
    """Stand in random agencies on many threads and do the mixed work of a day."""
    tallies = [Tally() for _ in range(threads)]
    until = time.monotonic() + seconds
    gate = threading.Barrier(threads)

    def work(tally: Tally) -> None:
        gate.wait()
        try:
            while time.monotonic() < until:
                place = random.choice(places)
                with standing_at(place):
                    for _ in range(random.randint(1, 4)):
                        try:
                            random.choice(acts)(place, tally)
                        except DatabaseError as error:
                            tally.strange.append(f"{type(error).__name__}: {error}"[:200])
                            connection.close()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, tallies))
    whole = Tally()
    for tally in tallies:
        whole.reads += tally.reads
        whole.writes += tally.writes
        whole.lists += tally.lists
        whole.wrong += tally.wrong
        whole.strange += tally.strange
    return whole


@pytest.mark.threads
def test_in_transaction_mode_every_answer_is_from_its_own_agency(places: list[Place], pooler: Pooler) -> None:
    pooler.start("transaction", size=4)
    refuse_mixed_places()

    seen = load(places, threads=16, seconds=4)

    assert (seen.wrong, seen.strange) == (0, [])
    assert seen.reads > 1_000
    assert seen.writes > 50
    assert seen.lists > 20


@pytest.mark.threads
@pytest.mark.nightly
def test_three_hundred_thousand_reads_on_64_threads(places: list[Place], pooler: Pooler) -> None:
    pooler.start("transaction", size=4)
    reads = 0
    while reads < 300_000:
        seen = load(places, threads=64, seconds=30)
        assert (seen.wrong, seen.strange) == (0, [])
        reads += seen.reads


@pytest.mark.threads
def test_the_mode_changes_under_load_and_nothing_comes_from_elsewhere(places: list[Place], pooler: Pooler) -> None:
    pooler.start("session", size=40)
    threading.Timer(1.5, pooler.change, ("transaction", 4)).start()

    seen = load(places, threads=16, seconds=4)

    assert (seen.wrong, seen.strange) == (0, [])


@pytest.mark.threads
def test_the_same_load_finds_out_the_way_of_before(places: list[Place], pooler: Pooler, way_of_before: None) -> None:
    """Else the tests above would prove nothing."""
    pooler.start("transaction", size=4)

    assert load(places, threads=16, seconds=2, acts=[read, write]).wrong > 50


@pytest.mark.parametrize("mode", ["session", "transaction", "statement"])
def test_the_start_is_allowed_behind_a_pooler_in_any_mode(db: None, pooler: Pooler, mode: str) -> None:
    pooler.start(mode)

    refuse_mixed_places()


def test_the_start_is_refused_where_places_mix(db: None, pooler: Pooler) -> None:
    pooler.start("transaction")

    with pytest.raises(ImproperlyConfigured, match="agencies' data would mix"):
        refuse_mixed_places(SessionPathWrapper(connection.settings_dict, "default"))


def test_a_direct_connection_is_accepted(db: None) -> None:
    refuse_mixed_places()


WALK = """
import django; django.setup()
from django.db import connection
from tenants.places import Place
from tenants.running import standing_at
import os, random, sys
wrong = 0
for child in range(5):
    if os.fork() == 0:
        break
random.seed(os.getpid())
for _ in range(150):
    place = Place(f"t_marked_{random.randrange(100):03}", "x")
    with standing_at(place), connection.chunked_cursor() as cursor:
        cursor.execute("SELECT owner FROM mark")
        wrong += set(cursor.fetchall()) != {(place.schema,)}
connection.close()
sys.stdout.write(f"{wrong}\\n")
sys.stdout.flush()
"""


@pytest.mark.threads
def test_forked_workers_of_one_thread_number_read_their_own_lists(places: list[Place], pooler: Pooler) -> None:
    """They name their cursors alike; WITH HOLD behind a pooler the one fetched what the other had declared."""
    pooler.start("transaction", size=4)
    url = f"postgresql://postgres@127.0.0.1:{pooler.port}/{connection.settings_dict['NAME']}"

    run = subprocess.run(
        [sys.executable, "-c", WALK], env={**os.environ, "DATABASE_URL": url, "PYTHONPATH": "platform:."},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip

    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == ["0"] * 6
