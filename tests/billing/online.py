"""An agency that pays through Stripe's stand-in, and the letters Stripe sends us."""

from typing import Any

from django.test import Client

from billing.gateway import checkout as stripe_checkout
from billing.gateway.values import Payer, Wanted
from billing.models import Account, StripeEvent, Subscription
from billing.stripe_sync import events as stripe_sync_events
from tenants.models import Tenant
from tests.billing.payers import on_trial
from tests.fakes.stripe.books import Books, Object
from tests.fakes.stripe.delivery import Letter, letter
from tests.fakes.stripe.server import StandIn

WEBHOOK = "/api/v1/billing/stripe/webhook/"
AWAY = "http://north.localhost/plan/"


def customer_of(account: Account) -> str:
    account.stripe_customer = stripe_checkout.make_customer(Payer(account.ref, account.name, account.email))
    account.save(update_fields=["stripe_customer"])
    return account.stripe_customer


def subscribed(stand_in: StandIn, tenant: Tenant, **changes: Any) -> Account:
    """Return the account of an agency that has just paid at Checkout; nothing has been told to us yet."""
    account = on_trial(tenant, plan="starter", seats=5).account
    said: dict[str, Any] = {
        "plan": "starter",
        "interval": "month",
        "stations": 2,
        "seats": 5,
        "once": "form",
        **changes,
    }
    card = said.pop("card", "4242424242424242")
    visit = stripe_checkout.begin_checkout(customer_of(account), account.ref, Wanted(**said), AWAY, AWAY)
    stand_in.pay(visit.id, card)
    return account


def events(books: Books) -> list[Object]:
    """Return what happened so far, oldest first."""
    return books.all("event")[::-1]


def send(sent: Letter, **headers: str) -> int:
    """Post a letter to our webhook and return the status it is answered with."""
    answer = Client(HTTP_HOST="localhost").post(
        WEBHOOK, sent.body, content_type="application/json", headers={"Stripe-Signature": sent.signature, **headers}
    )
    return answer.status_code


def catch_up(books: Books) -> None:
    """Deliver all that happened and work it off."""
    for event in events(books):
        assert send(letter(event)) == 200
    work_off()


def work_off() -> None:
    for event in StripeEvent.objects.filter(state=StripeEvent.State.WAITING).order_by("created_at", "id"):
        stripe_sync_events.work_off(event.event_id)


def of(account: Account) -> Subscription:
    return account.subscriptions.get()
