"""Objects at Stripe -> our rows: trials, renewals, declines, recovery, changes, ends, refunds."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.gateway import charges
from billing.gateway import checkout as stripe_checkout
from billing.gateway import subscriptions as stripe_subscriptions
from billing.gateway.values import Wanted
from billing.models import Account, Bill, Movement, StripeEvent
from billing.stripe_sync import events as stripe_sync_events
from billing.stripe_sync import reconcile, sync
from letters.models import Letter
from tenants.models import Tenant
from tests.billing.online import AWAY, catch_up, customer_of, events, of, send, subscribed, work_off
from tests.billing.payers import on_trial, taken_up
from tests.fakes.stripe.delivery import letter
from tests.fakes.stripe.server import StandIn

pytestmark = pytest.mark.usefixtures("public")
FAILS = "4000008260003178"


def letters() -> list[str]:
    return list(Letter.objects.order_by("pk").values_list("kind", flat=True))


def test_the_trial_goes_on_and_then_is_paid(stand_in: StandIn, north_row: Tenant) -> None:
    until = timezone.now().replace(microsecond=0) + dt.timedelta(days=20)
    account = subscribed(stand_in, north_row, trial_until=until)
    catch_up(stand_in.books)
    assert (of(account).state, of(account).trial_until, account.bills.count()) == ("trialing", until, 0)

    stand_in.advance(days=18)
    catch_up(stand_in.books)
    assert letters() == ["trial-to-paid"]
    stand_in.advance(days=3)
    catch_up(stand_in.books)

    assert (of(account).state, account.bills.get().state) == ("active", "paid")
    assert letters() == ["trial-to-paid", "bill-paid"]


def test_a_renewal_moves_the_period_and_is_billed(stand_in: StandIn, north_row: Tenant) -> None:
    account = subscribed(stand_in, north_row)
    catch_up(stand_in.books)
    first = of(account).period_to

    stand_in.advance(days=32)
    catch_up(stand_in.books)

    assert of(account).period_from == first
    assert [bill.state for bill in account.bills.all()] == ["paid", "paid"]
    assert sum(account.movements.values_list("amount", flat=True)) == 840


def test_a_declined_renewal_is_told_each_time_and_a_new_card_recovers(stand_in: StandIn, north_row: Tenant) -> None:
    account = subscribed(stand_in, north_row)
    customer = account.stripe_customer or ""
    stand_in.change_card(customer, FAILS)
    stand_in.advance(days=32)
    catch_up(stand_in.books)
    late = of(account)
    assert late.state == "past_due"
    assert late.unpaid_since is not None
    failed = Letter.objects.get(kind="bill-failed")
    assert "余额不足" in failed.body
    assert "将再试一次" in failed.body

    stand_in.advance(days=4)
    catch_up(stand_in.books)
    assert Letter.objects.filter(kind="bill-failed").count() == 2
    assert of(account).unpaid_since == late.unpaid_since

    stand_in.change_card(customer, "4242424242424242")
    catch_up(stand_in.books)
    assert (of(account).state, of(account).unpaid_since) == ("active", None)
    assert {bill.state for bill in account.bills.all()} == {"paid"}
    assert Letter.objects.filter(kind="bill-paid").count() == 2


def test_after_the_last_try_the_plan_ends_and_never_comes_back(stand_in: StandIn, north_row: Tenant) -> None:
    account = subscribed(stand_in, north_row)
    stand_in.change_card(account.stripe_customer or "", FAILS)
    stand_in.advance(days=60)
    catch_up(stand_in.books)
    assert of(account).state == "cancelled"
    assert letters().count("subscription-lapsed") == 1
    assert letters().count("bill-failed") == 4

    stand_in.books.objects[of(account).stripe_id or ""]["status"] = "active"  # even if Stripe said so
    StripeEvent.objects.update(state="waiting")
    work_off()
    assert of(account).state == "cancelled"


def test_a_change_is_billed_by_what_is_left_and_a_credit_is_used_up(stand_in: StandIn, north_row: Tenant) -> None:
    account = subscribed(stand_in, north_row)
    catch_up(stand_in.books)
    stand_in.advance(days=10)
    stripe_subscriptions.change(of(account).stripe_id or "", Wanted("starter", "month", 3, 5, "c1"))
    catch_up(stand_in.books)
    more = account.bills.latest("pk")
    assert (of(account).stations, more.state, more.lines.filter(kind="change").count()) == (3, "paid", 2)
    assert 100 < more.amount < 180

    stripe_subscriptions.change(of(account).stripe_id or "", Wanted("starter", "month", 1, 5, "c2"))
    stand_in.advance(days=30)
    catch_up(stand_in.books)
    renewal = account.bills.latest("pk")
    assert (renewal.credit_used > 0, renewal.amount + renewal.credit_used) == (True, 240)
    assert renewal.lines.get(kind="credit").amount == -renewal.credit_used
    for bill in account.bills.all():
        assert sum(bill.lines.values_list("amount", flat=True)) == bill.amount
    assert {str(line) for line in more.lines.all()} == {"change 起步版 站点"}
    assert int(sum(account.movements.values_list("amount", flat=True)) * 100) == stand_in.balance()


def test_ending_with_the_period(stand_in: StandIn, north_row: Tenant) -> None:
    account = subscribed(stand_in, north_row)
    catch_up(stand_in.books)
    stripe_subscriptions.cancel_at_period_end(of(account).stripe_id or "")
    catch_up(stand_in.books)
    assert (of(account).state, of(account).cancels_at_end) == ("active", True)

    stand_in.advance(days=32)
    catch_up(stand_in.books)
    assert of(account).state == "cancelled"
    assert letters()[-1] == "subscription-ended"


def test_going_online_takes_the_place_of_the_plan_by_transfer(stand_in: StandIn, north_row: Tenant) -> None:
    before = taken_up(north_row, now=timezone.now())
    account = before.account
    visit = stripe_checkout.begin_checkout(
        customer_of(account), account.ref, Wanted("starter", "month", 1, 1, "f"), AWAY, AWAY
    )
    stand_in.pay(visit.id)

    catch_up(stand_in.books)

    assert (of(account).pk, of(account).channel, of(account).state) == (before.pk, "stripe", "active")
    assert dict(account.bills.values_list("channel", "state")) == {"offline": "void", "stripe": "paid"}


def test_a_second_living_subscription_is_shown_not_mixed_in(stand_in: StandIn, north_row: Tenant) -> None:
    account = subscribed(stand_in, north_row)
    catch_up(stand_in.books)
    visit = stripe_checkout.begin_checkout(
        account.stripe_customer or "", account.ref, Wanted("standard", "month", 9, 9, "g"), AWAY, AWAY
    )
    stand_in.pay(visit.id)
    for event in events(stand_in.books):
        send(letter(event))
    work_off()

    assert (of(account).plan, of(account).stations) == ("starter", 2)
    failed = StripeEvent.objects.filter(state="failed", object_kind="subscription").get()
    assert "lives beside" in failed.error
    assert int(sum(account.movements.values_list("amount", flat=True)) * 100) == stand_in.balance()

    stripe_subscriptions.cancel_now(of(account).stripe_id or "")
    stripe_sync_events.try_again(failed)
    assert stripe_sync_events.work_off(failed.event_id) == "done"
    assert sorted(account.subscriptions.values_list("state", flat=True)) == ["active", "cancelled"]


def test_refunds_and_disputes_move_our_books_too(stand_in: StandIn, north_row: Tenant) -> None:
    account = subscribed(stand_in, north_row)
    catch_up(stand_in.books)
    charge = account.movements.get().reference
    charges.refund(charge, Decimal("20.00"), "r1")
    catch_up(stand_in.books)
    assert list(account.movements.values_list("kind", "amount")) == [
        ("refund", Decimal(-20)),
        ("payment", Decimal(420)),
    ]

    stand_in.advance(days=32)
    catch_up(stand_in.books)
    stand_in.dispute(account.movements.latest("at").reference)
    catch_up(stand_in.books)

    assert account.movements.filter(note="adjustment").get().amount == -420
    assert int(sum(account.movements.values_list("amount", flat=True)) * 100) == stand_in.balance()


def test_our_books_are_in_yuan_where_stripe_settles_in_another_currency(stand_in: StandIn, north_row: Tenant) -> None:
    stand_in.books.settles = ("hkd", 1.0847)
    account = subscribed(stand_in, north_row)
    charges.refund(stand_in.books.all("charge")[0]["id"], Decimal("20.00"), "r1")
    for event in events(stand_in.books)[:-2]:
        send(letter(event))
    work_off()

    found = reconcile.reconcile()

    assert stand_in.balance() not in (40000, 0)
    assert list(account.movements.values_list("amount", flat=True)) == [Decimal("-20.00"), Decimal("420.00")]
    assert (found.difference, found.unmatched) == (0, 0)


@pytest.mark.parametrize("way", ["alipay", "wechat_pay", "card"])
def test_a_bill_of_ours_is_paid_through_stripe(stand_in: StandIn, north_row: Tenant, way: str) -> None:
    account = taken_up(north_row, now=timezone.now()).account
    bill = account.bills.get()
    visit = stripe_checkout.begin_payment(
        customer_of(account), account.ref, bill.ref, bill.amount, "账单", "f", AWAY, AWAY
    )
    stand_in.pay(visit.id, way=way)

    catch_up(stand_in.books)

    bill.refresh_from_db()
    moved = account.movements.get()
    assert (bill.state, moved.bill, moved.method, moved.amount) == ("paid", bill, way, bill.amount)
    assert letters()[-1] == "bill-paid"


def test_a_customer_whose_id_we_lost_is_found_by_the_account_it_was_made_for(
    stand_in: StandIn, north_row: Tenant
) -> None:
    account = subscribed(stand_in, north_row)
    Account.objects.update(stripe_customer=None)

    catch_up(stand_in.books)

    assert account.movements.count() == 1
    account.refresh_from_db()
    assert account.stripe_customer == stand_in.books.all("customer")[0]["id"]


def test_coming_back_asks_stripe_and_needs_no_letter(stand_in: StandIn, north_row: Tenant) -> None:
    account = subscribed(stand_in, north_row)
    on_trial(north_row)
    held = stand_in.books.all("subscription")[0]["id"]
    sync.keep_subscription(account, held)
    stripe_subscriptions.cancel_at_period_end(held)

    sync.refresh(of(account))

    assert of(account).cancels_at_end
    assert not Movement.objects.exists()
    assert not Bill.objects.exists()
