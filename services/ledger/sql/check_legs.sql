-- Lines added to an old entry, which was looked at long ago, are refused at once.
-- Sequential scans and joins are off: on a young table the planner would walk a whole book to find one entry.
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
$$;
