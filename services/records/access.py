"""Who may hold a service record."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest

from accounts.access import access_of, require
from accounts.permissions import Permission
from services.clients.access import visible_clients
from services.clients.models import Client
from services.people.access import own_sites, staff_of
from services.records.models import Attendance, ServiceRecord


def visible_records(request: HttpRequest, today: dt.date) -> QuerySet[ServiceRecord]:
    """Return the records of this person's sites, without those about a restricted client one is not named for or about
    a sample that was removed."""
    if not access_of(request).can(Permission.RECORD_VIEW):
        return ServiceRecord.objects.none()
    records = ServiceRecord.objects.all()
    if not access_of(request).can(Permission.CLIENT_VIEW_ALL):
        records = records.filter(site__in=own_sites(request, today))
    hidden = Client.objects.filter(Q(is_restricted=True) | Q(removed_at__isnull=False))
    secret = hidden.exclude(pk__in=visible_clients(request, today).values("pk"))
    return records.exclude(Exists(Attendance.objects.filter(record=OuterRef("pk"), client__in=secret.values("pk"))))


def get_record(request: HttpRequest, ref: str, permission: Permission, today: dt.date) -> ServiceRecord:
    """Return a record.

    :raises Http404: for an unknown one and for one this person may not know of.
    """
    require(request, permission)
    record = (
        visible_records(request, today)
        .filter(ref=ref)
        .select_related("site__parent__parent__parent", "worker")
        .prefetch_related("attendances__client")
        .first()
    )
    if record is None:
        raise Http404
    return record


def may_change(request: HttpRequest, record: ServiceRecord) -> bool:
    """Tell whether this person may correct or withdraw the record: their own, or any in reach for who countersigns."""
    staff = staff_of(request)
    mine = record.recorded_by == getattr(request.user, "ref", "") or (
        staff is not None and record.worker_id == staff.pk
    )
    return access_of(request).can(Permission.RECORD_WRITE) and (
        mine or access_of(request).can(Permission.RECORD_COUNTERSIGN)
    )


def get_own_record(request: HttpRequest, ref: str, today: dt.date) -> ServiceRecord:
    """Return a record this person may change.

    :raises Http404: for an unknown one and for one this person may not know of.
    :raises PermissionDenied: for somebody else's.
    """
    record = get_record(request, ref, Permission.RECORD_WRITE, today)
    if not may_change(request, record):
        raise PermissionDenied
    return record
