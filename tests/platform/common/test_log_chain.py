"""AT-16: nobody rewrites a log unseen. The owner's hand is found by the verifier, which names the line."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from audit import log as audit_log
from audit.models import AuditEntry
from common.logs import chain as log_chain
from services.journal import log
from services.journal.models import Block, Seal
from tenants.backend.owner import as_owner
from tenants.models import Tenant

TABLE = "journal_journalentry"


def write(count: int) -> list[int]:
    class Thing:
        ref = "thing"

    return [log.write("things.thing.made", on=Thing(), by=None, number=number).pk for number in range(count)]


def run(statement: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)


@contextmanager
def guards_off() -> Iterator[None]:
    """What somebody who owns the tables can do."""
    with as_owner():
        for table in (TABLE, "journal_seal", "journal_block"):
            run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in (TABLE, "journal_seal", "journal_block"):
            run(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    "attack",
    [
        f"UPDATE {TABLE} SET act = 'x.y.z'",
        f"DELETE FROM {TABLE}",
        f"TRUNCATE {TABLE}",
        f"ALTER TABLE {TABLE} DISABLE TRIGGER ALL",
        f"DROP TABLE {TABLE}",
        f"DROP TRIGGER {TABLE}_never ON {TABLE}",
        "UPDATE journal_seal SET digest = repeat('0', 64)",
        "INSERT INTO journal_seal (entry_id) VALUES (999999)",
        "DELETE FROM journal_seal",
        "UPDATE journal_block SET size = 0",
        "INSERT INTO journal_block VALUES (999, now(), 0, '', repeat('0', 64))",
        "CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "SET session_replication_role = replica",
    ],
)
def test_the_products_own_role_cannot_rewrite_a_log(north: Tenant, attack: str) -> None:
    write(2)
    log_chain.seal_open("journal")

    with pytest.raises(DatabaseError), transaction.atomic():
        run(attack)


@pytest.mark.parametrize("table", [TABLE, "journal_seal", "journal_block"])
@pytest.mark.parametrize(
    "attack", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}", "TRUNCATE {table}"]
)
def test_the_owner_is_refused_too_while_the_guards_are_on(north: Tenant, table: str, attack: str) -> None:
    write(2)
    log_chain.seal_open("journal")
    column = {TABLE: "act", "journal_seal": "digest", "journal_block": "digest"}[table]

    with as_owner(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(attack.format(table=table, column=column))


def test_what_is_open_is_sealed_once_and_blocks_follow_each_other(north: Tenant) -> None:
    log_chain.seal_open("journal")
    before = Block.objects.count()
    first = write(3)

    assert log_chain.seal_open("journal") == 3
    assert log_chain.seal_open("journal") == 0
    write(1)
    assert log_chain.seal_open("journal") == 1

    assert Block.objects.count() == before + 2
    assert set(Seal.objects.filter(entry_id__in=first).values_list("block_id", flat=True)) == {before + 1}
    assert log_chain.wrong_lines("journal", TABLE) == []


Tampering = Callable[[list[int]], None]


@pytest.mark.parametrize(
    ("tamper", "word"),
    [
        (f"UPDATE {TABLE} SET actor = 'somebody' WHERE id = %s", "changed"),
        (f"UPDATE {TABLE} SET at = at + interval '1 microsecond' WHERE id = %s", "changed"),
        (f"UPDATE {TABLE} SET details = '{{}}' WHERE id = %s", "changed"),
        (f"DELETE FROM {TABLE} WHERE id = %s", "gone"),
        ("DELETE FROM journal_seal WHERE entry_id = %s", "unsealed"),
        ("UPDATE journal_seal SET block_id = NULL, digest = NULL WHERE entry_id = %s", "block"),
    ],
)
def test_whoever_owns_the_tables_is_found_out_and_the_line_is_named(north: Tenant, tamper: str, word: str) -> None:
    lines = write(5)
    log_chain.seal_open("journal")
    with guards_off():
        run(tamper, lines[2])

    found = log_chain.wrong_lines("journal", TABLE)

    number = str(Block.objects.count()) if word == "block" else str(lines[2])
    assert (word, number) in found


def test_a_block_that_was_rewritten_is_found(north: Tenant) -> None:
    lines = write(3)
    log_chain.seal_open("journal")
    write(2)
    log_chain.seal_open("journal")
    with guards_off():  # the line and its digest, but not the block
        run(f"UPDATE {TABLE} SET actor = 'somebody' WHERE id = %s", lines[0])
        run(
            f"UPDATE journal_seal s SET digest = {log_chain.DIGEST} FROM {TABLE} e "
            "WHERE e.id = s.entry_id AND e.id = %s",
            lines[0],
        )

    assert [word for word, _where in log_chain.wrong_lines("journal", TABLE)] == ["block"]


def test_a_block_made_anew_with_all_it_holds_is_found_by_the_next(north: Tenant) -> None:
    lines = write(3)
    log_chain.seal_open("journal")
    write(2)
    log_chain.seal_open("journal")
    first = log_chain.last_block("journal")[0] - 1
    with guards_off():  # the line, its digest and its block, as the sealing itself would have written them
        run(f"UPDATE {TABLE} SET actor = 'somebody' WHERE id = %s", lines[0])
        run(
            f"UPDATE journal_seal s SET digest = {log_chain.DIGEST} FROM {TABLE} e "
            "WHERE e.id = s.entry_id AND e.id = %s",
            lines[0],
        )
        run(
            "UPDATE journal_block b SET digest = encode(sha256(convert_to(b.before || b.size || (SELECT string_agg("
            "digest, '' ORDER BY entry_id) FROM journal_seal WHERE block_id = b.number), 'UTF8')), 'hex') "
            "WHERE number = %s",
            first,
        )

    assert log_chain.wrong_lines("journal", TABLE) == [("block", str(first + 1))]


def test_a_thousand_edits_of_one_byte_are_all_found(north: Tenant) -> None:
    lines = write(1000)
    log_chain.seal_open("journal")
    with guards_off():
        run(
            f"UPDATE {TABLE} SET object_ref = overlay(object_ref placing 'x' from 1 + mod(id, 5)::int) "
            f"WHERE id >= {lines[0]}"
        )

    found = {where for word, where in log_chain.wrong_lines("journal", TABLE) if word == "changed"}
    assert found == {str(line) for line in lines}


def test_a_line_that_stays_open_for_long_is_reported(north: Tenant) -> None:
    log_chain.seal_open("journal")
    with as_owner():
        run(
            f"INSERT INTO {TABLE} (at, act, actor, object_kind, object_ref, details) "
            "VALUES (now() - interval '1 hour', 'a.b.c', '', '', '', '{}')"
        )
    assert [word for word, _ in log_chain.wrong_lines("journal", TABLE)] == ["unsealed"]


def test_the_shared_floors_log_is_guarded_alike(public: None) -> None:
    class Thing:
        ref = "thing"

    audit_log.write("things.thing.made", on=Thing(), by=None)
    assert log_chain.seal_open("audit") >= 1
    assert log_chain.wrong_lines("audit", "audit_auditentry") == []
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.update(act="x.y.z")


def test_the_statements_are_what_the_migrations_ran() -> None:
    """Migrations take them from here: who changes one writes a new migration and leaves these as they were."""
    told = "".join(log_chain.statements("journal", TABLE))

    assert hashlib.sha256(told.encode()).hexdigest() == STATEMENTS


STATEMENTS = "05b6c8fcd60d52f202f611b6bd493c4416f2922094931557879ff06f263ffbdd"
