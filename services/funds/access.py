"""Who may hold a fund: every member of the agency sees its funds; what one may do is one's role's and one's seat's."""

import datetime as dt

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from accounts.access import require
from accounts.permissions import Permission
from services.funds.models import Fund, Seat


def get_fund(request: HttpRequest, ref: str, permission: Permission) -> Fund:
    """Return a fund.

    :raises PermissionDenied: if the role lacks the permission.
    :raises Http404: for an unknown one.
    """
    require(request, permission)
    found = Fund.objects.select_related("book", "site").filter(ref=ref).first()
    if found is None:
        raise Http404
    return found


def seats_on(fund: Fund, day: dt.date) -> QuerySet[Seat]:
    """Return the seats of a fund that are held on `day`."""
    return fund.seats.filter(Q(to_on=None) | Q(to_on__gte=day), from_on__lte=day)


def seat_of(request: HttpRequest, fund: Fund, day: dt.date) -> Seat | None:
    """Return the seat the signed-in person holds in a fund on `day`, or None."""
    return seats_on(fund, day).filter(person=getattr(request.user, "ref", "-")).first()
