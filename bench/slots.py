"""Free slots of 50 supervisors over four weeks: one query, against asking for each person and looping.

The plain way is how booking products begin: two queries a person, then every half hour of every window is held against
every booking. Both sides give the same slots; that is checked first.
"""

import datetime as dt
from random import Random

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.models import User
from bench.ground import Row, at_least, interleaved
from common.dates import SHANGHAI
from supervision.availability import materialise as windows
from supervision.availability.slots import GRID_MINUTES, free_slots
from supervision.models import Availability, Booking, OpenWindow, Supervisor
from supervision.words import BUSY, Modality, State
from tenants.running import in_public

GOAL = 20.0
SUPERVISORS = 50
NOW = dt.datetime(2026, 11, 21, 12, tzinfo=SHANGHAI)
START = dt.datetime(2026, 11, 23, tzinfo=SHANGHAI)
END = START + dt.timedelta(weeks=4)
LENGTH = dt.timedelta(minutes=60)
GRID = dt.timedelta(minutes=GRID_MINUTES)

Found = list[tuple[int, dt.datetime]]


def measure() -> list[Row]:
    """Return the best seconds of listing every free slot on both sides."""
    with in_public():
        _supervisors()
        if one_query() != person_by_person():
            raise AssertionError("the two sides give different slots")
        ours, theirs = interleaved(one_query, person_by_person)
    return [at_least("slots_50_supervisors_x_4_weeks", ours, theirs, GOAL)]


def one_query() -> Found:
    """Return (supervisor, start) of every free slot, earliest first, as the pages and the API get them."""
    return [(slot.supervisor_id, slot.starts_at) for slot in free_slots(START, END, length=LENGTH)]


def person_by_person() -> Found:
    """Return the same the way one would first write it."""
    span = (START, END)
    found: Found = []
    for supervisor in Supervisor.objects.filter(is_active=True):
        busy = list(Booking.objects.filter(supervisor=supervisor, state__in=BUSY, during__overlap=span))
        for window in OpenWindow.objects.filter(supervisor=supervisor, during__overlap=span):
            start = window.during.lower
            while start + LENGTH <= window.during.upper:
                if any(taken.during.lower < start + LENGTH and start < taken.during.upper for taken in busy):
                    start += GRID
                else:
                    found.append((supervisor.pk, start))
                    start += LENGTH
    return sorted(found, key=lambda slot: (slot[1], slot[0]))


def _supervisors() -> None:
    """Fifty people, each open on weekdays from eight to six for half a year, and booked for about half of it."""
    dice = Random(50)
    booker = User.objects.create_user("bench-booker")
    first = dt.datetime(2026, 11, 23, 8, tzinfo=SHANGHAI)
    for number in range(SUPERVISORS):
        supervisor = Supervisor.objects.create(user=User.objects.create_user(f"bench-supervisor-{number}"))
        offer = Availability.objects.create(
            supervisor=supervisor,
            starts_at=first,
            ends_at=first + dt.timedelta(hours=10),
            rrule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
            modality=Modality.ONSITE,
        )
        windows.write_out([offer], now=NOW)
        Booking.objects.bulk_create(_bookings(supervisor, booker, first, dice))


def _bookings(supervisor: Supervisor, booker: User, first: dt.datetime, dice: Random) -> list[Booking]:
    made = []
    for day in range(26 * 7):
        start = first + dt.timedelta(days=day, minutes=dice.choice([0, 30, 45]))
        while start < first + dt.timedelta(days=day, hours=9):
            end = start + dt.timedelta(minutes=dice.choice([45, 60, 90]))
            made.append(
                Booking(
                    supervisor=supervisor,
                    during=DateTimeTZRange(start, end),
                    tenant="bench",
                    station="B1",
                    station_name="B1",
                    modality=Modality.ONSITE,
                    state=State.CONFIRMED,
                    booked_by=booker,
                    answer_by=start,
                )
            )
            start = end + dt.timedelta(minutes=dice.choice([0, 30, 60, 120]))
    return made
