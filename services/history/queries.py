"""The lines of the agency's log that concern a station: what each line is of tells its station."""

from typing import Any, Final

from django.db.models import Q, QuerySet

from services.clients.models import Client, Household
from services.grants.models import Application
from services.journal.models import JournalEntry
from services.network.models import SiteQuerySet
from services.people.models import Posting
from services.records.models import ServiceRecord
from services.volunteers.models import HourRecord, Volunteer

NOUNS: Final = (
    "history.list", "network.site", "people.posting", "clients.client", "clients.household", "records.record",
    "volunteers.volunteer", "volunteers.hours", "grants.application",
)  # fmt: skip
# What a line is of, and how it leads to its site.
OBJECTS: Final[tuple[tuple[type[Any], str], ...]] = (
    (Posting, "site"), (Client, "site"), (Household, "site"), (ServiceRecord, "site"), (Volunteer, "site"),
    (HourRecord, "site"), (Application, "need__site"),
)  # fmt: skip


def lines_of(sites: SiteQuerySet) -> QuerySet[JournalEntry]:
    """Return the log's lines of these sites, their people, files, records, volunteers and applications.

    Looking at a file is a line too. A client who moved to another site takes the old lines along.
    """
    at = Q(object_kind="site", object_ref__in=sites.values("ref"))
    for model, path in OBJECTS:
        refs = model._default_manager.filter(**{f"{path}__in": sites}).values("ref")
        at |= Q(object_kind=model.__name__.lower(), object_ref__in=refs)
    return JournalEntry.objects.filter(at)
