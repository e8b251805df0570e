"""What billing does by the clock."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from billing.gateway import client as gateway
from billing.plans import usage
from billing.stripe_sync import events, metering
from billing.stripe_sync import reconcile as stripe_sync_reconcile
from billing.subscriptions import lifecycle, offboarding
from tenants.running import SharedTask, each_tenant


@shared_task(base=SharedTask)
def pass_time(**kwargs: object) -> int:
    """Bring every living subscription to this moment; return how many there are. May run twice."""
    now = timezone.now()
    refs = lifecycle.due(now)
    for ref in refs:
        lifecycle.pass_time(ref, now=now)
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


@shared_task(base=SharedTask)
def work_off(*, event: str, **kwargs: object) -> str:
    """Work one of Stripe's events off; return its state. May run twice: what is done is left alone."""
    return events.work_off(event)


@shared_task(base=SharedTask)
def work_off_waiting(**kwargs: object) -> int:
    """Work off the events whose time has come, should their own task have been lost; return how many there were."""
    if not gateway.is_ready():
        return 0
    waiting = events.waiting(timezone.now())
    for event in waiting:
        events.work_off(event)
    return len(waiting)


@shared_task(base=SharedTask)
def reconcile(**kwargs: object) -> int:
    """Compare our books with Stripe's; return how many movements do not match. May run twice."""
    return stripe_sync_reconcile.reconcile().unmatched if gateway.is_ready() else 0


@shared_task(base=SharedTask)
def report_usage(**kwargs: object) -> int:
    """Tell Stripe's meter of the finished days; return how many. May run twice: a day counts once."""
    return metering.report(today=timezone.localdate()) if gateway.is_ready() else 0


@shared_task(base=SharedTask)
def end_plans_of_leavers(**kwargs: object) -> int:
    """End what agencies pay that leave or have left; return how many plans changed. May run twice."""
    return offboarding.end_their_plans()
