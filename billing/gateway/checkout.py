"""Who pays, and the way to Stripe's own pages: Checkout and the portal.

What each way of paying allows (Stripe's tables, 2026-10-28):

| way                                            | cards | Alipay | WeChat Pay |
|------------------------------------------------|-------|--------|------------|
| Checkout, mode subscription (renews by itself) | yes   | no     | no         |
| Checkout, mode payment (one open bill of ours) | yes   | yes    | yes        |

Alipay and WeChat Pay are single-use for a merchant without a special agreement, so no subscription renews by them: an
agency that wants them gets a bill for each period and pays that.
"""

import datetime as dt
import hashlib
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from billing.gateway import parsing
from billing.gateway.client import asking, fen
from billing.gateway.parsing import CURRENCY
from billing.gateway.prices import UNITS, find_coupon, prices
from billing.gateway.values import GatewayRefused, Payer, RemoteSession, Wanted

SHORTEST_TRIAL: Final = dt.timedelta(hours=48)
RENEWING_WAYS: Final = ["card"]
ONE_TIME_WAYS: Final = ["card", "alipay", "wechat_pay"]


def make_customer(payer: Payer) -> str:
    """Make the customer for one account of ours, once, with its tax number, and return Stripe's id of it.

    A tax number that Stripe does not take is left out: nobody is kept from paying by it, and our own bills have it.
    """
    try:
        return _make_customer(payer)
    except GatewayRefused as refusal:
        if refusal.code != "tax_id_invalid":
            raise
        return _make_customer(replace(payer, credit_code=""))


def _make_customer(payer: Payer) -> str:
    known = hashlib.sha256(repr(payer).encode()).hexdigest()[:16]
    with asking() as ask, translation.override("zh-hans"):
        made = ask.v1.customers.create(
            {
                "name": payer.name, "email": payer.email, "preferred_locales": ["zh"],
                "metadata": {"account": payer.account},
                **({"tax_id_data": [{"type": "cn_tin", "value": payer.credit_code}]} if payer.credit_code else {}),
                "invoice_settings": {"footer": _("如需增值税发票，请在平台的账单页申请。")},
            },
            {"idempotency_key": f"customer-{payer.account}-{known}"},
        )  # fmt: skip
        return made.id


def forget(customer: str) -> None:
    """Take the payer's name and address from Stripe's customer; its bills stay there, as the law wants them."""
    with asking() as ask:
        ask.v1.customers.update(customer, {"name": "", "email": "", "phone": ""})


def account_of(customer: str) -> str:
    """Return the ref of the account of ours a customer was made for, '' for a customer that is none of ours."""
    with asking() as ask:
        try:
            return parsing.words(ask.v1.customers.retrieve(customer)).get("account", "")
        except AttributeError:  # deleted: Stripe answers a stub without metadata
            return ""


def begin_checkout(customer: str, account: str, wanted: Wanted, back: str, away: str) -> RemoteSession:
    """Open Checkout for a subscription; the same form twice opens one session.

    `back` is where a payer returns ({CHECKOUT_SESSION_ID} in it is filled in by Stripe), `away` where giving up leads.
    A trial that ends within two days cannot be told to Checkout: then the first period begins at once.
    """
    with asking() as ask:
        price = prices(ask, wanted.plan, wanted.interval)
        amounts = {"station": wanted.stations, "seat": wanted.seats}
        items = [{"price": price[unit], "quantity": amounts[unit]} for unit in UNITS if amounts[unit]]
        if not items:
            raise GatewayRefused(_("至少要有一个站点或一个席位。"), "no_quantity")
        metadata = {"account": account, "plan": wanted.plan, "interval": wanted.interval, **wanted.metadata}
        params: Any = {
            "mode": "subscription", "customer": customer, "client_reference_id": account, "line_items": items,
            "success_url": back, "cancel_url": away, "locale": "zh", "allowed_payment_method_types": [*RENEWING_WAYS],
            "metadata": metadata, "subscription_data": {"metadata": metadata}, "payment_method_collection": "always",
        }  # fmt: skip
        if wanted.trial_until and wanted.trial_until - timezone.now() > SHORTEST_TRIAL:
            params["subscription_data"]["trial_end"] = int(wanted.trial_until.timestamp())
        if wanted.code:
            params["discounts"] = [{"promotion_code": find_coupon(ask, wanted.code).id}]
        else:
            params["allow_promotion_codes"] = True
        chosen = f"{wanted.plan}-{wanted.interval}-{wanted.stations}-{wanted.seats}"
        key = f"checkout-{account}-{chosen}-{wanted.once}"
        opened = parsing.session(ask.v1.checkout.sessions.create(params, {"idempotency_key": key}))
        _close_others(ask, opened)
        return opened


def _close_others(ask: Any, opened: RemoteSession) -> None:
    """Leave one visit open: what an earlier form opened cannot be paid beside it."""
    said = {"customer": opened.customer, "status": "open", "limit": 100}
    for other in ask.v1.checkout.sessions.list(said).data:
        if other.mode == "subscription" and other.id != opened.id:
            ask.v1.checkout.sessions.expire(other.id)


def begin_payment(
    customer: str, account: str, bill: str, amount: Decimal, title: str, once: str, back: str, away: str
) -> RemoteSession:
    """Open Checkout to pay one open bill of ours (`bill` its ref) once, by card, Alipay or WeChat Pay."""
    with asking() as ask:
        metadata = {"account": account, "bill": bill}
        params: Any = {
            "mode": "payment", "customer": customer, "client_reference_id": account, "locale": "zh",
            "line_items": [{
                "quantity": 1,
                "price_data": {"currency": CURRENCY, "unit_amount": fen(amount), "product_data": {"name": title}},
            }],
            "allowed_payment_method_types": [*ONE_TIME_WAYS],
            "payment_method_options": {"wechat_pay": {"client": "web"}},
            "success_url": back, "cancel_url": away, "metadata": metadata,
            "payment_intent_data": {"metadata": metadata},
        }  # fmt: skip
        key = f"payment-{bill}-{fen(amount)}-{once}"
        return parsing.session(ask.v1.checkout.sessions.create(params, {"idempotency_key": key}))


def session(session_id: str) -> RemoteSession:
    """Return what became of a visit to Checkout."""
    with asking() as ask:
        return parsing.session(ask.v1.checkout.sessions.retrieve(session_id, {"expand": ["payment_intent"]}))


def open_portal(customer: str, back: str) -> str:
    """Return the address of Stripe's own pages for the payer: cards, bills, cancelling."""
    with asking() as ask:
        return ask.v1.billing_portal.sessions.create({"customer": customer, "return_url": back, "locale": "zh"}).url
