"""AT-03, AT-10 and AT-12: threads, pools, event loops and exports of two agencies at once; rows bear their owner."""

import asyncio
import contextvars
import re
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import SynchronousOnlyOperation
from django.db import connection, connections, transaction
from django.test import RequestFactory

from common.pages.listing import EXPORT_ROWS, Listing
from common.pages.table import Column
from services.clients.models import Client
from services.journal.models import JournalEntry
from tenants.access import access_in
from tenants.agencies import actions
from tenants.models import Tenant
from tenants.places import NoTenant
from tenants.running import in_public, in_tenant
from tests.nights import long_at_night
from tests.workroom import Workroom

ROWS = 1_000
THREADS = 8
READS = 260
WRITES = 30


@pytest.fixture
def agencies(commits: None) -> list[Tenant]:
    """North and south, each with 1,000 rows that bear its name and the same serial ids."""
    with in_public():
        tenants = list(Tenant.objects.order_by("slug"))
    for tenant in tenants:
        with in_tenant(tenant):
            JournalEntry.objects.bulk_create([marked(tenant, number) for number in range(ROWS)])
    return tenants


def marked(tenant: Tenant, number: int) -> JournalEntry:
    return JournalEntry(act="soak.row.made", actor=tenant.slug, object_kind="soak", object_ref=str(number))


def owners() -> set[str]:
    """Return the marks of a handful of rows where we stand."""
    return set(JournalEntry.objects.filter(object_kind="soak").values_list("actor", flat=True)[:3])


def export() -> list[str]:
    """Return the owner of each row of the Excel file of everything."""
    columns = [Column("actor", "who"), Column("id", "number", sort="id", kind="number")]
    rows = JournalEntry.objects.filter(object_kind="soak")
    listing = Listing(RequestFactory().get("/"), rows, columns=columns, order="id")
    with zipfile.ZipFile(listing.sheet("soak", None).book()) as book:
        return re.findall(r"<t>(\w+)</t>", book.read("xl/worksheets/sheet1.xml").decode())[2:]


def at_once(work: Callable[[int], list[str]]) -> list[str]:
    """Run `work` in 8 threads and return what went wrong."""
    gate = threading.Barrier(THREADS)

    def run(number: int) -> list[str]:
        gate.wait()
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return [wrong for found in pool.map(run, range(THREADS)) for wrong in found]


@pytest.mark.threads
@pytest.mark.parametrize("rounds", long_at_night(2, 10))
def test_threads_of_two_agencies_read_write_and_export_their_own(agencies: list[Tenant], rounds: int) -> None:
    """At night 20,800 reads, 2,400 writes and 80 exports interleaved, by day a fifth of that: none astray."""

    def work(number: int) -> list[str]:
        wrong = []
        for turn in range(rounds):
            tenant = agencies[(number + turn) % 2]
            with in_tenant(tenant):
                for read in range(READS):
                    if (found := owners()) != {tenant.slug}:
                        wrong.append(f"read {read}: {found} in {tenant.slug}")
                with transaction.atomic():
                    for write in range(WRITES):
                        marked(tenant, ROWS + write).save()
                file = export()
                if set(file) != {tenant.slug} or len(file) < ROWS + WRITES:
                    wrong.append(f"export of {tenant.slug}: {len(file)} rows")
        return wrong

    assert at_once(work) == []
    for tenant in agencies:
        with in_tenant(tenant):
            rows = JournalEntry.objects.filter(object_kind="soak")
            assert set(rows.values_list("actor", flat=True)) == {tenant.slug}
            assert rows.count() == ROWS + THREADS * rounds * WRITES // 2


