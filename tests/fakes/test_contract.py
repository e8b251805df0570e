"""What Stripe does and the stand-in must do too: the same tests, spoken by the real SDK, on both sides."""

from typing import Any

import pytest
import stripe

from tests.fakes.sides import Side

DAY = 86400
DECLINES = {
    "pm_card_visa_chargeDeclined": "generic_decline",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "insufficient_funds",
    "pm_card_visa_chargeDeclinedLostCard": "lost_card",
    "pm_card_visa_chargeDeclinedStolenCard": "stolen_card",
}


def begin(side: Side, **said: Any) -> stripe.Subscription:
    customer = said.pop("customer", None) or side.customer().id
    items: Any = [{"price": side.price(26000), "quantity": said.pop("quantity", 2)}]
    return side.ask.v1.subscriptions.create({"customer": customer, "items": items, **said})  # type: ignore[typeddict-item]


def test_a_customer_has_its_tax_number(side: Side) -> None:
    customer = side.ask.v1.customers.create(
        {
            "name": "北方社工",
            "tax_id_data": [{"type": "cn_tin", "value": "52370000MJE0000000"}],
            "metadata": {"account": "a1"},
        }
    )

    numbers = side.ask.v1.customers.tax_ids.list(customer.id).data
    assert [(number.type, number.value) for number in numbers] == [("cn_tin", "52370000MJE0000000")]
    assert side.ask.v1.customers.retrieve(customer.id).metadata.to_dict() == {"account": "a1"}


def test_a_lookup_key_moves_to_the_new_price(side: Side) -> None:
    key = f"starter.station.month.{side.clock[-8:]}"
    product = side.ask.v1.products.create({"name": "起步版"}).id
    said: Any = {"currency": "cny", "product": product, "recurring": {"interval": "month"}, "lookup_key": key}
    first = side.ask.v1.prices.create({**said, "unit_amount": 18000})

    with pytest.raises(stripe.InvalidRequestError):
        side.ask.v1.prices.create({**said, "unit_amount": 19000})
    second = side.ask.v1.prices.create({**said, "unit_amount": 19000, "transfer_lookup_key": True})

    assert [price.id for price in side.ask.v1.prices.list({"lookup_keys": [key]}).data] == [second.id]
    assert side.ask.v1.prices.retrieve(first.id).lookup_key is None


