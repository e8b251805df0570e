"""What the database itself does for the books: it posts, and it refuses everything that is not a posting.

Error codes: LD001 the key
was used for another entry, LD002 the year is closed, LD003 the legs do not make an entry, LD004 not an amount of money,
LD005 a day to come or before the book opened, LD009 the books are append-only.

Posting takes the book's row first, so that entries of one book follow each other and the chain has one order; two
books are taken in the order of their ids by the caller. Triggers look at new entries, accounts and books at commit: a
header without legs, legs that do not balance, or a balance without its leg end there. Legs added to an old entry, which
was looked at long ago, are refused at once.
"""

from django.db import migrations

DIGEST = """
CREATE FUNCTION ledger_digest(
    _before text, _number bigint, _ref text, _key text, _kind text, _on date, _at timestamptz, _by text, _source text,
    _words text, _reverses bigint, _accounts bigint[], _amounts numeric[], _balances numeric[], _versions bigint[]
) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to(_before || jsonb_build_array(
        _number, _ref, _key, _kind, to_char(_on, 'YYYY-MM-DD'), extract(epoch FROM _at), _by, _source, _words,
        _reverses, _accounts, _amounts, _balances, _versions)::text, 'UTF8')), 'hex')
$$
"""

POST = """
CREATE FUNCTION ledger_post(
    _book bigint, _ref text, _key text, _kind text, _on date, _by text, _source text, _words text, _reverses bigint,
    _accounts bigint[], _amounts numeric[]
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    book record;
    known record;
    said record;
    moment timestamptz;
    digest text;
    made bigint;
BEGIN
    SELECT b.entries, b.head INTO STRICT book FROM ledger_book b WHERE b.id = _book FOR UPDATE;
    SELECT e.id, (e.kind, e.occurred_on, e.source, e.words, e.reverses_id)
                 IS NOT DISTINCT FROM (_kind, _on, _source, _words, _reverses) AS same
      INTO known FROM ledger_entry e WHERE e.book_id = _book AND e.key = _key;
    IF FOUND THEN
        IF known.same AND (_accounts, _amounts) = (
            SELECT array_agg(l.account_id ORDER BY l.position), array_agg(l.amount ORDER BY l.position)
              FROM ledger_leg l WHERE l.entry_id = known.id) THEN
            RETURN known.id;
        END IF;
        RAISE EXCEPTION 'key % was used for another entry', _key USING ERRCODE = 'LD001';
    END IF;
    IF EXISTS (SELECT FROM unnest(_amounts) AS x WHERE x IS NULL OR x = 'NaN' OR x <> round(x, 2)) THEN
        RAISE EXCEPTION 'not an amount of money: %', _amounts USING ERRCODE = 'LD004';
    END IF;
    WITH moved AS (
        UPDATE ledger_account a SET balance = a.balance + m.amount, moves = a.moves + 1
          FROM unnest(_accounts, _amounts) WITH ORDINALITY AS m(account, amount, position)
         WHERE a.id = m.account AND a.book_id = _book
        RETURNING m.position, m.amount, a.balance, a.moves, a.kind IN ('resource', 'free', 'reserved') AS promised
    )
    SELECT count(*) AS legs, array_agg(m.amount::numeric(14, 2) ORDER BY m.position) AS amounts,
           array_agg(m.balance ORDER BY m.position) AS balances, array_agg(m.moves ORDER BY m.position) AS versions,
           coalesce(sum(m.amount) FILTER (WHERE m.promised), 0) AS promises, sum(m.amount) AS total
      INTO said FROM moved m;
    IF said.legs <> cardinality(_accounts) OR said.legs <> cardinality(_amounts) THEN
        RAISE EXCEPTION 'an account is unknown to the book or named twice' USING ERRCODE = 'LD003';
    END IF;
    IF said.promises <> 0 OR said.total <> 0 THEN
        RAISE EXCEPTION 'the legs do not balance' USING ERRCODE = 'LD003';
    END IF;
    moment := clock_timestamp();
    digest := ledger_digest(book.head, book.entries + 1, _ref, _key, _kind, _on, moment, _by, _source, _words,
                            _reverses, _accounts, said.amounts, said.balances, said.versions);
    UPDATE ledger_book b SET entries = b.entries + 1, head = digest WHERE b.id = _book;
    INSERT INTO ledger_entry (ref, book_id, number, key, kind, occurred_on, recorded_at, posted_by, source, words,
                              reverses_id, size, digest)
    VALUES (_ref, _book, book.entries + 1, _key, _kind, _on, moment, _by, _source, _words, _reverses, said.legs, digest)
    RETURNING id INTO made;
    INSERT INTO ledger_leg (entry_id, account_id, position, amount, balance_after, version)
    SELECT made, x.account, x.position, x.amount, x.balance, x.version
      FROM unnest(_accounts, said.amounts, said.balances, said.versions)
           WITH ORDINALITY AS x(account, amount, balance, version, position);
    RETURN made;
END
$$
"""

