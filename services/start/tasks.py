"""What the first hour leaves to the clock."""

from celery import shared_task
from django.utils import timezone

from services.start import sample_client
from tenants.running import SharedTask, each_tenant


@shared_task(base=SharedTask)
def clear_removed(**kwargs: object) -> int:
    """Delete the samples that every agency removed more than a day ago; every night. May run twice."""
    now = timezone.now()
    return sum(sample_client.forget_removed(now) for _tenant in each_tenant())
