"""Who may hold a volunteer's file: every role that may see volunteers sees the agency's."""

from django.http import Http404, HttpRequest

from accounts.access import require
from accounts.permissions import Permission
from services.volunteers.models import HourRecord, Volunteer


def get_volunteer(request: HttpRequest, ref: str, permission: Permission) -> Volunteer:
    """Return a volunteer's file.

    :raises Http404: for an unknown ref.
    """
    require(request, permission)
    found = Volunteer.objects.select_related("site__parent__parent__parent").filter(ref=ref).first()
    if found is None:
        raise Http404
    return found


def get_hours(request: HttpRequest, ref: str, permission: Permission) -> HourRecord:
    """Return an entry of hours.

    :raises Http404: for an unknown ref.
    """
    require(request, permission)
    found = HourRecord.objects.select_related("volunteer", "site").filter(ref=ref).first()
    if found is None:
        raise Http404
    return found
