"""Who hears of which act: on the right host, never the one who acted, and nobody of another agency."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import User
from contracts.appeals import actions as appeal_actions
from contracts.marks.actions import give_mark, review_mark, withdraw_mark
from contracts.models import Contract
from contracts.telling import actions as telling
from notifications.models import Notification
from notifications.queries import sentence
from services.clients import actions as clients
from services.journal.models import Notification as AgencyNotification
from services.records import actions as records
from services.records.models import ServiceRecord
from services.start import deadlines
from supervision import tasks as supervision_tasks
from supervision.bookings import actions as bookings
from supervision.bookings import answers
from supervision.models import Booking
from tenants.models import Tenant
from tenants.running import in_public, in_tenant
from tests.cast import member, officer
from tests.platform.contracts.conftest import TODAY
from tests.platform.supervision.cast import NOW, ask, at
from tests.workroom import Workroom, service


@pytest.fixture
def zhou(public: None) -> User:
    return officer("zhou", "district_officer", "370102")


def kinds(user: User, tenant: Tenant | None = None) -> list[str]:
    if tenant is None:
        return list(Notification.objects.filter(user=user.ref).order_by("pk").values_list("kind", flat=True))
    with in_tenant(tenant):
        return list(AgencyNotification.objects.filter(user=user.ref).order_by("pk").values_list("kind", flat=True))


def test_a_mark_is_told_to_the_director_and_the_purchaser(
    contract: Contract,
    zhou: User,
    north_row: Tenant,
    south_row: Tenant,
) -> None:
    director, other = member(north_row, "dir", "agency_director"), member(south_row, "odir", "agency_director")
    head = member(north_row, "head", "station_head")
    evaluator = officer("eva", "evaluator", "370100")
    mark = give_mark(
        party="evaluator",
        contract=contract,
        code="D1.1",
        points=Decimal("2.5"),
        reason="材料不全",
        today=TODAY,
        by=evaluator,
    )

    withdraw_mark(mark=mark, reason="看错了样本", by=evaluator)

    assert kinds(director, north_row) == ["mark.given", "mark.withdrawn"]
    assert kinds(zhou) == ["mark.given", "mark.withdrawn"]
    assert kinds(head, north_row) == kinds(other, south_row) == kinds(evaluator) == []
    assert "材料不全" not in sentence(Notification.objects.filter(kind="mark.given").get())


def test_a_review_is_told_to_who_gave_the_mark(contract: Contract, zhou: User) -> None:
    evaluator = officer("eva", "evaluator", "370100")
    mark = give_mark(
        party="evaluator",
        contract=contract,
        code="D1.1",
        points=Decimal(2),
        reason="材料不全",
        today=TODAY,
        by=evaluator,
    )
    review_mark(mark=mark, reason="材料都在，请重看", by=zhou)
    assert kinds(evaluator) == ["mark.reviewed"]
    assert "材料都在" not in sentence(Notification.objects.filter(kind="mark.reviewed").get())


def test_an_appeal_is_told_to_the_officer_and_its_answer_to_who_appealed(
    contract: Contract,
    zhou: User,
    north_row: Tenant,
) -> None:
    head, director = member(north_row, "head", "station_head"), member(north_row, "dir", "agency_director")
    give_mark(
        party="evaluator",
        contract=contract,
        code="D1.1",
        points=Decimal("2.5"),
        reason="材料不全",
        today=TODAY,
        by=None,
    )
    with in_tenant(north_row):
        appeal = appeal_actions.make_appeal(
            contract=contract, code="D1.1", reason="调查表原件都在。", today=TODAY, by=head
        )
    appeal_actions.answer_appeal(
        appeal=appeal, is_accepted=True, answer="采纳，重新打分。", effect="points", points=Decimal(3), clause="D1.1",
        by=zhou,
    )  # fmt: skip

    assert kinds(zhou)[-1] == "appeal.made"
    assert kinds(head, north_row) == ["appeal.accepted"]
    assert kinds(director, north_row)[-1] == "appeal.accepted"


def test_a_sheet_is_told_on_both_hosts(contract: Contract, zhou: User, north_row: Tenant) -> None:
    director = member(north_row, "dir", "agency_director")
    sheet = contract.sheets.create(
        as_of=TODAY, lines=[], quantities={}, total=Decimal("86.50"), grade="good", grade_name="良好",
        programme_digest="d", digest="d",
    )  # fmt: skip

    telling.told_sheet_announced(contract=contract, day=TODAY, by=zhou)
    telling.told_sheet_published(sheet=sheet, by=None)
    telling.told_sheet_corrected(sheet=sheet, by=zhou)

    assert kinds(director, north_row) == ["sheet.announced", "sheet.published", "sheet.corrected"]
    assert kinds(zhou) == ["sheet.published"]
    assert "86.5 分，良好" in sentence(Notification.objects.get())


def test_both_sides_of_a_booking_hear_of_each_other(sun, lin: User, north_row: Tenant) -> None:  # type: ignore[no-untyped-def]
    with in_tenant(north_row):
        booking = ask(sun, lin)
    answers.propose(booking=booking, starts_at=at(24, 10), ends_at=at(24, 11), now=NOW, by=sun.user)
    with in_tenant(north_row):
        bookings.accept_proposal(booking=booking, now=NOW, by=lin)
        bookings.cancel(booking=booking, reason="临时有会", now=NOW, by=lin)

    assert kinds(sun.user) == ["booking.requested", "booking.agreed", "booking.cancelled"]
    assert kinds(lin, north_row) == ["booking.proposed"]
    assert not [row for row in Notification.objects.all() if "临时有会" in sentence(row)]


def test_a_request_that_expires_while_another_agency_books_is_told_by_the_clock(  # type: ignore[no-untyped-def]
    sun,
    lin: User,
    north_row: Tenant,
    south_row: Tenant,
) -> None:
    ask(sun, lin)
    far = member(south_row, "far", "station_head")
    with in_tenant(south_row):
        ask(sun, far, start=at(27, 9), tenant="south", now=NOW + dt.timedelta(days=3))
    assert Booking.objects.filter(state="expired", is_end_told=False).count() == 1
    assert kinds(lin, north_row) == []

    supervision_tasks.expire_unanswered_requests()
    supervision_tasks.expire_unanswered_requests()

    assert kinds(lin, north_row) == ["booking.expired"]
    assert kinds(far, south_row) in ([], ["booking.expired"])  # by today's clock the second may be late as well


def test_an_interns_record_waits_for_the_head_of_its_site_and_comes_back(north_room: Workroom) -> None:
    room = north_room
    assert room.an.user
    assert room.lin.user

    def waiting(hours_ago: float) -> ServiceRecord:
        assert room.an.user
        return records.record_service(
            service=service(room.an, room.client, room.station, hours_ago), now=timezone.now(), by=room.an.user,
            needs_countersign=True,
        )  # fmt: skip

    with in_tenant(room.tenant):
        record = waiting(50)
        records.return_record(record=record, reason="请补时间", by=room.lin.user)
        second = waiting(60)
        records.countersign(record=second, by=room.lin.user)

    assert kinds(room.lin.user, room.tenant) == ["record.waiting", "record.waiting"]
    assert kinds(room.an.user, room.tenant) == ["record.returned", "record.countersigned"]
    with in_tenant(room.tenant):
        for row in AgencyNotification.objects.all():
            assert "张桂兰" not in sentence(row)
            assert "请补时间" not in sentence(row)


def test_a_record_of_a_restricted_file_is_told_to_none_but_its_named_workers(north_room: Workroom) -> None:
    room = north_room
    assert room.an.user
    assert room.lin.user
    with in_tenant(room.tenant):
        for workers, hours_ago in (([room.an], 50), ([room.an, room.lin], 60)):
            clients.restrict(client=room.client, workers=workers, by=room.director)
            said = service(room.an, room.client, room.station, hours_ago)
            records.record_service(service=said, now=timezone.now(), by=room.an.user, needs_countersign=True)
            told = kinds(room.lin.user, room.tenant)
            assert told == ([] if len(workers) == 1 else ["record.waiting"])


@pytest.fixture
def ending(contract: Contract) -> Contract:
    today = timezone.localdate()
    Contract.objects.filter(pk=contract.pk).update(
        starts_on=today - dt.timedelta(days=300), ends_on=today + dt.timedelta(days=9)
    )
    contract.refresh_from_db()
    return contract


def test_a_contract_that_runs_out_is_told_once(ending: Contract, zhou: User, north_row: Tenant) -> None:
    director = member(north_row, "dir", "agency_director")
    with in_tenant(north_row):
        assert deadlines.tell(timezone.localdate()) >= 2
        deadlines.tell(timezone.localdate())

    assert kinds(director, north_row).count("contract.ending") == 1
    assert kinds(zhou) == ["contract.ending"]
    with in_public():
        assert str(ending.ends_on) in sentence(Notification.objects.get())
