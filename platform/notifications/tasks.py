"""What notifications do by the clock: they go out within a minute, and are summed up once a day.

Nothing is sent by an act itself: the timetable finds what was told in the tables, so no lost message loses a mail.
"""

from collections.abc import Callable

from celery import shared_task

from notifications import delivery
from tenants.running import SharedTask, each_tenant


def _everywhere(work: Callable[[], int]) -> int:
    return work() + sum(work() for _tenant in each_tenant(leaving_too=True))


@shared_task(base=SharedTask)
def deliver() -> int:
    """Send out what was told on the shared floor and in every agency; every minute. Returns how much."""
    return _everywhere(delivery.deliver)


@shared_task(base=SharedTask)
def write_digests() -> int:
    """Write the day's digests; every morning. Returns how many letters."""
    return _everywhere(delivery.digest)


@shared_task(base=SharedTask)
def forget_old() -> int:
    """Delete old notifications; every night. Returns how many."""
    return _everywhere(delivery.forget)
