"""What the operator's desk does by the clock."""

import logging

from celery import shared_task
from django.utils import timezone

from operating import structure
from tenants import emergency
from tenants.running import SharedTask

log = logging.getLogger(__name__)


@shared_task(base=SharedTask)
def check_structures(**kwargs: object) -> int:
    """Compare every agency's schema with the release; every night. Return how many differ; each is named in the log."""
    differing = structure.check_all()
    for slug in differing:
        log.error("the schema of %s differs from the release", slug)
    return len(differing)


@shared_task(base=SharedTask)
def end_emergencies(**kwargs: object) -> int:
    """Mark looks into agencies whose hours are over as ended."""
    return emergency.end_passed(timezone.now())
