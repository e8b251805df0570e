"""What is asked of service records."""

import datetime as dt

from services.people.models import Staff
from services.records.models import ServiceRecord

State = ServiceRecord.State


def busy(worker: Staff, since: dt.datetime, until: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return when a worker was busy by records begun from `since` to `until`; withdrawn and returned ones are free."""
    begun = ServiceRecord.objects.filter(worker=worker, held_at__range=(since, until))
    times = begun.exclude(state__in=[State.WITHDRAWN, State.RETURNED]).values_list("held_at", "minutes")
    return [(start, start + dt.timedelta(minutes=minutes)) for start, minutes in times]
