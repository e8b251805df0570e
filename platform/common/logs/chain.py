"""Logs nobody rewrites unseen: append-only, sealed in chained blocks, recomputed every night (promises P14, AT-16).

A writer's transaction touches no shared row: it adds its line, and a trigger notes that the line is still open. Within
the minute a task seals what is open: each line's digest, and a block whose digest holds theirs and the block before.
Lines are named one by one, so it does not matter in which order they were committed, nor that a restored database
counts its transactions anew. The application's role may add and read lines and ask for the sealing; it can write
neither seals nor blocks (tenants/backend/table_rights.py): the functions run as their owner.

Each app with a log takes `statements(...)` into a migration and the three abstract models of `common/logs/book.py`.
"""

from typing import Any

from django.db import connection

# What a line says, in one text: any change of any column changes it.
LINE = "jsonb_build_array(e.id, extract(epoch FROM e.at), e.act, e.actor, e.object_kind, e.object_ref, e.details)::text"
DIGEST = f"encode(sha256(convert_to({LINE}, 'UTF8')), 'hex')"
OPEN_TOO_LONG = "10 minutes"


def statements(app: str, entry: str) -> list[str]:
    """Return the SQL that guards the log table `entry` with `<app>_seal` and `<app>_block` beside it."""
    seal, block = f"{app}_seal", f"{app}_block"
    refuse = f"""
CREATE FUNCTION {app}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only' USING ERRCODE = 'LD009';
END
$$"""
    # Schemas are named, never found by a path: in a copied or renamed schema the functions work on its own tables.
    opened = f"""
CREATE FUNCTION {app}_note_open() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('INSERT INTO %I.{seal} (entry_id) VALUES ($1)', TG_TABLE_SCHEMA) USING NEW.id;
    RETURN NULL;
END
$$"""
    sealing = f"""
CREATE FUNCTION {app}_seal_open(_schema text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    EXECUTE format('LOCK TABLE %I.{block} IN SHARE ROW EXCLUSIVE MODE', _schema);
    EXECUTE format($seal$
        WITH last AS (
            SELECT coalesce(max(number), 0) AS number, coalesce(max(digest), '') AS digest
              FROM (SELECT number, digest FROM %1$I.{block} ORDER BY number DESC LIMIT 1) b
        ), open AS (
            SELECT s.entry_id, {DIGEST} AS digest
              FROM %1$I.{seal} s JOIN %1$I.{entry} e ON e.id = s.entry_id
             WHERE s.block_id IS NULL ORDER BY s.entry_id LIMIT 20000
        ), sealed AS (
            UPDATE %1$I.{seal} s SET block_id = last.number + 1, digest = open.digest
              FROM open, last WHERE s.entry_id = open.entry_id RETURNING s.entry_id, s.digest
        ), said AS (
            SELECT count(*) AS size, string_agg(digest, '' ORDER BY entry_id) AS digests FROM sealed
        )
        INSERT INTO %1$I.{block} (number, sealed_at, size, before, digest)
        SELECT last.number + 1, clock_timestamp(), said.size, last.digest,
               encode(sha256(convert_to(last.digest || said.size || said.digests, 'UTF8')), 'hex')
          FROM said, last WHERE said.size > 0
        RETURNING size$seal$, _schema) INTO made;
    RETURN coalesce(made, 0);
END
$$"""
    never = [
        f"CREATE TRIGGER {table}_never BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {app}_refuse()"
        for table in (entry, block)
    ]
    emptied = [
        f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {app}_refuse()"
        for table in (entry, block, seal)
    ]
    closed = (
        f"CREATE TRIGGER {seal}_closed BEFORE UPDATE ON {seal} FOR EACH ROW WHEN (OLD.block_id IS NOT NULL) "
        f"EXECUTE FUNCTION {app}_refuse()"
    )
    kept = f"CREATE TRIGGER {seal}_kept BEFORE DELETE ON {seal} FOR EACH ROW EXECUTE FUNCTION {app}_refuse()"
    note = f"CREATE TRIGGER {entry}_opens AFTER INSERT ON {entry} FOR EACH ROW EXECUTE FUNCTION {app}_note_open()"
    # Lines from before there were seals are open now.
    begin = f"INSERT INTO {seal} (entry_id) SELECT id FROM {entry} ORDER BY id"
    return [refuse, opened, sealing, begin, *never, *emptied, closed, kept, note]


def wrong_lines(app: str, entry: str) -> list[tuple[str, str]]:
    """Return what is wrong with the log where we stand: pairs of a word and the line's or block's number.

    `changed` a sealed line says something else now · `gone` a sealed line is missing · `unsealed` a line without a
    seal, or open for too long · `block` a block does not follow from its lines and the block before.
    """
    seal, block = f"{app}_seal", f"{app}_block"
    with connection.cursor() as cursor:
        cursor.execute(f"""
            SELECT 'changed', e.id::text FROM {entry} e JOIN {seal} s ON s.entry_id = e.id
             WHERE s.block_id IS NOT NULL AND s.digest <> {DIGEST}
            UNION ALL
            SELECT 'gone', s.entry_id::text FROM {seal} s LEFT JOIN {entry} e ON e.id = s.entry_id WHERE e.id IS NULL
            UNION ALL
            SELECT 'unsealed', e.id::text FROM {entry} e LEFT JOIN {seal} s ON s.entry_id = e.id
             WHERE s.entry_id IS NULL OR (s.block_id IS NULL AND e.at < now() - interval '{OPEN_TOO_LONG}')
            UNION ALL
            SELECT 'block', b.number::text
              FROM (SELECT *, lag(digest, 1, '') OVER w AS previous, row_number() OVER w AS place
                      FROM {block} WINDOW w AS (ORDER BY number)) b
              LEFT JOIN LATERAL (SELECT count(*) AS size, string_agg(s.digest, '' ORDER BY s.entry_id) AS digests
                                   FROM {seal} s WHERE s.block_id = b.number) said ON true
             WHERE b.number <> b.place OR b.before <> b.previous OR b.size <> said.size
                OR b.digest <> encode(sha256(convert_to(b.before || said.size || said.digests, 'UTF8')), 'hex')
            UNION ALL
            SELECT 'block', s.block_id::text FROM {seal} s LEFT JOIN {block} b ON b.number = s.block_id
             WHERE s.block_id IS NOT NULL AND b.number IS NULL
        """)
        found: list[tuple[str, str]] = cursor.fetchall()
    return found


def seal_open(app: str) -> int:
    """Seal what is open where we stand; return how many lines. Two at once wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {app}_seal_open(current_schema())")  # a name of our own code
        row: Any = cursor.fetchone()
    return int(row[0])


def last_block(app: str) -> tuple[int, str]:
    """Return where the chain stands: the number of its last block (0 without one) and that block's digest."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT number, digest FROM {app}_block ORDER BY number DESC LIMIT 1")
        found: tuple[int, str] = cursor.fetchone() or (0, "")
    return found


def digest_of(app: str, number: int) -> str:
    """Return the digest of a block, '' if there is none of that number."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT digest FROM {app}_block WHERE number = %s", [number])
        row = cursor.fetchone()
    return str(row[0]) if row else ""
