"""AT-05: a task runs in exactly its agency, or not at all."""

from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery, chain, chord, group
from celery.contrib.testing.worker import start_worker

from tenants.agencies import actions as agencies
from tenants.models import Tenant
from tenants.running import HEADER, SharedTask, TenantRefused, TenantTask, current, in_public, in_tenant

SEEN: list[tuple[str, str]] = []
app = Celery("tests", broker="memory://", backend="cache+memory://", task_cls=TenantTask, set_as_current=False)
app.conf.broker_transport_options = {"polling_interval": 0.01}


def _note(label: str) -> str:
    place = current()
    SEEN.append((label, place.slug if place else "nowhere"))
    return label


@app.task
def note(*args: Any, tenant: str, label: str = "note") -> str:
    return _note(label)


@app.task(base=SharedTask)
def on_the_floor(*args: Any) -> str:
    return _note("floor")


@app.task(bind=True, max_retries=1)
def twice(self: Any, *, tenant: str) -> str:
    _note("twice")
    if not self.request.retries:
        raise self.retry(countdown=0)
    return "done"


@pytest.fixture
def eager(db: None) -> Iterator[None]:
    SEEN.clear()
    app.conf.update(task_always_eager=True)
    yield
    app.conf.update(task_always_eager=False)


def request_of(task: Any, headers: dict[str, str] | None, **kwargs: Any) -> Any:
    """Run a task's body as a worker does, with these headers."""
    task.push_request(called_directly=False, headers=headers or {}, args=(), kwargs=kwargs, retries=0)
    try:
        return task(**kwargs)
    finally:
        task.pop_request()


@pytest.mark.parametrize("headers", [None, {}, {HEADER: "-"}, {HEADER: "nobody"}, {HEADER: "south"}])
def test_a_task_without_its_agency_is_refused(db: None, headers: dict[str, str] | None) -> None:
    SEEN.clear()
    with pytest.raises(TenantRefused):
        request_of(note, headers, tenant="north")
    with pytest.raises(TenantRefused):
        request_of(note, {HEADER: "nobody"}, tenant="nobody")

    assert SEEN == []


def test_a_suspended_agency_gets_no_work(north_row: Tenant) -> None:
    with in_public():
        agencies.suspend(tenant=north_row, reason="欠费", by=None)
    SEEN.clear()

    with pytest.raises(TenantRefused):
        request_of(note, {HEADER: "north"}, tenant="north")

    assert SEEN == []


def test_a_shared_task_is_not_run_for_an_agency(db: None) -> None:
    with pytest.raises(TenantRefused):
        request_of(on_the_floor, {HEADER: "north"})


def test_a_task_of_an_agency_is_not_sent_from_nowhere(db: None) -> None:
    with pytest.raises(TenantRefused):
        note.apply_async((), {})


@pytest.mark.usefixtures("eager")
def test_retry_chain_group_and_direct_call_stay_in_the_agency(north_row: Tenant) -> None:
    with in_tenant(north_row):
        note.delay(tenant="north", label="delay")
        chain(note.si(tenant="north", label="first"), note.si(tenant="north", label="second")).delay()
        group(note.si(tenant="north", label=str(n)) for n in range(3)).delay()
        twice.delay(tenant="north")
        note(tenant="north", label="direct")

    assert {slug for _, slug in SEEN} == {"north"}
    assert [label for label, _ in SEEN] == ["delay", "first", "second", "0", "1", "2", "twice", "twice", "direct"]


@pytest.mark.threads
def test_a_worker_serves_two_agencies_in_turn(commits: None, django_db_blocker: Any) -> None:
    """Real worker threads, chords and countdowns, two hundred tasks of two agencies interleaved: none astray."""
    SEEN.clear()
    with in_public():
        tenants = {tenant.slug: tenant for tenant in Tenant.objects.all()}
    with start_worker(app, pool="threads", concurrency=4, perform_ping_check=False, shutdown_timeout=30):
        results = []
        for _ in range(100):
            for slug, tenant in tenants.items():
                with in_tenant(tenant):
                    results.append(note.delay(tenant=slug, label=slug))
        with in_tenant(tenants["north"]):
            results.append(
                chord([note.si(tenant="north", label="north") for _ in range(4)])(
                    note.si(tenant="north", label="north")
                )
            )
            results.append(note.apply_async((), {"tenant": "north", "label": "north"}, countdown=0.05))
        results.append(on_the_floor.delay())
        for result in results:
            result.get(timeout=60, interval=0.01, disable_sync_subtasks=False)

    assert len(SEEN) == 200 + 5 + 1 + 1
    assert [pair for pair in SEEN if pair[0] != "floor" and pair[0] != pair[1]] == []
    assert ("floor", "") in SEEN
