"""The only door to Stripe: the client, our own words for every no, and the proof that a webhook is Stripe's.

What is said through the door stands beside it by noun; what comes back are plain values (`billing.gateway.values`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import stripe
from django.conf import settings
from django.utils.translation import gettext as _

from billing.gateway import parsing
from billing.gateway.declines import sentence
from billing.gateway.values import Forged, GatewayDown, GatewayRefused, NoGateway, NotThere, RemoteEvent

TIMEOUT: Final = 15.0
RETRIES: Final = 2
TOLERANCE: Final = 300


def is_ready() -> bool:
    """Return whether this deployment has Stripe's keys; without them bills are paid by bank transfer."""
    return bool(settings.STRIPE_API_KEY and settings.STRIPE_WEBHOOK_SECRET)


def is_live() -> bool:
    """Return whether our key moves real money."""
    return "_live_" in settings.STRIPE_API_KEY


@lru_cache(maxsize=8)
def _client_for(key: str, base: str) -> stripe.StripeClient:
    client = stripe.RequestsClient(timeout=TIMEOUT)
    addresses: Any = {"api": base, "meter_events": base} if base else None
    return stripe.StripeClient(key, base_addresses=addresses, max_network_retries=RETRIES, http_client=client)


def _client() -> stripe.StripeClient:
    if not is_ready():
        raise NoGateway
    return _client_for(settings.STRIPE_API_KEY, settings.STRIPE_API_BASE)


@contextmanager
def asking() -> Iterator[stripe.StripeClient]:
    """Give the client, and put every error of its own into our words."""
    try:
        yield _client()
    except stripe.CardError as error:
        code = getattr(error.error, "decline_code", None) or error.code or ""
        raise GatewayRefused(sentence(code), code) from error
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise GatewayDown from error
    except stripe.IdempotencyError as error:
        raise GatewayRefused(_("这一页已经提交过，内容却不一样了。请刷新页面再试。"), "idempotency") from error
    except stripe.InvalidRequestError as error:
        if error.http_status == 404 or error.code == "resource_missing":
            raise NotThere(_("支付平台上没有这一项，请刷新页面再试。"), error.code or "") from error
        raise GatewayRefused(_refusal(error.code or ""), error.code or "") from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise GatewayDown(_("支付平台不认这里的密钥，请联系平台运营方。")) from error
    except stripe.StripeError as error:
        if (error.http_status or 500) >= 500 or error.http_status == 409:
            raise GatewayDown from error
        raise GatewayRefused(_refusal(error.code or ""), error.code or "") from error


def _refusal(code: str) -> str:
    return {
        "charge_already_refunded": _("这笔付款已经全部退回。"),
        "promotion_code_expired": _("这个优惠码已经失效。"),
        "coupon_expired": _("这个优惠码已经失效。"),
        "invoice_already_paid": _("这张账单已经付清。"),
        "customer_max_subscriptions": _("已有一份订阅，请刷新页面再看。"),
    }.get(code, _("支付平台没有接受这次操作，没有扣款。"))


def fen(amount: Decimal) -> int:
    """Return yuan as Stripe counts them."""
    return int((amount * 100).to_integral_value())


def read_event(body: bytes, signature: str) -> RemoteEvent:
    """Return what a webhook says, once it is proven to be Stripe's, fresh, for our account and our mode.

    :raises Forged: otherwise.
    """
    try:
        event = _client().construct_event(body, signature, settings.STRIPE_WEBHOOK_SECRET, TOLERANCE)
    except stripe.SignatureVerificationError as error:
        raise Forged("ancient" if "tolerance" in str(error) else "signature") from error
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise Forged("shape") from error
    account = getattr(event, "account", None) or getattr(event, "context", None)
    if account and str(account) != settings.STRIPE_ACCOUNT:
        raise Forged("account")
    if getattr(event, "livemode", None) is not is_live():
        raise Forged("mode")
    try:
        return parsing.event(event)
    except (AttributeError, TypeError, ValueError, KeyError, OverflowError) as error:
        raise Forged("shape") from error
