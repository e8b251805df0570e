"""What a supervisor does with their own time: take part, offer, withdraw."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from audit import log
from supervision import rules
from supervision.availability import materialise, recurrence
from supervision.models import Availability, Supervisor, University
from supervision.refusals import CannotOffer


@transaction.atomic
def enrol_supervisor(
    *,
    user: User,
    university: str = "",
    topics: Sequence[str] = (),
    regions: Sequence[str] = (),
    confirms_at_once: bool = False,
    by: User | None,
) -> Supervisor:
    """Give a person a supervisor's profile, or bring it up to date. The university is made if it is new."""
    home = University.objects.get_or_create(name=university)[0] if university else None
    supervisor, _made = Supervisor.objects.update_or_create(
        user=user,
        defaults={
            "university": home,
            "topics": list(topics),
            "regions": list(regions),
            "confirms_at_once": confirms_at_once,
            "is_active": True,
        },
    )
    log.write("supervision.supervisor.enrolled", on=supervisor, by=by)
    return supervisor


@transaction.atomic
def offer_availability(
    *,
    supervisor: Supervisor,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    rrule: str,
    modality: str,
    capacity: int,
    now: dt.datetime,
    by: User,
) -> Availability:
    """Offer a time, once or by a rule; its windows for the coming 26 weeks are open at once.

    :raises CannotOffer: if the time is odd, or the rule gives no time in the coming 26 weeks.
    :raises recurrence.CannotRepeat: if the rule is not understood.
    """
    if problems := rules.window_problems(starts_at, ends_at, capacity, now):
        raise CannotOffer(problems)
    offered = Availability.objects.create(
        supervisor=supervisor,
        starts_at=starts_at,
        ends_at=ends_at,
        rrule=recurrence.normal(rrule),
        modality=modality,
        capacity=capacity,
    )
    if not materialise.write_out([offered], now=now):
        raise CannotOffer(rules.nothing_ahead())
    log.write("supervision.availability.offered", on=offered, by=by)
    return offered


@transaction.atomic
def withdraw_availability(*, availability: Availability, by: User) -> None:
    """Take an offer back with its windows. Sessions already asked for or confirmed stay as they are."""
    log.write("supervision.availability.withdrawn", on=availability, by=by, rrule=availability.rrule)
    availability.delete()
