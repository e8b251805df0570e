"""Where this person works, for links that lead to a form which asks for a station."""

from typing import Any

from django import template
from django.utils import timezone

from services.network.queries import counting_site
from services.people.access import posted_site, staff_of

register = template.Library()


@register.simple_tag
def own_station(request: Any) -> str:
    """Return the code of the station this person works at, of a room's the station above it; '' without one."""
    site = posted_site(staff_of(request), timezone.localdate())
    return counting_site(site).code if site else ""
