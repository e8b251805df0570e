"""What the supervisor does with a booking: say yes, no, or another time; and write the session down."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from common.dates import local_day
from evaluation import door as evaluation
from supervision import rules
from supervision.bookings import lock, telling
from supervision.models import Booking
from supervision.refusals import CannotBook, CannotComplete, CannotMove
from supervision.words import State


@transaction.atomic
def accept(*, booking: Booking, by: User) -> Booking:
    """The supervisor says yes.

    :raises CannotMove: if it is no longer waiting for an answer.
    """
    locked = lock.move(booking, State.CONFIRMED, by)
    locked.proposed = None
    locked.save(update_fields=["state", "proposed"])
    telling.told_agency("booking.agreed", locked, by)
    return locked


@transaction.atomic
def decline(*, booking: Booking, reason: str, by: User) -> Booking:
    """The supervisor says no and why; the time is free again.

    :raises CannotMove: if it is no longer waiting for an answer.
    """
    locked = lock.move(booking, State.DECLINED, by)
    locked.reason = reason
    locked.save(update_fields=["state", "reason"])
    telling.told_agency("booking.declined", locked, by)
    return locked


@transaction.atomic
def propose(*, booking: Booking, starts_at: dt.datetime, ends_at: dt.datetime, now: dt.datetime, by: User) -> Booking:
    """The supervisor offers another time; the asked one stays held until the agency answers.

    :raises CannotMove: if it is no longer waiting for an answer.
    :raises CannotBook: if the other time is past or not a time.
    """
    locked = lock.locked(booking)
    if problems := rules.move_problems(locked.state, State.CONFIRMED):
        raise CannotMove(problems)
    if starts_at <= now or not rules.SHORTEST <= ends_at - starts_at <= rules.LONGEST:
        raise CannotBook(_("请提出一个今后的时间，15 分钟到 8 小时。"))
    locked.proposed = DateTimeTZRange(starts_at, ends_at)
    locked.answer_by = max(locked.answer_by, rules.answer_by(locked.during.lower, now))
    locked.save(update_fields=["proposed", "answer_by"])
    log.write("supervision.booking.moved", on=locked, by=by, starts_at=starts_at.isoformat())
    telling.told_agency("booking.proposed", locked, by)
    return locked


@transaction.atomic
def complete(
    *,
    booking: Booking,
    minutes: int,
    summary: str,
    attendees: Sequence[User] | None = None,
    heads: int = 0,
    now: dt.datetime,
    by: User,
) -> Booking:
    """Write the session down; it counts for its station from this moment, in the same transaction.

    :param attendees: who came; None for everybody who was expected.
    :param heads: how many came, where they are counted and not named; 0 for as many as expected.
    :raises CannotComplete: before the session's day, twice, or for an impossible time.
    """
    locked = lock.locked(booking)
    day = local_day(locked.during.lower)
    if problems := rules.completion_problems(
        locked.state, locked.during.lower, locked.during.upper, minutes, today=local_day(now), session_day=day
    ):
        raise CannotComplete(problems)
    locked.state, locked.minutes, locked.summary = State.COMPLETED, minutes, summary
    if attendees is not None:
        locked.attendances.all().delete()
        lock.come(locked, attendees)
        locked.places = max(len(attendees), 1)
    locked.places = heads or locked.places
    locked.save(update_fields=["state", "minutes", "summary_sealed", "places"])
    log.write("supervision.booking.completed", on=locked, by=by, minutes=minutes)
    evaluation.record_facts(tenant=locked.tenant, facts=facts(locked))
    telling.told_agency("booking.completed", locked, by)
    return locked


def facts(booking: Booking) -> list[evaluation.Fact]:
    """Return what a completed session counts for its station, on its Shanghai day."""
    day, source = local_day(booking.during.lower), f"supervision.booking:{booking.ref}"
    return [
        evaluation.Fact(booking.station, "supervision_sessions", day, 1, source),
        evaluation.Fact(booking.station, "supervision_minutes", day, booking.minutes or 0, source),
    ]
