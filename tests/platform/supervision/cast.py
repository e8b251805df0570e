"""Sun supervises Mondays to Fridays; north's station N1 asks for her. Now is Saturday noon, 21 November 2026."""

import datetime as dt

import pytest

from common.dates import SHANGHAI
from directory import door as directory
from supervision.availability import actions as offers
from supervision.bookings import actions as booking_actions
from supervision.bookings.actions import Request
from tests.cast import member, officer

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)


def at(day, hour, minute=0):
    """Return a moment of November or December 2026: at(23, 9) is Monday the 23rd at nine; 31 + n is December n - 1."""
    return dt.datetime(2026, 11, 1, hour, minute, tzinfo=SHANGHAI) + dt.timedelta(days=day - 1)


def list_station(tenant, code="N1", region="370102"):
    directory.list_station(
        tenant=tenant, code=code, name=f"{code} 社工站", level="station", label="社工站", region=region,
        address="", opened_on=dt.date(2026, 11, 1), agency="北方社会工作服务中心",
    )  # fmt: skip


def supervisor(username="sun", name="孙教授", **given):
    user = officer(username, "supervisor", name=name)
    return offers.enrol_supervisor(user=user, university="泉城大学", by=None, **given)


def offer(
    who, *, start=None, end=None, rrule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", modality="onsite", capacity=8, now=NOW
):
    return offers.offer_availability(
        supervisor=who,
        starts_at=start or at(23, 9),
        ends_at=end or at(23, 12),
        rrule=rrule,
        modality=modality,
        capacity=capacity,
        now=now,
        by=who.user,
    )


def ask(who, by, *, start=None, end=None, tenant="north", station="N1", now=NOW, **given):
    start = start or at(24, 9)
    request = Request(
        tenant=tenant, station=station, station_name=f"{station} 社工站", region="370102",
        starts_at=start, ends_at=end or start + dt.timedelta(hours=1), **given,
    )  # fmt: skip
    return booking_actions.book(supervisor=who, request=request, now=now, by=by)


@pytest.fixture
def lin(public, north_row):
    list_station("north")
    return member(north_row, "lin", "station_head", name="林静")


@pytest.fixture
def sun(public):
    who = supervisor()
    offer(who)
    return who