def test_a_subscription_is_paid_at_once_and_again_each_month(side: Side) -> None:
    held = begin(side)
    assert held.status == "active"
    first = side.ask.v1.invoices.retrieve(str(held.latest_invoice))
    assert (first.status, first.total, first.billing_reason) == ("paid", 52000, "subscription_create")
    assert first.parent.subscription_details.subscription == held.id  # type: ignore[union-attr]

    ends = held["items"].data[0].current_period_end
    side.move_to(ends + 2 * DAY // 24 * 2)
    again = side.ask.v1.subscriptions.retrieve(held.id)
    assert again["items"].data[0].current_period_start == ends
    cycles = side.ask.v1.invoices.list({"subscription": held.id}).data
    assert [each.billing_reason for each in cycles] == ["subscription_cycle", "subscription_create"]
    assert cycles[0].status == "paid"


def test_a_trial_ends_in_a_first_bill(side: Side) -> None:
    held = begin(side, trial_period_days=14)
    assert held.status == "trialing"
    assert side.ask.v1.invoices.retrieve(str(held.latest_invoice)).total == 0

    side.move_to(int(held.trial_end or 0) + 7200)
    now = side.ask.v1.subscriptions.retrieve(held.id, {"expand": ["latest_invoice"]})
    assert now.status == "active"
    assert now.latest_invoice.total == 52000  # type: ignore[union-attr]


def test_a_declined_renewal_is_past_due_and_a_good_card_recovers_it(side: Side) -> None:
    customer = side.customer()
    held = begin(side, customer=customer.id)
    side.give_card(customer.id, "pm_card_chargeCustomerFail")

    side.move_to(held["items"].data[0].current_period_end + 7200)
    late = side.ask.v1.subscriptions.retrieve(held.id)
    assert late.status == "past_due"
    owed = side.ask.v1.invoices.retrieve(str(late.latest_invoice))
    assert (owed.status, owed.attempt_count) == ("open", 1)
    with pytest.raises(stripe.CardError):
        side.ask.v1.invoices.pay(owed.id)

    side.give_card(customer.id, "pm_card_visa")
    assert side.ask.v1.invoices.pay(owed.id).status == "paid"
    assert side.ask.v1.subscriptions.retrieve(held.id).status == "active"


@pytest.mark.parametrize("token", DECLINES)
def test_a_declined_card_says_why(side: Side, token: str) -> None:
    customer = side.ask.v1.customers.create({"name": "北方社工"})

    with pytest.raises(stripe.CardError) as no:
        side.ask.v1.payment_methods.attach(token, {"customer": customer.id})

    assert no.value.error.decline_code == DECLINES[token]  # type: ignore[union-attr]
    assert (no.value.http_status, no.value.code) == (402, "card_declined")


def test_more_stations_cost_the_rest_of_the_period_and_the_preview_says_so(side: Side) -> None:
    held = begin(side)
    item = held["items"].data[0]
    half = (item.current_period_start + item.current_period_end) // 2
    side.move_to(half)
    items: Any = [{"id": item.id, "quantity": 4}]

    said: Any = {"items": items, "proration_behavior": "always_invoice", "proration_date": half}
    preview = side.ask.v1.invoices.create_preview({"subscription": held.id, "subscription_details": said})
    changed = side.ask.v1.subscriptions.update(
        held.id, {"items": items, "proration_behavior": "always_invoice", "proration_date": half}
    )

    assert preview.total == 26000
    billed = side.ask.v1.invoices.retrieve(str(changed.latest_invoice))
    assert (billed.total, billed.status) == (26000, "paid")


def test_fewer_stations_are_a_credit_for_the_next_bill(side: Side) -> None:
    held = begin(side, quantity=4)
    item = held["items"].data[0]
    half = (item.current_period_start + item.current_period_end) // 2
    side.move_to(half)
    items: Any = [{"id": item.id, "quantity": 2}]
    side.ask.v1.subscriptions.update(
        held.id, {"items": items, "proration_behavior": "always_invoice", "proration_date": half}
    )

    assert side.ask.v1.customers.retrieve(str(held.customer)).balance == -26000
    side.move_to(item.current_period_end + 7200)
    next_bill = side.ask.v1.invoices.list({"subscription": held.id}).data[0]
    assert (next_bill.total, next_bill.amount_due, next_bill.amount_paid) == (52000, 26000, 26000)


def test_a_cancelled_subscription_runs_out_and_does_not_come_back(side: Side) -> None:
    held = begin(side)
    side.ask.v1.subscriptions.update(held.id, {"cancel_at_period_end": True})
    assert side.ask.v1.subscriptions.retrieve(held.id).status == "active"

    side.move_to(held["items"].data[0].current_period_end + 7200)

    assert side.ask.v1.subscriptions.retrieve(held.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError):
        side.ask.v1.subscriptions.update(held.id, {"cancel_at_period_end": False})


def test_a_refund_is_never_more_than_was_paid_and_moves_the_balance(side: Side) -> None:
    held = begin(side)
    paid = side.ask.v1.invoice_payments.list({"invoice": str(held.latest_invoice)}).data[0]
    intent = side.ask.v1.payment_intents.retrieve(str(paid.payment.payment_intent))
    charge = side.ask.v1.charges.retrieve(str(intent.latest_charge))

    part = side.ask.v1.refunds.create({"charge": charge.id, "amount": 2000})
    with pytest.raises(stripe.InvalidRequestError):
        side.ask.v1.refunds.create({"charge": charge.id, "amount": 50001})
    side.ask.v1.refunds.create({"charge": charge.id})
    with pytest.raises(stripe.InvalidRequestError) as no:
        side.ask.v1.refunds.create({"charge": charge.id})

    assert no.value.code == "charge_already_refunded"
    moved = side.ask.v1.balance_transactions.retrieve(str(part.balance_transaction))
    assert moved.amount < 0
    assert side.ask.v1.charges.retrieve(charge.id).refunded


def test_a_coupon_takes_off_so_many_percent(side: Side) -> None:
    coupon = side.ask.v1.coupons.create({"percent_off": 50, "duration": "repeating", "duration_in_months": 3})
    code = side.ask.v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}})

    held = begin(side, discounts=[{"promotion_code": code.id}])

    assert side.ask.v1.invoices.retrieve(str(held.latest_invoice)).total == 26000