@pytest.mark.threads
@pytest.mark.parametrize("size", long_at_night(5_000, EXPORT_ROWS))
def test_a_long_export_holds_all_of_its_own_and_no_others(agencies: list[Tenant], size: int) -> None:
    """AT-12, at night at full size: north's file is written while the other threads read and export south."""
    north, south = agencies
    with in_tenant(north):
        JournalEntry.objects.bulk_create([marked(north, number) for number in range(ROWS, size)], batch_size=10_000)
    files: list[list[str]] = []
    done = threading.Event()

    def work(number: int) -> list[str]:
        if number == 0:
            try:
                with in_tenant(north):
                    files.append(export())
            finally:
                done.set()
            return []
        wrong = []
        while not done.is_set():
            with in_tenant(south):
                if owners() != {south.slug} or set(export()) != {south.slug}:
                    wrong.append(f"thread {number} saw another agency")
        return wrong

    assert at_once(work) == []
    assert EXPORT_ROWS == 50_000
    assert len(files[0]) == size
    assert set(files[0]) == {north.slug}


@pytest.mark.threads
def test_a_pool_started_within_an_agency_stands_nowhere(agencies: list[Tenant]) -> None:
    """Neither a pool's threads nor a copied context inherit the agency: they raise until they enter one."""
    with ThreadPoolExecutor(4) as pool, in_tenant(agencies[0]):
        plain = [pool.submit(owners) for _ in range(50)]
        copied = [pool.submit(contextvars.copy_context().run, owners) for _ in range(50)]
        for answer in plain + copied:
            with pytest.raises(NoTenant):
                answer.result()
        assert owners() == {agencies[0].slug}


@pytest.mark.threads
def test_event_loops_see_their_own_agency_or_raise(agencies: list[Tenant]) -> None:
    async def ask(thread_sensitive: bool) -> set[str]:
        return await sync_to_async(owners, thread_sensitive=thread_sensitive)()

    async def straight() -> set[str]:
        return owners()

    for tenant in agencies * 25:
        with in_tenant(tenant):
            assert async_to_sync(ask)(True) == {tenant.slug}
            with pytest.raises(NoTenant):
                async_to_sync(ask)(False)
            with pytest.raises(SynchronousOnlyOperation):
                async_to_sync(straight)()


@pytest.mark.threads
def test_a_hundred_at_once_in_one_event_loop(agencies: list[Tenant]) -> None:
    def visit(tenant: Tenant) -> tuple[str, set[str]]:
        with in_tenant(tenant):
            return tenant.slug, owners()

    async def everybody() -> list[tuple[str, set[str]]]:
        with ThreadPoolExecutor(THREADS) as pool:
            try:
                calls = [sync_to_async(visit, thread_sensitive=False, executor=pool)(each) for each in agencies * 50]
                return await asyncio.gather(*calls)
            finally:
                gate = threading.Barrier(THREADS)
                list(pool.map(lambda _: (gate.wait(), connections.close_all()), range(THREADS)))

    assert [pair for pair in async_to_sync(everybody)() if pair[1] != {pair[0]}] == []


@pytest.mark.parametrize("turns", long_at_night(100, 1_000))
def test_content_types_and_permissions_are_right_in_turn(
    north_room: Workroom, south_room: Workroom, turns: int
) -> None:
    """AT-10: one person, a worker in north and director in south, in turn in one process; at night a thousand times."""
    user = north_room.wei.user
    assert user
    with in_public():
        actions.give_roles(user=user, tenant=south_room.tenant, roles=["agency_director"], by=None)
        expected = {model: ContentType.objects.get_for_model(model).pk for model in (Client, JournalEntry, Tenant)}
    rooms = {"worker": north_room, "agency_director": south_room}
    for turn in range(turns):
        role = ("worker", "agency_director")[turn % 2]
        room = rooms[role]
        with in_tenant(room.tenant):
            if turn % 10 == 0:
                ContentType.objects.clear_cache()
            assert access_in(user, room.tenant.slug).roles == {role}
            assert {model: ContentType.objects.get_for_model(model).pk for model in expected} == expected
            assert ContentType.objects.get_for_id(expected[Client]).get_object_for_this_type(pk=room.client.pk) == (
                room.client
            )
            assert Client.objects.get(pk=room.client.pk).ref == room.client.ref
    assert connection.place is None  # type: ignore[attr-defined]
