"""What the application's role may do with each table: `upgrade` gives it, and every new agency."""

from collections.abc import Iterable

from django.apps import apps
from django.conf import settings
from django.db import connection
from psycopg import sql

from common.written_by import WrittenBy
from tenants.places import Place
from tenants.running import standing_at

RIGHTS = {
    WrittenBy.APPLICATION: "SELECT, INSERT, UPDATE, DELETE",
    WrittenBy.APPLICATION_ONCE: "SELECT, INSERT",
    WrittenBy.OWNER: "SELECT",
}
# Written while upgrading only.
OWNERS_TABLES = ("django_migrations", "tenants_blueprint")


def give(place: Place) -> None:
    """Let the application's role work in the tables at `place`; called as their owner. Safe to do again.

    A model says by `written_by` who writes its rows. Emptying, altering and dropping are the owner's alone.
    """
    role = settings.APPLICATION_ROLE
    with standing_at(place), connection.cursor() as cursor:
        cursor.execute("SELECT current_user = %s", [role])
        if cursor.fetchone()[0]:
            return
        names = {"schema": sql.Identifier(place.schema), "role": sql.Identifier(role)}
        for statement in (
            "GRANT USAGE ON SCHEMA {schema} TO {role}",
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
            "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}",
            f"GRANT {RIGHTS[WrittenBy.APPLICATION]} ON ALL TABLES IN SCHEMA {{schema}} TO {{role}}",
        ):
            cursor.execute(sql.SQL(statement).format(**names))
        for table, written_by in _others(place).items():
            told = {**names, "table": sql.Identifier(place.schema, table)}
            cursor.execute(sql.SQL("REVOKE ALL ON {table} FROM {role}").format(**told))
            cursor.execute(sql.SQL(f"GRANT {RIGHTS[written_by]} ON {{table}} TO {{role}}").format(**told))


def _others(place: Place) -> dict[str, WrittenBy]:
    """Return the tables that are not simply the application's."""
    names = settings.SHARED_APPS if place.is_public else settings.TENANT_APPS
    models = [model for name in names for model in apps.get_app_config(name.rpartition(".")[2]).get_models()]
    said = {model._meta.db_table: getattr(model, "written_by", WrittenBy.APPLICATION) for model in models}
    found = {table: written_by for table, written_by in said.items() if written_by != WrittenBy.APPLICATION}
    owners = OWNERS_TABLES if place.is_public else OWNERS_TABLES[:1]
    return found | dict.fromkeys(owners, WrittenBy.OWNER)


def missing(schemas: Iterable[str]) -> list[str]:
    """Return which of the schemas the application's role may not enter: it is new, and nobody has let it in yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s FROM unnest(%s::text[]) s WHERE NOT has_schema_privilege(%s, s, 'USAGE')",
            [list(schemas), settings.APPLICATION_ROLE],
        )
        return [row[0] for row in cursor.fetchall()]
