"""Telling 10,000 people of one thing, against writing them one row at a time."""

import time
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bench.ground import Row, at_least, at_most
from notifications import door
from notifications.models import Notification
from tenants.running import in_public

PEOPLE = 10_000
GOAL = 3.0  # writing six indexes takes most of the time, one by one or together
SAID: dict[str, Any] = {"contract": "B-1", "code": "A1", "points": 3}


def measure() -> list[Row]:
    """Return queries for 10,000 notifications (ours) against the most allowed, and seconds against one by one."""
    with in_public():
        people = [f"bench{number}" for number in range(PEOPLE)]
        with CaptureQueriesContext(connection) as asked, transaction.atomic():
            began = time.perf_counter()
            door.tell(kind="mark.given", to=people, about="contracts.mark:bench", args=["c", "A1"], **SAID)
            ours = time.perf_counter() - began
        with transaction.atomic():
            began = time.perf_counter()
            for person in people[: PEOPLE // 10]:
                Notification.objects.create(user=person, kind="mark.given", about="contracts.mark:bench", words={})
            theirs = (time.perf_counter() - began) * 10
    return [
        at_most("notifications.queries", len(asked), PEOPLE / 500, 1.0),
        at_least("notifications.told", ours, theirs, GOAL),
    ]
