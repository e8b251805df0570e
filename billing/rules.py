"""What things cost and how long an account may go on without paying. Pure: values in, values out."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from common.money import rounded

WARN_DAYS: Final = 7  # before a trial or a cancelled period ends
TRIAL_GRACE_DAYS: Final = 7
UNPAID_GRACE_DAYS: Final = 14
OVER_GRACE_DAYS: Final = 30


class Mode(StrEnum):
    """What a plan allows its agency: open, open with a warning, or for reading and export only."""

    OPEN = "open"
    WARNED = "warned"
    READ_ONLY = "read_only"


class Cause(StrEnum):
    NONE = ""
    TRIAL_ENDING = "trial_ending"
    TRIAL_ENDED = "trial_ended"
    UNPAID = "unpaid"
    OVER = "over"
    ENDING = "ending"
    ENDED = "ended"
    LEAVING = "leaving"


@dataclass(frozen=True)
class Facts:
    """What is known of a subscription, as moments and days. `state` is Subscription.State."""

    state: str
    trial_until: dt.datetime | None = None
    period_to: dt.datetime | None = None
    cancels_at_end: bool = False
    unpaid_since: dt.datetime | None = None
    over_since: dt.date | None = None


@dataclass(frozen=True)
class Entitlement:
    """The mode, why, and until when it stays so (None: open-ended)."""

    mode: Mode = Mode.OPEN
    cause: Cause = Cause.NONE
    until: dt.date | None = None

    @property
    def is_read_only(self) -> bool:
        return self.mode == Mode.READ_ONLY

    @property
    def is_warned(self) -> bool:
        return self.mode == Mode.WARNED


def entitlement(facts: Facts, *, now: dt.datetime) -> Entitlement:
    """Return what the plan allows. The gravest cause wins; a warning always comes before reading only.

    Reading and export are never taken away; `until` of a warning is the day on which reading only begins.
    """
    warnings = []
    if facts.state == "cancelled":
        return Entitlement(Mode.READ_ONLY, Cause.ENDED)
    for cause, since, grace in (
        (Cause.UNPAID, facts.unpaid_since, UNPAID_GRACE_DAYS),
        (Cause.TRIAL_ENDED, _trial_end(facts), TRIAL_GRACE_DAYS),
        (Cause.OVER, _day_start(facts.over_since, now), OVER_GRACE_DAYS),
    ):
        if since is None or since > now:
            continue
        ends = since + dt.timedelta(days=grace)
        if now >= ends:
            return Entitlement(Mode.READ_ONLY, cause)
        warnings.append(Entitlement(Mode.WARNED, cause, ends.astimezone(now.tzinfo).date()))
    for cause, comes, counts in (
        (Cause.ENDING, facts.period_to, facts.cancels_at_end),
        (Cause.TRIAL_ENDING, facts.trial_until, facts.state == "trialing"),
    ):
        if counts and comes and now < comes <= now + dt.timedelta(days=WARN_DAYS):
            warnings.append(Entitlement(Mode.WARNED, cause, comes.astimezone(now.tzinfo).date()))
    return min(warnings, key=lambda each: each.until or dt.date.max) if warnings else Entitlement()


def price(*, stations: int, seats: int, station_price: Decimal, seat_price: Decimal) -> Decimal:
    """Return what one period costs in yuan, before any reduction."""
    return rounded(stations * station_price + seats * seat_price)


def reduction(amount: Decimal, percent: int) -> Decimal:
    """Return what a coupon of so many percent takes off, in yuan, half up."""
    return rounded(amount * percent / 100)


def prorated(
    *, before: Decimal, after: Decimal, period_from: dt.datetime, period_to: dt.datetime, now: dt.datetime
) -> Decimal:
    """Return what a change costs for the rest of the period: above zero to pay, below zero to give back.

    By the second, as Stripe does; nothing once the period is over.
    """
    whole = (period_to - period_from).total_seconds()
    rest = max((period_to - max(now, period_from)).total_seconds(), 0)
    if whole <= 0:
        return Decimal("0.00")
    return rounded((after - before) * Decimal(int(rest)) / Decimal(int(whole)))


def period_after(start: dt.datetime, interval: str) -> dt.datetime:
    """Return the end of the period that begins at `start`: the same day a month or a year on, or that month's last."""
    year, month = (start.year + 1, start.month) if interval == "year" else divmod(start.year * 12 + start.month, 12)
    month = month if interval == "year" else month + 1
    last = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day
    return start.replace(year=year, month=month, day=min(start.day, last))


def is_over(*, stations: int, seats: int, bought_stations: int, bought_seats: int) -> bool:
    return stations > bought_stations or seats > bought_seats


def _trial_end(facts: Facts) -> dt.datetime | None:
    return facts.trial_until if facts.state == "trialing" else None


def _day_start(day: dt.date | None, now: dt.datetime) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time(), now.tzinfo) if day else None