# Rows are arrays: ref, key, kind, day, source, words, accounts, amounts. Worked out for all rows at once: only the chain
# of digests goes from one to the next. A row whose key is known goes the way of a single one, which compares it.
POST_MANY = """
CREATE FUNCTION ledger_post_many(_book bigint, _by text, _rows jsonb) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE
    book record;
    one record;
    moment timestamptz := clock_timestamp();
    digest text;
    digests text[] := '{}';
    accounts bigint[] := '{}';
    amounts numeric[] := '{}';
    balances numeric[] := '{}';
    versions bigint[] := '{}';
    numbers bigint[] := '{}';
BEGIN
    SELECT b.entries, b.head INTO STRICT book FROM ledger_book b WHERE b.id = _book FOR UPDATE;
    IF EXISTS (SELECT FROM jsonb_array_elements(_rows) AS r JOIN ledger_entry e
                   ON e.key = r ->> 1 AND e.book_id = _book)
       OR (SELECT count(DISTINCT r ->> 1) <> count(*) FROM jsonb_array_elements(_rows) AS r) THEN
        RETURN QUERY SELECT ledger_post(_book, r ->> 0, r ->> 1, r ->> 2, (r ->> 3)::date, _by, r ->> 4, r ->> 5, NULL,
            ARRAY(SELECT jsonb_array_elements_text(r -> 6)::bigint),
            ARRAY(SELECT jsonb_array_elements_text(r -> 7)::numeric))
          FROM jsonb_array_elements(_rows) WITH ORDINALITY AS x(r, n) ORDER BY n;
        RETURN;
    END IF;
    digest := book.head;
    FOR one IN
        WITH legs AS (
            SELECT x.n, x.r, l.position, l.account::bigint AS account, l.amount::numeric AS amount
              FROM jsonb_array_elements(_rows) WITH ORDINALITY AS x(r, n),
                   ROWS FROM (jsonb_array_elements_text(x.r -> 6), jsonb_array_elements_text(x.r -> 7))
                   WITH ORDINALITY AS l(account, amount, position)
        ), run AS (
            SELECT l.*, a.kind IN ('resource', 'free', 'reserved') AS promised,
                   a.balance + sum(l.amount) OVER w AS balance, a.moves + row_number() OVER w AS version
              FROM legs l LEFT JOIN ledger_account a ON a.id = l.account AND a.book_id = _book
            WINDOW w AS (PARTITION BY l.account ORDER BY l.n, l.position)
        )
        SELECT n, r, count(*) AS legs, count(DISTINCT account) AS places, bool_and(balance IS NOT NULL) AS known,
               bool_or(amount = 'NaN' OR amount <> round(amount, 2)) AS odd,
               coalesce(sum(amount) FILTER (WHERE promised), 0) AS promises, sum(amount) AS total,
               array_agg(account ORDER BY position) AS accounts,
               array_agg(amount::numeric(14, 2) ORDER BY position) AS amounts,
               array_agg(balance::numeric(14, 2) ORDER BY position) AS balances,
               array_agg(version ORDER BY position) AS versions
          FROM run GROUP BY n, r ORDER BY n
    LOOP
        IF one.odd THEN
            RAISE EXCEPTION 'not an amount of money: %', one.amounts USING ERRCODE = 'LD004';
        END IF;
        IF NOT one.known OR one.places <> one.legs THEN
            RAISE EXCEPTION 'an account is unknown to the book or named twice' USING ERRCODE = 'LD003';
        END IF;
        IF one.promises <> 0 OR one.total <> 0 THEN
            RAISE EXCEPTION 'the legs do not balance' USING ERRCODE = 'LD003';
        END IF;
        digest := ledger_digest(digest, book.entries + one.n, one.r ->> 0, one.r ->> 1, one.r ->> 2,
            (one.r ->> 3)::date, moment, _by, one.r ->> 4, one.r ->> 5, NULL, one.accounts, one.amounts, one.balances,
            one.versions);
        digests := digests || digest;
        accounts := accounts || one.accounts;
        amounts := amounts || one.amounts;
        balances := balances || one.balances;
        versions := versions || one.versions;
        numbers := numbers || array_fill(one.n, ARRAY[one.legs::int]);
    END LOOP;
    IF cardinality(digests) <> jsonb_array_length(_rows) THEN
        RAISE EXCEPTION 'an entry without legs' USING ERRCODE = 'LD003';
    END IF;
    -- Each balance on the way is held against the floor, not the last one only: no entry lives on a later one.
    IF EXISTS (SELECT FROM unnest(accounts, balances) AS u(account, balance) JOIN ledger_account a ON a.id = u.account
                WHERE (a.kind IN ('asset', 'resource') AND u.balance < 0)
                   OR (a.kind IN ('free', 'reserved') AND u.balance > 0)) THEN
        RAISE EXCEPTION 'below nothing' USING ERRCODE = '23514', CONSTRAINT = 'account_never_below_nothing';
    END IF;
    UPDATE ledger_account a SET balance = x.balance, moves = x.version
      FROM (SELECT DISTINCT ON (u.account) u.account, u.balance, u.version
              FROM unnest(accounts, balances, versions) AS u(account, balance, version)
             ORDER BY u.account, u.version DESC) AS x
     WHERE a.id = x.account;
    UPDATE ledger_book b SET entries = b.entries + cardinality(digests), head = digest WHERE b.id = _book;
    RETURN QUERY
    WITH made AS (
        INSERT INTO ledger_entry (ref, book_id, number, key, kind, occurred_on, recorded_at, posted_by, source, words,
                                  size, digest)
        SELECT r ->> 0, _book, book.entries + n, r ->> 1, r ->> 2, (r ->> 3)::date, moment, _by, r ->> 4, r ->> 5,
               jsonb_array_length(r -> 6), digests[n]
          FROM jsonb_array_elements(_rows) WITH ORDINALITY AS x(r, n) ORDER BY n
        RETURNING id, number
    ), written AS (
        INSERT INTO ledger_leg (entry_id, account_id, position, amount, balance_after, version)
        SELECT m.id, u.account, row_number() OVER (PARTITION BY m.id ORDER BY u.place), u.amount, u.balance, u.version
          FROM unnest(numbers, accounts, amounts, balances, versions) WITH ORDINALITY
               AS u(number, account, amount, balance, version, place)
          JOIN made m ON m.number = book.entries + u.number
        RETURNING entry_id
    )
    SELECT m.id FROM made m ORDER BY m.number;
END
$$
"""

