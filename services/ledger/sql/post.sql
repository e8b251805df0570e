-- Post one entry. The book's row is locked first, so that entries of one book follow each other and the chain has one
-- order; a caller that posts to two books takes them in the order of their ids, or two of them wait for each other.
-- LD001 the key was used for another entry, LD003 the lines do not make an entry, LD004 not an amount of money.
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
$$;
