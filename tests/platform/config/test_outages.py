"""What a person and a program are told while the database is away: 503, words, when to ask again; never a bare 500."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, connections
from django.test import Client

from config.web import outages
from services.records.models import ServiceRecord
from tenants.backend import live
from tenants.backend.base import DatabaseWrapper
from tenants.backend.live import CommitUnknown
from tenants.middleware import HostMiddleware
from tenants.running import in_tenant
from tests.cast import signed_in
from tests.services.test_api import Program, visit_body
from tests.workroom import Workroom


@pytest.fixture
def away(committed: dict[str, Workroom]) -> Iterator[tuple[Workroom, Client, Program]]:
    """North's people are signed in; then the way to the database leads nowhere."""
    room = committed["north"]
    browser = signed_in(room.wei.user, room.host)
    assert room.wei.user
    program = Program(room.wei.user.username, room.host)
    for client in (browser, program.client):
        client.raise_request_exception = False
    HostMiddleware.known.clear()
    settings = connections["default"].settings_dict
    before = dict(settings)
    connection.close()
    settings.update(HOST="127.0.0.1", PORT="9")
    yield room, browser, program
    connection.close()
    settings.update(before)
    live._silent_until = 0.0


@pytest.mark.threads
def test_without_a_database_pages_forms_and_calls_say_when_to_ask_again(
    away: tuple[Workroom, Client, Program],
) -> None:
    room, browser, program = away

    page = browser.get("/clients/?q=x")
    form = browser.post("/clients/new/", {"name": "写到哪里", "site": room.station.ref})
    english = browser.get("/", headers={"accept-language": "en"})
    call = program.post("/api/v1/visits/", visit_body(room))
    ready = browser.get("/readyz")

    for answer in (page, form, english, call):
        assert answer.status_code == 503
        assert answer["Retry-After"] == "5"
    assert "暂时无法使用" in page.content.decode()
    assert 'href="/clients/?q=x"' in page.content.decode()
    assert "这次没有存上" in form.content.decode()
    assert "写到哪里" not in form.content.decode()
    assert call["Content-Type"] == "application/problem+json"
    assert (ready.status_code, ready.json()["database"]) == (503, "OperationalError")


@pytest.mark.threads
def test_the_health_of_the_process_itself_is_told(away: tuple[Workroom, Client, Program]) -> None:
    _room, browser, _program = away

    assert browser.get("/healthz").status_code == 200


def test_without_a_broker_the_web_stays_in_service(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.middleware._broker", lambda: "OperationalError")

    answer = Client(HTTP_HOST="localhost").get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "degraded", "broker": "OperationalError"})


@pytest.mark.threads
def test_a_commit_nobody_knows_of_is_called_so(committed: dict[str, Workroom], monkeypatch: pytest.MonkeyPatch) -> None:
    """Sent again with the same key it acts once, whatever had become of the first."""
    room = committed["north"]
    assert room.wei.user
    program = Program(room.wei.user.username, room.host)
    program.client.raise_request_exception = False
    body, key = visit_body(room), {"Idempotency-Key": "a visit of June"}
    with in_tenant(room.tenant):
        before = ServiceRecord.objects.count()
    commit = DatabaseWrapper._commit

    def unsure(wrapper: Any) -> None:
        commit(wrapper)
        raise CommitUnknown("the standby did not confirm it")

    with monkeypatch.context() as while_unsure:
        while_unsure.setattr(DatabaseWrapper, "_commit", unsure)
        unknown = program.post("/api/v1/visits/", body, **key)
    again = program.post("/api/v1/visits/", body, **key)

    assert unknown.status_code == 503
    assert "先查看" in unknown.json()["detail"]
    assert again.status_code == 201
    with in_tenant(room.tenant):
        assert ServiceRecord.objects.count() == before + 1


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (psycopg.errors.DiskFull(), True),
        (psycopg.errors.AdminShutdown(), True),
        (psycopg.errors.CannotConnectNow(), True),
        (psycopg.errors.TooManyConnections(), True),
        (psycopg.errors.DeadlockDetected(), True),
        (psycopg.errors.QueryCanceled(), False),
    ],
)
def test_what_counts_as_an_outage(error: Exception, told: bool) -> None:
    wrapped = OperationalError()
    wrapped.__cause__ = error

    assert outages.is_outage(wrapped) is told
    assert not outages.is_outage(ValueError())
