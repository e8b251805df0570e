"""Which days are worked in China: the State Council's calendar where it is known, Monday to Friday beyond."""

import datetime as dt

import chinese_calendar


def is_worked(day: dt.date) -> bool:
    """Tell whether a day is a working day, days worked in exchange for holidays included."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # the calendar of a year is announced in the November before
        return day.weekday() < 5