REFUSE = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the books are append-only: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'LD009';
END
$$
"""

DAY = """
CREATE FUNCTION ledger_check_day() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    book record;
BEGIN
    SELECT b.opened_on, b.closed_to INTO book FROM ledger_book b WHERE b.id = NEW.book_id;
    IF NEW.occurred_on <= book.closed_to THEN
        RAISE EXCEPTION 'the year is closed to %', book.closed_to USING ERRCODE = 'LD002';
    END IF;
    IF NEW.occurred_on < book.opened_on OR NEW.occurred_on > (now() AT TIME ZONE 'Asia/Shanghai')::date THEN
        RAISE EXCEPTION 'before the book or a day to come: %', NEW.occurred_on USING ERRCODE = 'LD005';
    END IF;
    RETURN NEW;
END
$$
"""

LEGS = """
CREATE FUNCTION ledger_check_legs() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM made m JOIN ledger_entry e ON e.id = m.entry_id
         WHERE (SELECT count(*) FROM ledger_leg l WHERE l.entry_id = m.entry_id) > e.size
    ) THEN
        RAISE EXCEPTION 'the entry has its legs already' USING ERRCODE = 'LD003';
    END IF;
    RETURN NULL;
END
$$
"""

ENTRY = """
CREATE FUNCTION ledger_check_entry() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    before text;
    said record;
BEGIN
    SELECT count(*) AS legs, array_agg(l.account_id ORDER BY l.position) AS accounts,
           array_agg(l.amount ORDER BY l.position) AS amounts,
           array_agg(l.balance_after ORDER BY l.position) AS balances,
           array_agg(l.version ORDER BY l.position) AS versions,
           coalesce(sum(l.amount) FILTER (WHERE a.kind IN ('resource', 'free', 'reserved')), 0) AS promises,
           sum(l.amount) AS total, bool_and(a.book_id = NEW.book_id) AS ours,
           bool_and(a.moves >= l.version AND (l.version = 1) = (p.id IS NULL)
                    AND l.balance_after = coalesce(p.balance_after, 0) + l.amount) AS follows
      INTO said
      FROM ledger_leg l JOIN ledger_account a ON a.id = l.account_id
      LEFT JOIN ledger_leg p ON p.account_id = l.account_id AND p.version = l.version - 1
     WHERE l.entry_id = NEW.id;
    IF said.promises <> 0 OR said.total <> 0 THEN
        RAISE EXCEPTION 'the legs do not balance' USING ERRCODE = 'LD003';
    END IF;
    IF NOT said.follows OR NOT said.ours THEN
        RAISE EXCEPTION 'a leg does not follow the account''s last one' USING ERRCODE = 'LD003';
    END IF;
    SELECT e.digest INTO before FROM ledger_entry e WHERE e.book_id = NEW.book_id AND e.number = NEW.number - 1;
    IF said.legs <> NEW.size OR (before IS NULL AND NEW.number <> 1) OR NEW.digest <> ledger_digest(
        coalesce(before, repeat('0', 64)), NEW.number, NEW.ref, NEW.key, NEW.kind, NEW.occurred_on, NEW.recorded_at,
        NEW.posted_by, NEW.source, NEW.words, NEW.reverses_id, said.accounts, said.amounts, said.balances,
        said.versions)
    THEN
        RAISE EXCEPTION 'entry % does not continue its book', NEW.number USING ERRCODE = 'LD003';
    END IF;
    RETURN NULL;
