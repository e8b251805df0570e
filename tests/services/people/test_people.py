"""Staff, postings and certificates; what they make of a station's counts."""

import datetime as dt
from collections import Counter

import pytest
from django.db import IntegrityError, transaction

from evaluation.models import Fact
from services.people import actions, rules
from services.people.models import Posting
from tests.workroom import Workroom

DAY = dt.date(2026, 3, 1)


def levels(room: Workroom, on: dt.date, code: str = "n01") -> Counter[str]:
    rows = Fact.objects.filter(tenant=room.tenant.slug, station=code, measure__startswith="staff_", occurred_on__lte=on)
    said: Counter[str] = Counter()
    for measure, quantity in rows.values_list("measure", "quantity"):
        said[measure] += int(quantity)
    return +said


def test_the_furnished_station_counts_two_full_time_workers(at_north: Workroom) -> None:
    assert levels(at_north, DAY) == Counter(staff_employed=2, staff_fulltime=2)


def test_a_certificate_counts_from_its_day(at_north: Workroom) -> None:
    actions.note_certificate(staff=at_north.wei, kind="social_worker", number="", issued_on=DAY, by=None)

    assert levels(at_north, DAY - dt.timedelta(days=1))["staff_certified"] == 0
    assert levels(at_north, DAY)["staff_certified"] == 1


def test_an_ended_posting_counts_until_its_last_day(at_north: Workroom) -> None:
    actions.end_posting(posting=at_north.posting, ended_on=DAY, by=None)

    assert levels(at_north, DAY)["staff_employed"] == 2
    assert levels(at_north, DAY + dt.timedelta(days=1))["staff_employed"] == 1


def test_moving_to_another_station_moves_the_count(at_north: Workroom) -> None:
    actions.end_posting(posting=at_north.posting, ended_on=DAY, by=None)
    actions.post(
        staff=at_north.wei, site=at_north.other_station, as_post="head", started_on=DAY + dt.timedelta(days=1), by=None
    )

    assert levels(at_north, DAY + dt.timedelta(days=1), "n02")["staff_employed"] == 1


def test_leaving_ends_every_posting(at_north: Workroom) -> None:
    actions.let_go(staff=at_north.wei, ended_on=DAY, by=None)

    assert not at_north.wei.postings.filter(ended_on=None).exists()
    with pytest.raises(actions.CannotKeepStaff):
        actions.post(staff=at_north.wei, site=at_north.station, as_post="head", started_on=DAY, by=None)


def test_nobody_is_posted_twice_to_one_site(at_north: Workroom) -> None:
    with pytest.raises(actions.CannotKeepStaff):
        actions.post(staff=at_north.wei, site=at_north.station, as_post="head", started_on=DAY, by=None)
    with pytest.raises(IntegrityError, match="posting_once"), transaction.atomic():
        Posting.objects.create(staff=at_north.wei, site=at_north.station, post="head", started_on=DAY)


def test_a_posting_ends_after_it_began(at_north: Workroom) -> None:
    with pytest.raises(actions.CannotKeepStaff):
        actions.end_posting(posting=at_north.posting, ended_on=dt.date(2020, 1, 1), by=None)
    with pytest.raises(IntegrityError, match="posting_ends"), transaction.atomic():
        Posting.objects.filter(pk=at_north.posting.pk).update(ended_on=dt.date(2020, 1, 1))


@pytest.mark.parametrize("name", ["", "张\x00三", "字" * 51])
def test_odd_names_are_refused(at_north: Workroom, name: str) -> None:
    with pytest.raises(actions.CannotKeepStaff):
        actions.take_on(name=name, employment="full_time", started_on=DAY, user=None, by=None)


def test_one_login_is_one_person(at_north: Workroom) -> None:
    with pytest.raises(actions.CannotKeepStaff):
        actions.take_on(name="双胞胎", employment="full_time", started_on=DAY, user=at_north.wei.user, by=None)


def test_interns_count_for_nothing() -> None:
    assert rules.posting_levels(employment="intern", certified_on=DAY, started_on=DAY, ended_on=None) == []


def test_a_certificate_after_the_posting_counts_nothing() -> None:
    steps = rules.posting_levels(
        employment="part_time", certified_on=DAY + dt.timedelta(days=9), started_on=DAY, ended_on=DAY
    )

    assert [(step.measure, step.step) for step in steps] == [("staff_employed", 1), ("staff_employed", -1)]
