"""A commit that nobody knows of stands in a list; what became of it is looked up, or found out by a person."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.crypto import get_random_string

from audit.models import AuditEntry
from config.launch import postgres
from services.clients.models import Client
from services.records.models import ServiceRecord
from tenants.backend import unknown_commits
from tenants.backend.base import DatabaseWrapper
from tenants.backend.live import CommitUnknown, LiveConnection, Unconfirmed
from tenants.models import UnknownCommit
from tenants.places import Place
from tenants.running import SharedTask, in_public, in_tenant
from tenants.tasks import look_up_unknown_commits
from tests import database
from tests.cast import officer, signed_in
from tests.services.test_api import Program, visit_body
from tests.tenants.test_breaks import kill
from tests.tenants.test_live import Warned
from tests.tenants.test_tasks import app, request_of
from tests.workroom import Workroom

State, Reason = UnknownCommit.State, UnknownCommit.Reason


@pytest.fixture
def room(committed: dict[str, Workroom]) -> Workroom:
    return committed["north"]


@pytest.fixture
def program(room: Workroom) -> Program:
    assert room.wei.user
    made = Program(room.wei.user.username, room.host)
    made.client.raise_request_exception = False
    return made


@contextmanager
def at_first_commit(monkeypatch: pytest.MonkeyPatch, happens: Any) -> Iterator[None]:
    """Let `happens(wrapper, commit)` stand for the next commit; those after it are as ever."""
    commit, left = DatabaseWrapper._commit, [1]

    def once(wrapper: Any) -> None:
        if left:
            left.clear()
            happens(wrapper, commit)
        else:
            commit(wrapper)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(DatabaseWrapper, "_commit", once)
        yield


def unconfirmed(wrapper: Any, commit: Any) -> None:
    wrapper.connection._hear(Warned())
    commit(wrapper)


def lost(wrapper: Any, commit: Any) -> None:
    kill()
    commit(wrapper)


def listed() -> UnknownCommit:
    with in_public():
        return UnknownCommit.objects.get()


def looked_up() -> UnknownCommit:
    with in_public():
        look_up_unknown_commits()
    return listed()


def visits(room: Workroom) -> int:
    with in_tenant(room.tenant):
        return ServiceRecord.objects.count()


@pytest.mark.threads
def test_a_call_the_standby_did_not_confirm_is_listed_and_found_stored(
    room: Workroom, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, body, key = visits(room), visit_body(room), {"Idempotency-Key": "a visit of June"}
    with at_first_commit(monkeypatch, unconfirmed):
        answer = program.post("/api/v1/visits/", body, **key)

    row = listed()
    assert answer.status_code == 503
    assert (row.agency, row.kind, row.reason, row.state) == ("north", "call", Reason.STANDBY, State.UNKNOWN)
    assert row.what.startswith("POST api-")
    assert room.wei.user
    assert row.user == room.wei.user.ref
    assert "June" not in str(vars(row))

    found = looked_up()
    assert (found.state, visits(room)) == (State.STORED, before + 1)
    assert found.found_at
    with in_public():
        assert AuditEntry.objects.filter(act="tenants.unknown_commit.found", object_ref=row.ref).count() == 1
        assert look_up_unknown_commits() == 0
    assert program.post("/api/v1/visits/", body, **key).status_code == 201
    assert visits(room) == before + 1


@pytest.mark.threads
def test_a_call_whose_connection_was_lost_at_commit_is_found_not_stored(
    room: Workroom, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = visits(room)
    with at_first_commit(monkeypatch, lost):
        answer = program.post("/api/v1/visits/", visit_body(room), **{"Idempotency-Key": "lost"})

    assert answer.status_code == 503
    assert (listed().reason, listed().state) == (Reason.LOST, State.UNKNOWN)
    assert (looked_up().state, visits(room)) == (State.NOT_STORED, before)


@pytest.mark.threads
def test_a_form_sent_with_its_token_is_listed_with_its_page_and_found(
    room: Workroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(room.director, room.host)
    browser.raise_request_exception = False
    said = {
        "name": "李改名",
        "opened_on": str(timezone.localdate()),
        "site": room.station.ref,
        "once": "0b1c2d3e-0000-4000-8000-000000000001",
    }
    with at_first_commit(monkeypatch, unconfirmed):
        answer = browser.post("/clients/new/", said)

    assert answer.status_code == 503
    row = listed()
    assert (row.kind, row.what) == ("page", "POST clients:new")
    assert row.user == room.director.ref
    assert "改名" not in str(vars(row))
    assert looked_up().state == State.STORED
    with in_tenant(room.tenant):
        assert Client.objects.filter(name="李改名").count() == 1


@pytest.mark.threads
def test_while_somebody_may_still_write_it_nothing_is_said(
    room: Workroom, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client is gone, its transaction may yet end well: what is not there yet is not "not stored"."""
    with at_first_commit(monkeypatch, lost):
        program.post("/api/v1/visits/", visit_body(room), **{"Idempotency-Key": "still at it"})
    with database.connect(os.environ["TEST_ADDRESS"], connection.settings_dict["NAME"]) as other:
        other.autocommit = False
        schema = room.tenant.schema_name
        other.execute(
            f"INSERT INTO {schema}.journal_keptanswer (\"user\", path, key, fingerprint, body, at)"
            " VALUES ('x', '/x', 'x', 'x', '', now())"
        )  # fmt: skip
        assert looked_up().state == State.UNKNOWN
        other.rollback()

    assert looked_up().state == State.NOT_STORED


