-- LD002 the year is closed, LD005 a day to come or before the book opened.
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
$$;
