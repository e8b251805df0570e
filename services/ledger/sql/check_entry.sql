-- At commit: a header without lines, lines that do not balance, or an entry that does not continue its book end here.
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
$$;
