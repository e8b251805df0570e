"""AT-04: whatever breaks a transaction, the next statement is in the same agency, or raises."""

import os

import pytest
from django.db import DataError, OperationalError, connection, transaction

from services.journal.models import JournalEntry
from tenants.models import Tenant
from tenants.running import current, in_public, in_tenant
from tests import database


def schema() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])


def fail() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")


def kill() -> None:
    """End this connection's process on the server, as a failing server would."""
    process = connection.connection.info.backend_pid  # type: ignore[attr-defined]
    with database.connect(os.environ["TEST_ADDRESS"]) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [process])


@pytest.fixture
def agencies(commits: None) -> dict[str, Tenant]:
    with in_public():
        return {tenant.slug: tenant for tenant in Tenant.objects.all()}


@pytest.mark.threads
def test_a_rolled_back_transaction_takes_its_path_along(agencies: dict[str, Tenant]) -> None:
    """The path was set inside the transaction, so the server reverts it; ours is set again."""
    for _ in range(20):
        for tenant in agencies.values():
            with in_tenant(tenant):
                with pytest.raises(ZeroDivisionError), transaction.atomic():
                    assert schema() == tenant.schema_name
                    raise ZeroDivisionError
                assert schema() == tenant.schema_name
        with in_public():
            assert schema() == "public"


@pytest.mark.threads
def test_a_rolled_back_savepoint_that_stood_elsewhere(agencies: dict[str, Tenant]) -> None:
    north, south = agencies["north"], agencies["south"]
    with in_public(), transaction.atomic():
        with in_tenant(north):
            assert schema() == north.schema_name
        with pytest.raises(ZeroDivisionError), transaction.atomic(), in_tenant(south):
            assert schema() == south.schema_name
            raise ZeroDivisionError
        assert schema() == "public"
        with in_tenant(north), pytest.raises(DataError), transaction.atomic():
            fail()
        with in_tenant(south):
            assert schema() == south.schema_name
    assert current() is None


@pytest.mark.threads
def test_a_failed_statement_in_and_out_of_transactions(agencies: dict[str, Tenant]) -> None:
    for tenant in agencies.values():
        with in_tenant(tenant):
            with pytest.raises(DataError):
                fail()
            assert schema() == tenant.schema_name
            with pytest.raises(DataError), transaction.atomic():
                fail()
            assert schema() == tenant.schema_name


@pytest.mark.threads
def test_in_an_aborted_transaction_nothing_is_answered(agencies: dict[str, Tenant]) -> None:
    with in_public(), transaction.atomic():
        with pytest.raises(DataError):
            fail()
        for tenant in agencies.values():
            with in_tenant(tenant), pytest.raises(Exception, match="aborted"):
                schema()
        transaction.set_rollback(True)
    with in_tenant(agencies["north"]):
        assert schema() == agencies["north"].schema_name


@pytest.mark.threads
def test_a_killed_connection_raises_and_a_new_one_stands_where_we_do(agencies: dict[str, Tenant]) -> None:
    for tenant in agencies.values():
        with in_tenant(tenant):
            assert schema() == tenant.schema_name
            kill()
            with pytest.raises(OperationalError):
                schema()
            connection.close_if_unusable_or_obsolete()
            assert schema() == tenant.schema_name


@pytest.mark.threads
def test_a_connection_killed_within_a_transaction_leaves_nothing(agencies: dict[str, Tenant]) -> None:
    north = agencies["north"]
    with in_tenant(north):
        with pytest.raises(OperationalError), transaction.atomic():
            JournalEntry.objects.create(act="half.made", object_kind="none", object_ref="none")
            kill()
            JournalEntry.objects.count()
        connection.close_if_unusable_or_obsolete()
        assert schema() == north.schema_name
        assert not JournalEntry.objects.filter(act="half.made").exists()
