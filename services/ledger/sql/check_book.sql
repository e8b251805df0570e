-- At commit: a book counts the entries it has, and its head is the digest of the last one.
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
$$;
