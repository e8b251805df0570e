"""What the workrooms may ask of supervision: how long a station has left, and what comes next."""

import datetime as dt
from dataclasses import dataclass

from supervision import words
from supervision.models import Booking
from supervision.queries import Clock, clocks

__all__ = ["Clock", "NextSession", "cancel_ahead", "clocks", "next_sessions"]


@dataclass(frozen=True)
class NextSession:
    """A session ahead, asked for or confirmed; `state` is requested or confirmed."""

    ref: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    supervisor: str
    station: str
    station_name: str
    modality: str
    state: str
    state_label: str


def next_sessions(tenant: str, now: dt.datetime, *, attendee: int | None = None, limit: int = 5) -> list[NextSession]:
    """Return an agency's sessions that are not over, soonest first: all of them, or those one member comes to."""
    rows = Booking.objects.of_agency(tenant).ahead().filter(during__endswith__gt=now)
    if attendee is not None:
        rows = rows.filter(attendees=attendee)
    return [_next(row) for row in rows.shown().order_by("during", "id")[:limit]]


def _next(row: Booking) -> NextSession:
    return NextSession(
        ref=row.ref,
        starts_at=row.during.lower,
        ends_at=row.during.upper,
        supervisor=str(row.supervisor),
        station=row.station,
        station_name=row.station_name,
        modality=row.get_modality_display(),
        state=row.state,
        state_label=row.get_state_display(),
    )


def cancel_ahead(*, tenant: str, now: dt.datetime) -> int:
    """Give back the times an agency that has left still holds; return how many sessions were to come. Twice is once."""
    ahead = Booking.objects.of_agency(tenant).ahead().filter(during__startswith__gt=now)
    return ahead.update(state=words.State.CANCELLED)
