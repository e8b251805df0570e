"""Who may hold an application, and whom they see behind it."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from accounts.access import access_of, require
from accounts.permissions import Permission
from services.clients.access import visible_clients
from services.clients.models import Client
from services.funds.models import CommitteeMember
from services.grants.models import Application, Payment, PaymentRun
from services.grants.workflow import as_it_stands
from services.people.access import own_sites

ALL = (Permission.FUND_MANAGE, Permission.FUND_KEEP, Permission.GRANT_PAY)
READS_STORY = (Permission.GRANT_ASSESS, Permission.GRANT_DECIDE, Permission.GRANT_MONITOR)


def visible_applications(request: HttpRequest, today: dt.date) -> QuerySet[Application]:
    """Return the applications this person may know of.

    Director and finance know all; committee and monitor those of the funds they sit in; applicants' side their own,
    those of clients they may know of, and the activities of their sites.
    """
    who = access_of(request)
    rows = Application.objects.all()
    if not who.can(Permission.GRANT_VIEW):
        return rows.none()
    if any(who.can(permission) for permission in ALL):
        return rows
    me = getattr(request.user, "ref", "-")
    mine = Q(applied_by=me) | Q(assessed_by=me)
    if who.can(Permission.GRANT_DECIDE) or who.can(Permission.GRANT_MONITOR):
        mine |= Q(fund__in=CommitteeMember.objects.filter(person=me).values("fund"), state__in=_beyond_draft())
    if who.can(Permission.GRANT_APPLY):
        mine |= Q(need__client__in=visible_clients(request, today).values("pk"))
        mine |= Q(need__client=None, need__site__in=own_sites(request, today).values("pk"))
    return rows.filter(mine)


def get_application(request: HttpRequest, ref: str, permission: Permission, today: dt.date) -> Application:
    """Return an application as it stands on `today`.

    :raises PermissionDenied: if the role lacks the permission.
    :raises Http404: for an unknown one and for one this person may not know of.
    """
    require(request, permission)
    found = (
        visible_applications(request, today)
        .filter(ref=ref)
        .select_related("need__site__parent__parent__parent", "need__client", "fund__book", "purpose__free")
        .first()
    )
    if found is None:
        raise Http404
    return as_it_stands(found, today)


def get_payment(request: HttpRequest, ref: str, permission: Permission) -> Payment:
    """Return a payment.

    :raises Http404: for an unknown ref.
    """
    require(request, permission)
    found = Payment.objects.select_related("application__need__client", "application__fund").filter(ref=ref).first()
    if found is None:
        raise Http404
    return found


def get_run(request: HttpRequest, ref: str, permission: Permission) -> PaymentRun:
    """Return a run of payments.

    :raises Http404: for an unknown ref.
    """
    require(request, permission)
    found = PaymentRun.objects.filter(ref=ref).first()
    if found is None:
        raise Http404
    return found


def known_clients(request: HttpRequest, applications: Iterable[Application], today: dt.date) -> set[int]:
    """Return the ids of the clients behind these applications that this person may see by name, in one query."""
    behind = {application.need.client_id for application in applications if application.need.client_id}
    if not behind:
        return set()
    return set(visible_clients(request, today).filter(pk__in=behind).values_list("pk", flat=True))


def known_files(request: HttpRequest, files: Iterable[Client], today: dt.date) -> set[int]:
    """Return the ids of those files that this person may open."""
    wanted = [file.pk for file in files]
    return set(visible_clients(request, today).filter(pk__in=wanted).values_list("pk", flat=True))


def reads_story(request: HttpRequest, application: Application, knows: bool) -> bool:
    """Tell whether this person reads what was written of the need: who knows the client or has to judge it."""
    mine = application.applied_by == getattr(request.user, "ref", "-")
    return mine or knows or any(access_of(request).can(permission) for permission in READS_STORY)


def _beyond_draft() -> list[str]:
    return [state for state in Application.State.values if state != Application.State.DRAFT]
