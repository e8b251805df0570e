"""From the trial to the paid bill, by bank transfer: what is owed, what came, what went back."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import User
from billing.invoices import actions as invoice_actions
from billing.invoices import coupons
from billing.models import Bill, Movement, Subscription
from billing.subscriptions import actions as plan_changes
from common.refusals import RefusedFields
from letters.models import Letter
from letters.tasks import send
from tenants.backend.owner import as_owner
from tenants.models import Tenant
from tests.billing.payers import NOON, later, on_trial, open_bill, pay, taken_up


@pytest.fixture
def cashier(public: None) -> User:
    return User.objects.create_user("teller", None)


def test_a_trial_costs_nothing_and_is_one_however_often_it_is_started(public: None, north_row: Tenant) -> None:
    first = on_trial(north_row)
    again = on_trial(north_row, stations=9)

    assert first == again
    assert first.state == Subscription.State.TRIALING
    assert not first.account.bills.exists()
    assert north_row.cover.account == first.account


def test_going_on_bills_the_first_period_from_the_end_of_the_trial(public: None, north_row: Tenant) -> None:
    trial = on_trial(north_row)

    taken = plan_changes.take_up(
        account=trial.account, plan="standard", interval="month", stations=2, seats=10, now=timezone.now(), by=None
    )
    bill = open_bill(taken.account)

    assert taken.pk == trial.pk
    assert taken.period_from == trial.trial_until
    assert bill.amount == Decimal("620.00")  # 2 x 260 + 10 x 10
    assert bill.tax == Decimal("35.09")
    assert [line.kind for line in bill.lines.all()] == ["station", "seat"]
    assert bill.due_on >= timezone.localdate(trial.trial_until)


def test_a_bill_paid_in_two_parts_is_paid_once_the_whole_is_there(public: None, north_row: Tenant) -> None:
    bill = open_bill(taken_up(north_row).account)

    pay(bill, amount=Decimal("600.00"), reference="A-1")
    bill.refresh_from_db()
    assert bill.state == Bill.State.OPEN
    pay(bill, amount=Decimal("20.00"), reference="A-2")
    bill.refresh_from_db()

    assert bill.state == Bill.State.PAID
    assert invoice_actions.paid(bill) == bill.amount
    assert Letter.objects.filter(kind="bill-paid", to="office@example.org").count() == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"amount": Decimal("620.01")}, "amount"),
        ({"on": timezone.localdate() + dt.timedelta(days=1)}, "on"),
    ],
)
def test_what_cannot_have_come_is_refused(public: None, north_row: Tenant, said: dict[str, Any], field: str) -> None:
    bill = open_bill(taken_up(north_row).account)

    with pytest.raises(RefusedFields) as no:
        pay(bill, **said)
    assert list(no.value.fields) == [field]
    assert not Movement.objects.exists()


def test_one_transfer_is_recorded_once(public: None, north_row: Tenant) -> None:
    bill = open_bill(taken_up(north_row).account)
    pay(bill, amount=Decimal("1.00"), reference="SAME")

    with pytest.raises(RefusedFields, match="登记过"):
        pay(bill, amount=Decimal("1.00"), reference="SAME")
    assert invoice_actions.paid(bill) == Decimal("1.00")


def test_no_more_goes_back_than_came(public: None, north_row: Tenant, cashier: User) -> None:
    bill = open_bill(taken_up(north_row).account)
    pay(bill)
    said = {"bill": bill, "reason": "重复付款", "by": cashier}

    invoice_actions.refund(amount=Decimal("600.00"), reference="B-1", **said)
    with pytest.raises(invoice_actions.CannotRefund, match=r"¥20\.00"):
        invoice_actions.refund(amount=Decimal("20.01"), reference="B-2", **said)
    assert invoice_actions.paid(bill) == Decimal("20.00")


def test_the_database_refuses_to_change_what_came(public: None, north_row: Tenant) -> None:
    pay(open_bill(taken_up(north_row).account))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to come is not emptied anyway

        for change in (
            "UPDATE billing_movement SET amount = 1", "DELETE FROM billing_movement", "TRUNCATE billing_movement",
        ):  # fmt: skip
            with pytest.raises(DatabaseError, match=r"never changed|permission denied"), transaction.atomic():
                cursor.execute(change)
            with as_owner(), pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
                cursor.execute(change)


def test_more_stations_are_billed_for_the_rest_of_the_period(public: None, north_row: Tenant, cashier: User) -> None:
    taken = taken_up(north_row)
    pay(open_bill(taken.account))
    assert taken.period_to
    half = NOON + (taken.period_to - NOON) / 2

    bill = plan_changes.change(
        subscription=taken, plan="standard", interval="month", stations=4, seats=10, now=half, by=cashier
    )

    assert bill
    assert bill.amount == Decimal("260.00")  # two more stations for half a month
    assert bill.period_from is None


def test_fewer_seats_become_credit_that_the_next_bill_uses_up(public: None, north_row: Tenant, cashier: User) -> None:
    taken = taken_up(north_row)
    pay(open_bill(taken.account))
    assert taken.period_to
    half = NOON + (taken.period_to - NOON) / 2

    nothing = plan_changes.change(
        subscription=taken, plan="standard", interval="month", stations=2, seats=4, now=half, by=cashier
    )
    taken = later(Subscription.objects.get(pk=taken.pk), taken.period_to - dt.timedelta(days=3))
    bill = open_bill(taken.account)
    taken.account.refresh_from_db()

    assert nothing is None
    assert (bill.credit_used, bill.amount) == (Decimal("30.00"), Decimal("530.00"))
    assert taken.account.credit == 0


def test_a_year_instead_of_months_begins_now_and_takes_the_rest_as_credit(
    public: None, north_row: Tenant, cashier: User
) -> None:
    taken = taken_up(north_row)
    pay(open_bill(taken.account))
    assert taken.period_to
    half = NOON + (taken.period_to - NOON) / 2

    bill = plan_changes.change(
        subscription=taken, plan="standard", interval="year", stations=2, seats=10, now=half, by=cashier
    )

    assert bill
    assert bill.credit_used == Decimal("310.00")
    assert bill.amount == Decimal("6200.00") - Decimal("310.00")


def test_an_unpaid_period_is_paid_before_the_plan_changes(public: None, north_row: Tenant, cashier: User) -> None:
    taken = taken_up(north_row)

    with pytest.raises(plan_changes.CannotChange, match="先付清"):
        plan_changes.change(
            subscription=taken, plan="standard", interval="month", stations=1, seats=1,
            now=NOON + dt.timedelta(days=1), by=cashier,
        )  # fmt: skip
    taken.refresh_from_db()
    assert taken.stations == 2


def test_a_period_that_has_not_begun_is_billed_anew(public: None, north_row: Tenant, cashier: User) -> None:
    trial = on_trial(north_row)
    said: dict[str, Any] = {"plan": "standard", "interval": "month", "seats": 10}
    now = timezone.now()
    taken = plan_changes.take_up(account=trial.account, stations=2, now=now, by=None, **said)
    first = open_bill(taken.account)

    bill = plan_changes.change(subscription=taken, stations=3, now=now, by=cashier, **said)
    first.refresh_from_db()

    assert bill
    assert (first.state, bill.state) == (Bill.State.VOID, Bill.State.OPEN)
    assert bill.amount == Decimal("880.00")


def test_a_coupon_takes_off_its_percent_for_its_periods(public: None, north_row: Tenant, cashier: User) -> None:
    coupons.make(code="pilot", percent=50, periods=1, most=1, valid_until=dt.date(2030, 1, 1), by=cashier)

    taken = taken_up(north_row, coupon=" pilot ")
    bill = open_bill(taken.account)
    pay(bill)
    assert taken.period_to
    later(taken, taken.period_to - dt.timedelta(days=3))

    assert bill.amount == Decimal("310.00")
    assert open_bill(taken.account).amount == Decimal("620.00")


@pytest.mark.parametrize("code", ["NONE", "OLD", "GONE"])
def test_a_coupon_that_is_none_old_or_used_up_is_refused(
    public: None, north_row: Tenant, cashier: User, code: str
) -> None:
    said: dict[str, Any] = {"percent": 50, "periods": 1, "most": 1, "by": cashier}
    coupons.make(code="old", valid_until=dt.date(2026, 3, 9), **said)
    coupons.make(code="gone", valid_until=dt.date(2030, 1, 1), **said)
    coupons.redeem("gone", on=dt.date(2026, 3, 9))

    with pytest.raises(RefusedFields) as no, transaction.atomic():
        taken_up(north_row, coupon=code)
    assert list(no.value.fields) == ["coupon"]
    with pytest.raises(RefusedFields):
        coupons.find(code, on=dt.date(2026, 3, 10))


@pytest.mark.parametrize(
    "said", [{"stations": 0}, {"seats": 0}, {"plan": "starter", "stations": 4}, {"interval": "day"}]
)
def test_a_quantity_of_zero_or_more_than_the_plan_has_is_refused(
    public: None, north_row: Tenant, said: dict[str, Any]
) -> None:
    with pytest.raises(RefusedFields):
        on_trial(north_row, **said)
    assert not Subscription.objects.exists()


def test_letters_go_out_once(public: None, north_row: Tenant) -> None:
    taken = taken_up(north_row)
    plan_changes.bill_period(taken, NOON, now=NOON, by=None)
    for _again in range(2):
        for letter in Letter.objects.all():
            send(letter=letter.ref)

    assert [letter.to for letter in mail.outbox] == [["office@example.org"]]
    assert open_bill(taken.account).number in mail.outbox[0].subject
