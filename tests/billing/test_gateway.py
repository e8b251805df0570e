"""What we say to Stripe, spoken by the real SDK to the stand-in."""

import datetime as dt
import time
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation

from billing.gateway import charges as gateway_charges
from billing.gateway import checkout as stripe_checkout
from billing.gateway import client as gateway
from billing.gateway import prices
from billing.gateway import subscriptions as stripe_subscriptions
from billing.gateway.declines import SENTENCES, sentence
from billing.gateway.values import (
    GatewayDown,
    GatewayRefused,
    NoGateway,
    NotThere,
    Offer,
    Payer,
    RemoteSubscription,
    Wanted,
)
from tests.fakes.stripe import cards
from tests.fakes.stripe.server import StandIn
from tests.fakes.stripe.wrong import Wrong

BACK, AWAY = "https://liandong.example/back?session={CHECKOUT_SESSION_ID}", "https://liandong.example/away"
PAYER = Payer("acc1", "北方社工", "bills@north.example", "52370000MJE0000000")


def wanted(**changes: Any) -> Wanted:
    return Wanted(**{"plan": "starter", "interval": "month", "stations": 2, "seats": 5, "once": "form1", **changes})


def subscribe(stand_in: StandIn, card: str = cards.GOOD, **changes: Any) -> RemoteSubscription:
    visit = stripe_checkout.begin_checkout(stripe_checkout.make_customer(PAYER), "acc1", wanted(**changes), BACK, AWAY)
    stand_in.pay(visit.id, card)
    return stripe_subscriptions.subscription(stripe_checkout.session(visit.id).subscription)


def test_a_customer_is_made_once_with_its_tax_number(stand_in: StandIn) -> None:
    first = stripe_checkout.make_customer(PAYER)

    assert stripe_checkout.make_customer(PAYER) == first
    assert stand_in.books.all("tax_id", customer=first)[0]["value"] == PAYER.credit_code
    assert stand_in.books.objects[first]["metadata"] == {"account": "acc1"}


def test_a_tax_number_stripe_does_not_take_keeps_nobody_from_paying(stand_in: StandIn) -> None:
    made = stripe_checkout.make_customer(Payer("acc2", "北方社工", "", "12345"))

    assert stand_in.books.all("tax_id") == []
    assert [each["id"] for each in stand_in.books.all("customer")] == [made]


def test_prices_are_published_once_and_a_new_amount_takes_the_key_over(stand_in: StandIn) -> None:
    offer = Offer("starter", "station", "month", Decimal("180.00"), "起步版")
    before = len(stand_in.books.all("price"))

    same = prices.publish([offer])
    assert len(stand_in.books.all("price")) == before
    dearer = prices.publish([Offer("starter", "station", "month", Decimal("200.00"), "起步版")])

    assert same != dearer
    assert stand_in.books.objects[dearer[offer.key]]["unit_amount"] == 20000
    assert stand_in.books.objects[same[offer.key]]["lookup_key"] is None


def test_checkout_begins_a_subscription_of_stations_and_seats(stand_in: StandIn) -> None:
    held = subscribe(stand_in)

    assert (held.status, held.plan, held.interval, held.stations, held.seats) == ("active", "starter", "month", 2, 5)
    assert held.account == "acc1"
    paid = gateway_charges.bill(held.latest_bill)
    assert (paid.status, paid.total, paid.paid, paid.subscription) == ("paid", Decimal(420), Decimal(420), held.id)


def test_the_same_form_twice_opens_one_visit_and_another_form_closes_the_first(stand_in: StandIn) -> None:
    customer = stripe_checkout.make_customer(PAYER)
    first = stripe_checkout.begin_checkout(customer, "acc1", wanted(), BACK, AWAY)

    assert stripe_checkout.begin_checkout(customer, "acc1", wanted(), BACK, AWAY).id == first.id
    second = stripe_checkout.begin_checkout(customer, "acc1", wanted(once="form2"), BACK, AWAY)
    assert stripe_checkout.session(first.id).status == "expired"
    assert stripe_checkout.session(second.id).status == "open"


def test_a_forgotten_visit_leaves_nothing(stand_in: StandIn) -> None:
    visit = stripe_checkout.begin_checkout(stripe_checkout.make_customer(PAYER), "acc1", wanted(), BACK, AWAY)
    stand_in.advance(days=2)

    assert stripe_checkout.session(visit.id).status == "expired"
    assert stand_in.books.all("subscription") == []


