"""Our books against Stripe's: what was never told is found, what Stripe does not know is shown."""

import datetime as dt
import logging
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from billing import tasks
from billing.gateway import charges
from billing.gateway import client as gateway
from billing.gateway import subscriptions as stripe_subscriptions
from billing.gateway.values import Wanted
from billing.models import Account, Channel, Movement, Reconciliation, StripeEvent
from billing.stripe_sync import reconcile, sync
from tenants.models import Tenant
from tests.billing.online import catch_up, events, of, send, subscribed
from tests.fakes.stripe.delivery import letter
from tests.fakes.stripe.server import StandIn

pytestmark = pytest.mark.usefixtures("public")


def ours() -> int:
    return int(sum(Movement.objects.values_list("amount", flat=True)) * 100)


def test_what_was_never_delivered_is_found_and_posted_once(stand_in: StandIn, north_row: Tenant) -> None:
    account = subscribed(stand_in, north_row)
    stand_in.advance(days=5)
    held = stand_in.books.all("subscription")[0]["id"]
    stripe_subscriptions.change(held, Wanted("starter", "month", 3, 5, "more"))

    first = reconcile.reconcile()
    again = reconcile.reconcile()

    assert (first.events_missed, first.events_listed) == (first.events_listed, len(events(stand_in.books)))
    assert (of(account).state, account.bills.count(), ours()) == ("active", 2, stand_in.balance())
    assert (first.difference, first.unmatched, first.movements_listed) == (0, 0, 2)
    assert (again.events_missed, again.movements_posted, again.difference) == (0, 0, 0)
    assert set(StripeEvent.objects.values_list("state", flat=True)) == {"done"}


def test_a_movement_whose_events_are_gone_is_posted_with_its_bill(stand_in: StandIn, north_row: Tenant) -> None:
    account = subscribed(stand_in, north_row)
    for event in events(stand_in.books):
        del stand_in.books.objects[event["id"]]

    found = reconcile.reconcile()

    assert (found.events_listed, found.movements_posted, found.difference) == (0, 1, 0)
    assert account.movements.get().bill == account.bills.get()
    assert of(account).state == "active"


def test_a_subscription_is_asked_after_even_if_no_event_tells_of_it(stand_in: StandIn, north_row: Tenant) -> None:
    account = subscribed(stand_in, north_row)
    catch_up(stand_in.books)
    held = stand_in.books.objects[of(account).stripe_id or ""]
    held |= {"status": "canceled", "ended_at": stand_in.books.now}

    reconcile.reconcile()

    assert of(account).state == "cancelled"


def test_what_stripe_does_not_know_is_counted_and_said(stand_in: StandIn, north_row: Tenant, caplog: Any) -> None:
    account = subscribed(stand_in, north_row)
    catch_up(stand_in.books)
    Movement.objects.create(
        key="stripe:txn_invented", account=account, kind="payment", amount=Decimal("9.99"), channel=Channel.STRIPE,
        at=timezone.now() - dt.timedelta(days=2),
    )  # fmt: skip

    with caplog.at_level(logging.ERROR, logger="billing.stripe_sync.reconcile"):
        found = reconcile.reconcile()

    assert (found.unmatched, found.difference) == (1, Decimal("9.99"))
    assert "more than a day" in caplog.text
    with pytest.raises(CommandError):
        call_command("reconcile_stripe", days=30, stdout=StringIO())


def test_a_movement_that_cannot_be_posted_hides_no_other(
    stand_in: StandIn, north_row: Tenant, monkeypatch: Any, caplog: Any
) -> None:
    account = subscribed(stand_in, north_row)
    stand_in.advance(days=2)
    charges.refund(stand_in.books.all("charge")[0]["id"], Decimal("20.00"), "r")
    for event in events(stand_in.books):
        del stand_in.books.objects[event["id"]]
    whole = sync.post

    def stumble(account: Account, moved: Any, *rest: Any) -> Movement:
        if moved.amount > 0:
            raise KeyError("odd")
        return whole(account, moved, *rest)

    monkeypatch.setattr(sync, "post", stumble)
    found = reconcile.reconcile()

    assert (found.unmatched, found.difference) == (1, Decimal("-420.00"))
    assert account.movements.get().amount == -20
    assert "could not be posted" in caplog.text


def test_money_of_a_stranger_is_no_difference(stand_in: StandIn, north_row: Tenant) -> None:
    subscribed(stand_in, north_row)
    catch_up(stand_in.books)
    with gateway.asking() as ask:
        stranger = ask.v1.customers.create({"name": "somebody"})
        card = ask.v1.payment_methods.attach("pm_card_visa", {"customer": stranger.id})
        ask.v1.customers.update(stranger.id, {"invoice_settings": {"default_payment_method": card.id}})
        price = ask.v1.prices.list({"lookup_keys": ["starter.seat.month"]}).data[0].id
        ask.v1.subscriptions.create({"customer": stranger.id, "items": [{"price": price, "quantity": 1}]})

    found = reconcile.reconcile()

    assert (found.difference, found.unmatched, found.movements_posted) == (0, 0, 0)
    assert StripeEvent.objects.filter(state="foreign").exists()


def test_what_failed_before_is_tried_again(stand_in: StandIn, north_row: Tenant) -> None:
    account = subscribed(stand_in, north_row)
    for event in events(stand_in.books):
        send(letter(event))
    StripeEvent.objects.update(state="failed", attempts=12)

    reconcile.reconcile()

    assert account.movements.count() == 1
    assert set(StripeEvent.objects.values_list("state", flat=True)) == {"done"}


def test_where_stripe_does_not_answer_the_row_says_so(stand_in: StandIn, monkeypatch: Any) -> None:
    monkeypatch.setattr(gateway, "RETRIES", 0)
    gateway._client_for.cache_clear()
    stand_in.silent = 503

    found = reconcile.reconcile()

    assert "没有响应" in found.error
    assert Reconciliation.objects.get() == found
    gateway._client_for.cache_clear()


def test_the_command_and_the_task_say_what_was_found(stand_in: StandIn, north_row: Tenant, settings: Any) -> None:
    subscribed(stand_in, north_row)
    said = StringIO()

    call_command("reconcile_stripe", days=30, stdout=said)

    assert "movements 1 (0 posted), unmatched 0, difference 0.00 yuan" in said.getvalue()
    assert tasks.reconcile() == 0
    assert tasks.work_off_waiting() == 0
    with pytest.raises(CommandError):
        call_command("reconcile_stripe", days=31)
    settings.STRIPE_API_KEY = ""
    assert tasks.reconcile() == 0
    assert Reconciliation.objects.count() == 2
    with pytest.raises(CommandError):
        call_command("reconcile_stripe")
    assert Account.objects.exists()


def test_plans_are_published_by_command_once(stand_in: StandIn) -> None:
    before = len(stand_in.books.all("price"))
    said = StringIO()

    call_command("publish_plans", stdout=said)

    assert said.getvalue().startswith("starter.station.month price_")
    assert len(stand_in.books.all("price")) == before
    assert len(stand_in.books.all("billing.meter")) == 1
