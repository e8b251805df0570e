"""Fifteen working days, by China's own calendar."""

import datetime as dt

from common.working_days import is_worked
from services.rights.rules import due_on


def test_holidays_do_not_count_and_days_worked_for_them_do() -> None:
    assert not is_worked(dt.date(2026, 10, 1))
    assert is_worked(dt.date(2026, 10, 10))  # a Saturday worked for the holidays
    assert due_on(dt.date(2026, 9, 28), is_worked, 3) == dt.date(2026, 10, 8)


def test_the_day_of_receipt_does_not_count() -> None:
    assert due_on(dt.date(2026, 11, 2), is_worked) == dt.date(2026, 11, 23)  # Monday + three weeks
    assert due_on(dt.date(2026, 11, 7), is_worked, 1) == dt.date(2026, 11, 9)


def test_beyond_the_known_calendar_it_is_monday_to_friday() -> None:
    assert is_worked(dt.date(2036, 1, 1))  # a Tuesday
    assert not is_worked(dt.date(2036, 1, 5))
    assert due_on(dt.date(2036, 1, 1), is_worked) == dt.date(2036, 1, 22)
