-- LD009: the books are append-only.
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the books are append-only: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'LD009';
END
$$;
