"""At the door: true letters are kept once, any other leaves nothing but one alert."""

import json
import logging
from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from audit.models import AuditEntry
from billing import tasks
from billing.models import Account, Bill, Movement, StripeEvent, Subscription
from billing.stripe_sync import events as stripe_sync_events
from billing.stripe_sync import webhooks
from tenants.models import Tenant
from tests.billing.online import WEBHOOK, catch_up, events, send, subscribed, work_off
from tests.fakes.stripe.delivery import WRONGS, letter, sign
from tests.fakes.stripe.server import StandIn


@pytest.fixture(autouse=True)
def _quiet_hour(public: None) -> None:
    cache.clear()


def refusals() -> list[str]:
    return [entry.details["reason"] for entry in AuditEntry.objects.filter(act="billing.webhook.refused")]


def test_a_true_letter_is_kept_once_however_often_it_comes(stand_in: StandIn, north_row: Tenant) -> None:
    subscribed(stand_in, north_row)
    sent = letter(events(stand_in.books)[-1])

    assert [send(sent) for _ in range(5)] == [200] * 5
    kept = StripeEvent.objects.get()
    assert (kept.event_id, kept.state, kept.customer) == (sent.event, "waiting", Account.objects.get().stripe_customer)
    assert refusals() == []


def test_what_was_worked_off_is_not_asked_for_again(stand_in: StandIn, north_row: Tenant) -> None:
    subscribed(stand_in, north_row)
    catch_up(stand_in.books)
    asked = len(stand_in.asked)
    for event_id in StripeEvent.objects.filter(state="done").values_list("event_id", flat=True):
        assert stripe_sync_events.work_off(event_id) == "done"

    assert len(stand_in.asked) == asked


REASONS = ["signature", "signature", "ancient", "signature", "account", "mode"]


@pytest.mark.parametrize(("wrong", "reason"), list(zip(WRONGS, REASONS, strict=True)))
def test_any_other_letter_leaves_no_row_and_one_alert(
    stand_in: StandIn, north_row: Tenant, wrong: Any, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    subscribed(stand_in, north_row)
    sent = wrong(letter(events(stand_in.books)[-1]))

    with caplog.at_level(logging.ERROR, logger="billing.stripe_sync.webhooks"):
        assert [send(sent) for _ in range(20)] == [400] * 20

    assert not StripeEvent.objects.exists()
    assert refusals() == [reason]
    assert len([line for line in caplog.records if line.name == "billing.stripe_sync.webhooks"]) == 1


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"\xff\xfe", b'{"object": "event"}', b'{"object": "event", "id": 1}']
)
def test_a_signed_letter_without_sense_is_refused(stand_in: StandIn, body: bytes) -> None:
    good = letter({"id": "evt_1"})

    assert send(replace(good, body=body, signature=sign(body))) == 400
    assert not StripeEvent.objects.exists()


def test_a_letter_too_long_is_not_read(stand_in: StandIn) -> None:
    body = b" " * (webhooks.LARGEST + 1)

    assert send(replace(letter({"id": "evt_1"}), body=body, signature=sign(body))) == 400
    assert refusals() == ["size"]


def test_only_posts_and_only_on_the_shared_host_and_only_with_keys(stand_in: StandIn, settings: Any) -> None:
    assert Client(HTTP_HOST="localhost").get(WEBHOOK).status_code == 405
    assert Client(HTTP_HOST="north.localhost").post(WEBHOOK).status_code == 404
    assert Client(HTTP_HOST="localhost").post(WEBHOOK, {"a": "b"}).status_code == 400  # multipart
    settings.STRIPE_API_KEY = ""
    assert Client(HTTP_HOST="localhost").post(WEBHOOK).status_code == 404


def test_an_event_of_a_stranger_is_kept_and_marked(stand_in: StandIn) -> None:
    from billing.gateway.client import asking

    with asking() as ask:
        stranger = ask.v1.customers.create({"name": "somebody"})
        ask.v1.payment_methods.attach("pm_card_visa", {"customer": stranger.id})
    stand_in.books.emit("invoice.paid", {"id": "in_none", "object": "invoice", "customer": stranger.id})

    catch_up(stand_in.books)

    states = dict(StripeEvent.objects.values_list("kind", "state"))
    assert states["invoice.paid"] == "foreign"
    assert states["customer.created"] == "done"
    assert not Bill.objects.exists()


