"""Who may hold a site: every member of the agency sees the network, the director changes it."""

from django.http import Http404, HttpRequest

from accounts.access import require
from accounts.permissions import Permission
from services.network.models import Site


def get_site(request: HttpRequest, ref: str, permission: Permission = Permission.STATION_VIEW) -> Site:
    """Return a site.

    :raises Http404: for an unknown ref.
    """
    require(request, permission)
    site = Site.objects.select_related("parent__parent__parent").filter(ref=ref).first()
    if site is None:
        raise Http404
    return site
