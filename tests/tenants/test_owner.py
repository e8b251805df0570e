"""P5: the application's role owns nothing. Two roles on two connections, as a deployment has them."""

import os
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import override_settings

from tenants.agencies import actions as agencies
from tenants.backend import table_rights
from tenants.backend.owner import NoOwner, as_owner
from tenants.models import Tenant
from tenants.places import PUBLIC
from tenants.running import in_public, in_tenant


def role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def ask(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def two_roles(commits: None) -> Iterator[None]:
    """The application signs in as itself; the owner's address is another one."""
    own = connections["default"].settings_dict
    before = dict(own)
    address = {name: own[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    connection.close()
    own.update(USER="liandong_app", OPTIONS={})
    with override_settings(OWNER_DATABASE=address):
        yield
    connection.close()
    own.update(before)


@pytest.mark.threads
def test_an_agency_is_opened_and_worked_in_by_two_roles(two_roles: None) -> None:
    with in_public():
        assert role() == "liandong_app"
        tenant = agencies.open_agency(slug="two-roles", name="两个角色")
        with as_owner():
            assert role() == "liandong"
            with as_owner():
                assert role() == "liandong"
            assert Tenant.objects.get(pk=tenant.pk).state == Tenant.State.ACTIVE
        assert role() == "liandong_app"
    with in_tenant(tenant):
        ask("SELECT count(*) FROM clients_client")
        with as_owner():
            assert ask("SELECT current_schema()") == [(tenant.schema_name,)]
        assert ask("SELECT current_schema()") == [(tenant.schema_name,)]


@pytest.mark.threads
def test_of_the_tables_the_applications_role_owns_none(two_roles: None) -> None:
    with in_public():
        owned = ask("SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = 'liandong_app'")
        functions = ask("SELECT proname FROM pg_proc WHERE pg_get_userbyid(proowner) = 'liandong_app'")
        (may,) = ask(
            "SELECT has_database_privilege('liandong_app', current_database(), 'CREATE'), "
            "has_schema_privilege('liandong_app', 'public', 'CREATE'), "
            "pg_has_role('liandong_app', 'liandong', 'MEMBER'), "
            "(SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles "
            " WHERE rolname = 'liandong_app')"
        )
    assert (owned, functions, may) == ([], [], (False, False, False, False))


ATTACKS = [
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "ALTER TABLE {table} DISABLE TRIGGER USER",
    "TRUNCATE {table}",
    "TRUNCATE {table} CASCADE",
    "DROP TABLE {table}",
    "ALTER TABLE {table} ADD COLUMN extra int",
    "CREATE TRIGGER mine BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE mine AS ON DELETE TO {table} DO INSTEAD NOTHING",
    "ALTER TABLE {table} OWNER TO liandong_app",
    "SET ROLE liandong",
    "SET SESSION AUTHORIZATION liandong",
    "SET session_replication_role = replica",
    "CREATE SCHEMA mine",
    "CREATE TABLE mine (id int)",
    "CREATE TABLE public.mine (id int)",
]


@pytest.mark.threads
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_way_round_the_guards_is_open_to_it(two_roles: None, attack: str) -> None:
    with in_public():
        north = Tenant.objects.get(slug="north")
    for table in ("ledger_leg", "ledger_entry", "journal_journalentry", "clients_client"):
        with in_tenant(north), pytest.raises(DatabaseError), transaction.atomic():
            ask(attack.format(table=table))


@pytest.mark.threads
def test_a_process_without_the_owners_address_cannot_open_an_agency(two_roles: None) -> None:
    with override_settings(OWNER_DATABASE=None), in_public(), pytest.raises(DatabaseError):
        agencies.open_agency(slug="no-owner", name="没有所有者")


@pytest.mark.threads
def test_the_owner_is_not_entered_in_the_middle_of_a_transaction(two_roles: None) -> None:
    with in_public(), transaction.atomic(), pytest.raises(NoOwner), as_owner():
        pass


def test_rights_given_twice_are_the_same(db: None) -> None:
    def rights() -> list[tuple[object, ...]]:
        with in_public():
            return ask(
                "SELECT table_name, string_agg(privilege_type, ',' ORDER BY privilege_type) "
                "FROM (SELECT c.relname AS table_name, (aclexplode(c.relacl)).* FROM pg_class c "
                "WHERE c.relnamespace = 'public'::regnamespace) a "
                "WHERE grantee = 'liandong_app'::regrole GROUP BY 1 ORDER BY 1"
            )

    before = rights()
    with as_owner():
        table_rights.give(PUBLIC)

    assert rights() == before
    said = dict(before)
    assert said["audit_auditentry"] == "INSERT,SELECT"
    assert said["audit_block"] == said["django_migrations"] == "SELECT"
    assert said["tenants_tenant"] == "DELETE,INSERT,SELECT,UPDATE"
    assert "TRUNCATE" not in str(before)


def test_the_tests_work_with_the_applications_rights(north: Tenant) -> None:
    assert role() == "liandong_app"
    with as_owner():
        assert role() == os.environ.get("TEST_OWNER", "liandong")
    assert role() == "liandong_app"
