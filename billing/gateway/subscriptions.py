"""Subscriptions at Stripe: how they stand, changing, ending and taking them up again."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from billing.gateway import parsing
from billing.gateway.client import asking
from billing.gateway.prices import UNITS, prices
from billing.gateway.values import GatewayRefused, RemoteSubscription, Wanted


def subscription(subscription_id: str) -> RemoteSubscription:
    """Return a subscription as it stands now, the deleted ones too."""
    with asking() as ask:
        return parsing.subscription(ask.v1.subscriptions.retrieve(subscription_id))


def change(subscription_id: str, wanted: Wanted) -> RemoteSubscription:
    """Change plan, interval or quantities now; the difference for the rest of the period is billed or credited."""
    with asking() as ask:
        items = _changed_items(ask, subscription_id, wanted)
        changed = ask.v1.subscriptions.update(
            subscription_id,
            {
                "items": items, "proration_behavior": "always_invoice", "payment_behavior": "allow_incomplete",
                "metadata": {"plan": wanted.plan, "interval": wanted.interval},
            },
            {"idempotency_key": f"change-{subscription_id}-{wanted.once}"},
        )  # fmt: skip
        return parsing.subscription(changed)


def preview_change(subscription_id: str, wanted: Wanted) -> Decimal:
    """Return what the change would cost today in yuan; below nothing where the payer would be owed."""
    with asking() as ask:
        items = _changed_items(ask, subscription_id, wanted)
        preview = ask.v1.invoices.create_preview(
            {
                "subscription": subscription_id,
                "subscription_details": {"items": [*items], "proration_behavior": "always_invoice"},
            }
        )
        return parsing.yuan(preview.total)


def _changed_items(ask: Any, subscription_id: str, wanted: Wanted) -> Any:
    price = prices(ask, wanted.plan, wanted.interval)
    amounts = {"station": wanted.stations, "seat": wanted.seats}
    if not any(amounts.values()):
        raise GatewayRefused(_("至少要有一个站点或一个席位。"), "no_quantity")
    listed = ask.v1.subscription_items.list({"subscription": subscription_id})
    there = {item.price.metadata.to_dict().get("unit"): item.id for item in listed.data}
    items: list[dict[str, Any]] = []
    for unit in UNITS:
        if unit in there and amounts[unit]:
            items.append({"id": there[unit], "price": price[unit], "quantity": amounts[unit]})
        elif unit in there:
            items.append({"id": there[unit], "deleted": True})
        elif amounts[unit]:
            items.append({"price": price[unit], "quantity": amounts[unit]})
    return items


def cancel_at_period_end(subscription_id: str) -> RemoteSubscription:
    """Let the subscription run out with what is paid."""
    return _update(lambda ask: ask.v1.subscriptions.update(subscription_id, {"cancel_at_period_end": True}))


def resume(subscription_id: str) -> RemoteSubscription:
    """Take a cancellation back before the period ends."""
    return _update(lambda ask: ask.v1.subscriptions.update(subscription_id, {"cancel_at_period_end": False}))


def cancel_now(subscription_id: str) -> RemoteSubscription:
    """End the subscription at once; what is paid is not given back by itself."""
    return _update(lambda ask: ask.v1.subscriptions.cancel(subscription_id))


def _update(do: Callable[[Any], Any]) -> RemoteSubscription:
    with asking() as ask:
        return parsing.subscription(do(ask))
