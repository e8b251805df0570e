"""Availabilities written out as open windows for the coming 26 weeks, in the transaction that changes them."""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from supervision.availability.recurrence import occurrences
from supervision.models import Availability, OpenWindow

HORIZON: Final = dt.timedelta(weeks=26)


@transaction.atomic
def write_out(availabilities: Iterable[Availability], *, now: dt.datetime) -> int:
    """Replace the windows of these availabilities by what their rules say from `now` on; return how many there are."""
    rules = list(availabilities)
    OpenWindow.objects.filter(availability__in=rules).delete()
    windows = [
        OpenWindow(
            availability=rule,
            supervisor_id=rule.supervisor_id,
            during=DateTimeTZRange(start, end),
            modality=rule.modality,
            capacity=rule.capacity,
        )
        for rule in rules
        for start, end in occurrences(rule.starts_at, rule.ends_at, rule.rrule, after=now, before=now + HORIZON)
    ]
    OpenWindow.objects.bulk_create(windows, batch_size=2000)
    return len(windows)


def refresh(*, now: dt.datetime) -> int:
    """Move every supervisor's horizon on: what has passed goes, a new day at the far end comes."""
    return write_out(Availability.objects.filter(supervisor__is_active=True), now=now)
