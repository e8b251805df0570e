"""What the walls do by the clock: let go of what was kept only for a while, and of agencies that have left."""

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import ApiToken, Tries
from accounts.sign_in import sealed_factors, sign_ins
from api_access.idempotency import KEPT, answers
from common import clock
from list_files import actions as list_files
from tenants.agencies import actions as agencies
from tenants.backend import unknown_commits
from tenants.backend.live import CommitUnknown
from tenants.departure import deletion
from tenants.models import Leaving, Tenant
from tenants.running import ReadingTask, SharedTask, each_tenant


@shared_task(base=SharedTask)
def forget_what_expired() -> int:
    """Delete answers kept for repeated requests after a week, everywhere, and expired sessions, tokens and
    counters of tries; every night.

    Returns how many rows went. May run twice.
    """
    now = timezone.now()
    gone = Session.objects.filter(expire_date__lt=now).delete()[0]
    sign_ins.forget_ended()
    gone += ApiToken.objects.filter(expires_at__lt=now).delete()[0]
    gone += Tries.objects.filter(ends_at__lt=now).delete()[0]
    gone += answers().filter(at__lt=now - KEPT).delete()[0]
    for _tenant in each_tenant():
        gone += answers().filter(at__lt=now - KEPT).delete()[0]
    return gone


@shared_task(base=SharedTask)
def seal_second_factors() -> int:
    """Seal the second factors that a release before 0.1 kept in clear; every night. Returns how many there were."""
    return sealed_factors.seal_old()


@shared_task(base=SharedTask, taken_up_by="take up unfinished agencies")
def provision_agency(*, slug: str) -> None:
    """Build the schema of an agency the operator opens."""
    agencies.provision(Tenant.objects.get(slug=slug))


@shared_task(base=SharedTask)
def provision_unfinished() -> int:
    """Build what was registered and never built; every minute. Returns how many there were."""
    waiting = list(Tenant.objects.filter(state=Tenant.State.PROVISIONING))
    for tenant in waiting:
        agencies.provision(tenant)
    return len(waiting)


@shared_task(base=SharedTask)
def look_up_unknown_commits() -> int:
    """Find out what became of commits that nobody knew of; every minute. Returns of how many that is known now."""
    try:
        return unknown_commits.reconcile()
    except CommitUnknown:  # the standby is still away; in a minute again
        return 0


@shared_task(base=SharedTask)
def compare_clocks() -> int:
    """Log how far this worker's clock is off the database's, if it is; every five minutes. Web processes: /readyz.

    Returns 1 if it is, else 0.
    """
    return int(bool(clock.trouble()))


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


@shared_task(base=ReadingTask, taken_up_by="take up unfinished files of lists")
def write_list_file(*, tenant: str, file: str) -> bool:
    """Write a long list of an agency; one that died half-way is taken up again by `take_up_list_files`."""
    return list_files.write(file)


@shared_task(base=SharedTask, taken_up_by="take up unfinished files of lists")
def write_shared_list_file(*, file: str) -> bool:
    """Write a long list of the shared floor, likewise."""
    return list_files.write(file)


@shared_task(base=SharedTask)
def take_up_list_files() -> int:
    """Write every list that waits, on the shared floor and in every agency, those that leave too; every two minutes.

    Returns how many were written.
    """
    return list_files.take_up() + sum(list_files.take_up() for _tenant in each_tenant(leaving_too=True))


@shared_task(base=SharedTask)
def remove_expired_list_files() -> int:
    """Delete the files of lists whose three days are over, everywhere; every hour. Returns how many went."""
    now = timezone.now()
    gone = list_files.remove_expired(now)
    return gone + sum(list_files.remove_expired(now) for _tenant in each_tenant(leaving_too=True))


def start_deletion(leaving: str, after: float) -> None:
    """Send a deletion to the background in `after` seconds."""
    delete_agency.apply_async(kwargs={"leaving": leaving}, countdown=after)
