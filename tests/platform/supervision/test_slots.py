"""Free slots are what is offered minus what is taken, in one query."""

import datetime as dt

import pytest

from supervision.availability import materialise as windows
from supervision.availability import slots
from supervision.bookings import actions as booking_actions
from supervision.models import OpenWindow
from tests.platform.supervision.cast import NOW, ask, at, offer, supervisor

HOUR = dt.timedelta(hours=1)


def starts(found):
    return [slot.starts_at for slot in found]


def free(start=None, end=None, **given):
    return slots.free_slots(start or at(23, 0), end or at(24, 0), **{"length": HOUR} | given)


def test_window_is_cut_into_slots(sun):
    found = free()

    assert starts(found) == [at(23, 9), at(23, 10), at(23, 11)]
    assert {(slot.supervisor, slot.modality, slot.places) for slot in found} == {(sun.ref, "onsite", 8)}
    assert starts(free(length=dt.timedelta(minutes=90))) == [at(23, 9), at(23, 10, 30)]


def test_slots_take_one_query(sun, django_assert_num_queries):
    for number in range(5):
        offer(supervisor(f"expert-{number}", f"专家{number}"))

    with django_assert_num_queries(1):
        assert len(free(end=at(51, 0))) == 6 * 20 * 3


@pytest.mark.usefixtures("lin")
def test_taken_time_is_gone_and_the_rest_begins_on_the_half_hour(sun, lin):
    ask(sun, lin, start=at(23, 9, 15), end=at(23, 10, 15))

    assert starts(free()) == [at(23, 10, 30)]


def test_back_to_back_is_not_overlap(sun, lin):
    ask(sun, lin, start=at(23, 9), end=at(23, 10))
    ask(sun, lin, start=at(23, 10), end=at(23, 11))

    assert starts(free()) == [at(23, 11)]


def test_cancelled_time_is_free_again(sun, lin):
    booking = ask(sun, lin, start=at(23, 9))
    booking_actions.cancel(booking=booking, reason="改期", now=NOW, by=lin)

    assert starts(free()) == [at(23, 9), at(23, 10), at(23, 11)]


def test_windows_that_touch_are_one_time(public):
    who = supervisor()
    offer(who, start=at(23, 9), end=at(23, 10), rrule="")
    offer(who, start=at(23, 10), end=at(23, 11), rrule="")

    assert starts(free(length=2 * HOUR)) == [at(23, 9)]
    assert slots.capacities(who.pk, at(23, 9), at(23, 11)) == {"onsite": 8}
    assert slots.capacities(who.pk, at(23, 9), at(23, 12)) == {}


def test_modality_and_supervisor_narrow(sun):
    other = supervisor("qian", "钱老师")
    offer(other, modality="online", capacity=1)

    assert {slot.supervisor for slot in free()} == {sun.ref, other.ref}
    assert {slot.supervisor for slot in free(modality="online")} == {other.ref}
    assert {slot.supervisor for slot in free(supervisors=[sun.pk])} == {sun.ref}
    assert free(supervisors=[]) == []


def test_supervisor_on_leave_has_no_slots(sun):
    sun.is_active = False
    sun.save()

    assert free() == []


def test_nearest_are_the_same_supervisors_first(sun):
    other = supervisor("qian", "钱老师")
    offer(other)

    found = slots.nearest(free(end=at(28, 0)), at(24, 10), sun.pk)

    assert starts(found) == [at(24, 10), at(24, 9), at(24, 11)]
    assert {slot.supervisor_id for slot in found} == {sun.pk}


def test_first_of_each_supervisor(sun):
    other = supervisor("qian", "钱老师")
    offer(other, start=at(23, 10), end=at(23, 12))

    assert starts(slots.first_of_each(free())) == [at(23, 9), at(23, 10)]


def test_horizon_moves_on_every_night(sun):
    later = NOW + dt.timedelta(days=7)
    last_before = OpenWindow.objects.order_by("-during").first().during.lower

    windows.refresh(now=later)

    assert OpenWindow.objects.order_by("-during").first().during.lower > last_before
    assert not OpenWindow.objects.filter(during__endswith__lte=later).exists()
