"""What every template knows: the house it stands in and what this person may open."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.access import access_of
from config.web.menu import menu
from config.web.waiting import waiting
from notifications import queries as notifications
from tenants.running import current


def house(request: HttpRequest) -> dict[str, Any]:
    """`access` (permissions), `tenant_name` ('' on the shared floor), `delete_after` (the day of an agency that
    leaves), `base_host` with port, `is_demo`, `menu`, `large` (大字版), `unread` (how many notifications) and
    `waits_for_me` (on the shared host): both asked of the database only where a page shows them."""
    place = current()
    port = request.META.get("HTTP_HOST", "").rpartition(":")[2]
    return {
        "access": access_of(request),
        "tenant_name": getattr(request, "tenant_name", ""),
        "delete_after": getattr(request, "delete_after", None),
        "on_shared_floor": place is None or place.is_public,
        "base_host": f"{settings.BASE_HOST}:{port}" if port.isdigit() else settings.BASE_HOST,
        "is_demo": settings.DEMO,
        "menu": menu(request),
        "unread": SimpleLazyObject(lambda: notifications.unread_of(request)),
        "waits_for_me": waiting(request),
        "large": request.COOKIES.get("type") == "large",
    }
