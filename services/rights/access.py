"""Who may answer whose requests: the director everybody's, a head those of their sites; restricted files stay shut."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from accounts.access import access_of, require
from accounts.permissions import Permission
from common.working_days import is_worked
from services.clients.access import visible_clients
from services.clients.queries import find
from services.people.access import sites_in_reach
from services.people.models import Staff
from services.rights.forms import OPEN
from services.rights.models import PersonRequest
from services.rights.rules import SOON_DAYS, due_on
from services.volunteers.models import Volunteer

PERSONS = ("client", "volunteer", "staff")


def visible_requests(request: HttpRequest, today: dt.date) -> QuerySet[PersonRequest]:
    """Return the requests this person may know of."""
    if not access_of(request).can(Permission.RIGHTS_ANSWER):
        return PersonRequest.objects.none()
    mine = Q(client__in=visible_clients(request, today).values("pk"))
    mine |= Q(volunteer__in=_volunteers(request, today).values("pk")) | Q(staff__in=_staff(request).values("pk"))
    return PersonRequest.objects.filter(mine).select_related("client", "volunteer", "staff")


@dataclass(frozen=True)
class Due:
    """How many requests this person may answer are overdue, due within three working days, open at all."""

    late: int
    soon: int
    open: int


def requests_due(request: HttpRequest, today: dt.date) -> Due:
    """Return what of the requests waits; one query."""
    days = list(visible_requests(request, today).filter(state__in=OPEN).values_list("due_on", flat=True))
    soon = due_on(today, is_worked, SOON_DAYS)
    return Due(sum(day < today for day in days), sum(today <= day <= soon for day in days), len(days))


def get_request(request: HttpRequest, ref: str, today: dt.date) -> PersonRequest:
    """Return a request.

    :raises Http404: for an unknown one and for one this person may not know of.
    """
    require(request, Permission.RIGHTS_ANSWER)
    row = visible_requests(request, today).filter(ref=ref).first()
    if row is None:
        raise Http404
    return row


def get_person(request: HttpRequest, kind: str, ref: str, today: dt.date) -> Any:
    """Return the client, volunteer or staff member called `ref`.

    :raises Http404: for an unknown one and for one this person may not know of.
    """
    require(request, Permission.RIGHTS_ANSWER)
    rows = _persons(request, today)
    row = rows[kind].filter(ref=ref).first() if kind in rows else None
    if row is None:
        raise Http404
    return row


def search_persons(request: HttpRequest, words: str, today: dt.date) -> list[tuple[str, Any]]:
    """Return (kind, person) of those that `words` find, at most ten of a kind; also who has withdrawn their consent."""
    if not words.strip():
        return []
    rows = _persons(request, today)
    by_name = Q(name__icontains=words.strip()) | Q(pinyin__startswith=words.strip().lower())
    return [("client", client) for client in find(rows["client"], words)[:10]] + [
        (kind, person) for kind in PERSONS[1:] for person in rows[kind].filter(by_name)[:10]
    ]


def _persons(request: HttpRequest, today: dt.date) -> dict[str, "QuerySet[Any]"]:
    clients = visible_clients(request, today).filter(merged_into=None)
    return {"client": clients, "volunteer": _volunteers(request, today), "staff": _staff(request)}


def _volunteers(request: HttpRequest, today: dt.date) -> QuerySet[Volunteer]:
    return Volunteer.objects.filter(site__in=sites_in_reach(request, today).values("pk"))


def _staff(request: HttpRequest) -> QuerySet[Staff]:
    return Staff.objects.all() if access_of(request).can(Permission.CLIENT_VIEW_ALL) else Staff.objects.none()
