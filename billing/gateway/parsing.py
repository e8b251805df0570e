"""Stripe's objects -> our plain values. Nothing else of an object is looked at; fen become yuan here.

An object of the SDK gives its fields as attributes and raises AttributeError for one that was not sent.
"""

import datetime as dt
import re
from decimal import Decimal
from typing import Any, Final

from billing.gateway.values import (
    RemoteBill,
    RemoteCoupon,
    RemoteEvent,
    RemoteLine,
    RemoteMovement,
    RemotePayment,
    RemoteRefund,
    RemoteSession,
    RemoteSubscription,
)  # fmt: skip

CURRENCY: Final = "cny"
PRODUCT: Final = re.compile(r"liandong_(?P<plan>.+)_(?P<unit>station|seat)")  # catalogue.publish names them so


def yuan(minor: int | None) -> Decimal:
    return Decimal(minor or 0) / 100


def moment(seconds: int | None) -> dt.datetime | None:
    return dt.datetime.fromtimestamp(seconds, dt.UTC) if seconds else None


def then(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def id_of(found: Any) -> str:
    """Return the id of an object that came whole, as its id, or not at all."""
    return found if isinstance(found, str) else str(getattr(found, "id", "") or "")


def words(found: Any) -> dict[str, str]:
    """Return an object's metadata."""
    metadata = getattr(found, "metadata", None)
    return {str(name): str(value) for name, value in metadata.to_dict().items()} if metadata else {}


def subscription(found: Any) -> RemoteSubscription:
    amounts = {"station": 0, "seat": 0}
    prices = {"station": Decimal(0), "seat": Decimal(0)}
    plan, interval, starts, ends = "", "", None, None
    for item in found.items.data:
        said = words(item.price)
        amounts[said.get("unit", "")] = item.quantity
        prices[said.get("unit", "")] = yuan(item.price.unit_amount)
        plan, interval = said.get("plan", plan), said.get("interval", interval)
        starts, ends = item.current_period_start, item.current_period_end
    return RemoteSubscription(
        id=found.id, customer=id_of(found.customer), status=found.status, plan=plan, interval=interval,
        stations=amounts["station"], seats=amounts["seat"], created_at=then(found.created), starts_at=moment(starts),
        ends_at=moment(ends), trial_ends_at=moment(found.trial_end), ends_with_period=bool(found.cancel_at_period_end),
        ended_at=moment(found.ended_at), latest_bill=id_of(found.latest_invoice),
        station_price=prices["station"], seat_price=prices["seat"],
        end_reason=getattr(getattr(found, "cancellation_details", None), "reason", None) or "",
        account=words(found).get("account", ""),
        coupon=words(found).get("coupon", ""),
    )  # fmt: skip


def bill(found: Any) -> RemoteBill:
    parent = getattr(found, "parent", None)
    of = getattr(parent, "subscription_details", None) if parent else None
    return RemoteBill(
        id=found.id, number=found.number or "", customer=id_of(found.customer),
        subscription=id_of(of.subscription) if of else "", status=found.status or "", total=yuan(found.total),
        paid=yuan(found.amount_paid), remaining=yuan(found.amount_remaining), attempts=found.attempt_count,
        reason=found.billing_reason or "", created_at=then(found.created), starts_at=moment(found.period_start),
        ends_at=moment(found.period_end), due_at=moment(found.due_date),
        paid_at=moment(found.status_transitions.paid_at), next_attempt_at=moment(found.next_payment_attempt),
        page=getattr(found, "hosted_invoice_url", None) or "", pdf=getattr(found, "invoice_pdf", None) or "",
        lines=tuple(_line(each) for each in found.lines.data),
        off=sum((yuan(each.amount) for each in found.total_discount_amounts or ()), Decimal(0)),
    )  # fmt: skip


def _line(found: Any) -> RemoteLine:
    parent = getattr(found, "parent", None)
    details = getattr(parent, "subscription_item_details", None) or getattr(parent, "invoice_item_details", None)
    pricing = getattr(found, "pricing", None)
    product = pricing.price_details.product if pricing and pricing.price_details else ""
    named = PRODUCT.fullmatch(product or "")
    return RemoteLine(
        words=(found.description or "")[:120],
        plan=named["plan"] if named else "",
        unit=named["unit"] if named else "",
        quantity=found.quantity or 1,
        amount=yuan(found.amount),
        is_change=bool(details and details.proration),
    )


def payment(charge: Any, bill_id: str = "") -> RemotePayment:
    outcome = getattr(charge, "outcome", None)
    details = getattr(charge, "payment_method_details", None)
    decline = "" if charge.status == "succeeded" else (getattr(outcome, "reason", None) or charge.failure_code or "")
    return RemotePayment(
        id=charge.id, customer=id_of(charge.customer), succeeded=charge.status == "succeeded",
        amount=yuan(charge.amount), refunded=yuan(charge.amount_refunded), movement=id_of(charge.balance_transaction),
        at=then(charge.created), bill=bill_id, own_bill=words(charge).get("bill", ""), decline=decline,
        method=details.type if details else "",
    )  # fmt: skip


def refund(found: Any) -> RemoteRefund:
    return RemoteRefund(
        found.id, id_of(found.charge), yuan(found.amount), found.status or "", id_of(found.balance_transaction)
    )


def movement(found: Any) -> RemoteMovement:
    """`source` must have come whole (expanded): a charge, a refund or a dispute.

    Our balance at Stripe may be kept in another currency; what the payer paid or got back is its source's, in yuan.
    """
    source = found.source
    kind = getattr(source, "object", "")
    charge = source if kind == "charge" else getattr(source, "charge", None)
    amount = yuan(found.amount)
    if found.currency != CURRENCY and getattr(source, "currency", "") == CURRENCY:
        amount = yuan(source.amount).copy_sign(amount)
    return RemoteMovement(
        id=found.id, kind=found.type, source=id_of(source), payment=id_of(charge),
        customer=id_of(getattr(source, "customer", "")), amount=amount, at=then(found.created),
    )  # fmt: skip


def session(found: Any) -> RemoteSession:
    said = words(found)
    return RemoteSession(
        id=found.id, url=found.url or "", mode=found.mode, status=found.status or "",
        payment_status=found.payment_status, customer=id_of(found.customer), subscription=id_of(found.subscription),
        account=found.client_reference_id or "", own_bill=said.get("bill", ""),
        payment=id_of(getattr(found.payment_intent, "latest_charge", "")),
    )  # fmt: skip


def event(found: Any) -> RemoteEvent:
    about = found.data.object
    return RemoteEvent(
        id=str(found.id), kind=str(found.type), created_at=then(found.created),
        object_id=str(getattr(about, "id", "") or ""), object_kind=str(getattr(about, "object", "")),
        customer=id_of(about) if getattr(about, "object", "") == "customer" else id_of(getattr(about, "customer", "")),
    )  # fmt: skip


def coupon(code: Any, found: Any) -> RemoteCoupon:
    months = {"forever": None, "once": 0}.get(found.duration, found.duration_in_months)
    percent = Decimal(str(found.percent_off)) if found.percent_off is not None else None
    amount = yuan(found.amount_off) if found.amount_off is not None else None
    return RemoteCoupon(code.code, code.id, percent, amount, months, bool(code.active))
