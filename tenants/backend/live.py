"""A connection that notices a server which no longer answers, and a commit which was not confirmed.

A frozen server, or one whose machine is gone without a word, leaves its clients waiting for ever: the kernel goes on
acknowledging. How long a statement takes says nothing, so after a moment the server is asked something trivial on a
connection of its own. While it answers, the statement is waited for; a server that lets nobody in for 2 seconds is
given up, so that a request is told within 5.
"""

import time
from contextlib import closing
from typing import Any, TypeVar

import psycopg
from django.db.utils import OperationalError
from psycopg.abc import PQGen
from psycopg.errors import Diagnostic, _WaitTimeout
from psycopg.waiting import Ready

RV = TypeVar("RV")
ASK_AFTER = 1.5
LET_IN_WITHIN = 2  # whole seconds: libpq's own measure
ANSWER_WITHIN = 20.0  # behind a pooler whose servers are all at work the question waits in its queue
REST = 1.0  # so long nobody else waits for a server that was just found silent
CHECK_INTERRUPTS = 0.1
STANDBY_GIVEN_UP = "SyncRepWaitForLSN"  # where in PostgreSQL the warning comes from: its words are translated

_silent_until = 0.0


class CommitUnknown(OperationalError):
    """Nobody can say whether the last transaction is kept: look before doing it again (docs/decisions, promises 8)."""


class Unconfirmed(CommitUnknown):
    """It is kept here, but the standby did not confirm it: after a change-over it may be gone."""


def answers_again() -> None:
    """Let the next connection be tried, unless the server was found silent a moment ago.

    :raises OperationalError: then, at once, so that waiting requests do not queue up behind each other.
    """
    if time.monotonic() < _silent_until:
        raise OperationalError("the database does not answer")


def _note_silence() -> None:
    global _silent_until
    _silent_until = time.monotonic() + REST


class BriefConnection(psycopg.Connection[Any]):
    """A connection for one trivial question: it waits no longer than ANSWER_WITHIN."""

    def wait(self, gen: PQGen[RV], interval: float = CHECK_INTERRUPTS, timeout: float | None = None) -> RV:
        return super().wait(gen, interval, ANSWER_WITHIN if timeout is None else timeout)


class LiveConnection(psycopg.Connection[Any]):
    """`unreplicated` is set by the server's warning that it gave up waiting for its standby."""

    unreplicated = False
    _address: tuple[str, dict[str, Any]]

    @classmethod
    def connect(cls, conninfo: str = "", **params: Any) -> "LiveConnection":
        try:
            connection = super().connect(conninfo, **params)
        except psycopg.errors.ConnectionTimeout:
            _note_silence()
            raise
        connection.add_notice_handler(connection._hear)
        connection._address = (conninfo, {name: params[name] for name in params if name in ADDRESS})
        return connection

    def _hear(self, notice: Diagnostic) -> None:
        if notice.source_function == STANDBY_GIVEN_UP:
            self.unreplicated = True

    def wait(self, gen: PQGen[RV], interval: float = CHECK_INTERRUPTS, timeout: float | None = None) -> RV:
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        while True:
            try:
                return super().wait(gen, interval, ASK_AFTER)
            except _WaitTimeout:
                if not self._server_answers():
                    _note_silence()
                    self.pgconn.finish()
                    raise psycopg.OperationalError("the database does not answer") from None
                gen = _going_on(gen)

    def _server_answers(self) -> bool:
        conninfo, params = self._address
        try:
            other = BriefConnection.connect(conninfo, **params, connect_timeout=LET_IN_WITHIN, autocommit=True)
            with closing(other):
                other.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True


def _going_on(gen: PQGen[RV]) -> PQGen[RV]:
    """Take up a generator that was left waiting: psycopg's own wait would start it, which it may be only once."""
    try:
        wanted = gen.send(Ready.NONE)
        while True:
            wanted = gen.send((yield wanted))
    except StopIteration as ended:
        result: RV = ended.value
        return result


ADDRESS = ("host", "port", "user", "password", "dbname", "service", "sslmode", "sslrootcert", "sslcert", "sslkey")
