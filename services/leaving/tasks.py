"""What leaving does in the background."""

from celery import shared_task
from django.utils import timezone

from directory import door as directory
from services.leaving import actions as leaving_actions
from supervision import door as supervision
from tenants.models import Tenant
from tenants.running import ReadingTask, SharedTask, each_tenant


@shared_task(base=ReadingTask, taken_up_by="take up unfinished exports")
def prepare_export(*, tenant: str, export: str) -> bool:
    """Make the file of an export; one that died half-way is taken up again by `resume_exports`."""
    return leaving_actions.prepare(export)


@shared_task(base=SharedTask)
def resume_exports() -> int:
    """Take up the waiting exports of every agency, those that are leaving too; every five minutes."""
    return sum(leaving_actions.resume() for _tenant in each_tenant(leaving_too=True))


@shared_task(base=SharedTask)
def remove_expired_exports() -> int:
    """Delete the files whose seven days are over, everywhere; every night."""
    return sum(leaving_actions.remove_expired(timezone.now()) for _tenant in each_tenant(leaving_too=True))


@shared_task(base=SharedTask)
def settle_for_the_departed() -> int:
    """Close the public listings of agencies that are deleted and give back the sessions they had booked; every hour.

    Returns how many listings and sessions there were. May run twice.
    """
    settled = 0
    for slug in Tenant.objects.filter(state=Tenant.State.DELETED).values_list("slug", flat=True):
        settled += directory.delist_agency(tenant=slug, closed_on=timezone.localdate())
        settled += supervision.cancel_ahead(tenant=slug, now=timezone.now())
    return settled
