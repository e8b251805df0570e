"""A connection that was not told where to stand answers nothing."""

import threading

import pytest
from django.db import connection, transaction

from tenants.models import Tenant
from tenants.places import NoTenant, Place, SchemaMissing
from tenants.running import TenantRefused, current, in_public, in_tenant, standing_at


def path() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])


def test_nowhere_is_refused(db: None) -> None:
    with pytest.raises(NoTenant):
        Tenant.objects.count()


def test_each_agency_has_its_own_schema(north_row: Tenant, south_row: Tenant) -> None:
    with in_tenant(north_row):
        assert path() == north_row.schema_name
    with in_tenant(south_row):
        assert path() == south_row.schema_name
    assert current() is None


def test_a_missing_schema_is_refused(db: None) -> None:
    with standing_at(Place("t_never_made", "never")), pytest.raises(SchemaMissing):
        path()


@pytest.mark.parametrize("name", ["a','b", "A1", "pg", "x y", "", "a" * 64, 'a"b'])
def test_odd_schema_names_are_refused(name: str) -> None:
    with pytest.raises(SchemaMissing):
        Place(name)


def test_no_step_from_one_agency_into_another(north: Tenant, south_row: Tenant) -> None:
    with pytest.raises(TenantRefused), in_tenant(south_row):
        pass


def test_rolled_back_savepoint_keeps_the_agency(north_row: Tenant, south_row: Tenant) -> None:
    with in_public(), transaction.atomic():
        with in_tenant(north_row):
            assert path() == north_row.schema_name
        with pytest.raises(ZeroDivisionError), in_tenant(south_row), transaction.atomic():
            path()
            raise ZeroDivisionError
        assert path() == "public"
        with in_tenant(north_row):
            assert path() == north_row.schema_name


def test_a_failed_statement_does_not_move_us(north_row: Tenant) -> None:
    with in_tenant(north_row):
        with pytest.raises(Exception, match="division"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
        assert path() == north_row.schema_name


def test_a_new_thread_stands_nowhere(north: Tenant, django_db_blocker: object) -> None:
    seen: list[object] = []

    def work() -> None:
        try:
            path()
        except NoTenant as refusal:
            seen.append(refusal)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(seen) == 1


def test_a_first_connection_may_be_opened_while_standing_nowhere(db: None) -> None:
    fresh = connection.copy()
    try:
        fresh.ensure_connection()
        assert fresh.pg_version >= 150_000
        with pytest.raises(NoTenant):
            fresh.cursor()
    finally:
        fresh.close()
