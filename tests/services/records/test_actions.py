"""A record and its facts stand or fall together."""

import datetime as dt
import uuid
from collections import Counter
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from evaluation import door
from evaluation.models import Fact
from services.clients.privacy.sealed import opened
from services.journal.models import JournalEntry
from services.records import actions
from services.records.models import RecordVersion, ServiceRecord
from tests.workroom import Workroom, service, visit


def said_of(record: ServiceRecord) -> Counter[str]:
    rows = Fact.objects.filter(source__startswith=f"records.record:{record.ref}")
    return Counter({measure: int(sum(rows.filter(measure=measure).values_list("quantity", flat=True)))
                    for measure in set(rows.values_list("measure", flat=True))})  # fmt: skip


def test_a_visit_writes_its_facts_and_a_line_in_the_journal(at_north: Workroom) -> None:
    record = visit(at_north.wei, at_north.client, at_north.station)

    assert said_of(record) == Counter(
        home_visits=1, service_records=1, service_minutes=40, outreach_minutes=40, records_on_time=1, service_contacts=1
    )
    assert JournalEntry.objects.filter(act="records.record.recorded", object_ref=record.ref).count() == 1
    fact = Fact.objects.get(measure="home_visits", source=f"records.record:{record.ref}")
    assert (fact.tenant, fact.station) == ("north", "n01")
    assert at_north.client.ref not in fact.subject_key
    assert at_north.client.name not in str(list(Fact.objects.values_list()))


def test_a_visit_in_a_room_counts_for_its_station(at_north: Workroom) -> None:
    record = visit(at_north.wei, at_north.client, at_north.room)

    said = Fact.objects.filter(source__startswith=f"records.record:{record.ref}")
    assert set(said.values_list("station", flat=True)) == {"n01"}


def test_nothing_is_written_when_a_fact_is_refused(at_north: Workroom, monkeypatch: pytest.MonkeyPatch) -> None:
    before = ServiceRecord.objects.count()
    monkeypatch.setitem(actions.rules.MEASURE_OF_KIND, "home_visit", "no_such_measure")

    with pytest.raises(door.UnknownMeasure):
        visit(at_north.wei, at_north.client, at_north.station)

    assert ServiceRecord.objects.count() == before


def test_the_same_filling_in_twice_leaves_one(at_north: Workroom) -> None:
    submission, now = uuid.uuid4(), timezone.now()
    said = service(at_north.wei, at_north.client, at_north.station)
    assert at_north.wei.user

    first = actions.record_service(service=said, now=now, by=at_north.wei.user, submission=submission)
    again = actions.record_service(service=said, now=now, by=at_north.wei.user, submission=submission)

    assert first == again


def test_two_services_at_a_time_are_refused_by_rule_and_by_database(at_north: Workroom) -> None:
    record = visit(at_north.wei, at_north.client, at_north.station, hours_ago=3)
    with pytest.raises(actions.CannotRecord) as refused:
        visit(at_north.wei, at_north.client, at_north.station, hours_ago=2.5)
    assert list(refused.value.fields) == ["held_at"]

    record.pk, record.ref = None, "another"
    with pytest.raises(IntegrityError, match="record_worker_in_one_place"), transaction.atomic():
        record.save(force_insert=True)


@pytest.mark.parametrize("minutes", [0, 721])
def test_the_database_refuses_odd_minutes(at_north: Workroom, minutes: int) -> None:
    with pytest.raises(IntegrityError, match=r"record_minutes|record_during"), transaction.atomic():
        ServiceRecord.objects.filter(pk=at_north.record.pk).update(minutes=minutes)


def test_an_interns_visit_counts_when_countersigned(at_north: Workroom) -> None:
    intern, head = at_north.an.user, at_north.lin.user
    assert intern
    assert head
    record = actions.record_service(
        service=service(at_north.an, at_north.client, at_north.station), now=timezone.now(), by=intern,
        needs_countersign=True,
    )  # fmt: skip
    assert said_of(record) == Counter()
    with pytest.raises(actions.CannotChangeRecord):
        actions.countersign(record=record, by=intern)

    actions.countersign(record=record, by=head)

    assert said_of(record)["home_visits"] == 1
    with pytest.raises(actions.CannotChangeRecord):
        actions.countersign(record=record, by=head)


