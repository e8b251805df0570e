"""The database's clock: what is counted by days or ends at an hour goes by it, however wrong a machine's own clock is.

Days are Shanghai days, and all of an act sees one of them: the one on which its transaction began.
"""

import datetime as dt
import logging
from typing import Any, Final

from django.db import connection
from django.utils import timezone

log = logging.getLogger(__name__)
DAY: Final = "SELECT (%s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date"
MOST_SKEW: Final = 5.0  # seconds (AT-36)


def now() -> dt.datetime:
    """Return the moment at which this transaction began, as the database reckons it."""
    found: dt.datetime = _asked("SELECT now()")
    return found


def today() -> dt.date:
    """Return the Shanghai day on which this transaction began."""
    found: dt.date = _asked("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")
    return found


def day_of(moment: dt.datetime) -> dt.date:
    """Return the Shanghai day of a moment, as the database reckons it."""
    found: dt.date = _asked(DAY, [moment])
    return found


def skew() -> float:
    """Return by how many seconds this machine's clock is ahead of the database's; negative if it is behind."""
    before = timezone.now()
    there: dt.datetime = _asked("SELECT clock_timestamp()")
    return ((before - there) + (timezone.now() - there)).total_seconds() / 2


def trouble() -> str:
    """Return what is wrong with this machine's clock, '' if nothing is; what is wrong is logged too."""
    seconds = skew()
    if abs(seconds) <= MOST_SKEW:
        return ""
    said = f"{abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} the database"
    log.error("this machine's clock is %s", said)
    return said


def _asked(question: str, given: list[Any] | None = None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question, given)
        return cursor.fetchone()[0]