def test_alipay_and_wechat_pay_a_bill_but_renew_nothing(side: Side) -> None:
    customer = side.ask.v1.customers.create({"name": "北方社工"})
    price = side.price(18000)
    said: Any = {
        "customer": customer.id,
        "success_url": "https://liandong.example/",
        "allowed_payment_method_types": ["card", "alipay"],
    }

    items: Any = [{"price": price, "quantity": 1}]
    renewing = side.ask.v1.checkout.sessions.create({**said, "mode": "subscription", "line_items": items})
    assert renewing.payment_method_types == ["card"]
    once: Any = {
        "price_data": {"currency": "cny", "unit_amount": 18000, "product_data": {"name": "账单"}},
        "quantity": 1,
    }
    visit = side.ask.v1.checkout.sessions.create({**said, "mode": "payment", "line_items": [once]})

    assert (visit.status, visit.payment_status) == ("open", "unpaid")
    assert "card" in visit.payment_method_types
    if side.stand_in:  # with Stripe it hangs on what the account has turned on
        assert "alipay" in visit.payment_method_types
    assert side.ask.v1.checkout.sessions.expire(visit.id).status == "expired"


def test_one_key_does_one_thing(side: Side) -> None:
    key = f"once-{side.clock}"
    first = side.ask.v1.customers.create({"name": "北方社工"}, {"idempotency_key": key})

    assert side.ask.v1.customers.create({"name": "北方社工"}, {"idempotency_key": key}).id == first.id
    with pytest.raises(stripe.IdempotencyError):
        side.ask.v1.customers.create({"name": "南方社工"}, {"idempotency_key": key})


def test_a_day_is_metered_once(side: Side) -> None:
    name = f"stations_{side.clock[-10:].lower()}"
    side.ask.v1.billing.meters.create(
        {
            "display_name": "Stations", "event_name": name, "default_aggregation": {"formula": "last"},
            "customer_mapping": {"type": "by_id", "event_payload_key": "stripe_customer_id"},
            "value_settings": {"event_payload_key": "value"},
        }
    )  # fmt: skip
    customer = side.ask.v1.customers.create({"name": "北方社工"})
    said: Any = {
        "event_name": name,
        "identifier": f"{customer.id}-1",
        "payload": {"stripe_customer_id": customer.id, "value": "3"},
    }

    side.ask.v1.billing.meter_events.create(said)
    with pytest.raises(stripe.InvalidRequestError):
        side.ask.v1.billing.meter_events.create(said)


def test_lists_go_on_where_the_page_ended_and_keep_to_their_time(side: Side) -> None:
    made = [side.ask.v1.customers.create({"name": str(n), "email": f"{side.clock}@example.com"}).id for n in range(3)]
    mail = {"email": f"{side.clock}@example.com"}

    page = side.ask.v1.customers.list({**mail, "limit": 2})
    assert ([each.id for each in page.data], page.has_more) == ([made[2], made[1]], True)
    assert [each.id for each in page.auto_paging_iter()] == made[::-1]
    assert side.ask.v1.customers.list({**mail, "created": {"gte": side.start + 10 * DAY}}).data == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/v1/customers", {"nmae": "x"}),
        ("/v1/customers", {"balance": "three"}),
        ("/v1/customers", {"metadata": "x"}),
        ("/v1/prices", {"unit_amount": 5}),
        ("/v1/prices", {"currency": "cny", "unit_amount": 5, "recurring": {"interval": "fortnight"}}),
        ("/v1/checkout/sessions", {"mode": "gift"}),
    ],
)
def test_what_stripe_does_not_know_is_refused(side: Side, path: str, said: dict[str, Any]) -> None:
    with pytest.raises(stripe.InvalidRequestError) as no:
        side.ask.v1.customers._request("post", path, base_address="api", params=said)
    assert no.value.http_status == 400


def test_what_is_not_there_is_404(side: Side) -> None:
    for read in (side.ask.v1.subscriptions.retrieve, side.ask.v1.charges.retrieve, side.ask.v1.invoices.retrieve):
        with pytest.raises(stripe.InvalidRequestError) as no:
            read("sub_1NotThere")
        assert (no.value.http_status, no.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.AuthenticationError):
        stripe.StripeClient(
            "sk_test_wrong", base_addresses=side.ask._requestor._options.base_addresses
        ).v1.events.list()  # type: ignore[arg-type]


def test_what_happened_is_listed_with_the_object(side: Side) -> None:
    held = begin(side)

    kinds = {
        event.type: event.data.object
        for event in side.ask.v1.events.list({"limit": 100, "created": {"gte": side.start - 5}}).data
    }

    assert {"customer.subscription.created", "invoice.paid", "charge.succeeded"} <= set(kinds)
    if side.stand_in:
        assert kinds["customer.subscription.created"].id == held.id
