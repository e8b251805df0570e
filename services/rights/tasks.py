"""What requests do by the clock: remind the directors of those that are due."""

import datetime as dt

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from common.working_days import is_worked
from letters import actions as mail
from services.rights.forms import OPEN
from services.rights.models import PersonRequest
from services.rights.rules import SOON_DAYS, due_on
from tenants.agencies.actions import DIRECTOR
from tenants.models import Membership
from tenants.running import SharedTask, current_slug, each_tenant


def due(today: dt.date) -> tuple[int, int]:
    """Return how many open requests of this agency are overdue, and how many more are due within three working days."""
    waiting = PersonRequest.objects.filter(state__in=OPEN)
    late = waiting.filter(due_on__lt=today).count()
    return late, waiting.filter(due_on__gte=today, due_on__lte=due_on(today, is_worked, SOON_DAYS)).count()


@shared_task(base=SharedTask)
def remind_of_requests() -> int:
    """Write to the directors of every agency with requests that are due or overdue; every working morning.

    The mail holds numbers only. Returns how many were written; the same day writes once.
    """
    today = timezone.localdate()
    if not is_worked(today):
        return 0
    written = 0
    for tenant in each_tenant(leaving_too=True):
        late, soon = due(today)
        if not late and not soon:
            continue
        directors = Membership.objects.filter(
            tenant=tenant, is_active=True, roles__contains=[DIRECTOR], user__is_active=True
        ).exclude(user__email="")
        for member in directors.select_related("user"):
            context = {
                "agency": tenant.name,
                "late": late,
                "soon": soon,
                "host": f"{current_slug()}.{settings.BASE_HOST}",
            }
            key = f"rights_due|{tenant.slug}|{today}|{member.user.ref}"
            mail.write(to=member.user.email, kind="rights_due", context=context, key=key)
            written += 1
    return written
