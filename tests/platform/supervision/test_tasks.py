"""What the clock does stands on the shared floor by itself."""

import datetime as dt

from django.conf import settings
from django.utils import timezone

from supervision import tasks
from supervision.models import Booking, OpenWindow
from supervision.words import State
from tenants.running import HEADER, SHARED_FLOOR, in_public
from tests.platform.supervision.cast import ask, offer, supervisor


def run(task):
    """Run a task as a worker does when beat has sent it."""
    return task.apply(headers={HEADER: SHARED_FLOOR}).get()


def test_unanswered_requests_expire_and_the_horizon_moves(lin):
    now = timezone.now()
    who = supervisor()
    start = (now + dt.timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    offer(who, start=start, end=start + dt.timedelta(hours=3), rrule="FREQ=DAILY", now=now)
    booking = ask(who, lin, start=start, now=now)
    Booking.objects.filter(pk=booking.pk).update(answer_by=now - dt.timedelta(minutes=1))
    OpenWindow.objects.all().delete()

    assert run(tasks.expire_unanswered_requests) == 1
    assert run(tasks.refresh_open_windows) >= 26 * 7 - 1

    with in_public():
        booking.refresh_from_db()
    assert booking.state == State.EXPIRED


def test_beat_knows_both_tasks():
    named = {entry["task"] for entry in settings.CELERY["beat_schedule"].values()}

    assert {tasks.refresh_open_windows.name, tasks.expire_unanswered_requests.name} <= named
