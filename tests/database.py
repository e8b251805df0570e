"""The databases of a test run: one server, one template database made once, one copy for each test process.

With TEST_DATABASE_URL a server of one's own choice is used (its role needs CREATEDB); otherwise the embedded one is
started by the first process, and stopped and removed by it at the end.
"""

import atexit
import os
import shutil
import sys
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from filelock import FileLock

TEMPLATE = "liandong_template"
DEMO = "liandong_demo"
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

    server = postgres.start(home, durable=False)
    note.write_text(server.url())
    if home.name.startswith("liandong-tests-"):  # made for this run, not named by whoever runs it
        atexit.register(shutil.rmtree, home, ignore_errors=True)
    atexit.register(shutil.rmtree, server.home, ignore_errors=True)  # for root it stands under /var/lib
    atexit.register(server.stop)  # runs first
    return server.url()


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
