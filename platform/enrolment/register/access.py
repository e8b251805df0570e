"""Whose organisation somebody may confirm: operators every agency's, officers those of their areas."""

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from accounts.access import Access, access_of, require
from accounts.permissions import Permission
from tenants.models import Tenant


def agencies_of(who: Access) -> QuerySet[Tenant]:
    """Return the running agencies in a person's reach."""
    running = Tenant.objects.running(leaving_too=False)
    if who.can(Permission.TENANT_OPERATE):
        return running
    reach = Q(pk__in=[])
    for prefix in who.area_prefixes:
        reach |= Q(region__startswith=prefix)
    return running.filter(reach)


def waiting(who: Access) -> QuerySet[Tenant]:
    """Return those that nobody has confirmed or refused."""
    return agencies_of(who).filter(confirmed_at=None, refusal="")


def get_agency(request: HttpRequest, slug: str) -> Tenant:
    """Return an agency this person may confirm.

    :raises PermissionDenied: without the permission.
    :raises Http404: for an unknown one or one outside the person's areas.
    """
    require(request, Permission.AGENCY_CONFIRM)
    agency = agencies_of(access_of(request)).filter(slug=slug).first()
    if agency is None:
        raise Http404
    return agency
