"""Until when a request is answered. Pure: the days that are worked come in."""

import datetime as dt
from collections.abc import Callable
from typing import Final

WORKING_DAYS: Final = 15  # within which a request is answered; the page promises it
SOON_DAYS: Final = 3  # working days before the last one, from which on the directors are reminded


def due_on(received_on: dt.date, is_worked: Callable[[dt.date], bool], days: int = WORKING_DAYS) -> dt.date:
    """Return the last day for an answer: the working day that many after the day of receipt, which does not count."""
    day, left = received_on, days
    while left:
        day += dt.timedelta(days=1)
        left -= is_worked(day)
    return day
