"""PostgreSQL and Valkey of one machine: killed, they are back at their address with what they had."""

import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from config.launch import postgres, valkey
from config.launch.children import Fell
from config.launch.demo import Helper
from config.launch.watchdog import Watchdog


@pytest.fixture
def watchdog(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watchdog]:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[4] / "platform"))
    dog = Watchdog()
    yield dog
    dog.close()


def kill(helper: Helper) -> None:
    helper.server.process.kill()
    helper.server.process.wait()


def test_a_killed_valkey_is_back_at_its_address(tmp_path: Path, watchdog: Watchdog) -> None:
    server = valkey.start(tmp_path)
    helper = Helper("Valkey", server, signal.SIGTERM, watchdog)
    try:
        helper.start_again_if_dead()
        for _ in range(2):
            kill(helper)
            helper.start_again_if_dead()
            with redis.Redis.from_url(server.url) as client:
                assert client.ping()
        kill(helper)
        with pytest.raises(Fell, match="Valkey"):
            helper.start_again_if_dead()
    finally:
        helper.stop()


def test_a_killed_postgresql_is_back_with_what_was_committed(tmp_path: Path, watchdog: Watchdog) -> None:
    server = postgres.start(tmp_path)
    helper = Helper("PostgreSQL", server, signal.SIGINT, watchdog)
    try:
        with psycopg.connect(host=str(server.socket), user="liandong", dbname="liandong") as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        kill(helper)
        helper.start_again_if_dead()
        with psycopg.connect(host=str(server.socket), user="liandong", dbname="liandong") as connection:
            assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
    finally:
        helper.stop()
