"""What is offered at Stripe: products, prices, the meter of use, coupons for pilots."""

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from billing.gateway import parsing
from billing.gateway.client import asking, fen
from billing.gateway.parsing import CURRENCY
from billing.gateway.values import NotThere, Offer, RemoteCoupon

UNITS: Final = ("station", "seat")
METER: Final = "liandong_active_stations"


def publish(offers: list[Offer]) -> dict[str, str]:
    """Make products and prices so that each offer's key leads to its price; running it again changes nothing.

    A changed amount makes a new price and moves the key to it; who subscribed keeps the old one. Returns key -> price.
    """
    with asking() as ask:
        found = {
            price.lookup_key: price
            for start in range(0, len(offers), 10)
            for price in ask.v1.prices.list(
                {"lookup_keys": [offer.key for offer in offers[start : start + 10]], "active": True, "limit": 100}
            ).data
        }
        for offer in offers:
            known = found.get(offer.key)
            if known is None or known.unit_amount != fen(offer.amount):
                product = _product(ask, offer)
                found[offer.key] = ask.v1.prices.create(
                    {
                        "product": product, "currency": CURRENCY, "unit_amount": fen(offer.amount),
                        "recurring": {"interval": offer.interval}, "lookup_key": offer.key,
                        "transfer_lookup_key": True,
                        "metadata": {"plan": offer.plan, "unit": offer.unit, "interval": offer.interval},
                    },
                    {"idempotency_key": f"price-{offer.key}-{fen(offer.amount)}-{known.id if known else 'first'}"},
                )  # fmt: skip
        return {offer.key: found[offer.key].id for offer in offers}


def _product(ask: Any, offer: Offer) -> str:
    name = f"liandong_{offer.plan}_{offer.unit}"
    if not ask.v1.products.list({"ids": [name]}).data:
        ask.v1.products.create(
            {"id": name, "name": offer.name, "metadata": {"plan": offer.plan, "unit": offer.unit}},
            {"idempotency_key": f"product-{name}"},
        )
    return name


def prices(ask: Any, plan: str, interval: str) -> dict[str, str]:
    """Return the price of each unit; for who already has the client in hand.

    :raises NotThere: for a plan that is not, or no longer, offered at Stripe.
    """
    keys = {unit: f"{plan}.{unit}.{interval}" for unit in UNITS}
    listed = ask.v1.prices.list({"lookup_keys": [*keys.values()], "active": True}).data
    found = {price.lookup_key: price.id for price in listed}
    if set(found) != set(keys.values()):
        raise NotThere(_("这个套餐已经不再提供，请重新选择。"), "no_such_plan")
    return {unit: found[key] for unit, key in keys.items()}


def ensure_meter() -> None:
    """Make the meter of active stations, once."""
    with asking() as ask:
        if not any(meter.event_name == METER for meter in ask.v1.billing.meters.list({"limit": 100}).data):
            ask.v1.billing.meters.create(
                {
                    "display_name": "Active stations", "event_name": METER, "default_aggregation": {"formula": "last"},
                    "customer_mapping": {"type": "by_id", "event_payload_key": "stripe_customer_id"},
                    "value_settings": {"event_payload_key": "value"},
                },
                {"idempotency_key": f"meter-{METER}"},
            )  # fmt: skip


def report_usage(customer: str, day: dt.date, stations: int) -> None:
    """Tell how many stations were active on `day`; a day counts once, however often it is told."""
    with asking() as ask:
        said = f"{customer}-{day.isoformat()}"
        ask.v1.billing.meter_events.create(
            {
                "event_name": METER, "identifier": said,
                "timestamp": int(dt.datetime.combine(day, dt.time(12), timezone.get_default_timezone()).timestamp()),
                "payload": {"stripe_customer_id": customer, "value": str(stations)},
            },
            {"idempotency_key": f"usage-{said}-{stations}"},
        )  # fmt: skip


def make_coupon(code: str, percent: Decimal, months: int | None, uses: int | None = None) -> RemoteCoupon:
    """Make a coupon for a pilot with the code a customer types: `percent` off for so many months (None: always)."""
    with asking() as ask:
        coupon = ask.v1.coupons.create(
            {
                "name": code, "percent_off": float(percent),
                **({"duration": "repeating", "duration_in_months": months} if months else {"duration": "forever"}),
            },
            {"idempotency_key": f"coupon-{code}"},
        )  # fmt: skip
        params: Any = {"code": code, "promotion": {"type": "coupon", "coupon": coupon.id}}
        if uses:
            params["max_redemptions"] = uses
        made = ask.v1.promotion_codes.create(params, {"idempotency_key": f"code-{code}"})
        return parsing.coupon(made, coupon)


def coupon(code: str) -> RemoteCoupon:
    """Return what a code gives.

    :raises NotThere: for an unknown or used-up code.
    """
    with asking() as ask:
        return find_coupon(ask, code)


def find_coupon(ask: Any, code: str) -> RemoteCoupon:
    """Return what a code gives; for who already has the client in hand."""
    expand = ["data.promotion.coupon"]
    for found in ask.v1.promotion_codes.list({"code": code, "active": True, "limit": 1, "expand": expand}).data:
        return parsing.coupon(found, found.promotion.coupon)
    raise NotThere(_("没有这个优惠码，或它已经失效。"), "no_such_code")
