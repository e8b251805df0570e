"""Who asks is checked first; then a correction, a deletion, a withdrawal, or a no with its reason."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from evaluation.models import Fact
from letters.models import Letter
from services.clients import actions as clients
from services.clients.models import Client, ClientCategory, Consent
from services.clients.privacy import consents
from services.clients.privacy.sealed import opened
from services.grants.models import Application, Need, Payment
from services.grants.payments import actions as payment_actions
from services.journal.models import JournalEntry
from services.ledger.models import Entry
from services.records import actions as records
from services.records.models import RecordVersion, ServiceRecord
from services.rights import actions
from services.rights.answers import forget
from services.rights.models import PersonRequest
from services.rights.tasks import remind_of_requests
from services.volunteers import actions as volunteers
from tenants.running import in_tenant
from tests.cast import member
from tests.services.grants.cast import Foundation, asked, payable, wanted
from tests.services.rights.cast import HERS, ID, OTHERS, checked, days_ago, neighbours, request_of, someone
from tests.workroom import Workroom, service

State = PersonRequest.State


def test_a_guardian_or_agent_shows_a_proof(at_north: Workroom) -> None:
    with pytest.raises(actions.CannotTake) as no:
        request_of(at_north, at_north.client, asker="guardian")
    assert set(no.value.fields) == {"asker_name", "proof"}
    made = request_of(at_north, at_north.client, asker="guardian", asker_name="李某", proof="户口簿")
    assert opened(made, "asker") == "李某"


def test_a_request_is_due_in_fifteen_working_days_and_not_from_tomorrow(at_north: Workroom) -> None:
    made = request_of(at_north, at_north.client, received_on=dt.date(2026, 11, 2))
    assert made.due_on == dt.date(2026, 11, 23)
    with pytest.raises(actions.CannotTake):
        request_of(at_north, at_north.client, received_on=days_ago(-1))
    with pytest.raises(actions.CannotTake):
        request_of(at_north, at_north.client, "correct", words="")


def test_the_number_must_be_the_files_and_is_never_kept(at_north: Workroom) -> None:
    made = request_of(at_north, at_north.client)
    for wrong in ("", "370102194903071223", "11010519491231002X"):
        with pytest.raises(actions.NotThePerson):
            actions.check_identity(request=made, document="id_card", id_number=wrong, by=at_north.director)
    made.refresh_from_db()
    assert made.state == State.OPEN
    done = actions.check_identity(request=made, document="id_card", id_number=ID, by=at_north.director)
    assert (done.state, done.is_matched, done.checked_by) == (State.CHECKED, True, at_north.director.ref)

    lines = JournalEntry.objects.filter(object_ref=made.ref)
    assert lines.filter(act="rights.request.not_matched").count() == 3
    assert not any(ID in str(line.details) for line in lines)
    with pytest.raises(actions.CannotAnswer):
        actions.check_identity(request=made, document="id_card", id_number=ID, by=at_north.director)


def test_a_file_without_a_number_is_checked_by_the_document_seen(at_north: Workroom) -> None:
    done = checked(at_north, at_north.volunteer)
    assert done.is_matched is None


def test_a_correction_is_answered_in_words_and_only_what_was_asked_is_answered(at_north: Workroom) -> None:
    made = checked(at_north, at_north.client, "correct", words="电话号码变了")
    with pytest.raises(actions.CannotAnswer):
        actions.delete(request=made, today=timezone.localdate(), by=at_north.director)
    actions.note_correction(request=made, words="电话已改", by=at_north.director)
    made.refresh_from_db()
    assert opened(made, "answer") == "电话已改"
    assert made.state == State.DONE


def test_a_no_has_its_reason_and_a_dropped_one_is_closed(at_north: Workroom) -> None:
    made = request_of(at_north, at_north.client)
    with pytest.raises(actions.CannotTake):
        actions.decline(request=made, reason=" ", by=at_north.director)
    actions.decline(request=made, reason="不是本人，也没有委托", by=at_north.director)
    made.refresh_from_db()
    assert made.state == State.REFUSED
    with pytest.raises(actions.CannotAnswer):
        actions.drop(request=made, by=at_north.director)


def test_deletion_empties_what_can_go_keeps_what_the_law_wants_and_counts_on(base: Foundation) -> None:
    her, other = neighbours(base)
    facts = list(Fact.objects.filter(tenant="north").order_by("pk").values_list("measure", "quantity", "source"))
    entries = list(Entry.objects.order_by("pk").values_list("digest", flat=True))
    made = checked(base.room, her, "delete", words=f"{HERS}请删除")
    Application.objects.filter(need__client=her).update(state="confirmed")
    actions.delete(request=made, today=timezone.localdate(), by=base.room.director)

    her = Client.objects.get(pk=her.pk)
    assert her.name.startswith("已删除")
    assert (her.phone_sealed, her.address_sealed, her.id_number_hash, her.phone_masked, her.pinyin) == (
        None, None, None, "", "",
    )  # fmt: skip
    assert her.state == Client.State.CLOSED
    assert not ClientCategory.objects.filter(client=her).exists()
    alone = ServiceRecord.objects.get(kind="home_visit", attendances__client=her)
    assert opened(alone, "note") == ""
    assert all(not bytes(each.said_sealed) for each in RecordVersion.objects.filter(record=alone))
    assert opened(Need.objects.get(client=her), "story") == ""
    together = ServiceRecord.objects.get(kind="group_session")
    assert opened(together, "note").startswith(OTHERS)
    payment = Payment.objects.get(application__need__client=her)
    assert opened(payment, "payee") == "张桂兰 工行尾号1234"
    made.refresh_from_db()
    kept = {what: until for what, until, _why in made.outcome["kept"]}
    assert kept["资助付款凭证"] == f"{timezone.localdate().year + 30}-12-31"
    assert opened(made, "words") == ""
    other.refresh_from_db()
    assert opened(other, "remark") == f"{OTHERS}备注"
    after = Fact.objects.filter(tenant="north").order_by("pk").values_list("measure", "quantity", "source")
    assert list(after) == facts
    assert list(Entry.objects.order_by("pk").values_list("digest", flat=True)) == entries


def test_a_household_is_emptied_with_its_last_member(at_north: Workroom) -> None:
    today = timezone.localdate()
    home = at_north.household
    twin = someone(at_north, "同住人", HERS, household=home)
    actions.delete(request=checked(at_north, at_north.client, "delete"), today=today, by=at_north.director)
    home.refresh_from_db()
    assert home.title == "张家"
    actions.delete(request=checked(at_north, twin, "delete"), today=today, by=at_north.director)
    home.refresh_from_db()
    assert home.title.startswith("已删除")


def test_nobody_is_deleted_while_an_application_is_under_way_nor_staff(base: Foundation) -> None:
    asked(base, what=wanted(base.room))
    made = checked(base.room, base.room.client, "delete")
    with pytest.raises(forget.CannotForget):
        actions.delete(request=made, today=timezone.localdate(), by=base.room.director)
    with pytest.raises(actions.CannotTake):
        request_of(base.room, base.room.wei, "delete")


def test_a_volunteer_is_forgotten_and_the_hours_count_on(at_north: Workroom) -> None:
    made = checked(at_north, at_north.volunteer, "delete")
    actions.delete(request=made, today=timezone.localdate(), by=at_north.director)
    at_north.volunteer.refresh_from_db()
    assert at_north.volunteer.name.startswith("已删除")
    assert at_north.volunteer.phone_sealed is None
    assert at_north.volunteer.hours.count() == 1


def test_withdrawn_consent_stops_everything_but_keeping(at_north: Workroom) -> None:
    client, wei, today = at_north.client, at_north.wei, timezone.localdate()
    assert wei.user
    made = checked(at_north, client, "withdraw")
    actions.withdraw_consent(request=made, purpose="service", today=today, by=at_north.director)
    client.refresh_from_db()
    assert client.stopped_on == today

    with pytest.raises(consents.Stopped, match="撤回同意"):
        records.record_service(service=service(wei, client, at_north.station), now=timezone.now(), by=wei.user)
    file = clients.ClientFile(name="张桂兰", site=at_north.station, worker=wei)
    with pytest.raises(consents.Stopped):
        clients.change_file(client=client, file=file, today=today, by=wei.user)
    with pytest.raises(consents.Stopped):
        clients.note_category(
            client=client, code="living_alone", from_on=today, to_on=None, proof="", today=today, by=wei.user
        )
    with pytest.raises(consents.Stopped):
        clients.reveal(client=client, field="phone", reason="回访电话", by=wei.user)

    consents.give(person=client, purpose="service", on=today, giver="self", name="", by=wei.user)
    assert records.record_service(service=service(wei, client, at_north.station), now=timezone.now(), by=wei.user).pk


def test_withdrawn_consent_stops_grants_at_every_step(base: Foundation) -> None:
    application = payable(base)
    today = timezone.localdate()
    consents.withdraw(person=base.room.client, purpose="sharing", on=today, giver="self", name="", by=base.head)

    with pytest.raises(consents.Stopped, match="基金"):
        payment_actions.prepare(application=application, method="bank", payee="某人", reference="", by=base.finance[0])
    with pytest.raises(consents.Stopped):
        asked(base, what=wanted(base.room))


def test_a_volunteer_who_withdraws_gets_no_more_hours(at_north: Workroom) -> None:
    today = timezone.localdate()
    giver = {"giver": "guardian", "name": "孙父"}
    noted = consents.withdraw(person=at_north.volunteer, purpose="service", on=today, **giver, by=at_north.director)
    assert opened(noted, "giver") == "孙父"
    with pytest.raises(consents.Stopped):
        volunteers.record_hours(
            volunteer=at_north.volunteer, site=at_north.station, served_on=today, minutes=30, activity="陪伴",
            today=today, by=at_north.director,
        )  # fmt: skip


def test_giving_and_withdrawing_twice_is_told(at_north: Workroom) -> None:
    today = timezone.localdate()
    said = {"person": at_north.client, "purpose": "service", "on": today, "giver": "self", "name": "", "by": None}
    consents.give(**said)  # type: ignore[arg-type]
    with pytest.raises(consents.NothingToWithdraw):
        consents.give(**said)  # type: ignore[arg-type]
    consents.withdraw(**said)  # type: ignore[arg-type]
    with pytest.raises(consents.NothingToWithdraw):
        consents.withdraw(**said)  # type: ignore[arg-type]
    consents.give(**said)  # type: ignore[arg-type]
    assert Consent.objects.count() == 2


def test_directors_are_reminded_by_letter_of_what_is_due(north_room: Workroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.rights.tasks.is_worked", lambda day: True)
    with in_tenant(north_room.tenant):
        request_of(north_room, north_room.client, received_on=days_ago(40))
        type(north_room.director).objects.filter(pk=north_room.director.pk).update(email="chief@example.com")
        member(north_room.tenant, "n-other-director", "agency_director")
    assert remind_of_requests() == 1
    assert remind_of_requests() == 1
    with in_tenant(north_room.tenant):
        [letter] = Letter.objects.all()
    assert letter.to == "chief@example.com"
    assert "1" in letter.body
    assert "张桂兰" not in letter.subject + letter.body
    assert mail.outbox == []
