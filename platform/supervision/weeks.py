"""A week laid out by days: for the agency's week of free slots and the supervisor's calendar."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from common.dates import SHANGHAI, local_day
from supervision.availability.recurrence import day_name
from supervision.availability.slots import Slot, free_slots
from supervision.models import Supervisor
from supervision.queries import day_start, monday

SEVEN = dt.timedelta(days=7)


@dataclass(frozen=True)
class Day:
    """A day of the week and what happens on it, in order."""

    date: dt.date
    name: str
    entries: list[Any]


@dataclass(frozen=True)
class Week:
    """Seven days from a Monday, and the Mondays before and after."""

    days: list[Day]
    before: dt.date
    after: dt.date


def path(name: str) -> str:
    return reverse(name)


def asked_monday(text: str, *, today: dt.date) -> dt.date:
    """Return the Monday of the week of a day written YYYY-MM-DD; this week's for anything else, or too far away."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = today
    return monday(day if abs((day - today).days) < 400 else today)


def laid_out(first: dt.date, entries: Iterable[tuple[dt.datetime, Any]]) -> Week:
    """Put (moment, thing) pairs under the Shanghai days of the week that begins on `first`."""
    under: dict[dt.date, list[Any]] = {first + dt.timedelta(days=number): [] for number in range(7)}
    for moment, thing in entries:
        under.setdefault(local_day(moment.astimezone(SHANGHAI)), []).append(thing)
    days = [Day(day, day_name(day.weekday()), things) for day, things in sorted(under.items()) if day < first + SEVEN]
    return Week([day for day in days if day.date >= first], first - SEVEN, first + SEVEN)


def free_of_week(supervisor: Supervisor, first: dt.date, *, minutes: int, now: dt.datetime) -> list[Slot]:
    """Return a supervisor's free slots of the week from `first`, from now on."""
    start, end = max(day_start(first), now), day_start(first + SEVEN)
    if start >= end:
        return []
    return free_slots(start, end, length=dt.timedelta(minutes=minutes), supervisors=[supervisor.pk])
