"""AT-24: 64 at once for three supervisors; nobody is in two places, nobody meets an error."""

import datetime as dt
import random
import threading
from collections import Counter

import pytest
from django.db import connection

from common.refusals import Refused
from supervision.bookings import actions as booking_actions
from supervision.bookings import answers
from supervision.models import Booking
from supervision.refusals import Taken
from supervision.words import BUSY, State
from tenants.models import Tenant
from tenants.running import in_public
from tests.cast import member
from tests.platform.supervision.cast import NOW, ask, at, offer, supervisor

CLIENTS = 64
OVERLAPS = """
    SELECT count(*) FROM supervision_booking a JOIN supervision_booking b
    ON a.supervisor_id = b.supervisor_id AND a.id < b.id AND a.during && b.during
    WHERE a.state = ANY(%s) AND b.state = ANY(%s)
"""


def overlaps():
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS, [list(BUSY), list(BUSY)])
        return cursor.fetchone()[0]


def all_at_once(clients, work):
    """Run `work(number)` in as many threads, each on a connection of its own, and count how they ended."""
    ended, gate = Counter(), threading.Barrier(clients)

    def run(number):
        gate.wait()
        try:
            with in_public():
                ended[work(number)] += 1
        except Exception as error:
            ended[type(error).__name__] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


@pytest.fixture
def floor(commits):
    with in_public():
        yield


@pytest.fixture
def lin(floor):
    return member(Tenant.objects.get(slug="north"), "lin", "station_head")


@pytest.mark.threads
def test_one_of_64_gets_the_slot(lin):
    sun = supervisor()
    offer(sun)

    def book(number):
        try:
            ask(sun, lin, station=f"N{number}")
        except Taken as refusal:
            return f"refused with {len(refusal.alternatives)}"
        return "booked"

    assert all_at_once(CLIENTS, book) == {"booked": 1, "refused with 3": CLIENTS - 1}
    assert overlaps() == 0


@pytest.mark.threads
def test_booking_moving_confirming_and_cancelling_at_once_never_overlaps(lin):
    experts = [supervisor(f"expert-{number}", f"专家{number}", confirms_at_once=number == 0) for number in range(3)]
    for who in experts:
        offer(who, start=at(23, 8), end=at(23, 20))

    def work(number):
        dice = random.Random(number)
        for _ in range(12):
            who, start = dice.choice(experts), at(23 + dice.randrange(2), 8 + dice.randrange(10), dice.choice([0, 30]))
            try:
                booking = ask(who, lin, start=start, end=start + dt.timedelta(minutes=dice.choice([60, 90])))
                step(dice, booking)
            except Refused:
                continue
        return "finished"

    def step(dice, booking):
        turn = dice.randrange(4)
        if turn == 0:
            booking_actions.cancel(booking=booking, reason="改期", now=NOW, by=lin)
        elif turn == 1:
            answers.accept(booking=booking, by=booking.supervisor.user)
        elif turn == 2:
            start = at(23 + dice.randrange(2), 8 + dice.randrange(10))
            answers.propose(
                booking=booking,
                starts_at=start,
                ends_at=start + dt.timedelta(hours=1),
                now=NOW,
                by=booking.supervisor.user,
            )
            booking_actions.accept_proposal(booking=booking, now=NOW, by=lin)

    assert all_at_once(CLIENTS, work) == {"finished": CLIENTS}
    assert overlaps() == 0
    assert Booking.objects.filter(state=State.CONFIRMED).exists()
