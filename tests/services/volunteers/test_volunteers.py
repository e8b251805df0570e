"""Volunteers: registered, trained, hours recorded by one and verified by another."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from evaluation.models import Fact
from services.volunteers import actions
from services.volunteers.models import HourRecord
from tests.cast import signed_in
from tests.workroom import Workroom


def test_verified_hours_count_and_others_do_not(at_north: Workroom) -> None:
    facts = Fact.objects.filter(measure="volunteer_hours")
    assert not facts.exists()

    actions.verify_hours(hours=at_north.hours, by=at_north.director)

    assert facts.get().quantity == Decimal("1.50")
    with pytest.raises(actions.CannotVerify):
        actions.verify_hours(hours=at_north.hours, by=at_north.director)


def test_nobody_verifies_their_own_entry(at_north: Workroom) -> None:
    assert at_north.lin.user
    with pytest.raises(actions.CannotVerify):
        actions.verify_hours(hours=at_north.hours, by=at_north.lin.user)
    with pytest.raises(IntegrityError, match="verified_by_another"), transaction.atomic():
        HourRecord.objects.filter(pk=at_north.hours.pk).update(state="verified", verified_by=at_north.hours.recorded_by)


def test_hours_are_refused_with_a_reason(at_north: Workroom) -> None:
    with pytest.raises(actions.CannotVerify):
        actions.refuse_hours(hours=at_north.hours, reason="", by=at_north.director)
    actions.refuse_hours(hours=at_north.hours, reason="没有签到", by=at_north.director)

    at_north.hours.refresh_from_db()
    assert at_north.hours.refusal == "没有签到"


@pytest.mark.parametrize(
    ("minutes", "days", "field"), [(0, 0, "minutes"), (1441, 0, "minutes"), (1400, 0, "minutes"), (60, 1, "served_on")]
)
def test_impossible_hours_are_refused(at_north: Workroom, minutes: int, days: int, field: str) -> None:
    today = timezone.localdate()
    with pytest.raises(actions.CannotKeepVolunteer) as refused:
        actions.record_hours(
            volunteer=at_north.volunteer, site=at_north.station, served_on=today + dt.timedelta(days=days),
            minutes=minutes, activity="巡防", today=today, by=at_north.director,
        )  # fmt: skip
    assert list(refused.value.fields) == [field]


def test_the_same_filling_in_twice_leaves_one(at_north: Workroom) -> None:
    submission, today = uuid.uuid4(), timezone.localdate()
    said = {
        "volunteer": at_north.volunteer, "site": at_north.station, "served_on": today, "minutes": 30,
        "activity": "巡防", "today": today, "by": at_north.director, "submission": submission,
    }  # fmt: skip

    assert actions.record_hours(**said) == actions.record_hours(**said)  # type: ignore[arg-type]


def test_registration_and_leaving_are_a_running_count(at_north: Workroom) -> None:
    today = timezone.localdate()
    actions.leave(volunteer=at_north.volunteer, left_on=today, by=None)

    steps = Fact.objects.filter(tenant="north", measure="volunteers_registered").order_by("occurred_on")
    assert [int(step.quantity) for step in steps] == [1, -1]
    assert steps[1].occurred_on == today + dt.timedelta(days=1)


def test_training_counts_for_the_station(at_north: Workroom) -> None:
    today = timezone.localdate()
    actions.note_training(
        volunteer=at_north.volunteer, title="入户礼仪", held_on=today, minutes=60, today=today, by=None
    )

    assert Fact.objects.get(measure="volunteers_trained").station == "n01"


def test_a_team_has_one_name(at_north: Workroom) -> None:
    actions.form_team(name="银龄队", site=at_north.station, by=None)
    with pytest.raises(actions.CannotKeepVolunteer):
        actions.form_team(name="银龄队", site=at_north.station, by=None)


def test_the_page_verifies(north_room: Workroom) -> None:
    browser = signed_in(north_room.director, north_room.host)

    answer = browser.post(f"/volunteers/hours/{north_room.hours.ref}/verify/", follow=True)

    assert "时长已核实并计入" in answer.content.decode()
