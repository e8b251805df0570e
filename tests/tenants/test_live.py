"""A server that no longer answers is given up within seconds; one that is only slow is waited for."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from config.launch import postgres
from services.journal.models import JournalEntry
from tenants.backend import live
from tenants.backend.live import CommitUnknown, LiveConnection
from tenants.models import Tenant
from tenants.running import in_public, in_tenant
from tests import database
from tests.tenants.test_breaks import kill


@pytest.fixture
def server(tmp_path: Path) -> Iterator[postgres.Server]:
    """A server of the test's own, that may be frozen."""
    with database.own_server(tmp_path / "own") as made:
        yield made
        os.kill(made.process.pid, signal.SIGCONT)


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_silent_until", 0.0)


def test_a_slow_statement_is_waited_for(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "ASK_AFTER", 0.1)
    with in_public(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.5), 7")
        assert cursor.fetchone() == ("", 7)
        cursor.execute("SELECT n, pg_sleep(0.002) FROM generate_series(1, 300) n")
        assert len(cursor.fetchall()) == 300


def test_a_frozen_server_is_given_up_and_the_next_ask_waits_for_nothing(
    server: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "ASK_AFTER", 0.2)
    ours = LiveConnection.connect(host=str(server.socket), user="liandong", dbname="liandong", autocommit=True)
    backend = ours.info.backend_pid
    for process in (server.process.pid, backend):
        os.kill(process, signal.SIGSTOP)
    try:
        with pytest.raises(psycopg.OperationalError, match="does not answer"):
            ours.execute("SELECT 1")
        assert ours.closed
        with pytest.raises(OperationalError, match="does not answer"):
            live.answers_again()
    finally:
        os.kill(backend, signal.SIGCONT)


def test_a_moment_later_it_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    live._note_silence()
    monkeypatch.setattr(live, "_silent_until", time.monotonic() - 1)

    live.answers_again()


class Warned:
    """The server's words when somebody cancels a commit's wait for its standby."""

    source_function = "SyncRepWaitForLSN"
    message_primary = "canceling wait for synchronous replication due to user request"


def warn() -> None:
    connection.connection._hear(Warned())  # type: ignore[attr-defined]


@pytest.mark.threads
def test_a_commit_the_standby_did_not_confirm_is_not_received(commits: None) -> None:
    """A9: psycopg's commit() returns as if all were well; only a warning tells."""
    done: list[str] = []
    with in_public():
        north = Tenant.objects.get(slug="north")
    with in_tenant(north):
        with pytest.raises(CommitUnknown), transaction.atomic():
            JournalEntry.objects.create(act="maybe.kept", object_kind="none", object_ref="none")
            transaction.on_commit(lambda: done.append("letters go out"))
            warn()
        with pytest.raises(CommitUnknown):
            warn()
            JournalEntry.objects.count()
        assert JournalEntry.objects.filter(act="maybe.kept").exists()
    assert done == []


@pytest.mark.threads
def test_a_connection_lost_while_committing_leaves_it_open_what_became_of_it(commits: None) -> None:
    with in_public():
        north = Tenant.objects.get(slug="north")
    with in_tenant(north):
        with pytest.raises(CommitUnknown), transaction.atomic():
            JournalEntry.objects.create(act="maybe.lost", object_kind="none", object_ref="none")
            kill()
        connection.close_if_unusable_or_obsolete()
        assert not JournalEntry.objects.filter(act="maybe.lost").exists()
        with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
        assert not isinstance(refused.value, CommitUnknown)
