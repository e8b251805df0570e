"""What waits for officers and evaluators in their areas, as questions that one count answers together."""

import datetime as dt

from django.db.models import Count, Q, QuerySet

from accounts.access import Access
from contracts.access import appeals_of, contracts_of
from contracts.models import Appeal, Contract
from programmes import door as programmes


def open_appeals(who: Access) -> QuerySet[Appeal]:
    """Return the appeals that wait for an answer."""
    return appeals_of(who).filter(state=Appeal.State.OPEN)


def ended(who: Access, today: dt.date) -> QuerySet[Contract]:
    """Return the contracts past their last day that are not closed: their last sheet is still to be published."""
    return contracts_of(who).filter(state=Contract.State.ACTIVE, ends_on__lt=today)


def unmarked(who: Access, today: dt.date) -> QuerySet[Contract]:
    """Return the contracts under way with a rule that is marked by hand and has no mark. One query for the editions."""
    under_way = contracts_of(who).filter(state=Contract.State.ACTIVE, starts_on__lte=today)
    lacking = Q(pk__in=[])
    for key, digest in under_way.order_by().values_list("programme", "digest").distinct():
        codes = [rule.code for rule in programmes.programme(key, digest).indicators if rule.by_hand]
        if codes:
            given = Count("marks__code", distinct=True, filter=Q(marks__withdrawn_at=None, marks__code__in=codes))
            edition = under_way.filter(programme=key, digest=digest).annotate(given=given)
            lacking |= Q(pk__in=edition.filter(given__lt=len(codes)).values("pk"))
    return Contract.objects.filter(lacking)
