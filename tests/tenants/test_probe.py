"""AT-06: behind a pooler in transaction mode the house refuses to start; in session mode it starts."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from tenants.probe import refuse_transaction_pooling

POOLER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
Start = Callable[[str], None]


@pytest.fixture
def pooler(db: None, tmp_path: Path) -> Iterator[Start]:
    """Start PgBouncer before the test's database, in the mode asked for, and lead the settings there."""
    if POOLER is None:
        pytest.skip("pgbouncer is not installed (Debian: apt-get install pgbouncer)")
    settings = connections["default"].settings_dict
    before = dict(settings)
    running: list[subprocess.Popen[bytes]] = []

    def start(mode: str) -> None:
        port = free_port()
        config = tmp_path / f"{mode}.ini"
        server = {
            "host": before["HOST"],
            "port": before["PORT"],
            "user": before["USER"],
            "password": before["PASSWORD"],
        }
        address = " ".join(f"{name}={value}" for name, value in server.items() if value)
        config.write_text(
            f"[databases]\n* = {address}\n[pgbouncer]\npool_mode = {mode}\nlisten_addr = 127.0.0.1\n"
            f"listen_port = {port}\nauth_type = any\nunix_socket_dir =\nignore_startup_parameters = options\n"
        )
        running.append(subprocess.Popen([str(POOLER), "-q", *unprivileged(tmp_path, before["HOST"]), str(config)]))
        wait_for(port)
        settings.update(HOST="127.0.0.1", PORT=str(port))

    yield start
    settings.update(before)
    for process in running:
        process.terminate()
        process.wait(10)


def unprivileged(folder: Path, database_socket: str) -> list[str]:
    """Return the option that gives up root, which PgBouncer refuses to keep: it becomes the database's owner."""
    if os.geteuid() != 0:
        return []
    for path in (folder, *folder.parents[:2]):
        path.chmod(0o755)
    owner = Path(database_socket).stat().st_uid if database_socket.startswith("/") else 0
    return ["-u", pwd.getpwuid(owner).pw_name if owner else "nobody"]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def wait_for(port: int) -> None:
    until = time.monotonic() + 10
    while True:
        try:
            psycopg.connect(host="127.0.0.1", port=port, dbname="postgres", user="postgres").close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def test_transaction_mode_is_refused(pooler: Start) -> None:
    pooler("transaction")

    with pytest.raises(ImproperlyConfigured, match="transaction mode"):
        refuse_transaction_pooling()


def test_session_mode_is_accepted(pooler: Start) -> None:
    pooler("session")

    refuse_transaction_pooling()


def test_a_direct_connection_is_accepted(db: None) -> None:
    refuse_transaction_pooling()
