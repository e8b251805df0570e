-- What looks at each new row, and what refuses every change. TRUNCATE of a book, an account or an entry goes by way of
-- its lines.
CREATE TRIGGER ledger_entry_never BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_leg_never BEFORE UPDATE OR DELETE ON ledger_leg
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_anchor_never BEFORE UPDATE OR DELETE ON ledger_anchor
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_book_never BEFORE DELETE ON ledger_book FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_account_never BEFORE DELETE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_leg_never_emptied BEFORE TRUNCATE ON ledger_leg EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_anchor_never_emptied BEFORE TRUNCATE ON ledger_anchor EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_account_stays BEFORE UPDATE ON ledger_account
    FOR EACH ROW WHEN ((OLD.book_id, OLD.code, OLD.kind) IS DISTINCT FROM (NEW.book_id, NEW.code, NEW.kind))
    EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_book_stays BEFORE UPDATE ON ledger_book
    FOR EACH ROW WHEN (OLD.opened_on <> NEW.opened_on OR OLD.closed_to > NEW.closed_to
          OR (OLD.closed_to IS NOT NULL AND NEW.closed_to IS NULL))
    EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_check_day BEFORE INSERT ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_check_day();
CREATE TRIGGER ledger_check_legs AFTER INSERT ON ledger_leg
    REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_legs();
CREATE CONSTRAINT TRIGGER ledger_check_entry AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_entry();
CREATE CONSTRAINT TRIGGER ledger_check_account AFTER INSERT OR UPDATE OF balance, moves ON ledger_account
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_account();
CREATE CONSTRAINT TRIGGER ledger_check_book AFTER INSERT OR UPDATE OF entries, head ON ledger_book
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_book();
