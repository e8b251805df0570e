"""Bills, payments, refunds and what moved on our balance at Stripe; what Stripe says happened."""

import datetime as dt
from decimal import Decimal
from typing import Any

from billing.gateway import parsing
from billing.gateway.client import asking, fen
from billing.gateway.values import RemoteBill, RemoteEvent, RemoteMovement, RemotePayment, RemoteRefund


def bill(bill_id: str) -> RemoteBill:
    """Return one invoice as it stands now."""
    with asking() as ask:
        return parsing.bill(ask.v1.invoices.retrieve(bill_id))


def bills(customer: str) -> list[RemoteBill]:
    """Return a payer's latest hundred invoices, newest first."""
    with asking() as ask:
        return [parsing.bill(found) for found in ask.v1.invoices.list({"customer": customer, "limit": 100}).data]


def payment(charge_id: str) -> RemotePayment:
    """Return one payment, good or declined, and the bill it is for."""
    with asking() as ask:
        charge = ask.v1.charges.retrieve(charge_id)
        return parsing.payment(charge, _bill_paid_by(ask, parsing.id_of(charge.payment_intent)))


def _bill_paid_by(ask: Any, intent: str) -> str:
    if not intent:
        return ""
    found = ask.v1.invoice_payments.list({"payment": {"type": "payment_intent", "payment_intent": intent}, "limit": 1})
    return parsing.id_of(found.data[0].invoice) if found.data else ""


def refund(charge_id: str, amount: Decimal, once: str) -> RemoteRefund:
    """Give back all or part of a payment; Stripe refuses more than is left of it.

    Alipay's payments can be refunded for 90 days, WeChat Pay's for 180.
    """
    with asking() as ask:
        made = ask.v1.refunds.create(
            {"charge": charge_id, "amount": fen(amount), "reason": "requested_by_customer"},
            {"idempotency_key": f"refund-{charge_id}-{fen(amount)}-{once}"},
        )
        return parsing.refund(made)


def charge_of_refund(refund_id: str) -> str:
    """Return the payment a refund gives back."""
    with asking() as ask:
        return parsing.refund(ask.v1.refunds.retrieve(refund_id)).payment


def movements_of_dispute(dispute_id: str) -> list[RemoteMovement]:
    """Return what a bank took back in a dispute, and what it gave back after a won one."""
    with asking() as ask:
        found = ask.v1.disputes.retrieve(dispute_id)
    return [movement(each.id) for each in found.balance_transactions]


def events_since(moment: dt.datetime) -> list[RemoteEvent]:
    """Return what Stripe says happened since `moment` (it keeps 30 days), oldest first."""
    with asking() as ask:
        listed = ask.v1.events.list({"created": {"gte": int(moment.timestamp())}, "limit": 100})
        return [parsing.event(event) for event in listed.auto_paging_iter()][::-1]


def movements_since(moment: dt.datetime) -> list[RemoteMovement]:
    """Return what moved on our balance at Stripe since `moment`, oldest first."""
    with asking() as ask:
        listed = ask.v1.balance_transactions.list(
            {"created": {"gte": int(moment.timestamp())}, "limit": 100, "expand": ["data.source"]}
        )
        return [parsing.movement(found) for found in listed.auto_paging_iter()][::-1]


def movement(transaction_id: str) -> RemoteMovement:
    """Return one movement of our balance at Stripe."""
    with asking() as ask:
        return parsing.movement(ask.v1.balance_transactions.retrieve(transaction_id, {"expand": ["source"]}))


def movements_of_payment(charge_id: str) -> list[RemoteMovement]:
    """Return what a payment and its refunds moved, oldest first; nothing for a declined one."""
    with asking() as ask:
        charge = ask.v1.charges.retrieve(charge_id)
        refunds = ask.v1.refunds.list({"charge": charge_id, "limit": 100}).data
        moved: list[Any] = [charge, *refunds[::-1]]
        ids = [parsing.id_of(each.balance_transaction) for each in moved]
    return [movement(found) for found in ids if found]
