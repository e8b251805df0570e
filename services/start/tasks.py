"""What the first hour leaves to the clock."""

from celery import shared_task
from django.utils import timezone

from services.start import deadlines, sample_client
from tenants.running import SharedTask, each_tenant


@shared_task(base=SharedTask)
def clear_removed(**kwargs: object) -> int:
    """Delete the samples that every agency removed more than a day ago; every night. May run twice."""
    now = timezone.now()
    return sum(sample_client.forget_removed(now) for _tenant in each_tenant())


@shared_task(base=SharedTask)
def tell_of_deadlines(**kwargs: object) -> int:
    """Tell every agency's people of what is past its day or near it; every morning. Returns how many were told.

    May run twice: each is told again after a week at the earliest.
    """
    today = timezone.localdate()
    return sum(deadlines.tell(today) for _tenant in each_tenant())
