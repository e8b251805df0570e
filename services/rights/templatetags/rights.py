"""What of a person's requests waits, for the page of today."""

from typing import Any

from django import template
from django.utils import timezone

from accounts.access import can
from accounts.permissions import Permission
from services.clients import alerts
from services.clients.models import DataAlert
from services.rights.access import visible_requests
from services.rights.days import is_worked
from services.rights.forms import OPEN
from services.rights.rules import SOON_DAYS, due_on

register = template.Library()


@register.simple_tag
def rights_due(request: Any) -> dict[str, int]:
    """Return {"late", "soon", "open"}: how many requests this person may answer are overdue, due soon, open at all."""
    if not can(request, Permission.RIGHTS_ANSWER):
        return {}
    today = timezone.localdate()
    days = list(visible_requests(request, today).filter(state__in=OPEN).values_list("due_on", flat=True))
    soon = due_on(today, is_worked, SOON_DAYS)
    return {
        "late": sum(day < today for day in days),
        "soon": sum(today <= day <= soon for day in days),
        "open": len(days),
    }


register.filter("about", alerts.about)


@register.simple_tag
def data_alerts(request: Any) -> int:
    """Return how many alerts wait for this person, if they are the data officer."""
    return DataAlert.objects.filter(settled_at=None).count() if can(request, Permission.LOG_VIEW) else 0
