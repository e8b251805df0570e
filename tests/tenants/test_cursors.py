"""Whatever a cursor can be asked to do takes its place along, or is refused."""

import inspect
from collections.abc import Iterator

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, NotSupportedError, connection, transaction
from django.test.utils import CaptureQueriesContext

from services.journal.models import JournalEntry
from tenants.backend.cursor import PlacedCursor
from tenants.backend.owner import as_owner
from tenants.models import Tenant
from tenants.places import NoTenant, Place, SchemaMissing
from tenants.running import in_public, in_tenant, standing_at

# What psycopg's cursor offers in public; a new name must be looked at before it may be used.
LED_THROUGH_OURS = {"execute", "executemany", "copy", "stream"}
SENDS_NO_STATEMENT = {
    "adapters", "arraysize", "close", "closed", "connection", "description", "fetchall", "fetchmany", "fetchone",
    "format", "mogrify", "nextset", "pgresult", "results", "row_factory", "rowcount", "rownumber", "scroll",
    "set_result", "setinputsizes", "setoutputsize", "statusmessage",
}  # fmt: skip


def where() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])


@pytest.fixture
def agencies(commits: None) -> list[Tenant]:
    with in_public():
        return list(Tenant.objects.order_by("slug"))


def test_every_public_name_of_a_cursor_is_known() -> None:
    offered = {name for name, _ in inspect.getmembers(psycopg.ClientCursor) if not name.startswith("_")}

    assert offered - LED_THROUGH_OURS - SENDS_NO_STATEMENT == set()
    assert all(name in vars(PlacedCursor) for name in LED_THROUGH_OURS)


def test_many_rows_go_where_we_stand(north: Tenant, south_row: Tenant) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO journal_journalentry (at, act, actor, object_kind, object_ref, details) "
            "VALUES (now(), %s, '', 'many', '', '{}')",
            [("a.b",), ("c.d",)],
        )
    assert JournalEntry.objects.filter(object_kind="many").count() == 2


def test_copy_goes_where_we_stand_and_needs_a_transaction(agencies: list[Tenant]) -> None:
    north, south = agencies
    with in_public(), as_owner(), connection.cursor() as cursor:
        for tenant in agencies:
            cursor.execute(f"CREATE TABLE {tenant.schema_name}.copied (owner text)")
            cursor.execute(f"GRANT ALL ON {tenant.schema_name}.copied TO liandong_app")
    for tenant in agencies:
        with (
            in_tenant(tenant),
            transaction.atomic(),
            connection.cursor() as cursor,
            cursor.copy("COPY copied FROM STDIN") as copy,
        ):
            copy.write_row([tenant.slug])
    with in_tenant(north), connection.cursor() as cursor:
        with pytest.raises(NotSupportedError, match="atomic"), cursor.copy("COPY copied FROM STDIN"):
            pass
        cursor.execute("SELECT owner FROM copied")
        assert cursor.fetchall() == [("north",)]
    with in_tenant(south), connection.cursor() as cursor:
        cursor.execute("SELECT owner FROM copied")
        assert cursor.fetchall() == [("south",)]


def test_a_stream_is_refused(north: Tenant) -> None:
    with connection.cursor() as cursor, pytest.raises(NotSupportedError):
        cursor.stream("SELECT 1")


def test_a_cursor_of_one_place_does_not_work_in_another(north_row: Tenant, south_row: Tenant) -> None:
    with in_tenant(north_row):
        cursor = connection.cursor()
        cursor.execute("SELECT 1")
    with in_tenant(south_row), pytest.raises(NoTenant):
        cursor.execute("SELECT 1")
    with pytest.raises(NoTenant):
        cursor.execute("SELECT 1")


def test_a_named_cursor_reads_where_it_was_declared(north_row: Tenant, south_row: Tenant) -> None:
    with in_tenant(north_row), transaction.atomic():
        lists: Iterator[JournalEntry] = JournalEntry.objects.order_by("pk").iterator(chunk_size=1)
        assert next(lists, None) is None or where() == north_row.schema_name
        with connection.chunked_cursor() as cursor:
            cursor.execute("SELECT current_schema() FROM generate_series(1, 3)")
            assert cursor.fetchall() == [(north_row.schema_name,)] * 3


def test_outside_a_transaction_no_cursor_is_held(agencies: list[Tenant]) -> None:
    with in_tenant(agencies[0]), CaptureQueriesContext(connection) as captured:
        list(Tenant.objects.all().iterator())
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_cursors")
            assert cursor.fetchone() == (0,)
    assert not [query for query in captured if "DECLARE" in query["sql"]]


def test_an_isolation_level_may_be_the_first_thing_said(agencies: list[Tenant]) -> None:
    with in_tenant(agencies[0]), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SHOW transaction_isolation")
        assert cursor.fetchone() == ("repeatable read",)
        assert where() == agencies[0].schema_name


def test_what_is_checked_at_commit_finds_its_tables(agencies: list[Tenant]) -> None:
    with in_tenant(agencies[0]), as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE parent (id int PRIMARY KEY)")
        cursor.execute("CREATE TABLE child (of int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("INSERT INTO child VALUES (7)")
        with transaction.atomic():
            cursor.execute("INSERT INTO child VALUES (8)")
            cursor.execute("INSERT INTO parent VALUES (8)")
        cursor.execute("SELECT count(*) FROM child")
        assert cursor.fetchone() == (1,)


def test_after_commit_one_stands_where_one_said(agencies: list[Tenant]) -> None:
    seen: list[str] = []
    with in_tenant(agencies[1]), transaction.atomic():
        transaction.on_commit(lambda: seen.append(where()))
    assert seen == [agencies[1].schema_name]


def test_a_new_table_stands_in_its_agency(north: Tenant) -> None:
    with as_owner(), connection.schema_editor() as editor:
        editor.execute("CREATE TABLE made_here (id int)")
    with connection.cursor() as cursor:
        cursor.execute("SELECT relnamespace::regnamespace::text FROM pg_class WHERE relname = 'made_here'")
        assert cursor.fetchall() == [(north.schema_name,)]


def test_a_missing_schema_is_named_and_reads_nothing(agencies: list[Tenant]) -> None:
    with standing_at(Place("t_never_made", "never")):
        with pytest.raises(SchemaMissing, match="t_never_made"):
            Tenant.objects.count()
        with pytest.raises(SchemaMissing), transaction.atomic():
            Tenant.objects.count()


def test_counts_and_logs_show_the_statement_alone(north: Tenant) -> None:
    with CaptureQueriesContext(connection) as captured:
        where()
    assert [query["sql"] for query in captured] == ["SELECT current_schema()"]


@pytest.mark.parametrize("option", ["server_side_binding", "prepare_threshold", "cursor_factory", "pool"])
def test_options_that_go_round_the_place_are_refused(db: None, option: str) -> None:
    other = connection.copy()
    other.settings_dict["OPTIONS"] = {option: True}
    with pytest.raises(ImproperlyConfigured, match=option):
        other.ensure_connection()
