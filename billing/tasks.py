"""What billing does by the clock."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from billing import clock, usage
from tenants.running import SharedTask, each_tenant


@shared_task(base=SharedTask)
def pass_time(**kwargs: object) -> int:
    """Bring every living subscription to this moment; return how many there are. May run twice."""
    now = timezone.now()
    refs = clock.due(now)
    for ref in refs:
        clock.pass_time(ref, now=now)
    return len(refs)


@shared_task(base=SharedTask)
def measure_usage(**kwargs: object) -> int:
    """Write down what every active agency used today, and the whole of yesterday; return how many agencies.

    May run twice.
    """
    today = timezone.localdate()
    measured = 0
    for tenant in each_tenant():
        for day in (today - dt.timedelta(days=1), today):
            usage.measure(tenant, day=day)
        measured += 1
    return measured