END
$$
"""

# The row as it is at commit, not as it was when the trigger was queued.
ACCOUNT = """
CREATE FUNCTION ledger_check_account() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM ledger_account a
          LEFT JOIN LATERAL (SELECT l.version, l.balance_after FROM ledger_leg l WHERE l.account_id = a.id
                              ORDER BY l.version DESC LIMIT 1) AS last ON true
         WHERE a.id = NEW.id AND (a.moves <> coalesce(last.version, 0) OR a.balance <> coalesce(last.balance_after, 0))
    ) THEN
        RAISE EXCEPTION 'account % holds what no leg says', NEW.code USING ERRCODE = 'LD003';
    END IF;
    RETURN NULL;
END
$$
"""

BOOK = """
CREATE FUNCTION ledger_check_book() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM ledger_book b
          LEFT JOIN LATERAL (SELECT e.number, e.digest FROM ledger_entry e WHERE e.book_id = b.id
                              ORDER BY e.number DESC LIMIT 1) AS last ON true
         WHERE b.id = NEW.id
           AND (b.entries <> coalesce(last.number, 0) OR b.head <> coalesce(last.digest, repeat('0', 64)))
    ) THEN
        RAISE EXCEPTION 'book % counts other entries than it has', NEW.id USING ERRCODE = 'LD003';
    END IF;
    RETURN NULL;
END
$$
"""


def _never(table: str, *acts: str) -> str:
    """Return a trigger that refuses `acts` on every row of `table`."""
    return f"CREATE TRIGGER {table}_never BEFORE {' OR '.join(acts)} ON {table} FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"


def _never_emptied(table: str) -> str:
    return f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} EXECUTE FUNCTION ledger_refuse()"


def _at_commit(table: str, acts: str, function: str) -> str:
    return (
        f"CREATE CONSTRAINT TRIGGER {function} AFTER {acts} ON {table} "
        f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {function}()"
    )


TRIGGERS = [
    _never("ledger_entry", "UPDATE", "DELETE"),
    _never("ledger_leg", "UPDATE", "DELETE"),
    _never("ledger_anchor", "UPDATE", "DELETE"),
    _never("ledger_book", "DELETE"),
    _never("ledger_account", "DELETE"),
    # TRUNCATE of a book, an account or an entry goes by way of its legs.
    _never_emptied("ledger_leg"),
    _never_emptied("ledger_anchor"),
    "CREATE TRIGGER ledger_account_stays BEFORE UPDATE ON ledger_account FOR EACH ROW "
    "WHEN ((OLD.book_id, OLD.code, OLD.kind) IS DISTINCT FROM (NEW.book_id, NEW.code, NEW.kind)) "
    "EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_book_stays BEFORE UPDATE ON ledger_book FOR EACH ROW "
    "WHEN (OLD.opened_on <> NEW.opened_on OR OLD.closed_to > NEW.closed_to "
    "OR (OLD.closed_to IS NOT NULL AND NEW.closed_to IS NULL)) EXECUTE FUNCTION ledger_refuse()",
    "CREATE TRIGGER ledger_check_day BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_check_day()",
    "CREATE TRIGGER ledger_check_legs AFTER INSERT ON ledger_leg REFERENCING NEW TABLE AS made "
    "FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_legs()",
    _at_commit("ledger_entry", "INSERT", "ledger_check_entry"),
    _at_commit("ledger_account", "INSERT OR UPDATE OF balance, moves", "ledger_check_account"),
    _at_commit("ledger_book", "INSERT OR UPDATE OF entries, head", "ledger_check_book"),
]

STATEMENTS = [DIGEST, POST, POST_MANY, REFUSE, DAY, LEGS, ENTRY, ACCOUNT, BOOK, *TRIGGERS]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL([statement]) for statement in STATEMENTS]
