"""Who may hold an invitation: officers those of their areas."""

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from accounts.access import Access, access_of, require
from accounts.permissions import Permission
from enrolment.models import Invitation


def invitations_of(who: Access) -> QuerySet[Invitation]:
    """Return the invitations for contracts in a person's areas; none without an area."""
    reach = Q(pk__in=[])
    for prefix in who.area_prefixes:
        reach |= Q(area__startswith=prefix)
    return Invitation.objects.filter(reach)


def get_invitation(request: HttpRequest, ref: str) -> Invitation:
    """Return an invitation this officer may hold.

    :raises PermissionDenied: without the permission to manage contracts.
    :raises Http404: for an unknown one or one outside the officer's areas.
    """
    require(request, Permission.CONTRACT_MANAGE)
    invitation = invitations_of(access_of(request)).select_related("tenant").filter(ref=ref).first()
    if invitation is None:
        raise Http404
    return invitation
