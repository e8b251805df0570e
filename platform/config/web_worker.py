"""gunicorn's thread worker, bounded: who sends slowly, or nothing at all, holds no thread for long.

A proxy before it takes slow senders upon itself (docs/one-server.md); this is for the day there is none.
"""

import errno
import socket
import time
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

HEAD_SECONDS = 10.0  # for a request's first bytes to its last, plus what its body may take
BYTES_A_SECOND = 8 * 1024  # the slowest sending that is waited for
SEND_SECONDS = 60.0  # for one piece of an answer


class TimedSocket(socket.socket):
    """A socket whose reading ends in time: each byte that comes lets it go on a little longer.

    Only waiting for the sender counts. What a request waits for us, in the queue before a thread or while something is
    asked of a server that hangs, is not the sender's slowness.
    """

    wait_left = 0.0

    def begin(self) -> None:
        """Give a request its time."""
        self.wait_left = HEAD_SECONDS

    def recv(self, size: int, flags: int = 0) -> bytes:
        if self.wait_left <= 0:
            raise ConnectionResetError(errno.ECONNRESET, "sent too slowly")
        self.settimeout(self.wait_left)
        began = time.monotonic()
        try:
            found = super().recv(size, flags)
        except TimeoutError as error:
            raise ConnectionResetError(errno.ECONNRESET, "sent too slowly") from error
        self.settimeout(SEND_SECONDS)
        self.wait_left += len(found) / BYTES_A_SECOND - (time.monotonic() - began)
        return found


class TimedConnection(TConn):  # type: ignore[misc]  # gunicorn ships no types
    def __init__(self, cfg: Any, sock: socket.socket, client: Any, server: Any) -> None:
        super().__init__(cfg, TimedSocket(fileno=sock.detach()), client, server)

    def init(self) -> None:
        """Called at the start of each request of the connection."""
        super().init()
        self.sock.begin()


class BoundedThreadWorker(ThreadWorker):  # type: ignore[misc]
    def accept(self, listener: Any) -> None:
        """Take a connection in and wait for its first bytes in the poller, not in a thread."""
        try:
            client_sock, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        self.defer(TimedConnection(self.cfg, client_sock, address, listener.getsockname()))

    def defer(self, conn: TimedConnection) -> None:
        """Wait for a connection's data without a thread, no longer than HEAD_SECONDS."""
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + HEAD_SECONDS
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))
