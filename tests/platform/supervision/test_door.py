"""What the workrooms see of supervision."""

import datetime as dt

from supervision import door
from supervision.bookings import answers
from tests.platform.supervision.cast import NOW, ask, at, list_station

TODAY = NOW.date()


def test_sessions_ahead_come_soonest_first(sun, lin):
    later = ask(sun, lin, start=at(25, 9), attendees=[lin])
    sooner = answers.accept(booking=ask(sun, lin, start=at(24, 9)), by=sun.user)

    assert [one.ref for one in door.next_sessions("north", NOW)] == [sooner.ref, later.ref]
    assert [one.ref for one in door.next_sessions("north", NOW, attendee=lin.pk)] == [later.ref]
    assert door.next_sessions("north", at(26, 9)) == []
    assert door.next_sessions("south", NOW) == []


def test_clocks_put_the_most_pressing_station_first(sun, lin, django_assert_num_queries):
    list_station("north", code="N2")
    booking = answers.accept(booking=ask(sun, lin, start=at(24, 9)), by=sun.user)
    answers.complete(booking=booking, minutes=60, summary="", now=at(24, 10), by=sun.user)

    with django_assert_num_queries(2):
        found = door.clocks("north", dt.date(2026, 11, 25))

    assert [(clock.station, clock.days_left, clock.last_on) for clock in found] == [
        ("N2", -3, None), ("N1", 20, dt.date(2026, 11, 24)),
    ]  # fmt: skip


def test_station_outside_every_programme_has_no_clock(sun, lin):
    list_station("south", code="S1", region="330481")

    assert door.clocks("south", TODAY) == []
