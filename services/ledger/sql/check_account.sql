-- At commit, the row as it is then, not as it was when the trigger was queued: a balance without its line ends here.
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
$$;
