"""The databases of a test run: one server, one template database made once, one copy for each test process.

With TEST_DATABASE_URL a server of one's own choice is used (its role needs CREATEDB); otherwise the embedded one is
started by the first process, and stopped and removed when that process ends, even by kill -9.
"""

import atexit
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import psycopg
from filelock import FileLock

if TYPE_CHECKING:
    from config.launch.postgres import Server
    from config.launch.watchdog import Watchdog

PATIENCE = 100
sys.path[:0] = [str(Path(__file__).resolve().parent.parent / "platform")]


def url(home: Path) -> str:
    """Return the URL of this process's own database; the first call of the run starts the server."""
    home.mkdir(parents=True, exist_ok=True)
    with FileLock(home / "server.lock"):
        base = _server(home)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return f"{base.rpartition('/')[0]}/liandong_{worker}"


def _server(home: Path) -> str:
    if own := os.environ.get("TEST_DATABASE_URL"):
        return own
    note = home / "server.url"
    if note.exists():
        return note.read_text()
    from config.launch import postgres

    server = postgres.start(home, durable=False, started=guarded)
    made_for_this_run = home.name.startswith("liandong-tests-")  # not named by whoever runs it
    notes = [note, home / "grounds"]  # of databases that go with the server
    for path in (server.socket, server.home, *([home] if made_for_this_run else notes)):
        watchdog().leaves(path)
    atexit.register(_stop, server)  # runs before the watchdog's end
    note.write_text(server.url())
    return server.url()


@cache
def watchdog() -> "Watchdog":
    """Return what ends this process's servers after it, however it goes."""
    from config.launch.watchdog import Watchdog

    made = Watchdog()
    atexit.register(made.close)
    return made


def guarded(pid: int) -> None:
    """Let a server end with this process: `postgres.start(started=guarded)`."""
    watchdog().started(pid, signal.SIGINT)


def _stop(server: "Server") -> None:
    server.stop()
    watchdog().ended(server.process.pid)


@contextmanager
def own_server(home: Path, *, durable: bool = False) -> "Iterator[Server]":
    """Start a server for one test, which may do to it what it likes; it ends with the test, or with a killed run."""
    from config.launch import postgres

    server = postgres.start(home, durable=durable, started=guarded)
    try:
        yield server
    finally:
        _stop(server)


def connect(address: str, name: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
    parts = urlsplit(address)
    return psycopg.connect(
        host=unquote(parts.netloc.rpartition("@")[2].partition(":")[0]) or None,
        port=parts.port,
        user=parts.username,
        password=parts.password,
        dbname=name,
        autocommit=True,
    )


def recreate(address: str, name: str, template: str = "template0") -> None:
    """Make the database `name` anew as a copy of `template`."""
    with connect(address) as connection:
        for left in reversed(range(PATIENCE)):
            try:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
                break
            except psycopg.errors.InsufficientPrivilege:  # the server's own vacuum is in it, for a moment
                if not left:
                    raise
                time.sleep(0.2)
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
