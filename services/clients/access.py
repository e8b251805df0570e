"""Who may hold a client's file: loading and checking are one call."""

import datetime as dt

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from accounts.access import access_of, require
from accounts.permissions import Permission
from services.clients.models import Client, Household
from services.people.access import own_sites, staff_of


def visible_clients(request: HttpRequest, today: dt.date) -> QuerySet[Client]:
    """Return the clients this person may know of.

    A director knows those of every site, everybody else those of their own sites and those they are named for.
    A restricted file is known to its named workers only: for others it is in no list, count or search. A sample that
    was removed is known to nobody.
    """
    staff = staff_of(request)
    if not access_of(request).can(Permission.CLIENT_VIEW):
        return Client.objects.none()
    named = Q(pk__in=staff.restricted_clients.values("pk")) if staff else Q(pk__in=[])
    if access_of(request).can(Permission.CLIENT_VIEW_ALL):
        mine = Q()
    else:
        mine = Q(site__in=own_sites(request, today))
        if staff:
            mine |= Q(worker=staff)
    return Client.objects.filter((mine & Q(is_restricted=False)) | named, removed_at=None)


def served_clients(request: HttpRequest, today: dt.date) -> QuerySet[Client]:
    """Return the clients this person may know of and work with: without those who have withdrawn their consent."""
    return visible_clients(request, today).filter(stopped_on=None)


def get_client(request: HttpRequest, ref: str, permission: Permission, today: dt.date) -> Client:
    """Return a client's file.

    :raises PermissionDenied: if the role lacks the permission.
    :raises Http404: for an unknown file and for one this person may not know of.
    """
    require(request, permission)
    client = (
        visible_clients(request, today)
        .filter(ref=ref)
        .select_related("site__parent__parent__parent", "household", "worker")
        .first()
    )
    if client is None:
        raise Http404
    return client


def visible_households(request: HttpRequest, today: dt.date) -> QuerySet[Household]:
    """Return the households of this person's sites; without those all of whose members are restricted to others."""
    clients = visible_clients(request, today)
    hidden = Client.objects.filter(is_restricted=True).exclude(pk__in=clients.values("pk"))
    if not access_of(request).can(Permission.CLIENT_VIEW):
        return Household.objects.none()
    households = Household.objects.all()
    if not access_of(request).can(Permission.CLIENT_VIEW_ALL):
        households = households.filter(site__in=own_sites(request, today))
    return households.exclude(Q(pk__in=hidden.values("household")) & ~Q(pk__in=clients.values("household")))


def get_household(request: HttpRequest, ref: str, permission: Permission, today: dt.date) -> Household:
    """Return a household's file.

    :raises Http404: for an unknown one and for one this person may not know of.
    """
    require(request, permission)
    household = visible_households(request, today).filter(ref=ref).select_related("site").first()
    if household is None:
        raise Http404
    return household
