"""What a test's database holds, to compare it and to put it back: cheaper than making the database anew.

The tables' owner does it, with the tables' own triggers off: logs and books refuse to be emptied, and rightly so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from tests import database

Connection = psycopg.Connection[Any]
OURS = "nspname !~ '^(pg_|information_schema$)'"
# A line for each schema, column, index, constraint, trigger, function and right.
STRUCTURE = f"""
    WITH ours AS (SELECT oid, nspname, nspacl FROM pg_namespace WHERE {OURS}),
    things AS (SELECT c.*, nspname FROM pg_class c JOIN ours ON ours.oid = relnamespace)
    SELECT concat_ws(' ', 'schema', nspname, nspacl) FROM ours
    UNION ALL SELECT concat_ws(' ', 'thing', nspname, relname, relkind, relacl, relrowsecurity,
        pg_get_userbyid(relowner),
        CASE relkind WHEN 'i' THEN pg_get_indexdef(oid) WHEN 'v' THEN pg_get_viewdef(oid) END)
        FROM things
    UNION ALL SELECT concat_ws(' ', 'column', nspname, relname, attname, atttypid::regtype, attnotnull, attidentity,
        attacl, pg_get_expr(adbin, adrelid))
        FROM pg_attribute JOIN things ON things.oid = attrelid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'v')
    UNION ALL SELECT concat_ws(' ', 'constraint', nspname, relname, conname, convalidated, pg_get_constraintdef(k.oid))
        FROM pg_constraint k JOIN things ON things.oid = conrelid
    UNION ALL SELECT concat_ws(' ', 'trigger', nspname, relname, tgname, tgenabled, pg_get_triggerdef(t.oid))
        FROM pg_trigger t JOIN things ON things.oid = tgrelid WHERE NOT tgisinternal
    UNION ALL SELECT concat_ws(' ', 'function', nspname, proname, md5(prosrc), proacl, prosecdef, proconfig)
        FROM pg_proc JOIN ours ON ours.oid = pronamespace WHERE prokind <> 'a'
    ORDER BY 1
"""
TABLES = f"""
    SELECT format('%I.%I', nspname, relname) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind = 'r' AND {OURS} ORDER BY 1
"""
SEQUENCES = f"""
    SELECT format('%I.%I', nspname, relname) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind = 'S' AND {OURS} ORDER BY 1
"""


@dataclass(frozen=True)
class Contents:
    """`sums` tells for each table how many rows and which; `rows` what COPY says of those that have some."""

    structure: list[str]
    sums: dict[str, tuple[int, str]]
    rows: dict[str, bytes]
    sequences: dict[str, tuple[int, bool]]


def read(address: str, name: str) -> Contents:
    """Read a database that nobody works in."""
    with database.connect(address, name) as owner:
        sums = _sums(owner)
        return Contents(_structure(owner), sums, dict(_rows(owner, sums)), _sequences(owner))


def differences(address: str, name: str, wanted: Contents) -> list[str]:
    """Return the tables whose rows differ, and what else is not as it was; numbers that were used up are no matter."""
    with database.connect(address, name) as owner:
        structure = set(_structure(owner)) ^ set(wanted.structure)
        return sorted(structure or _changed(_sums(owner), wanted))


def restore(address: str, name: str, wanted: Contents) -> bool:
    """Put the rows and the sequences back and drop what schemas are new; tell whether it is all as wanted then.

    Tables that were changed themselves are not mended: the database has to be made anew.
    """
    with database.connect(address, name) as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
            " AND pg_has_role(usesysid, 'MEMBER')",
            [name],
        )
        _drop_new_schemas(owner, wanted)
        if _structure(owner) != wanted.structure:
            return False
        with owner.transaction():
            _put_rows_back(owner, _changed(_sums(owner), wanted), wanted)
            for sequence, (last, is_called) in wanted.sequences.items():
                owner.execute("SELECT setval(%s, %s, %s)", [sequence, last, is_called])
        return not _changed(_sums(owner), wanted)


def _drop_new_schemas(owner: Connection, wanted: Contents) -> None:
    known = {line.split()[1] for line in wanted.structure if line.startswith("schema ")}
    for (schema,) in owner.execute(f"SELECT nspname FROM pg_namespace WHERE {OURS}").fetchall():
        if schema not in known:
            owner.execute(f'DROP SCHEMA "{schema}" CASCADE')


def _put_rows_back(owner: Connection, tables: set[str], wanted: Contents) -> None:
    for table in tables:
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute(f"DELETE FROM {table}")
    for table in tables & set(wanted.rows):
        with owner.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            copy.write(wanted.rows[table])
    owner.execute("SET CONSTRAINTS ALL IMMEDIATE")  # before the tables are altered again
    for table in tables:
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _structure(owner: Connection) -> list[str]:
    return [line for (line,) in owner.execute(STRUCTURE).fetchall()]


def _sums(owner: Connection) -> dict[str, tuple[int, str]]:
    tables = [table for (table,) in owner.execute(TABLES).fetchall()]
    asked = " UNION ALL ".join(
        f"SELECT '{table}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {table} t"
        for table in tables
    )
    return {table: (many, total) for table, many, total in owner.execute(asked).fetchall()}


def _changed(sums: dict[str, tuple[int, str]], wanted: Contents) -> set[str]:
    return {table for table, total in sums.items() if total != wanted.sums.get(table)}


def _rows(owner: Connection, sums: dict[str, tuple[int, str]]) -> Iterator[tuple[str, bytes]]:
    for table, (many, _total) in sums.items():
        if many:
            with owner.cursor().copy(f"COPY {table} TO STDOUT") as copy:
                yield table, b"".join(bytes(part) for part in copy)


def _sequences(owner: Connection) -> dict[str, tuple[int, bool]]:
    names = [name for (name,) in owner.execute(SEQUENCES).fetchall()]
    asked = " UNION ALL ".join(f"SELECT '{name}', last_value, is_called FROM {name}" for name in names)
    return {name: (last, called) for name, last, called in owner.execute(asked).fetchall()}
