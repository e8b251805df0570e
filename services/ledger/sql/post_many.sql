-- Post many entries of one book, all or none. Rows are arrays: ref, key, kind, day, source, words, accounts, amounts.
-- Worked out for all rows at once: only the chain of digests goes from one to the next. A row whose key is known goes
-- the way of a single one, which compares it.
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
$$;
