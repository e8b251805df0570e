"""Who reads a request for help: those who work at its station, and the director."""

import datetime as dt

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from accounts.access import require
from accounts.permissions import Permission
from services.help_requests.models import HelpRequest
from services.people.access import sites_in_reach


def requests_of(request: HttpRequest, today: dt.date) -> QuerySet[HelpRequest]:
    """Return the requests of the stations in a person's reach."""
    return HelpRequest.objects.filter(site__in=sites_in_reach(request, today)).select_related("site")


def get_request(request: HttpRequest, ref: str, today: dt.date) -> HelpRequest:
    """Return one of them.

    :raises PermissionDenied: without the permission to keep files.
    :raises Http404: for an unknown one, or one of a station in other hands.
    """
    require(request, Permission.CLIENT_MANAGE)
    row = requests_of(request, today).filter(ref=ref).first()
    if row is None:
        raise Http404
    return row
