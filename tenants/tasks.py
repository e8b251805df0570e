"""What the walls do by the clock: let go of what was kept only for a while, and of agencies that have left."""

from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import ApiToken
from common import clock
from tenants import deletion
from tenants.idempotency import answers
from tenants.models import Leaving
from tenants.running import SharedTask, each_tenant

KEPT = timedelta(days=7)


@shared_task(base=SharedTask)
def forget_what_expired() -> int:
    """Delete answers kept for repeated requests after a week, everywhere, and expired sessions and tokens; every night.

    Returns how many rows went. May run twice.
    """
    now = timezone.now()
    gone = Session.objects.filter(expire_date__lt=now).delete()[0]
    gone += ApiToken.objects.filter(expires_at__lt=now).delete()[0]
    gone += answers().filter(at__lt=now - KEPT).delete()[0]
    for _tenant in each_tenant():
        gone += answers().filter(at__lt=now - KEPT).delete()[0]
    return gone


@shared_task(base=SharedTask)
def compare_clocks() -> str:
    """Log how far this worker's clock is off the database's, if it is; every five minutes. Web processes: /readyz."""
    return clock.trouble()


@shared_task(base=SharedTask, taken_up_by="take up unfinished deletions")
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
    """Send a deletion to the background in `after` seconds."""
    delete_agency.apply_async(kwargs={"leaving": leaving}, countdown=after)
