"""What comes in is recorded once, told to the public without persons, and given back by two."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from disclosure.models import Movement
from services.funds.books.corrections import reverse_entry
from services.funds.donations import actions as donation_actions
from services.funds.donations import refunds
from services.funds.fund import actions as fund_actions
from services.funds.fund import purposes as fund_purposes
from services.funds.fund.queries import balances, purposes
from services.funds.models import Donation, DonationRefund
from services.journal.models import JournalEntry
from services.ledger.models import Entry
from services.ledger.posting import CannotReverse, NotEnough
from tests.cast import member
from tests.services.funds.treasury import Treasury, hand_over
from tests.services.ledger.books import at_commit

TODAY = timezone.localdate()
TOMORROW = TODAY + dt.timedelta(days=1)


def test_a_donation_is_free_for_its_purpose_at_once(rh: Treasury) -> None:
    school = fund_purposes.open_purpose(fund=rh.fund, name="助学", by=rh.qian)

    rh.donate(purpose=school, amount=Decimal("27000.55"))

    stands = {each.purpose.name: (each.raised, each.free) for each in purposes(rh.fund)}
    assert stands["助学"] == (Decimal("27000.55"), Decimal("27000.55"))
    assert balances(rh.fund).bank == Decimal("57000.55")
    at_commit()


@pytest.mark.parametrize(
    ("changes", "kind", "public"),
    [
        ({}, "donation", ""),
        ({"is_named": True}, "donation", "王建国"),
        ({"giver": "anonymous", "donor": ""}, "donation", ""),
        ({"giver": "organisation", "donor": "惠民超市"}, "donation", "惠民超市"),
        ({"giver": "government", "donor": "千佛山街道办事处"}, "grant", "千佛山街道办事处"),
        ({"kind": "in_kind", "goods": "大米 20 袋", "valuation": "发票"}, "in_kind", ""),
    ],
)
def test_the_public_reads_only_who_may_be_named(rh: Treasury, changes: Any, kind: str, public: str) -> None:
    made = rh.donate(**changes)

    assert made.entry.kind == kind
    assert Movement.objects.get(source=made.entry.ref).giver == public
    assert "王建国" not in made.entry.memo
    assert "王建国" not in str(list(JournalEntry.objects.values_list("details", flat=True)))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"received_on": TOMORROW}, "received_on"),
        ({"received_on": TODAY - dt.timedelta(days=1)}, "received_on"),
        ({"donor": " "}, "donor"), ({"donor": "王\u200b建国"}, "donor"), ({"donor": "人" * 51}, "donor"),
        ({"giver": "anonymous"}, "donor"), ({"giver": "anonymous", "donor": "", "is_named": True}, "is_named"),
        ({"giver": "organisation", "donor": "惠\u202e民"}, "donor"),
        ({"kind": "in_kind", "goods": "大米"}, "valuation"), ({"kind": "in_kind", "valuation": "发票"}, "goods"),
        ({"goods": "大米"}, "goods"), ({"amount": Decimal(0)}, "amount"), ({"amount": Decimal(-1)}, "amount"),
    ],
)  # fmt: skip
def test_what_does_not_hold_together_is_refused(rh: Treasury, changes: Any, field: str) -> None:
    before = Entry.objects.count()
    with pytest.raises(donation_actions.CannotDonate) as no:
        rh.donate(**changes)

    assert list(no.value.fields) == [field]
    assert Entry.objects.count() == before


def test_a_closed_fund_takes_nothing(rh: Treasury) -> None:
    hand_over(rh.fund, rh.qian, rh.director)
    fund_actions.close_fund(fund=rh.fund, closed_on=TODAY, agency="", today=TODAY, by=rh.director)

    with pytest.raises(donation_actions.FundClosed, match="已经关闭"):
        rh.donate()


def test_another_funds_purpose_is_refused(rh: Treasury) -> None:
    other = fund_actions.open_fund(
        new=fund_actions.NewFund("乙", "慈善会", "jinan-funds", opened_on=TODAY), agency="", today=TODAY,
        by=None,
    )  # fmt: skip
    with pytest.raises(donation_actions.CannotDonate) as no:
        rh.donate(purpose=other.purposes.get())
    assert list(no.value.fields) == ["purpose"]


def test_a_refund_needs_two_people(rh: Treasury) -> None:
    made = rh.donate()
    asked = refunds.request_refund(donation=made, amount=Decimal("400.00"), reason="重复汇款", by=rh.qian)
    namesake = member(rh.room.tenant, "n-qian2", "finance", name="钱会计")
    for oneself in (rh.qian, namesake):
        with pytest.raises(refunds.CannotRefund, match="另一人"):
            refunds.approve_refund(refund=asked, shown=asked.amount, today=TODAY, by=oneself)
    with pytest.raises(refunds.CannotRefund, match="重新核对"):
        refunds.approve_refund(refund=asked, shown=Decimal("40.00"), today=TODAY, by=rh.sun)

    done = refunds.approve_refund(refund=asked, shown=asked.amount, today=TODAY, by=rh.sun)

    assert done.entry
    assert Movement.objects.get(source=done.entry.ref).amount == Decimal("-400.00")
    assert refunds.left_of(made) == Decimal("600.00")
    assert balances(rh.fund).bank == Decimal("30600.00")
    at_commit()
    with pytest.raises(refunds.CannotRefund, match="处理过"):
        refunds.approve_refund(refund=asked, shown=asked.amount, today=TODAY, by=rh.sun)
    with pytest.raises(refunds.CannotAskRefund, match="600"):
        refunds.request_refund(donation=made, amount=Decimal("600.01"), reason="重复汇款", by=rh.qian)


def test_money_that_is_promised_is_not_given_back(rh: Treasury) -> None:
    school = fund_purposes.open_purpose(fund=rh.fund, name="助学", by=rh.qian)
    made = rh.donate(purpose=school)
    asked = refunds.request_refund(donation=made, amount=Decimal(1000), reason="重复汇款", by=rh.qian)
    origin = donation_actions.PostingRef("reserve:1", "tests.row:1", TODAY)
    donation_actions.chart.reserve(fund=rh.fund, purpose=school, amount=Decimal(1), origin=origin, by=None)

    with pytest.raises(NotEnough):
        refunds.approve_refund(refund=asked, shown=asked.amount, today=TODAY, by=rh.sun)
    refunds.withdraw_refund(refund=asked, by=rh.sun)
    with pytest.raises(refunds.CannotAskRefund, match="999"):
        refunds.request_refund(donation=made, amount=Decimal(1000), reason="重复汇款", by=rh.qian)
    assert DonationRefund.objects.get().state == "dropped"


def test_one_refund_waits_at_a_time_and_none_of_a_reversed_donation(rh: Treasury) -> None:
    made = rh.donate()
    asked = refunds.request_refund(donation=made, amount=Decimal(1), reason="重复汇款", by=rh.qian)
    with pytest.raises(refunds.CannotRefund, match="已有一笔"):
        refunds.request_refund(donation=made, amount=Decimal(1), reason="重复汇款", by=rh.qian)
    refunds.withdraw_refund(refund=asked, by=rh.qian)
    reverse_entry(fund=rh.fund, entry=made.entry, occurred_on=TODAY, memo="记错基金", by=rh.sun)

    with pytest.raises(refunds.CannotRefund, match="冲正"):
        refunds.request_refund(donation=Donation.objects.get(pk=made.pk), amount=Decimal(1), reason="重复", by=rh.qian)
    with pytest.raises(CannotReverse):
        reverse_entry(fund=rh.fund, entry=made.entry, occurred_on=TODAY, memo="再来一次", by=rh.sun)