def test_what_is_left_of_the_trial_is_kept(stand_in: StandIn) -> None:
    until = timezone.now().replace(microsecond=0) + dt.timedelta(days=20)
    held = subscribe(stand_in, trial_until=until)

    assert (held.status, held.trial_ends_at) == ("trialing", until)
    assert stand_in.balance() == 0
    assert subscribe(stand_in, once="2", trial_until=timezone.now() + dt.timedelta(hours=5)).status == "active"


def test_a_plan_that_is_gone_and_a_quantity_of_zero_are_refused(stand_in: StandIn) -> None:
    customer = stripe_checkout.make_customer(PAYER)

    with pytest.raises(NotThere):
        stripe_checkout.begin_checkout(customer, "acc1", wanted(plan="golden"), BACK, AWAY)
    with pytest.raises(GatewayRefused):
        stripe_checkout.begin_checkout(customer, "acc1", wanted(stations=0, seats=0), BACK, AWAY)
    assert stand_in.books.all("checkout.session") == []


def test_one_bill_is_paid_by_alipay_or_wechat(stand_in: StandIn) -> None:
    customer = stripe_checkout.make_customer(PAYER)
    for way in ("alipay", "wechat_pay", "card"):
        visit = stripe_checkout.begin_payment(
            customer, "acc1", f"bill-{way}", Decimal("420.00"), "账单", way, BACK, AWAY
        )
        stand_in.pay(visit.id, way=way)
        seen = stripe_checkout.session(visit.id)
        assert (seen.payment_status, seen.own_bill) == ("paid", f"bill-{way}")

    charges = [gateway_charges.payment(each["id"]) for each in stand_in.books.all("charge")]
    assert [(each.method, each.own_bill, each.amount) for each in charges] == [
        (way, f"bill-{way}", Decimal(420)) for way in ("card", "wechat_pay", "alipay")
    ]


def test_a_code_of_a_pilot_takes_its_percent_off(stand_in: StandIn) -> None:
    prices.make_coupon("PILOT-50", Decimal(50), months=6, uses=1)

    assert prices.coupon("PILOT-50").percent == 50
    assert gateway_charges.bill(subscribe(stand_in, code="PILOT-50").latest_bill).total == Decimal(210)
    with pytest.raises(NotThere):
        prices.coupon("PILOT-50")  # used up
    with pytest.raises(NotThere):
        prices.coupon("NEVER-WAS")


def test_a_change_costs_what_its_preview_said(stand_in: StandIn) -> None:
    held = subscribe(stand_in)
    stand_in.advance(days=10)
    more = wanted(plan="standard", stations=4, seats=5, once="change1")

    cost = stripe_subscriptions.preview_change(held.id, more)
    changed = stripe_subscriptions.change(held.id, more)

    assert cost > 0
    assert gateway_charges.bill(changed.latest_bill).paid == cost
    assert (changed.plan, changed.stations, changed.seats) == ("standard", 4, 5)
    again = stripe_subscriptions.change(held.id, more)
    assert again.latest_bill == changed.latest_bill
    assert stripe_subscriptions.preview_change(held.id, wanted(stations=1, seats=1)) < 0


def test_ending_with_the_period_can_be_taken_back_ending_now_cannot(stand_in: StandIn) -> None:
    held = subscribe(stand_in)

    assert stripe_subscriptions.cancel_at_period_end(held.id).ends_with_period
    assert not stripe_subscriptions.resume(held.id).ends_with_period
    assert stripe_subscriptions.cancel_now(held.id).status == "canceled"
    with pytest.raises(GatewayRefused):
        stripe_subscriptions.resume(held.id)
    assert stripe_subscriptions.subscription(held.id).ended_at is not None


def test_a_refund_is_full_or_part_and_never_above(stand_in: StandIn) -> None:
    subscribe(stand_in)
    charge = stand_in.books.all("charge")[0]["id"]

    first = gateway_charges.refund(charge, Decimal("20.00"), "r1")
    assert gateway_charges.refund(charge, Decimal("20.00"), "r1").id == first.id
    with pytest.raises(GatewayRefused):
        gateway_charges.refund(charge, Decimal("400.01"), "r2")
    gateway_charges.refund(charge, Decimal("400.00"), "r3")
    with pytest.raises(GatewayRefused) as no:
        gateway_charges.refund(charge, Decimal("1.00"), "r4")

    assert "全部退回" in no.value.reasons[0]
    moved = [each.amount for each in gateway_charges.movements_of_payment(charge)]
    assert moved == [Decimal(420), Decimal(-20), Decimal(-400)]
    assert stand_in.balance() == 0


