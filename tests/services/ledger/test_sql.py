"""The SQL of the ledger has one home, and a migration runs the version it was written for."""

import hashlib
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection

from services.ledger import sql
from tenants.models import Tenant
from tenants.running import in_tenant

GUARDS = import_module("services.ledger.migrations.0002_guards")


def test_what_the_database_runs_is_what_the_files_say(north: Tenant) -> None:
    with in_tenant(north), connection.cursor() as cursor:
        for name in GUARDS.STATEMENTS:
            if name == "triggers":
                continue
            body = (sql.HERE / f"{name}.sql").read_text().split("$$")[1]
            cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [f"ledger_{name}"])
            assert {row[0] for row in cursor.fetchall()} == {body}, name


def test_every_file_is_run_by_a_migration() -> None:
    assert {path.stem for path in sql.HERE.glob("*.sql")} == set(GUARDS.STATEMENTS)


def test_a_changed_file_is_not_run_by_an_old_migration(tmp_path: Path) -> None:
    first, second = b"-- Counts.\nCREATE FUNCTION one();\n", b"-- Counts.\nCREATE FUNCTION two();\n"
    (tmp_path / "count.sql").write_bytes(first)
    digest = hashlib.sha256(first).hexdigest()
    assert sql.read("count", digest, tmp_path) == "CREATE FUNCTION one();\n"

    (tmp_path / "count.sql").write_bytes(second)
    with pytest.raises(sql.UnknownVersion, match="past"):
        sql.read("count", digest, tmp_path)

    (tmp_path / "past").mkdir()
    (tmp_path / "past" / f"count.{digest[:12]}.sql").write_bytes(first)
    assert sql.read("count", digest, tmp_path) == "CREATE FUNCTION one();\n"
    assert sql.read("count", hashlib.sha256(second).hexdigest(), tmp_path) == "CREATE FUNCTION two();\n"