def test_a_returned_visit_is_said_anew_and_waits_again(at_north: Workroom) -> None:
    intern, head = at_north.an.user, at_north.lin.user
    assert intern
    assert head
    said = service(at_north.an, at_north.client, at_north.station)
    record = actions.record_service(service=said, now=timezone.now(), by=intern, needs_countersign=True)
    actions.return_record(record=record, reason="请补充内容", by=head)
    record = actions.correct_record(
        record=record, service=said, reason="已补充", now=timezone.now(), by=intern, needs_countersign=True
    )

    assert record.state == ServiceRecord.State.WAITING
    assert said_of(record) == Counter()


def test_a_correction_keeps_what_was_said_and_moves_the_facts(at_north: Workroom) -> None:
    record = visit(at_north.wei, at_north.client, at_north.station)
    assert at_north.wei.user

    actions.correct_record(
        record=record, service=service(at_north.wei, at_north.client, at_north.station, minutes=60, note="改后"),
        reason="时长记错", now=timezone.now(), by=at_north.wei.user,
    )  # fmt: skip

    record.refresh_from_db()
    assert (record.minutes, record.version, opened(record, "note")) == (60, 2, "改后")
    assert said_of(record)["service_minutes"] == 60
    assert RecordVersion.objects.get(record=record).reason == "时长记错"
    assert "血压" not in str(RecordVersion.objects.values_list("said_sealed").get())


def test_a_correction_to_fewer_clients_takes_their_facts_back(at_north: Workroom) -> None:
    said = service(at_north.wei, at_north.client, at_north.station, kind="group_session", setting="community", others=5)
    assert at_north.wei.user
    record = actions.record_service(service=said, now=timezone.now(), by=at_north.wei.user)
    assert said_of(record)["group_attendances"] == 6

    fewer = service(at_north.wei, None, at_north.station, kind="group_session", setting="community", others=2)
    actions.correct_record(record=record, service=fewer, reason="人数核实", now=timezone.now(), by=at_north.wei.user)

    assert said_of(record)["group_attendances"] == 2


def test_a_withdrawn_visit_counts_for_nothing_and_can_come_back(at_north: Workroom) -> None:
    record = visit(at_north.wei, at_north.client, at_north.station)
    assert at_north.wei.user
    with pytest.raises(actions.CannotChangeRecord):
        actions.withdraw_record(record=record, reason=" ", by=at_north.wei.user)

    actions.withdraw_record(record=record, reason="记错了人", by=at_north.wei.user)
    assert said_of(record) == Counter()
    with pytest.raises(actions.CannotChangeRecord):
        actions.withdraw_record(record=record, reason="再撤一次", by=at_north.wei.user)

    actions.restore_record(record=record, now=timezone.now(), by=at_north.wei.user)
    assert said_of(record)["home_visits"] == 1


def test_a_withdrawn_visit_does_not_come_back_over_another(at_north: Workroom) -> None:
    record = visit(at_north.wei, at_north.client, at_north.station)
    assert at_north.wei.user
    actions.withdraw_record(record=record, reason="记错了", by=at_north.wei.user)
    visit(at_north.wei, at_north.client, at_north.station)

    with pytest.raises(actions.CannotRecord):
        actions.restore_record(record=record, now=timezone.now(), by=at_north.wei.user)


def test_the_shanghai_day_is_the_day_of_the_fact(at_north: Workroom) -> None:
    midnight = timezone.localtime().replace(hour=0, minute=10, second=0, microsecond=0) - dt.timedelta(days=2)
    hours = (timezone.now() - midnight) / dt.timedelta(hours=1)
    record = visit(at_north.wei, at_north.client, at_north.station, hours_ago=hours)

    assert Fact.objects.get(source=f"records.record:{record.ref}", measure="home_visits").occurred_on == midnight.date()


def test_recording_takes_few_statements(at_north: Workroom, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(12):
        visit(at_north.wei, at_north.client, at_north.station)
