"""Prices, proration and how long an account may go on: pure."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import rules
from billing.rules import Cause, Entitlement, Facts, Mode

CHINA = dt.timezone(dt.timedelta(hours=8))
NOW = dt.datetime(2026, 3, 10, 12, tzinfo=CHINA)


def days(count: float) -> dt.timedelta:
    return dt.timedelta(days=count)


@pytest.mark.parametrize(
    ("facts", "mode", "cause"),
    [
        ({"state": "active", "period_to": NOW + days(20)}, Mode.OPEN, Cause.NONE),
        ({"state": "trialing", "trial_until": NOW + days(20)}, Mode.OPEN, Cause.NONE),
        ({"state": "trialing", "trial_until": NOW + days(7)}, Mode.WARNED, Cause.TRIAL_ENDING),
        ({"state": "trialing", "trial_until": NOW}, Mode.WARNED, Cause.TRIAL_ENDED),
        ({"state": "trialing", "trial_until": NOW - days(6.9)}, Mode.WARNED, Cause.TRIAL_ENDED),
        ({"state": "trialing", "trial_until": NOW - days(7)}, Mode.READ_ONLY, Cause.TRIAL_ENDED),
        ({"state": "past_due", "unpaid_since": NOW - days(13.9)}, Mode.WARNED, Cause.UNPAID),
        ({"state": "past_due", "unpaid_since": NOW - days(14)}, Mode.READ_ONLY, Cause.UNPAID),
        ({"state": "active", "over_since": (NOW - days(29)).date()}, Mode.WARNED, Cause.OVER),
        ({"state": "active", "over_since": (NOW - days(30)).date()}, Mode.READ_ONLY, Cause.OVER),
        ({"state": "active", "period_to": NOW + days(3), "cancels_at_end": True}, Mode.WARNED, Cause.ENDING),
        ({"state": "active", "period_to": NOW + days(3)}, Mode.OPEN, Cause.NONE),
        ({"state": "cancelled"}, Mode.READ_ONLY, Cause.ENDED),
    ],
)
def test_a_warning_always_comes_before_reading_only(facts: dict[str, Any], mode: Mode, cause: Cause) -> None:
    found = rules.entitlement(Facts(**facts), now=NOW)

    assert (found.mode, found.cause) == (mode, cause)


def test_the_warning_says_until_when() -> None:
    facts = Facts("past_due", unpaid_since=NOW - days(4), over_since=(NOW - days(28)).date())

    assert rules.entitlement(facts, now=NOW) == Entitlement(Mode.WARNED, Cause.OVER, dt.date(2026, 3, 12))


def test_a_price_is_stations_and_seats() -> None:
    price = rules.price(stations=3, seats=20, station_price=Decimal("260"), seat_price=Decimal("9.99"))

    assert price == Decimal("979.80")
    assert rules.reduction(price, 15) == Decimal("146.97")


def test_the_rest_of_a_period_is_reckoned_by_the_second() -> None:
    period = {"period_from": NOW, "period_to": NOW + days(30)}

    up = rules.prorated(before=Decimal(300), after=Decimal(600), now=NOW + days(10), **period)
    down = rules.prorated(before=Decimal(600), after=Decimal(300), now=NOW + days(10), **period)
    late = rules.prorated(before=Decimal(300), after=Decimal(600), now=NOW + days(31), **period)

    assert (up, down, late) == (Decimal("200.00"), Decimal("-200.00"), Decimal("0.00"))


@pytest.mark.parametrize(
    ("start", "interval", "end"),
    [
        ("2026-01-31", "month", "2026-02-28"),
        ("2026-12-15", "month", "2027-01-15"),
        ("2026-11-30", "month", "2026-12-30"),
        ("2028-02-29", "year", "2029-02-28"),
        ("2026-03-10", "year", "2027-03-10"),
    ],
)
def test_a_period_ends_on_the_same_day_of_the_next(start: str, interval: str, end: str) -> None:
    begins = dt.datetime.fromisoformat(start).replace(tzinfo=CHINA)

    assert rules.period_after(begins, interval).date().isoformat() == end


@given(
    st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2040, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["month", "year"]),
)
def test_a_period_is_never_empty_nor_longer_than_its_name(start: dt.datetime, interval: str) -> None:
    begins = start.replace(tzinfo=CHINA)
    whole = rules.period_after(begins, interval) - begins

    assert days(28) <= whole <= days(31) if interval == "month" else days(365) <= whole <= days(366)
