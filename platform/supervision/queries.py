"""What is asked of supervision: bookings of a time, clocks of stations, who supervises."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Max, QuerySet
from django.db.models.functions import Lower

from common.dates import SHANGHAI, local_day
from directory import door as directory
from supervision import rules
from supervision.models import Booking, BookingQuerySet, Supervisor
from supervision.policy import policy_of
from supervision.words import State

WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Clock:
    """When a station was last supervised and how many days it has left; negative is overdue."""

    station: str
    name: str
    last_on: dt.date | None
    days_left: int
    max_gap_days: int

    @property
    def days_overdue(self) -> int:
        return -self.days_left


def day_start(day: dt.date) -> dt.datetime:
    """Return the first moment of a Shanghai day."""
    return dt.datetime.combine(day, dt.time.min, tzinfo=SHANGHAI)


def monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def between(rows: BookingQuerySet, first: dt.date, days: int) -> BookingQuerySet:
    """Return the bookings that touch `days` Shanghai days from `first`, in order."""
    span = DateTimeTZRange(day_start(first), day_start(first + dt.timedelta(days=days)))
    return rows.filter(during__overlap=span).order_by("during", "id")


def active_supervisors() -> "QuerySet[Supervisor]":
    return Supervisor.objects.filter(is_active=True).select_related("user", "university")


def notes_owed(supervisor: Supervisor, now: dt.datetime) -> BookingQuerySet:
    """Return the confirmed sessions that are over and not written down."""
    return supervisor.bookings.filter(state=State.CONFIRMED, during__endswith__lte=now).shown().order_by("during")


def clocks(tenant: str, today: dt.date, codes: Sequence[str] | None = None) -> list[Clock]:
    """Return the clock of every open station of an agency that a programme gives one, most pressing first.

    Rooms are supervised with their station, hubs supervise themselves. Two queries.

    :param codes: stations asked for; all of the agency's when left out.
    """
    listed = directory.stations(tenant=tenant, codes=codes)
    last = {
        station: local_day(start)
        for station, start in Booking.objects.of_agency(tenant)
        .filter(state=State.COMPLETED)
        .values_list("station")
        .annotate(latest=Max(Lower("during")))
    }
    found = []
    for station in listed:
        gap = policy_of(station.region, today).max_gap_days
        if gap is None or station.closed_on or station.level != "station":
            continue
        seen = last.get(station.code)
        left = rules.days_left(seen, station.opened_on, gap, today)
        found.append(Clock(station.code, station.name, seen, left, gap))
    return sorted(found, key=lambda clock: (clock.days_left, clock.station))
