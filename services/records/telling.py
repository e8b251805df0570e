"""Who is told of a record that is countersigned: the heads of its site, then whoever wrote it."""

import datetime as dt

from django.db.models import Q

from accounts.models import User
from accounts.permissions import Permission
from notifications import door as notifications
from services.clients.models import Client
from services.network.models import Site
from services.people.models import Posting
from services.records.models import ServiceRecord
from tenants.running import current_slug


def told_waiting(record: ServiceRecord, today: dt.date, by: User) -> None:
    """Tell the heads of the record's site that it waits for them; of a restricted file those that are named for it."""
    heads = heads_of(record.site, today)
    secret = Client.objects.filter(attendances__record=record, is_restricted=True).prefetch_related(
        "named_workers__user"
    )
    for client in secret:
        named = {worker.user.ref for worker in client.named_workers.all() if worker.user}
        heads = [head for head in heads if head in named]
    _tell("record.waiting", record, heads, by)


def told_returned(record: ServiceRecord, by: User) -> None:
    """Tell whoever wrote the record that it came back."""
    _tell("record.returned", record, [record.recorded_by], by)


def told_countersigned(record: ServiceRecord, by: User) -> None:
    """Tell whoever wrote the record that it counts."""
    _tell("record.countersigned", record, [record.recorded_by], by)


def heads_of(site: Site, today: dt.date) -> list[str]:
    """Return the refs of who may countersign and works at the site or above it today; two queries."""
    above = site.path.split(".")
    now = Q(started_on__lte=today) & (Q(ended_on=None) | Q(ended_on__gte=today))
    posted = Posting.objects.filter(now, site__ref__in=above, staff__user__isnull=False)
    here = set(posted.values_list("staff__user__ref", flat=True))
    return [ref for ref in notifications.members(current_slug(), Permission.RECORD_COUNTERSIGN) if ref in here]


def _tell(kind: str, record: ServiceRecord, to: list[str], by: User) -> None:
    notifications.tell(
        kind=kind, to=to, about=f"records.record:{record.ref}", args=[record.ref], by=by, station=record.site.name
    )
