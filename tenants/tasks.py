"""What the walls do by the clock: let go of what was kept only for a while, and of agencies that have left."""

import logging
from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import ApiToken, Tries
from tenants import deletion
from tenants.idempotency import answers
from tenants.models import Leaving
from tenants.running import SharedTask, each_tenant

logger = logging.getLogger(__name__)
KEPT = timedelta(days=7)


@shared_task(base=SharedTask)
def forget_what_expired() -> int:
    """Delete answers kept for repeated requests after a week, everywhere, and expired sessions, tokens and
    counters of tries; every night.

    Returns how many rows went. May run twice.
    """
    now = timezone.now()
    gone = Session.objects.filter(expire_date__lt=now).delete()[0]
    gone += ApiToken.objects.filter(expires_at__lt=now).delete()[0]
    gone += Tries.objects.filter(ends_at__lt=now).delete()[0]
    gone += answers().filter(at__lt=now - KEPT).delete()[0]
    for _tenant in each_tenant():
        gone += answers().filter(at__lt=now - KEPT).delete()[0]
    return gone


@shared_task(base=SharedTask)
def delete_agency(*, leaving: str) -> None:
    """Carry a confirmed deletion out; one that died half-way is taken up again by `finish_deletions`."""
    deletion.carry_out(Leaving.objects.select_related("tenant").get(ref=leaving))


@shared_task(base=SharedTask)
def finish_deletions() -> int:
    """Take up every confirmed deletion that is not done; every ten minutes. Returns how many there were."""
    waiting = deletion.unfinished()
    for leaving in waiting:
        deletion.carry_out(leaving)
    return len(waiting)


def start_deletion(leaving: str, after: float) -> None:
    """Send a deletion to the background in `after` seconds; where no broker answers, the sweep takes it up."""
    try:
        delete_agency.apply_async(kwargs={"leaving": leaving}, countdown=after)
    except OperationalError:
        logger.warning("no broker; the sweep will take the deletion up")
