"""AT-37: the database's disk fills up and is freed: 503 and never 500, and what was acknowledged is still there.

The demo's whole home stands on a small disk made for the play, so that the write-ahead log runs out of space too: the
hardest case, in which PostgreSQL itself gives up until there is room again.
"""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from config.demo.cast import PASSWORD
from tests.flows.machine_room import as_superuser
from tests.flows.machines import Demo, Writers

AGENCY = "quanyi"
WRITERS = 4
SIZE = "3g"
FULL_SECONDS = 30
told = sys.stdout.write  # shown with -s, and when the play fails


@pytest.fixture
def disk() -> Iterator[Path]:
    """A disk of three gigabytes, which only root can make."""
    with TemporaryDirectory(prefix="liandong-disk-") as home:
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=711", "tmpfs", home], check=False)
        if made.returncode:
            pytest.skip("a small disk cannot be mounted here")
        try:
            yield Path(home)
        finally:
            subprocess.run(["umount", "--lazy", home], check=True)


def fill(ballast: Path) -> None:
    """Write until there is no byte left, also none that was freed since."""
    with ballast.open("ab", buffering=0) as file:
        for size in (2**24, 2**16, 2**12):
            try:
                while file.write(b"\0" * size) == size:
                    continue
            except OSError:
                continue


def broken_indexes(demo: Demo) -> list[str]:
    """Return the words of `amcheck` on every B-tree that is not what its table says."""
    wrong = []
    with as_superuser(demo) as reading:
        reading.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
        found = reading.execute(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_am a ON a.oid = c.relam JOIN pg_index i "
            "ON i.indexrelid = c.oid WHERE a.amname = 'btree' AND c.relpersistence = 'p' AND i.indisvalid"
        ).fetchall()
        for (index,) in found:
            try:
                reading.execute("SELECT bt_index_check(%s::regclass, true)", [index])
            except psycopg.Error as error:
                wrong.append(f"{index}: {error}")
    assert len(found) > 500
    return wrong


@pytest.mark.nightly
def test_a_full_disk_refuses_and_loses_nothing(disk: Path) -> None:
    demo = Demo(disk, AGENCY)
    seen: Counter[int] = Counter()
    try:
        demo.start()
        said = {"username": f"{AGENCY}.worker", "password": PASSWORD}
        status, answer = demo.ask("POST", "/api/v1/auth/token/", said)
        assert status == 201, answer
        token = {"Authorization": f"Token {answer['token']}"}
        _status, clients = demo.ask("GET", "/api/v1/clients/?limit=1", **token)
        facts = demo.facts("consultations")

        with Writers(demo, token, clients["results"][0], WRITERS) as writers:
            demo.wait(lambda: len(writers.done) > 2 * WRITERS or writers.refused)
            ballast, before = disk / "ballast", writers.again
            fill(ballast)
            until = time.monotonic() + FULL_SECONDS
            while time.monotonic() < until:
                fill(ballast)
                seen[demo.ask("GET", "/api/v1/clients/?limit=5", **token)[0]] += 1
                time.sleep(0.2)
            refused = writers.again - before
            ballast.unlink()
            began, enough = time.monotonic(), len(writers.done) + 2 * WRITERS
            demo.wait(lambda: len(writers.done) >= enough or writers.refused)
            told(f"full for {FULL_SECONDS} s: reads {dict(seen)}, {refused} writes sent again, ")
            told(f"on again after {time.monotonic() - began:.1f} s\n")

        assert writers.refused == []  # nothing but 201 and 503, and connections that gave no answer
        assert refused, "the disk was never full: the play proves nothing"
        assert set(seen) <= {0, 200, 503}
        made = demo.facts("consultations") - facts
        assert made == Counter(f"records.record:{ref}" for ref in writers.done.values())
        assert broken_indexes(demo) == []
    finally:
        (disk / "ballast").unlink(missing_ok=True)
        demo.stop()