@pytest.mark.threads
def test_while_the_standby_is_away_a_finding_is_not_written(
    room: Workroom, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is seen here may be gone after a change-over, until a commit that came after it is confirmed."""
    with at_first_commit(monkeypatch, unconfirmed):
        program.post("/api/v1/visits/", visit_body(room), **{"Idempotency-Key": "away"})
    look, seen = unknown_commits._is_stored, list[bool | None]()

    def looked(row: UnknownCommit, place: Place) -> bool | None:
        seen.append(look(row, place))
        return seen[-1]

    with monkeypatch.context() as away, in_public():
        away.setattr(unknown_commits, "_is_stored", looked)
        away.setattr(DatabaseWrapper, "confirm_replicated", lambda wrapper: unheard(wrapper, bool(seen)))
        assert look_up_unknown_commits() == 0
    assert seen == [True]
    assert listed().state == State.UNKNOWN

    assert looked_up().state == State.STORED


def unheard(wrapper: Any, away: bool) -> None:
    """The server warns at the end of a transaction, when it is kept here already."""
    if away and not wrapper.in_atomic_block:
        raise Unconfirmed("away")


def _raise(error: Exception) -> None:
    raise error


@pytest.mark.threads
def test_without_a_key_it_waits_for_a_person(room: Workroom, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    with at_first_commit(monkeypatch, unconfirmed):
        program.post("/api/v1/visits/", visit_body(room))
    row = looked_up()
    assert (row.state, row.key) == (State.UNKNOWN, "")

    with in_public():
        browser = signed_in(officer("op", "operator"))
        page = browser.get("/agencies/_/unknown/?state=unknown").content.decode()
        one = f"/agencies/_/unknown/{row.ref}/"
        assert one in page
        assert "请联系使用者" in browser.get(one).content.decode()
        assert "处理说明" in browser.post(one, {"note": "短"}).content.decode()
        assert listed().state == State.UNKNOWN
        assert browser.post(one, {"note": "与社工核对，记录已在，未重复。"}).status_code == 302
        assert (listed().state, listed().note) == (State.SETTLED, "与社工核对，记录已在，未重复。")
        again = browser.post(one, {"note": "再处理一次看看"}).content.decode()
        assert "再处理一次看看" not in again or "已经有结果" in again
        assert listed().note == "与社工核对，记录已在，未重复。"
        assert browser.get("/agencies/_/unknown/?state=unknown").content.decode().count(one) == 0
        assert browser.get("/agencies/_/unknown/?export=xlsx").status_code == 200


@pytest.mark.threads
def test_where_it_cannot_be_listed_the_log_has_its_line_and_the_answer_stands(
    room: Workroom, program: Program, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    commit = DatabaseWrapper._commit

    def never(wrapper: Any) -> None:
        commit(wrapper)
        raise CommitUnknown("every time")

    with monkeypatch.context() as always:
        always.setattr(DatabaseWrapper, "_commit", never)
        always.setattr(UnknownCommit.objects, "create", lambda **said: _raise(psycopg.OperationalError("gone")))
        answer = program.post("/api/v1/visits/", visit_body(room), **{"Idempotency-Key": "no list"})

    assert answer.status_code == 503
    assert "nobody knows whether this was kept: POST api-" in caplog.text
    assert "it stands in no list" in caplog.text


@app.task
def ends_unknown(*, tenant: str) -> None:
    raise CommitUnknown("the connection was lost while committing")


@app.task(base=SharedTask)
def ends_unknown_on_the_floor() -> None:
    raise Unconfirmed("the standby did not confirm it")


@pytest.mark.parametrize(("task", "agency"), [("north", "north"), ("", "")])
def test_a_task_that_ends_so_is_listed_and_still_fails(db: None, task: str, agency: str) -> None:
    with pytest.raises(CommitUnknown):
        if task:
            request_of(ends_unknown, {"liandong_tenant": "north"}, tenant="north")
        else:
            request_of(ends_unknown_on_the_floor, {"liandong_tenant": "-"})

    row = listed()
    assert (row.kind, row.agency, row.key) == ("task", agency, "")
    assert "ends_unknown" in row.what


def test_a_command_that_ends_so_is_listed(db: None) -> None:
    unknown_commits.note_command(ValueError(), "upgrade")
    with CaptureQueriesContext(connection) as asked:
        unknown_commits.note_command(CommitUnknown(), "upgrade")

    assert "SET LOCAL synchronous_commit = local" in str(asked.captured_queries)
    assert (listed().kind, listed().what, listed().agency) == ("command", "upgrade", "")


@pytest.fixture
def lonely(tmp_path: Path) -> Iterator[postgres.Server]:
    """A server of the test's own that waits for a standby which never comes."""
    with database.own_server(tmp_path / "lonely", durable=True) as made:
        with psycopg.connect(made.url(), autocommit=True) as owner:
            owner.execute("CREATE TABLE kept (said text)")
        with postgres.admin(made) as root:
            root.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
            root.execute("SELECT pg_reload_conf()")
        yield made


def test_the_servers_own_notice_is_heard_and_a_local_commit_waits_for_nobody(lonely: postgres.Server) -> None:
    """The real words of a real server: a commit's wait for the standby is cancelled."""
    ours = LiveConnection.connect(lonely.url(), autocommit=True)
    process = ours.info.backend_pid

    def cancel() -> None:
        with psycopg.connect(lonely.url(), autocommit=True) as other:
            while True:
                wait = other.execute("SELECT wait_event FROM pg_stat_activity WHERE pid = %s", [process]).fetchone()
                if wait == ("SyncRep",):
                    other.execute("SELECT pg_cancel_backend(%s)", [process])
                    return
                time.sleep(0.05)

    watcher = threading.Thread(target=cancel)
    watcher.start()
    ours.execute("INSERT INTO kept VALUES ('here only')")
    watcher.join()
    assert ours.unreplicated

    ours.unreplicated = False
    with ours.transaction():
        ours.execute("SET LOCAL synchronous_commit = local")
        ours.execute("INSERT INTO kept VALUES ('the list')")
    assert not ours.unreplicated
    assert ours.execute("SELECT count(*) FROM kept").fetchone() == (2,)
    ours.close()


def test_the_list_asks_as_often_for_many_as_for_one(public: None, django_assert_max_num_queries: Any) -> None:
    browser = signed_in(officer("op", "operator"))
    UnknownCommit.objects.bulk_create(
        UnknownCommit(kind="page", what="POST grants:pay", agency="north", reason="lost", ref=get_random_string(16))
        for _ in range(25)
    )
    browser.get("/agencies/_/unknown/")
    with django_assert_max_num_queries(8):
        page = browser.get("/agencies/_/unknown/")
    assert "25" in page.content.decode()
    assert connection.schema_name == "public"
