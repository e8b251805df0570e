"""AT-25: five hundred events, by day a hundred and fifty, shuffled, repeated, lost and late, with forged ones among
them; the books agree."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections

from audit.models import AuditEntry
from billing.gateway import charges, parsing
from billing.gateway import checkout as stripe_checkout
from billing.gateway import client as gateway
from billing.gateway import subscriptions as stripe_subscriptions
from billing.gateway.parsing import yuan
from billing.gateway.values import Payer, Wanted
from billing.models import Account, Bill, Movement, StripeEvent, Subscription
from billing.stripe_sync import events as stripe_sync_events
from billing.stripe_sync import reconcile
from tenants.running import in_public
from tests.billing.online import AWAY, WEBHOOK, catch_up, events
from tests.fakes.stripe.books import Object
from tests.fakes.stripe.delivery import WRONGS, Delivery, Letter, letter
from tests.fakes.stripe.server import StandIn
from tests.nights import long_at_night
from tests.wire import ask

CARDS = ("4242424242424242", "4242424242424242", "4000008260003178")
PAYERS = 16


def subscribe_all(dice: random.Random, stand_in: StandIn, payers: int = PAYERS) -> None:
    """Let so many payers begin, one a day."""
    for n in range(payers):
        account = Account.objects.create(kind="bureau", name=f"付款方{n}", area=str(370000 + n))
        account.stripe_customer = stripe_checkout.make_customer(Payer(account.ref, account.name, ""))
        account.save()
        interval = "year" if n % 5 == 4 else "month"
        chosen = Wanted("standard", interval, dice.randint(1, 9), dice.randint(1, 40), "f")
        stand_in.pay(stripe_checkout.begin_checkout(account.stripe_customer, account.ref, chosen, AWAY, AWAY).id)
        stand_in.advance(days=1)


def a_busy_month(dice: random.Random, stand_in: StandIn, many: int) -> list[Object]:
    """Live through renewals, changes, refunds, declines, disputes and ends; return so many events or some more."""
    before = len(events(stand_in.books))
    while len(events(stand_in.books)) < before + many:
        stand_in.advance(hours=dice.randint(2, 6))
        held = dice.choice(stand_in.books.all("subscription"))
        act = dice.choice(["change", "change", "change", "refund", "refund", "card", "cancel", "dispute"])
        paid = [each for each in stand_in.books.all("charge", paid=True) if not each["disputed"]]
        charge = dice.choice(paid)
        left = charge["amount"] - charge["amount_refunded"]
        once = f"{stand_in.books.now}-{len(events(stand_in.books))}"
        if act == "change" and held["status"] in ("active", "past_due"):
            interval = held["items"]["data"][0]["price"]["recurring"]["interval"]
            chosen = Wanted("standard", interval, dice.randint(1, 9), dice.randint(1, 40), once)
            stripe_subscriptions.change(held["id"], chosen)
        elif act == "card":
            stand_in.change_card(held["customer"], dice.choice(CARDS))
        elif act == "cancel" and held["status"] == "active":
            stripe_subscriptions.cancel_at_period_end(held["id"])
        elif act == "refund" and left:
            charges.refund(charge["id"], yuan(dice.randint(1, left)), once)
        elif act == "dispute" and not charge["amount_refunded"] and dice.random() < 0.3:
            stand_in.dispute(charge["id"])
    return events(stand_in.books)[before:]


def post(sent: Letter) -> tuple[int, int]:
    """Send one letter through the whole WSGI stack; return what was expected and what came."""
    answer = ask("POST", WEBHOOK, "localhost", sent.body, "application/json", Stripe_Signature=sent.signature)
    connections.close_all()
    return sent.expects, answer.status


def work_off(event_id: str) -> None:
    with in_public():
        stripe_sync_events.work_off(event_id)
    connections.close_all()


@pytest.mark.threads
@pytest.mark.parametrize("many", long_at_night(150, 500))
def test_after_the_storm_our_books_and_stripes_agree(commits: None, stand_in: StandIn, many: int) -> None:
    dice = random.Random(25)
    cache.clear()
    stand_in.books.now -= 46 * 86400
    with in_public():
        subscribe_all(dice, stand_in)
        catch_up(stand_in.books)
        early = StripeEvent.objects.count()
        happened = a_busy_month(dice, stand_in, many)
    assert stand_in.books.now < time.time() - 5 * 86400  # all within the thirty days that Stripe tells of
    late = {event["id"] for event in dice.sample(happened, many // 12)}
    soon = [event for event in happened if event["id"] not in late]
    letters = Delivery(lost=0.1, most=5, shuffled=True, seed=25).letters(soon)
    wrong = [WRONGS[n % len(WRONGS)](letter(dice.choice(happened))) for n in range(60)]
    for event in wrong:  # their true twins never come, so that a row of theirs could only be a forged one's
        letters = [sent for sent in letters if sent.event != event.event]
    arriving = letters + wrong
    dice.shuffle(arriving)

    with ThreadPoolExecutor(12) as crowd:
        answers = list(crowd.map(post, arriving))
    assert [(want, got) for want, got in answers if want != got] == []
    with in_public():
        # Nobody waits for the work itself: whatever came is only kept.
        assert set(StripeEvent.objects.order_by("id").values_list("state", flat=True)[early:]) == {"waiting"}
        kept = set(StripeEvent.objects.order_by("id").values_list("event_id", flat=True)[early:])
        assert kept == {sent.event for sent in letters}
        refused = Counter(entry.details["reason"] for entry in AuditEntry.objects.filter(act="billing.webhook.refused"))
        assert refused == {"signature": 1, "ancient": 1, "account": 1, "mode": 1}
    waiting = list(kept)
    dice.shuffle(waiting)
    with ThreadPoolExecutor(6) as hands:
        list(hands.map(work_off, waiting * 2))

    stand_in.advance(days=4)
    for event in happened:
        if event["id"] in late:
            assert post(letter(event))[1] == 200
    with in_public():
        found = reconcile.reconcile(days=30)

        assert found.events_missed > many // 10
        assert (found.difference, found.unmatched, found.error) == (0, 0, "")
        assert int(sum(Movement.objects.values_list("amount", flat=True)) * 100) - stand_in.balance() == 0
        theirs = {held["id"]: held["status"] for held in stand_in.books.all("subscription")}
        states = {"canceled": "cancelled"}
        assert dict(Subscription.objects.values_list("stripe_id", "state")) == {
            name: states.get(state, state) for name, state in theirs.items()
        }
        open_there = {each["id"] for each in stand_in.books.all("invoice", status="open")}
        assert set(Bill.objects.filter(state="open").values_list("stripe_id", flat=True)) == open_there
        assert not StripeEvent.objects.exclude(state="done").exists()


@pytest.mark.threads
def test_an_old_answer_on_its_way_never_overwrites_a_newer_one(commits: None, stand_in: StandIn) -> None:
    with in_public():
        subscribe_all(random.Random(1), stand_in, 1)
        catch_up(stand_in.books)
        held = stand_in.books.all("subscription")[-1]["id"]
        stripe_subscriptions.cancel_at_period_end(held)
        first = events(stand_in.books)[-1]
        stripe_sync_events.keep([parsing.event(shape(first))])
        stand_in.held[f"/v1/subscriptions/{held}"] = 1.0
        with ThreadPoolExecutor(2) as hands:
            slow = hands.submit(work_off, first["id"])
            while f"/v1/subscriptions/{held}" in stand_in.held:
                time.sleep(0.01)
            stripe_subscriptions.resume(held)
            second = events(stand_in.books)[-1]
            stripe_sync_events.keep([parsing.event(shape(second))])
            quick = hands.submit(work_off, second["id"])
            slow.result()
            quick.result()

        assert not Subscription.objects.get(stripe_id=held).cancels_at_end


def shape(event: Object) -> Any:
    """Return an event of the stand-in as the SDK gives it."""
    with gateway.asking() as ask:
        return ask.v1.events.retrieve(event["id"])
