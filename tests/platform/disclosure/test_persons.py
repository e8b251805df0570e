"""No person reaches what is published: names entered through every route of the funds stand in no shared table."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from common import clock
from disclosure.models import Movement, Notice, PublishedReport
from services.clients import actions as clients
from services.clients.models import Client
from services.funds.donations import actions as donation_actions
from services.funds.donations import receipts, refunds
from services.funds.donations.actions import Gift
from services.funds.fund import committee
from services.funds.reports import actions as report_actions
from services.grants.applications import actions as application_actions
from services.grants.decisions import assessment, objections, voting
from services.grants.models import Application
from services.grants.payments import actions as payment_actions
from services.grants.payments import repayments
from tenants.running import in_public, in_tenant
from tests.cast import signed_in
from tests.services.grants.cast import Foundation, wanted
from tests.services.ledger.books import at_commit
from tests.services.test_api import Program
from tests.services.test_canaries import found as shown_in
from tests.services.test_canaries import rows_of

DONOR, CLIENT, PAYEE, OBJECTOR, AGREED = "鸜鹆捐", "鸜鹆助", "鸜鹆收", "鸜鹆异", "鸜鹆愿"
SECRETS = [DONOR, CLIENT, PAYEE, OBJECTOR, "鸜鹆事", "鸜鹆查", "鸜鹆票", "鸜鹆退", "鸜鹆认", "鸜鹆流水",
           "13800138123"]  # fmt: skip


def gift(base: Foundation, donor: str, **changes: Any) -> Gift:
    said: dict[str, Any] = {
        "kind": "cash", "giver": "person", "donor": donor, "amount": Decimal(500), "purpose": base.purpose,
        "received_on": timezone.localdate(), "reference": "鸜鹆流水",
    }  # fmt: skip
    return Gift(**{**said, **changes})


@pytest.fixture
def base(db: None, granting: Foundation) -> Foundation:
    return granting


def neighbour(base: Foundation) -> Client:
    room = base.room
    said = clients.ClientFile(name=CLIENT, site=room.station, worker=room.wei, phone="13800138123")
    return clients.open_file(file=said, opened_on=clock.today(), today=clock.today(), by=room.director)


def income(base: Foundation) -> None:
    """Donors of every kind, a receipt voided with a reason, a refund with a reason, a seat with a background."""
    finance, other = base.finance
    for one in (gift(base, DONOR), gift(base, AGREED, is_named=True), gift(base, "", giver="anonymous")):
        donation = donation_actions.record_donation(fund=base.fund, gift=one, today=clock.today(), by=finance)
        receipt = receipts.issue(donation=donation, today=clock.today(), by=finance)
        receipts.void(receipt=receipt, reason="鸜鹆票", today=clock.today(), by=finance)
    refund = refunds.request_refund(donation=donation, amount=Decimal(100), reason="鸜鹆退", by=finance)
    refunds.approve_refund(refund=refund, shown=Decimal(100), today=clock.today(), by=other)
    seat = base.fund.committee_members.filter(role="member").first()
    assert seat
    committee.end_term(committee_member=seat, to_on=clock.today(), today=clock.today(), by=base.room.director)


def grants(base: Foundation) -> None:
    """A grant from its story to its repayment, with an objection by the public on the way."""
    what = wanted(base.room, neighbour(base), story="鸜鹆事，住院")
    application = application_actions.apply(wanted=what, purpose=base.purpose, asked=Decimal(3000), by=base.worker)
    assessment.assess(application=application, amount=Decimal(3000), findings="鸜鹆查，属实", by=base.head)
    voting.opine(application=application, has_no_objection=False, words="鸜鹆票，无妨", by=base.monitor)
    for person in base.committee[:3]:
        application = voting.vote(application=application, verdict="approve", words="鸜鹆票", by=person)
    objection = objections.raise_objection(
        application=application, words=f"我是{OBJECTOR}，有异议", contact="13800138123", by=None
    )
    objections.answer(objection=objection, is_upheld=False, words=f"{OBJECTOR}所述不实", by=base.room.director)
    Application.objects.filter(pk=application.pk).update(notice_to=clock.today() - dt.timedelta(days=1))
    application.refresh_from_db()
    application = objections.end_due_notice(application)
    payment = payment_actions.prepare(
        application=application, method="bank", payee=f"{PAYEE} 尾号 1234", reference="鸜鹆流水", by=base.finance[0]
    )
    payment_actions.approve_payment(payment=payment, by=base.finance[1])
    payment_actions.confirm(application=application, words="鸜鹆认，已收到", confirmed_on=clock.today(), by=base.worker)
    said = {"application": application, "amount": Decimal(10), "reason": "鸜鹆退", "received_on": clock.today()}
    repayments.repay(**said, by=base.finance[0])


def typed(base: Foundation) -> None:
    """The same through pages and the API, what is refused too."""
    room, fund = base.room, base.fund.ref
    finance, worker = signed_in(base.finance[0], room.host), signed_in(base.worker, room.host)
    today = timezone.localdate().isoformat()
    donation = {"kind": "cash", "amount": "88", "giver": "person", "donor": DONOR, "received_on": today,
                "purpose": base.purpose.ref, "reference": "鸜鹆流水"}  # fmt: skip
    donate = reverse("funds:donate", urlconf="config.urls_tenant", args=[fund])
    assert finance.post(donate, donation).status_code == 302
    assert finance.post(donate, {**donation, "amount": DONOR, "purpose": DONOR}).status_code == 200
    assert finance.post(donate, {**donation, "giver": "anonymous"}).status_code == 200
    with in_tenant(room.tenant):
        person = Client.objects.get(name=CLIENT)
    new = f"/grants/new/?kind=person&client={person.ref}"
    story = {"purpose": base.purpose.ref, "asked": "99999", "cause": "illness", "story": "鸜鹆事"}
    assert worker.post(new, story).status_code == 200
    assert worker.post(new, {**story, "asked": "700"}).status_code == 302
    worker.get("/grants/", {"q": CLIENT})
    stranger = signed_in(None, room.host)
    stranger.post("/grants/notices/S2026-00001/object/", {"words": f"我是{OBJECTOR}", "contact": "13800138123"})
    assert base.worker.username
    program = Program(base.worker.username, room.host)
    body = {"kind": "person", "client": person.ref, "amount": "60.00", "cause": "illness", "reason": "鸜鹆事"}
    program.post(f"/api/v1/funds/{fund}/applications/", body, **{"Idempotency-Key": "one"})
    money = Program(base.finance[0].username, room.host)
    gift_body = {"donor": DONOR, "amount": "5.00", "kind": "cash", "received_on": today}
    money.post(f"/api/v1/funds/{fund}/donations/", gift_body, **{"Idempotency-Key": "two"})
    money.post(f"/api/v1/funds/{fund}/donations/", {**gift_body, "amount": DONOR}, **{"Idempotency-Key": "three"})


def test_nobody_is_published(base: Foundation) -> None:
    room = base.room
    with in_tenant(room.tenant):
        income(base)
        grants(base)
        today = timezone.localdate()
        row = report_actions.owed(base.fund, today)[0]
        report_actions.publish(fund=base.fund, due=row.due, words="本期平稳。", today=today, by=room.director)
    typed(base)
    with in_tenant(room.tenant):
        at_commit()

    with in_public():
        assert Movement.objects.count() >= 6
        assert Notice.objects.count() == 1
        assert PublishedReport.objects.count() == 1
        assert list(Movement.objects.exclude(giver="").values_list("giver", flat=True)) == [AGREED]
    assert shown_in(SECRETS, rows_of("public")) == []
    assert shown_in([AGREED], rows_of("public")) == [AGREED]