def test_paying_makes_a_plan_a_bill_and_a_movement(stand_in: StandIn, north_row: Tenant) -> None:
    account = subscribed(stand_in, north_row)

    catch_up(stand_in.books)

    taken = account.subscriptions.get()
    assert (taken.state, taken.channel, taken.stations, taken.seats) == ("active", "stripe", 2, 5)
    bill = account.bills.get()
    assert (bill.state, bill.amount, bill.subscription, bill.lines.count()) == ("paid", 420, taken, 2)
    moved = account.movements.get()
    assert (moved.kind, moved.amount, moved.bill, moved.method) == ("payment", 420, bill, "card")
    assert set(StripeEvent.objects.values_list("state", flat=True)) == {"done"}


def test_any_order_and_any_number_gives_the_same(stand_in: StandIn, north_row: Tenant) -> None:
    account = subscribed(stand_in, north_row)
    for event in reversed(events(stand_in.books)):
        for _ in range(3):
            assert send(letter(event)) == 200
            stripe_sync_events.work_off(event["id"])

    assert (Bill.objects.count(), Movement.objects.count(), Subscription.objects.count()) == (1, 1, 1)
    assert account.subscriptions.get().state == "active"


def test_what_the_event_says_is_not_believed(stand_in: StandIn, north_row: Tenant) -> None:
    account = subscribed(stand_in, north_row)
    catch_up(stand_in.books)
    said = json.loads(letter(events(stand_in.books)[-1]).body)
    held = stand_in.books.all("subscription")[0]
    said |= {"id": "evt_lie", "type": "customer.subscription.deleted"}
    said["data"]["object"] = {
        "id": held["id"],
        "object": "subscription",
        "customer": account.stripe_customer,
        "status": "canceled",
    }
    body = json.dumps(said).encode()

    assert send(replace(letter({"id": "evt_lie"}), body=body, signature=sign(body))) == 200
    work_off()

    assert account.subscriptions.get().state == "active"


def test_an_outage_is_waited_out_with_longer_and_longer_pauses(
    stand_in: StandIn, north_row: Tenant, monkeypatch: Any
) -> None:
    from billing.gateway import client as gateway

    account = subscribed(stand_in, north_row)
    for event in events(stand_in.books):
        send(letter(event))
    monkeypatch.setattr(gateway, "RETRIES", 0)
    gateway._client_for.cache_clear()
    stand_in.silent = 503
    one = StripeEvent.objects.get(kind="charge.succeeded")
    pauses = []
    for _ in range(stripe_sync_events.MOST_ATTEMPTS):
        one.refresh_from_db()
        begin = one.next_try_at or one.received_at
        stripe_sync_events.work_off(one.event_id, now=begin)
        one.refresh_from_db()
        pauses.append((one.next_try_at - begin).total_seconds() / 60)
    assert pauses[:5] == [2, 4, 8, 16, 32]
    assert max(pauses) == 360
    assert (one.state, one.error) == ("failed", "GatewayDown: ")
    assert not Movement.objects.exists()

    stand_in.silent = 0
    gateway._client_for.cache_clear()
    stripe_sync_events.try_again(one)
    assert stripe_sync_events.work_off(one.event_id) == "done"
    assert account.movements.count() == 1


def test_an_event_nobody_foresaw_waits_and_holds_up_no_other(
    stand_in: StandIn, north_row: Tenant, monkeypatch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    account = subscribed(stand_in, north_row)
    for event in events(stand_in.books):
        send(letter(event))
    whole = stripe_sync_events._apply
    odd = StripeEvent.objects.get(kind="customer.created").event_id

    def stumble(event: StripeEvent) -> str:
        if event.event_id == odd:
            raise KeyError("a field Stripe no longer sends")
        return whole(event)

    monkeypatch.setattr(stripe_sync_events, "_apply", stumble)
    assert tasks.work_off_waiting() == StripeEvent.objects.count()

    assert account.movements.count() == 1
    waits = StripeEvent.objects.exclude(state="done").get()
    assert (waits.event_id, waits.state, waits.attempts, waits.error) == (odd, "waiting", 1, "KeyError: ")
    assert "broke its working off" in caplog.text
