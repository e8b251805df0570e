"""PgBouncer before the test's database: started in a mode, and changed under load."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connections

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


class Pooler:
    """One PgBouncer of its own folder; the settings lead to it once it is started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = connections["default"].settings_dict
        self.before = dict(self.settings)
        self.process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.config = folder / "pgbouncer.ini"

    def start(self, mode: str, size: int = 20) -> None:
        if PROGRAM is None:
            pytest.skip("pgbouncer is not installed (Debian: apt-get install pgbouncer)")
        self._write(mode, size)
        user = unprivileged(self.folder, self.before["HOST"])
        self.process = subprocess.Popen([PROGRAM, "-q", *user, str(self.config)])
        wait_for(self.port)
        # The role that tests put on belongs to a session; behind a pooler there are none, so the owner works here.
        self.settings.update(HOST="127.0.0.1", PORT=str(self.port), OPTIONS={})

    def change(self, mode: str, size: int) -> None:
        """Do what an operator does: another mode in the file, and a signal to read it."""
        assert self.process
        self._write(mode, size)
        self.process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        self.settings.update(self.before)
        if self.process:
            self.process.terminate()
            self.process.wait(10)

    def _write(self, mode: str, size: int) -> None:
        known = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
        server = " ".join(f"{name}={self.before[key]}" for name, key in known.items() if self.before[key])
        self.config.write_text(
            f"[databases]\n* = {server}\n[pgbouncer]\npool_mode = {mode}\ndefault_pool_size = {size}\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {self.port}\nauth_type = any\nunix_socket_dir =\n"
            "max_client_conn = 500\nignore_startup_parameters = options\n"
        )
        self.config.chmod(0o644)


@pytest.fixture
def pooler(django_db_setup: None, tmp_path: Path) -> Iterator[Pooler]:
    made = Pooler(tmp_path)
    yield made
    made.stop()


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
