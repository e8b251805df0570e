"""The lines of the agency's log that concern a station: what each line is of tells its station."""

import datetime as dt
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from services.clients.access import visible_clients, visible_households
from services.grants.access import visible_applications
from services.journal.models import JournalEntry
from services.network.models import SiteQuerySet
from services.people.models import Posting
from services.records.access import visible_records
from services.volunteers.models import HourRecord, Volunteer

NOUNS: Final = (
    "history.list", "network.site", "people.posting", "clients.client", "clients.household", "records.record",
    "volunteers.volunteer", "volunteers.hours", "grants.application",
)  # fmt: skip


def lines_of(request: HttpRequest, sites: SiteQuerySet, today: dt.date) -> QuerySet[JournalEntry]:
    """Return the log's lines of these sites, their people, files, records, volunteers and applications, as far as this
    person may know of what each line is of: that a file is there at all is what a restricted one keeps.

    Looking at a file is a line too. A client who moved to another site takes the old lines along.
    """
    of: tuple[tuple[str, QuerySet[Any]], ...] = (
        ("site", sites),
        ("posting", Posting.objects.filter(site__in=sites)),
        ("client", visible_clients(request, today).filter(site__in=sites)),
        ("household", visible_households(request, today).filter(site__in=sites)),
        ("servicerecord", visible_records(request, today).filter(site__in=sites)),
        ("volunteer", Volunteer.objects.filter(site__in=sites)),
        ("hourrecord", HourRecord.objects.filter(site__in=sites)),
        ("application", visible_applications(request, today).filter(need__site__in=sites)),
    )
    at = Q(pk__in=[])
    for kind, rows in of:
        at |= Q(object_kind=kind, object_ref__in=rows.order_by().values("ref"))
    return JournalEntry.objects.filter(at)
