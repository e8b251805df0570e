"""AT-23: fifty at once with one key, or one form sent fifty times, make one record and give one answer."""

import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlencode

import pytest
from django.db import connections

from evaluation.models import Fact
from services.clients.models import Client
from services.journal.models import JournalEntry, KeptAnswer
from services.records import actions
from services.records.models import ServiceRecord
from tenants.running import in_public, in_tenant
from tests import wire
from tests.cast import signed_in
from tests.services.test_api import Program, visit_body
from tests.workroom import Workroom

THREADS = 10
EACH = 5


def fifty(send: Callable[[], wire.Answer]) -> list[wire.Answer]:
    """Send the same thing fifty times from ten threads that start together."""
    gate = Barrier(THREADS)

    def run(_number: int) -> list[wire.Answer]:
        gate.wait()
        try:
            return [send() for _ in range(EACH)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return [answer for answers in pool.map(run, range(THREADS)) for answer in answers]


def visits(room: Workroom) -> int:
    """Return how many visits there are, and see that facts come from each and from nothing else."""
    with in_tenant(room.tenant):
        refs = set(ServiceRecord.objects.values_list("ref", flat=True))
    with in_public():
        facts = Fact.objects.filter(tenant=room.tenant.slug, source__startswith="records.record:")
        assert {source.split(":")[1] for source in facts.values_list("source", flat=True)} == refs
    return len(refs)


@pytest.mark.threads
def test_fifty_calls_with_one_key_record_one_visit(committed: dict[str, Workroom]) -> None:
    room = committed["north"]
    assert room.wei.user
    program = Program(room.wei.user.username, room.host)
    body = json.dumps(visit_body(room))
    before = visits(room)

    answers = fifty(
        lambda: wire.ask(
            "POST", "/api/v1/visits/", room.host, body, "application/json",
            authorization=program.headers["Authorization"], idempotency_key="one-visit",
        )
    )  # fmt: skip

    assert {answer.status for answer in answers} == {201}
    assert len({answer.json()["ref"] for answer in answers}) == 1
    assert len({json.dumps(answer.json(), sort_keys=True) for answer in answers}) == 1
    assert visits(room) == before + 1


@pytest.mark.threads
def test_one_form_sent_fifty_times_opens_one_file(committed: dict[str, Workroom]) -> None:
    room = committed["north"]
    browser = signed_in(room.wei.user, room.host)
    token = wire.csrf_token(browser.get("/clients/new/").content.decode())
    cookie = wire.cookies(browser)
    said = urlencode({"csrfmiddlewaretoken": token, "once": uuid.uuid4(), "name": "只有一份", "site": room.station.ref})

    answers = fifty(lambda: wire.ask("POST", "/clients/new/", room.host, said, cookie=cookie))

    assert {answer.status for answer in answers} == {302}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    with in_tenant(room.tenant):
        assert Client.objects.filter(name="只有一份").count() == 1


@pytest.mark.threads
def test_a_call_that_died_before_its_answer_left_nothing(
    committed: dict[str, Workroom], monkeypatch: pytest.MonkeyPatch
) -> None:
    room = committed["north"]
    assert room.wei.user
    program = Program(room.wei.user.username, room.host)
    program.client.raise_request_exception = False
    before = visits(room)

    def died(*args: object) -> None:
        raise MemoryError

    body = visit_body(room)
    with monkeypatch.context() as broken:
        broken.setattr("api_access.idempotency.keep", died)
        assert program.post("/api/v1/visits/", body, **{"Idempotency-Key": "again"}).status_code == 500
    assert visits(room) == before
    with in_tenant(room.tenant):
        assert not KeptAnswer.objects.filter(key="again").exists()

    assert program.post("/api/v1/visits/", body, **{"Idempotency-Key": "again"}).status_code == 201
    assert visits(room) == before + 1


@pytest.mark.threads
def test_an_act_that_broke_halfway_left_nothing(
    committed: dict[str, Workroom], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record is made, then its facts cannot be written: neither stays, nor its line in the log."""
    room = committed["north"]
    assert room.wei.user
    program = Program(room.wei.user.username, room.host)
    program.client.raise_request_exception = False
    before = visits(room)
    with in_tenant(room.tenant):
        lines = JournalEntry.objects.count()

    def broke(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(actions.evaluation, "record_facts", broke)
        assert program.post("/api/v1/visits/", visit_body(room)).status_code == 500

    assert visits(room) == before
    with in_tenant(room.tenant):
        assert JournalEntry.objects.count() == lines


@pytest.mark.threads
def test_a_key_of_one_agency_means_nothing_in_another(committed: dict[str, Workroom]) -> None:
    for room in committed.values():
        assert room.wei.user
        before = visits(room)
        program = Program(room.wei.user.username, room.host)
        answer = program.post("/api/v1/visits/", visit_body(room), **{"Idempotency-Key": "shared"})
        assert answer.status_code == 201
        assert visits(room) == before + 1
