"""What the walls do by the clock: let go of what was kept only for a while."""

from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import ApiToken
from tenants.idempotency import answers
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
