"""The database's clock: days are Shanghai days, and all of an act sees one of them."""

import datetime as dt
from typing import Final

from django.db import connection

DAY: Final = "SELECT (%s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date"


def today() -> dt.date:
    """Return the Shanghai day on which this transaction began."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")
        found: dt.date = cursor.fetchone()[0]
    return found


def day_of(moment: dt.datetime) -> dt.date:
    """Return the Shanghai day of a moment, as the database reckons it."""
    with connection.cursor() as cursor:
        cursor.execute(DAY, [moment])
        found: dt.date = cursor.fetchone()[0]
    return found
