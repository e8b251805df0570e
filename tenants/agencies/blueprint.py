"""The template of an agency's schema: recorded from the migrations, replayed for a new agency, compared by fingerprint.

Cloning drifts and migrating takes seconds, so a release's migrations run once into a scratch schema while every
statement that changes something is written down; a new agency replays them in one transaction.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from tenants.backend import table_rights
from tenants.models import Blueprint
from tenants.places import Place
from tenants.running import in_public, standing_at

log = logging.getLogger(__name__)
SCRATCH = Place("t_blueprint_scratch", "blueprint-scratch")
CHANGES = ("CREATE", "ALTER", "INSERT", "UPDATE", "DELETE", "DROP", "COMMENT", "DO", "REVOKE", "GRANT")

FINGERPRINT = """
SELECT string_agg(line, E'\n' ORDER BY line COLLATE "C") FROM (
  SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
         || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END || ' ' || a.attidentity::text
         || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') AS line
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'v')
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE c.relnamespace = to_regnamespace(%(s)s) AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT 'constraint ' || c.relname || '.' || k.conname || ' ' || pg_get_constraintdef(k.oid)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
   WHERE k.connamespace = to_regnamespace(%(s)s) AND k.contype <> 'n'
  UNION ALL
  SELECT 'index ' || pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
   WHERE c.relnamespace = to_regnamespace(%(s)s)
  UNION ALL
  SELECT 'trigger ' || pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
   WHERE c.relnamespace = to_regnamespace(%(s)s) AND NOT t.tgisinternal
  UNION ALL
  SELECT 'function ' || pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.pronamespace = to_regnamespace(%(s)s)
) AS lines
"""


def release() -> str:
    """Return the digest of all tenant migrations, names and contents."""
    configs = [config for config in apps.get_app_configs() if config.name in settings.TENANT_APPS]
    files = [file for config in configs for file in (Path(config.path) / "migrations").glob("0*.py")]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.parent.parent.name.encode() + file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def fingerprint(schema: str) -> str:
    """Return a digest of the structure of `schema`: columns, constraints, indexes, triggers, functions.

    NOT NULL constraints are told by their columns only, so that servers 15 to 18 agree.
    """
    with connection.cursor() as cursor:
        cursor.execute(FINGERPRINT, {"s": schema})
        lines = cursor.fetchone()[0] or ""
    return hashlib.sha256(lines.replace(f"{schema}.", "").encode()).hexdigest()


def fingerprint_of(place: Place) -> str:
    """Return the fingerprint of the schema at `place`, read from inside it so that names print alike."""
    with standing_at(place):
        return fingerprint(place.schema)


def migrate_here(place: Place) -> None:
    """Bring the schema at `place` to this release by Django's own migrations."""
    with standing_at(place):
        MigrationRecorder(connection).ensure_schema()
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    table_rights.give(place)


def migrate_new(place: Place) -> None:
    """Run all migrations in an empty schema: what a blueprint is recorded from."""
    _migrations_table(place)
    migrate_here(place)


def latest() -> Blueprint:
    """Return this release's blueprint, recording it first if nobody has."""
    with in_public():
        known = Blueprint.objects.filter(release=release()).first()
        return known or _record()


def replay(blueprint: Blueprint, place: Place) -> None:
    """Build the schema at `place` from the blueprint, all or nothing.

    :raises RuntimeError: if the result is not the blueprint's structure.
    """
    with in_public(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(place.schema)))
        with standing_at(place), connection.cursor() as inside:
            inside.execute("\n".join(f"{statement};" for statement in blueprint.statements))
        table_rights.give(place)
        if fingerprint_of(place) != blueprint.fingerprint:
            raise RuntimeError(f"schema {place.schema} differs from the blueprint")


def drop(schema: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))


def _record() -> Blueprint:
    log.info("recording the blueprint of release %s", release()[:12])
    drop(SCRATCH.schema)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(SCRATCH.schema)))
    statements: list[str] = []
    with _written_down(statements):
        migrate_new(SCRATCH)
    made = fingerprint_of(SCRATCH)
    drop(SCRATCH.schema)
    return Blueprint.objects.create(release=release(), statements=statements, fingerprint=made)


def _migrations_table(place: Place) -> None:
    """Make django_migrations in the schema itself: Django would be content with the one in public."""
    with standing_at(place), connection.schema_editor() as editor:
        editor.create_model(MigrationRecorder.Migration)


@contextmanager
def _written_down(statements: list[str]) -> Iterator[None]:
    ops = cast(DatabaseOperations, connection.ops)

    def write(execute: Callable[..., Any], query: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        text = str(ops.compose_sql(query, params) if params else query)
        if text.lstrip().upper().startswith(CHANGES):
            statements.append(text.strip().rstrip(";"))
        return execute(query, params, many, context)

    with connection.execute_wrapper(write):
        yield
