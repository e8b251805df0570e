"""What grants do by the clock and in the background."""

import logging

from celery import shared_task

from services.grants.decisions import objections
from services.grants.guards import limits
from services.grants.models import PaymentRun
from services.grants.payments import runs
from tenants.running import SharedTask, TenantTask, each_tenant

log = logging.getLogger(__name__)


@shared_task(base=TenantTask, taken_up_by="take up unfinished payment runs")
def pay_run(*, tenant: str, run: str) -> int:
    """Release the payments of a run; one that died half-way is taken up again by `resume_runs`."""
    return runs.carry_on(PaymentRun.objects.get(ref=run))


@shared_task(base=SharedTask)
def resume_runs() -> int:
    """Take up every unfinished run of every agency; every five minutes."""
    return sum(runs.carry_on_all() for _tenant in each_tenant())


@shared_task(base=SharedTask)
def end_notices() -> int:
    """End every notice that has run its days; every ten minutes."""
    return sum(objections.end_due_notices() for _tenant in each_tenant())


@shared_task(base=SharedTask)
def recount_limits() -> int:
    """Recompute every limit from the live applications and report what differs; every night. None is expected."""
    wrong = 0
    for tenant in each_tenant():
        for row, should in limits.recount():
            wrong += 1
            log.error("limit %s of %s holds %s, should hold %s", row.pk, tenant.slug, row.used, should)
    return wrong
