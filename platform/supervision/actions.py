"""What happens to a booking: asked for, answered, moved, cancelled, done."""

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
from evaluation import door as evaluation
from supervision import rules
from supervision.deadlocks import again_after_deadlock
from supervision.models import Attendance, Booking, Supervisor
from supervision.policy import policy_of
from supervision.refusals import CannotBook, CannotComplete, CannotMove, Taken
from supervision.slots import capacities, free_slots, nearest
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

    @property
    def places(self) -> int:
        return max(len(self.attendees), 1)


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
    _come(booking, request.attendees)
    log.write(
        "supervision.booking.requested", on=booking, by=by, tenant=request.tenant, station=request.station, state=state
    )
    return booking


def _come(booking: Booking, people: Sequence[User]) -> None:
    Attendance.objects.bulk_create(Attendance(booking=booking, user=person) for person in people)


def _taken(supervisor: Supervisor, starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime) -> Taken:
    free = free_slots(max(now, starts_at - NEAR), starts_at + NEAR, length=ends_at - starts_at)
    return Taken(_("这个时段刚刚被预约，请选别的时间。"), nearest(free, starts_at, supervisor.pk))


@transaction.atomic
def accept(*, booking: Booking, by: User) -> Booking:
    """The supervisor says yes.

    :raises CannotMove: if it is no longer waiting for an answer.
    """
    locked = _move(booking, State.CONFIRMED, by)
    locked.proposed = None
    locked.save(update_fields=["state", "proposed"])
    return locked


@transaction.atomic
def decline(*, booking: Booking, reason: str, by: User) -> Booking:
    """The supervisor says no and why; the time is free again.

    :raises CannotMove: if it is no longer waiting for an answer.
    """
    locked = _move(booking, State.DECLINED, by)
    locked.reason = reason
    locked.save(update_fields=["state", "reason"])
    return locked


@transaction.atomic
def propose(*, booking: Booking, starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime, by: User) -> Booking:
    """The supervisor offers another time; the asked one stays held until the agency answers.

    :raises CannotMove: if it is no longer waiting for an answer.
    :raises CannotBook: if the other time is past or not a time.
    """
    locked = _locked(booking)
    if problems := rules.move_problems(locked.state, State.CONFIRMED):
        raise CannotMove(problems)
    if starts_at <= now or not rules.SHORTEST <= ends_at - starts_at <= rules.LONGEST:
        raise CannotBook(_("请提出一个今后的时间，15 分钟到 8 小时。"))
    locked.proposed = DateTimeTZRange(starts_at, ends_at)
    locked.answer_by = max(locked.answer_by, rules.answer_by(locked.during.lower, now))
    locked.save(update_fields=["proposed", "answer_by"])
    log.write("supervision.booking.moved", on=locked, by=by, starts_at=starts_at.isoformat())
    return locked


@again_after_deadlock
def accept_proposal(*, booking: Booking, now: dt.datetime, by: User) -> Booking:
    """The agency takes the other time: the session moves there and is confirmed.

    :raises CannotMove: if nothing was proposed, or it is no longer waiting.
    :raises Taken: if the other time went meanwhile.
    """
    try:
        with transaction.atomic():
            _queue_up(booking.supervisor)
            locked = _move(booking, State.CONFIRMED, by)
            if locked.proposed is None:
                raise CannotMove(_("督导没有提出别的时间。"))
            locked.during, locked.proposed = locked.proposed, None
            locked.save(update_fields=["state", "during", "proposed"])
            return locked
    except IntegrityError:
        asked = Booking.objects.select_related("supervisor").get(pk=booking.pk)
        raise _taken(asked.supervisor, asked.proposed.lower, asked.proposed.upper, now) from None


@transaction.atomic
def cancel(*, booking: Booking, reason: str, now: dt.datetime, by: User) -> Booking:
    """Give the time back, with a reason. After the programme's notice it is marked late.

    :raises CannotMove: if it is over or already given back.
    """
    locked = _move(booking, State.CANCELLED, by)
    listed = directory.stations(tenant=locked.tenant, codes=[locked.station])
    policy = policy_of(listed[0].region if listed else "", local_day(locked.during.lower))
    locked.reason = reason
    locked.is_late = rules.is_short_notice(locked.during.lower, policy, now)
    locked.save(update_fields=["state", "reason", "is_late"])
    return locked


@transaction.atomic
def complete(
    *, booking: Booking, minutes: int, summary: str, attendees: Sequence[User] | None, now: dt.datetime, by: User
) -> Booking:
    """Write the session down; it counts for its station from this moment, in the same transaction.

    :param attendees: who came; None for everybody who was expected.
    :raises CannotComplete: before the session's day, twice, or for an impossible time.
    """
    locked = _locked(booking)
    day = local_day(locked.during.lower)
    if problems := rules.completion_problems(
        locked.state, locked.during.lower, locked.during.upper, minutes, today=local_day(now), session_day=day
    ):
        raise CannotComplete(problems)
    locked.state, locked.minutes, locked.summary = State.COMPLETED, minutes, summary
    if attendees is not None:
        locked.attendances.all().delete()
        _come(locked, attendees)
        locked.places = max(len(attendees), 1)
    locked.save(update_fields=["state", "minutes", "summary", "places"])
    log.write("supervision.booking.completed", on=locked, by=by, minutes=minutes)
    evaluation.record_facts(tenant=locked.tenant, facts=facts(locked))
    return locked


def facts(booking: Booking) -> list[evaluation.Fact]:
    """Return what a completed session counts for its station, on its Shanghai day."""
    day, source = local_day(booking.during.lower), f"supervision.booking:{booking.ref}"
    return [
        evaluation.Fact(booking.station, "supervision_sessions", day, 1, source),
        evaluation.Fact(booking.station, "supervision_minutes", day, booking.minutes or 0, source),
    ]


def expire_requests(*, now: dt.datetime, supervisor: Supervisor | None = None) -> int:
    """Give back the times of requests nobody answered in time; return how many.

    An unanswered request keeps its time until its row says otherwise: the constraint knows no clock.
    """
    late = Booking.objects.filter(state=State.REQUESTED, answer_by__lte=now)
    if supervisor is not None:
        late = late.filter(supervisor=supervisor)
    return late.update(state=State.EXPIRED)


def _queue_up(supervisor: Supervisor) -> None:
    """Let bookings of one supervisor pass one after the other: two inserts that wait for each other are a deadlock."""
    Supervisor.objects.select_for_update(no_key=True).get(pk=supervisor.pk)


def _locked(booking: Booking) -> Booking:
    return Booking.objects.select_for_update(of=("self",)).select_related("supervisor").get(pk=booking.pk)


def _move(booking: Booking, to: str, by: User) -> Booking:
    locked = _locked(booking)
    if problems := rules.move_problems(locked.state, to):
        raise CannotMove(problems)
    log.write(f"supervision.booking.{to}", on=locked, by=by, before=locked.state)
    locked.state = to
    return locked