def test_a_day_of_use_counts_once(stand_in: StandIn) -> None:
    customer, day = stripe_checkout.make_customer(PAYER), dt.date(2026, 11, 21)
    prices.ensure_meter()
    prices.ensure_meter()

    prices.report_usage(customer, day, 3)
    prices.report_usage(customer, day, 3)

    assert len(stand_in.books.all("billing.meter")) == 1
    assert len(stand_in.books.all("billing.meter_event")) == 1


@pytest.mark.parametrize("number", [*cards.DECLINED, *cards.ATTACHES])
def test_every_declining_card_leaves_nothing_and_has_its_sentence(stand_in: StandIn, number: str) -> None:
    with pytest.raises(Wrong) as no:
        subscribe(stand_in, number)

    code = no.value.error["decline_code"]
    assert code in SENTENCES
    assert stand_in.books.all("subscription") == []
    with translation.override("en"):
        assert sentence(code).isascii()


def test_a_decline_comes_as_our_sentence(stand_in: StandIn) -> None:
    held = subscribe(stand_in)
    stand_in.change_card(held.customer, "4000008260003178")
    stand_in.advance(days=32)
    late = stripe_subscriptions.subscription(held.id)
    failed = gateway_charges.payment(stand_in.books.all("charge")[0]["id"])

    assert late.status == "past_due"
    assert (failed.succeeded, failed.decline, failed.bill) == (False, "insufficient_funds", late.latest_bill)
    assert sentence(failed.decline) == "卡内余额不足。请存入款项后再试，或换一张卡。"


def test_what_moved_since_is_listed_oldest_first(stand_in: StandIn) -> None:
    held = subscribe(stand_in)
    stripe_subscriptions.change(held.id, wanted(stations=4, once="2"))
    since = timezone.now() - dt.timedelta(days=1)

    moved = gateway_charges.movements_since(since)

    assert [each.amount for each in moved] == [Decimal(420), Decimal(360)]
    assert {each.customer for each in moved} == {held.customer}
    assert {gateway_charges.payment(each.payment).movement for each in moved} == {each.id for each in moved}
    assert sum(each.amount for each in moved) * 100 == stand_in.balance()
    assert moved == [gateway_charges.movement(each.id) for each in moved]
    happened = gateway_charges.events_since(since)
    assert happened[0].created_at <= happened[-1].created_at
    assert {"customer.subscription.created", "invoice.paid"} <= {each.kind for each in happened}


def test_the_portal_leads_back(stand_in: StandIn) -> None:
    assert stripe_checkout.open_portal(stripe_checkout.make_customer(PAYER), AWAY).startswith(stand_in.address)


@pytest.mark.parametrize("silence", [500, 503, 429, -1])
def test_an_outage_is_told_as_one(stand_in: StandIn, silence: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "RETRIES", 0)
    gateway._client_for.cache_clear()
    stand_in.silent = silence
    began = time.monotonic()

    with pytest.raises(GatewayDown) as no:
        stripe_subscriptions.subscription("sub_1")

    assert "没有扣款" in no.value.reasons[0]
    assert time.monotonic() - began < 5
    gateway._client_for.cache_clear()


def test_a_short_outage_is_waited_out(stand_in: StandIn) -> None:
    customer = stripe_checkout.make_customer(PAYER)
    stand_in.silent_for = 1

    assert stripe_checkout.make_customer(PAYER) == customer


def test_without_keys_there_is_no_gateway(settings: Any) -> None:
    settings.STRIPE_API_KEY = ""

    assert not gateway.is_ready()
    with pytest.raises(NoGateway):
        stripe_subscriptions.subscription("sub_1")


def test_a_wrong_key_is_no_refusal_of_the_payer(stand_in: StandIn, settings: Any) -> None:
    settings.STRIPE_API_KEY = "sk_test_wrong"

    with pytest.raises(GatewayDown):
        stripe_subscriptions.subscription("sub_1")
