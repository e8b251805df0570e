"""What the operator's desk does by the clock."""

import logging

from celery import shared_task
from django.utils import timezone

from common import clock
from contracts.kept import actions as kept
from operating import structure
from operating.checks import anchors, logs
from tenants.emergency import actions as emergency
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
def seal_logs(**kwargs: object) -> int:
    """Seal the open lines of every log; every minute. Return how many."""
    return logs.seal_all()


@shared_task(base=SharedTask)
def verify_logs(**kwargs: object) -> int:
    """Recompute every log; every night. Return how many differ; the operator's desk names the lines."""
    logs.seal_all()
    return len(logs.verify_all())


@shared_task(base=SharedTask)
def send_anchors(**kwargs: object) -> int:
    """Hold what was kept outside against the database, then add today's file; every night after the verifications."""
    differing = anchors.check_folder()
    for name, found in differing.items():
        log.critical("kept outside, %s differs: %s", name, found[:5])
    anchors.send_out(timezone.localdate())
    return len(differing)


@shared_task(base=SharedTask)
def keep_scores(**kwargs: object) -> int:
    """Make the kept scores of contracts anew where something was said; every minute. Return how many."""
    return kept.refresh(clock.today())


@shared_task(base=SharedTask)
def verify_scores(**kwargs: object) -> int:
    """Work out today's kept scores again, and let go of old ones; every night. Return how many differ."""
    kept.let_go(clock.today())
    return kept.verify(clock.today())


@shared_task(base=SharedTask)
def end_emergencies(**kwargs: object) -> int:
    """Mark looks into agencies whose hours are over as ended."""
    return emergency.end_passed(timezone.now())
