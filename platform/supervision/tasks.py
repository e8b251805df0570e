"""What supervision does by the clock."""

from celery import shared_task
from django.db import transaction

from common import clock
from supervision.availability import materialise as windows
from supervision.bookings import actions as booking_actions
from supervision.bookings import telling
from tenants.running import SharedTask


@shared_task(base=SharedTask)
def refresh_open_windows() -> int:
    """Move the horizon of open windows on; every night."""
    return windows.refresh(now=clock.now())


@shared_task(base=SharedTask)
def expire_unanswered_requests() -> int:
    """Give back the times of unanswered requests and tell both sides; every ten minutes. Returns how many expired."""
    expired = booking_actions.expire_requests(now=clock.now())
    with transaction.atomic():
        telling.told_expired()
    return expired
