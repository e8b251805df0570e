"""What an agency does with a booking: ask for it, take another time, give it back."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from common.dates import local_day
from directory import door as directory
from supervision import rules
from supervision.availability.slots import capacities, free_slots, nearest
from supervision.bookings import lock, telling
from supervision.bookings.deadlocks import again_after_deadlock
from supervision.models import Booking, Supervisor
from supervision.policy import policy_of
from supervision.refusals import CannotBook, CannotMove, Taken
from supervision.words import Function, Kind, State

NEAR = dt.timedelta(days=14)


@dataclass(frozen=True)
class Request:
    """What an agency asks for. `region` is the station's division; `attendees` are members of the agency."""

    tenant: str
    station: str
    station_name: str
    region: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    modality: str = ""
    kind: str = Kind.INDIVIDUAL
    function: str = Function.EDUCATIONAL
    topic: str = ""
    attendees: Sequence[User] = field(default_factory=list)
    heads: int = 0

    @property
    def places(self) -> int:
        """How many people come: those named, or as many as were counted."""
        return max(len(self.attendees), self.heads, 1)


@again_after_deadlock
def book(*, supervisor: Supervisor, request: Request, now: dt.datetime, by: User) -> Booking:
    """Hold a time for a station. The supervisor answers, or has agreed beforehand to every time that is not short
    notice: then it is confirmed at once.

    :raises CannotBook: if the time is past, not offered, or for too many people.
    :raises Taken: (409) if somebody was first; with the three nearest free slots.
    """
    _queue_up(supervisor)
    expire_requests(now=now, supervisor=supervisor)
    policy = policy_of(request.region, local_day(request.starts_at))
    offered = (
        capacities(supervisor.pk, request.starts_at, request.ends_at) if request.ends_at > request.starts_at else {}
    )
    modality = request.modality or next(iter(sorted(offered)), "")
    if problems := rules.booking_problems(
        request.starts_at,
        request.ends_at,
        kind=request.kind,
        places=request.places,
        capacity=offered.get(modality, 0) if supervisor.is_active else 0,
        policy=policy,
        now=now,
    ):
        raise CannotBook(problems)
    at_once = supervisor.confirms_at_once and not rules.is_short_notice(request.starts_at, policy, now)
    try:
        with transaction.atomic():
            return _hold(supervisor, request, modality, State.CONFIRMED if at_once else State.REQUESTED, now, by)
    except IntegrityError:
        raise _taken(supervisor, request.starts_at, request.ends_at, now) from None


def _hold(supervisor: Supervisor, request: Request, modality: str, state: str, now: dt.datetime, by: User) -> Booking:
    booking = Booking.objects.create(
        supervisor=supervisor,
        during=DateTimeTZRange(request.starts_at, request.ends_at),
        tenant=request.tenant,
        station=request.station,
        station_name=request.station_name,
        kind=request.kind,
        function=request.function,
        topic=request.topic,
        modality=modality,
        state=state,
        places=request.places,
        booked_by=by,
        booked_at=now,
        answer_by=rules.answer_by(request.starts_at, now),
    )
    lock.come(booking, request.attendees)
    log.write(
        "supervision.booking.requested", on=booking, by=by, tenant=request.tenant, station=request.station, state=state
    )
    telling.told_supervisor("booking.agreed" if state == State.CONFIRMED else "booking.requested", booking, by)
    return booking


def _taken(supervisor: Supervisor, starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime) -> Taken:
    free = free_slots(max(now, starts_at - NEAR), starts_at + NEAR, length=ends_at - starts_at)
    return Taken(_("这个时段刚刚被预约，请选别的时间。"), nearest(free, starts_at, supervisor.pk))


@again_after_deadlock
def accept_proposal(*, booking: Booking, now: dt.datetime, by: User) -> Booking:
    """The agency takes the other time: the session moves there and is confirmed.

    :raises CannotMove: if nothing was proposed, or it is no longer waiting.
    :raises Taken: if the other time went meanwhile.
    """
    try:
        with transaction.atomic():
            _queue_up(booking.supervisor)
            locked = lock.move(booking, State.CONFIRMED, by)
            if locked.proposed is None:
                raise CannotMove(_("督导没有提出别的时间。"))
            locked.during, locked.proposed = locked.proposed, None
            locked.save(update_fields=["state", "during", "proposed"])
            telling.told_supervisor("booking.agreed", locked, by)
            return locked
    except IntegrityError:
        asked = Booking.objects.select_related("supervisor").get(pk=booking.pk)
        raise _taken(asked.supervisor, asked.proposed.lower, asked.proposed.upper, now) from None


@transaction.atomic
def cancel(*, booking: Booking, reason: str, now: dt.datetime, by: User) -> Booking:
    """Give the time back, with a reason. After the programme's notice it is marked late.

    :raises CannotMove: if it is over or already given back.
    """
    locked = lock.move(booking, State.CANCELLED, by)
    listed = directory.stations(tenant=locked.tenant, codes=[locked.station])
    policy = policy_of(listed[0].region if listed else "", local_day(locked.during.lower))
    locked.reason = reason
    locked.is_late = rules.is_short_notice(locked.during.lower, policy, now)
    locked.save(update_fields=["state", "reason", "is_late"])
    # Whoever gives it back is left out: either side hears of what the other did.
    telling.told_supervisor("booking.cancelled", locked, by)
    telling.told_agency("booking.cancelled", locked, by)
    return locked


def expire_requests(*, now: dt.datetime, supervisor: Supervisor | None = None) -> int:
    """Give back the times of requests nobody answered in time; return how many.

    An unanswered request keeps its time until its row says otherwise: the constraint knows no clock.
    """
    late = Booking.objects.select_for_update(skip_locked=True).filter(state=State.REQUESTED, answer_by__lte=now)
    if supervisor is not None:
        late = late.filter(supervisor=supervisor)
    with transaction.atomic():
        over = list(late)
        Booking.objects.filter(pk__in=[booking.pk for booking in over]).update(state=State.EXPIRED, is_end_told=False)
        for booking in over:
            log.write("supervision.booking.expired", on=booking, by=None, tenant=booking.tenant)
    return len(over)


def _queue_up(supervisor: Supervisor) -> None:
    """Let bookings of one supervisor pass one after the other: two inserts that wait for each other are a deadlock."""
    Supervisor.objects.select_for_update(no_key=True).get(pk=supervisor.pk)
