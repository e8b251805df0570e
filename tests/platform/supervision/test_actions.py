"""Offer, book, answer, move, cancel, complete; and what each refuses."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from audit.models import AuditEntry
from evaluation.models import Fact
from supervision.availability import actions as offers
from supervision.availability import recurrence
from supervision.bookings import actions as booking_actions
from supervision.bookings import answers
from supervision.models import Availability, Booking, OpenWindow
from supervision.refusals import CannotBook, CannotComplete, CannotMove, CannotOffer, Taken
from supervision.words import State
from tests.cast import member
from tests.platform.supervision.cast import NOW, ask, at, offer, supervisor


def acts():
    return list(AuditEntry.objects.order_by("id").values_list("act", flat=True))


def test_offer_is_written_out_for_26_weeks(sun):
    assert OpenWindow.objects.count() == 26 * 5
    assert "supervision.availability.offered" in acts()


@pytest.mark.parametrize(
    ("given", "no"),
    [
        ({"end": at(23, 9)}, CannotOffer),
        ({"end": at(24, 9)}, CannotOffer),
        ({"capacity": 0}, CannotOffer),
        ({"start": at(1, 9), "end": at(1, 10), "rrule": ""}, CannotOffer),
        ({"rrule": "FREQ=HOURLY"}, recurrence.CannotRepeat),
    ],
)
def test_offer_is_refused_and_leaves_nothing(public, given, no):
    who = supervisor()

    with pytest.raises(no):
        offer(who, **given)

    assert not Availability.objects.exists()


def test_withdrawn_offer_leaves_what_was_booked(sun, lin):
    booking = ask(sun, lin)

    offers.withdraw_availability(availability=sun.availabilities.get(), by=sun.user)

    assert not OpenWindow.objects.exists()
    assert Booking.objects.get() == booking


def test_booking_is_held_until_the_supervisor_answers(sun, lin):
    booking = ask(sun, lin, attendees=[lin])

    assert booking.state == State.REQUESTED
    assert booking.answer_by == NOW + dt.timedelta(hours=48)
    assert list(booking.attendees.all()) == [lin]
    assert acts()[-1] == "supervision.booking.requested"


def test_booking_is_confirmed_at_once_where_the_supervisor_allows_it(lin):
    who = supervisor(confirms_at_once=True)
    offer(who, start=at(21, 13), end=at(21, 17), rrule="FREQ=DAILY")

    assert ask(who, lin, start=at(24, 14)).state == State.CONFIRMED
    assert ask(who, lin, start=at(22, 13)).state == State.CONFIRMED
    assert ask(who, lin, start=at(21, 14)).state == State.REQUESTED


def test_booking_outside_what_is_offered_is_refused(sun, lin):
    for start in (at(24, 12), at(24, 11, 30), at(28, 9), at(20, 9)):
        with pytest.raises(CannotBook):
            ask(sun, lin, start=start)


def test_second_station_is_refused_and_offered_three_others(sun, lin, south_row):
    ask(sun, lin, start=at(24, 10))
    rival = member(south_row, "rival", "station_head")

    with pytest.raises(Taken) as refusal:
        ask(sun, rival, start=at(24, 10), tenant="south", station="S1")

    assert [slot.starts_at for slot in refusal.value.alternatives] == [at(24, 9), at(24, 11), at(23, 11)]
    assert refusal.value.extra["alternatives"][0]["starts_at"] == "2026-11-24T09:00:00+08:00"
    assert refusal.value.status == 409
    assert Booking.objects.count() == 1


def test_two_requests_for_one_time_can_never_both_stand(sun, lin):
    booking = ask(sun, lin)

    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.create(
            supervisor=sun, during=booking.during, tenant="south", station="S1", station_name="S1", modality="onsite",
            booked_by=lin, answer_by=NOW,
        )  # fmt: skip


@pytest.mark.parametrize("bounds", ["()", "[]", "(]"])
def test_range_without_plain_ends_is_refused(sun, lin, bounds):
    booking = ask(sun, lin)

    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(during=type(booking.during)(at(30, 9), at(30, 10), bounds))


def test_accepted_booking_is_confirmed_and_can_be_accepted_once(sun, lin):
    booking = ask(sun, lin)

    assert answers.accept(booking=booking, by=sun.user).state == State.CONFIRMED
    with pytest.raises(CannotMove):
        answers.accept(booking=booking, by=sun.user)


def test_declined_time_is_free_for_others(sun, lin):
    answers.decline(booking=ask(sun, lin), reason="出差", by=sun.user)

    assert ask(sun, lin).state == State.REQUESTED


def test_proposal_moves_the_session_when_the_agency_takes_it(sun, lin):
    booking = ask(sun, lin)
    answers.propose(booking=booking, starts_at=at(25, 18), ends_at=at(25, 19), now=NOW, by=sun.user)

    moved = booking_actions.accept_proposal(booking=booking, now=NOW, by=lin)

    assert (moved.during.lower, moved.state, moved.proposed) == (at(25, 18), State.CONFIRMED, None)


def test_proposal_taken_meanwhile_is_a_conflict(sun, lin):
    booking = ask(sun, lin)
    answers.propose(booking=booking, starts_at=at(25, 9), ends_at=at(25, 10), now=NOW, by=sun.user)
    ask(sun, lin, start=at(25, 9))

    with pytest.raises(Taken):
        booking_actions.accept_proposal(booking=booking, now=NOW, by=lin)

    assert Booking.objects.get(pk=booking.pk).during.lower == at(24, 9)


def test_nothing_proposed_cannot_be_taken(sun, lin):
    with pytest.raises(CannotMove):
        booking_actions.accept_proposal(booking=ask(sun, lin), now=NOW, by=lin)


@pytest.mark.parametrize(("start", "end"), [(at(20, 9), at(20, 10)), (at(25, 10), at(25, 9)), (at(25, 9), at(26, 9))])
def test_odd_proposal_is_refused(sun, lin, start, end):
    with pytest.raises(CannotBook):
        answers.propose(booking=ask(sun, lin), starts_at=start, ends_at=end, now=NOW, by=sun.user)


def test_cancelling_late_is_marked(sun, lin):
    early = booking_actions.cancel(booking=ask(sun, lin), reason="值班", now=NOW, by=lin)
    late = booking_actions.cancel(booking=ask(sun, lin), reason="值班", now=at(24, 8), by=lin)

    assert (early.is_late, late.is_late) == (False, True)


def test_unanswered_request_expires_and_frees_its_time(sun, lin):
    booking = ask(sun, lin, start=at(27, 9))

    assert booking_actions.expire_requests(now=NOW + dt.timedelta(hours=47)) == 0
    assert booking_actions.expire_requests(now=NOW + dt.timedelta(hours=48)) == 1
    assert [entry.actor for entry in AuditEntry.objects.filter(act="supervision.booking.expired")] == [""]
    booking.refresh_from_db()
    assert booking.state == State.EXPIRED
    assert ask(sun, lin, start=at(27, 9)).state == State.REQUESTED


def confirmed(sun, lin, **given):
    return answers.accept(booking=ask(sun, lin, **given), by=sun.user)


def test_completed_session_counts_for_its_station_on_its_day(sun, lin):
    booking = confirmed(sun, lin)

    answers.complete(booking=booking, minutes=55, summary="讨论转介", attendees=None, now=at(24, 10), by=sun.user)

    booking.refresh_from_db()
    assert booking.summary == "讨论转介"
    assert "讨论".encode() not in bytes(booking.summary_sealed)
    facts = {fact.measure: fact for fact in Fact.objects.all()}
    assert {name: int(fact.quantity) for name, fact in facts.items()} == {
        "supervision_sessions": 1, "supervision_minutes": 55,
    }  # fmt: skip
    one = facts["supervision_minutes"]
    assert (one.tenant, one.station, one.occurred_on) == ("north", "N1", dt.date(2026, 11, 24))
    assert one.source == f"supervision.booking:{booking.ref}"


def test_session_is_completed_once(sun, lin):
    booking = confirmed(sun, lin)
    answers.complete(booking=booking, minutes=55, summary="", attendees=[lin], now=at(24, 10), by=sun.user)

    with pytest.raises(CannotComplete):
        answers.complete(booking=booking, minutes=60, summary="", attendees=None, now=at(24, 11), by=sun.user)

    assert Fact.objects.get(measure="supervision_minutes").quantity == 55
    assert list(booking.attendees.all()) == [lin]


def test_refused_fact_leaves_the_session_open(sun, lin, monkeypatch):
    booking = confirmed(sun, lin)

    def broken(**kwargs):
        raise ValueError("no such measure")

    monkeypatch.setattr(answers.evaluation, "record_facts", broken)
    with pytest.raises(ValueError, match="no such measure"):
        answers.complete(booking=booking, minutes=55, summary="", attendees=None, now=at(24, 10), by=sun.user)

    booking.refresh_from_db()
    assert booking.state == State.CONFIRMED


def test_request_alone_cannot_be_completed(sun, lin):
    with pytest.raises(CannotComplete):
        answers.complete(booking=ask(sun, lin), minutes=55, summary="", attendees=None, now=at(24, 10), by=sun.user)
