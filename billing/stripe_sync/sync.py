"""Stripe's objects -> our rows. What stands in the object counts, never what an event said of it.

Each function is called with the account's row locked *before* the object is fetched, so that what is written is never
older than what stands there: events may come twice, late and in any order. What has ended does not come back.
"""

from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import log
from billing.gateway import charges
from billing.gateway import checkout as stripe_checkout
from billing.gateway import subscriptions as stripe_subscriptions
from billing.gateway.declines import sentence
from billing.gateway.values import NotThere, RemoteBill, RemoteMovement, RemotePayment, RemoteSubscription
from billing.invoices import actions as invoice_actions
from billing.invoices import coupons, mail
from billing.models import Account, Bill, BillLine, Channel, Coupon, Movement, Subscription
from billing.plans import catalogue, entitlement
from common.refusals import Conflict, RefusedFields

STATES: Final = {
    "trialing": Subscription.State.TRIALING,
    "active": Subscription.State.ACTIVE,
    "past_due": Subscription.State.PAST_DUE,
    "unpaid": Subscription.State.PAST_DUE,
    "paused": Subscription.State.PAST_DUE,
    "canceled": Subscription.State.CANCELLED,
    "incomplete_expired": Subscription.State.CANCELLED,
}
NOT_OF_PAYERS: Final = frozenset({
    "payout", "payout_cancel", "payout_failure", "payout_minimum_balance_hold", "payout_minimum_balance_release",
    "stripe_fee", "stripe_fx_fee", "tax_fee", "application_fee", "topup", "topup_reversal", "reserve_transaction",
    "reserved_funds", "contribution", "advance", "advance_funding",
})  # fmt: skip


class TwoSubscriptions(Conflict):
    """One account has two living subscriptions at Stripe: somebody must end one of them there. `.which`: their ids."""

    def __init__(self, which: str) -> None:
        super().__init__(_("这个账户在支付平台上有两份订阅，请联系平台运营方。"))
        self.which = which


def account_of(customer: str) -> Account | None:
    """Return the account behind one of Stripe's customers, locked; None for a customer that is not ours."""
    if not customer:
        return None
    locked = Account.objects.select_for_update()
    if found := locked.filter(stripe_customer=customer).first():
        return found
    try:
        ref = stripe_checkout.account_of(customer)
    except NotThere:
        return None
    found = locked.filter(ref=ref).first() if ref else None
    if found and found.stripe_customer is None:
        found.stripe_customer = customer
        found.save(update_fields=["stripe_customer"])
    return found


def keep_subscription(account: Account, subscription_id: str) -> Subscription | None:
    """Bring our row of a subscription to what Stripe says now; None where it never began.

    :raises TwoSubscriptions: if the account has another living one at Stripe.
    """
    row = Subscription.objects.filter(stripe_id=subscription_id).first()
    if row and not row.is_alive:
        return row
    remote = stripe_subscriptions.subscription(subscription_id)
    state = STATES.get(remote.status)
    if state is None or (row is None and remote.status == "incomplete_expired"):
        return row
    if row is None:
        row = _row_for(account, remote)
    before = row.state
    _take_values(row, remote, state)
    if remote.coupon and row.coupon is None:
        _redeem(row, remote.coupon)
    row.save()
    if before and state == Subscription.State.CANCELLED:
        kind = "subscription-lapsed" if remote.end_reason == "payment_failed" else "subscription-ended"
        mail.tell(account, kind, key=f"subscription-ended:{row.ref}")
        log.write("billing.subscription.ended", on=row, by=None)
    entitlement.forget()
    return row


def _row_for(account: Account, remote: RemoteSubscription) -> Subscription:
    """Return the row that becomes this subscription: the account's trial or its plan by transfer, else a new one."""
    fresh = Subscription(account=account, stripe_id=remote.id, channel=Channel.STRIPE)
    living = account.subscriptions.exclude(state=Subscription.State.CANCELLED).first()
    if living is None:
        return fresh
    is_own_trial = living.state == Subscription.State.TRIALING and not living.stripe_id
    if remote.status == "canceled" and not is_own_trial:
        return fresh
    if living.stripe_id:
        if stripe_subscriptions.subscription(living.stripe_id).status not in ("canceled", "incomplete_expired"):
            raise TwoSubscriptions(f"{living.stripe_id} lives beside {remote.id}")
        keep_subscription(account, living.stripe_id)
        return fresh
    for bill in living.bills.filter(state=Bill.State.OPEN):
        if not invoice_actions.paid(bill):
            invoice_actions.void(bill=bill, by=None)
    living.stripe_id, living.channel = remote.id, Channel.STRIPE
    log.write("billing.subscription.goes_online", on=living, by=None)
    return living


def _redeem(row: Subscription, code: str) -> None:
    """Count a coupon that was given at Checkout as used; one used up meanwhile stays given: it was promised."""
    try:
        row.coupon = coupons.redeem(code, on=timezone.localdate())
    except RefusedFields:
        row.coupon = Coupon.objects.filter(code=code).first()
    if row.coupon:
        row.coupon_periods, row.percent_off = row.coupon.periods - 1, row.coupon.percent


def _take_values(row: Subscription, remote: RemoteSubscription, state: str) -> None:
    row.plan, row.interval = remote.plan or row.plan, remote.interval or row.interval
    row.stations, row.seats = max(remote.stations, 1), max(remote.seats, 1)
    row.station_price, row.seat_price = remote.station_price, remote.seat_price
    row.trial_until = remote.trial_ends_at or row.trial_until
    row.period_from, row.period_to = remote.starts_at, remote.ends_at
    row.cancels_at_end, row.ended_at, row.state = remote.ends_with_period, remote.ended_at, state
    if state == Subscription.State.PAST_DUE:
        row.unpaid_since = row.unpaid_since or (
            charges.bill(remote.latest_bill).created_at if remote.latest_bill else None
        )
        row.unpaid_since = row.unpaid_since or timezone.now()
    else:
        row.unpaid_since = None


def keep_bill(account: Account, bill_id: str, *, tells: bool = True) -> Bill | None:
    """Bring our row of a bill to what Stripe says now; None for a draft, or for a bill of nothing (a trial's)."""
    remote = charges.bill(bill_id)
    if remote.status == "draft" or not (remote.total or remote.paid or remote.remaining):
        return None
    subscription = _subscription_of(account, remote)
    row = Bill.objects.filter(stripe_id=bill_id).first()
    before = row.state if row else ""
    if before in (Bill.State.PAID, Bill.State.VOID):
        return row
    if row is None:
        row = _new_bill(account, subscription, remote)
    elif row.subscription is None and subscription:
        row.subscription = subscription
    row.state, row.paid_at, row.page = remote.status, remote.paid_at, remote.page
    row.save()
    if tells and row.state == Bill.State.PAID and row.amount:
        mail.tell(account, "bill-paid", key=f"bill-paid:{row.ref}", bill=row)
        mail.told_of_bill("bill.paid", row, None)
    return row


def _subscription_of(account: Account, remote: RemoteBill) -> Subscription | None:
    """Return the subscription a bill is of; None for a second living one: its own event tells, its money counts."""
    try:
        return keep_subscription(account, remote.subscription) if remote.subscription else None
    except TwoSubscriptions:
        return None


def _new_bill(account: Account, subscription: Subscription | None, remote: RemoteBill) -> Bill:
    due = remote.paid + remote.remaining
    issued = timezone.localdate(remote.created_at)
    row = Bill.objects.create(
        number=remote.number or remote.id,
        account=account,
        subscription=subscription,
        channel=Channel.STRIPE,
        state=Bill.State.OPEN,
        amount=due,
        tax=invoice_actions.tax_in(due),
        credit_used=max(remote.total - due, Decimal(0)),
        issued_on=issued,
        due_on=timezone.localdate(remote.due_at) if remote.due_at else issued,
        period_from=remote.starts_at,
        period_to=remote.ends_at,
        stripe_id=remote.id,
        page=remote.page,
    )
    BillLine.objects.bulk_create(_lines(row, remote))
    log.write("billing.bill.issued", on=row, by=None, amount=str(due), account=account.ref)
    if due:
        mail.told_of_bill("bill.issued", row, None, amount=due, day=row.due_on)
    return row


def _lines(row: Bill, remote: RemoteBill) -> list[BillLine]:
    """Return the lines in our words; with coupons and credit (used or kept) they sum to what is asked."""
    lines = []
    for each in remote.lines:
        count = max(each.quantity, 1)
        kind, words = BillLine.Kind.OTHER, each.words
        if each.plan:
            unit = BillLine.Kind(each.unit)
            words = catalogue.name_of(each.plan)
            kind, words = (BillLine.Kind.CHANGE, f"{words} {unit.label}") if each.is_change else (unit, words)
        price = (each.amount / count).quantize(Decimal("0.01"))
        lines.append(BillLine(bill=row, kind=kind, words=words, quantity=count, price=price, amount=each.amount))
    if remote.off:
        lines.append(BillLine(bill=row, kind=BillLine.Kind.COUPON, price=-remote.off, amount=-remote.off))
    if credit := row.amount - remote.total:
        lines.append(BillLine(bill=row, kind=BillLine.Kind.CREDIT, price=credit, amount=credit))
    return lines


def keep_payment(account: Account, charge_id: str) -> list[Movement]:
    """Post what a payment and its refunds moved, each once, and bring the bill it paid in line.

    A declined one moves nothing: the payer is told why, once for each try.
    """
    paid = charges.payment(charge_id)
    bill = _bill_of(account, paid)
    if not paid.succeeded:
        _tell_failure(account, bill, paid)
        return []
    posted = [post(account, moved, bill, paid.method) for moved in charges.movements_of_payment(charge_id)]
    if bill and bill.channel == Channel.OFFLINE:
        _settle_own(bill)
    return posted


def _bill_of(account: Account, paid: RemotePayment) -> Bill | None:
    if paid.own_bill:
        return account.bills.filter(ref=paid.own_bill).first()
    return keep_bill(account, paid.bill) if paid.bill else None


def _settle_own(bill: Bill) -> None:
    """A bill of ours that was paid through Stripe: by Alipay, WeChat Pay or a card, once."""
    bill = Bill.objects.select_for_update(of=("self",)).select_related("account", "subscription").get(pk=bill.pk)
    if bill.state == Bill.State.OPEN and invoice_actions.paid(bill) >= bill.amount:
        bill.state, bill.paid_at = Bill.State.PAID, timezone.now()
        bill.save(update_fields=["state", "paid_at"])
        mail.tell(bill.account, "bill-paid", key=f"bill-paid:{bill.ref}", bill=bill)
        mail.told_of_bill("bill.paid", bill, None)
        if bill.subscription:
            invoice_actions.settle(bill.subscription, now=timezone.now())
        entitlement.forget()


def _tell_failure(account: Account, bill: Bill | None, paid: RemotePayment) -> None:
    if bill is None or bill.channel != Channel.STRIPE or bill.state != Bill.State.OPEN:
        return  # on Stripe's own page the payer saw the reason at once
    again = charges.bill(bill.stripe_id or "").next_attempt_at
    mail.tell(
        account, "bill-failed", key=f"bill-failed:{paid.id}", bill=bill, reason=sentence(paid.decline),
        again=again if again and again > paid.at else None,
    )  # fmt: skip


def post(account: Account, moved: RemoteMovement, bill: Bill | None, method: str = "") -> Movement:
    """Write down what moved, once: its key is Stripe's own name of the movement."""
    row, is_new = Movement.objects.get_or_create(
        key=key_of(moved),
        defaults={
            "account": account,
            "bill": bill,
            "kind": Movement.Kind.PAYMENT if moved.amount > 0 else Movement.Kind.REFUND,
            "amount": moved.amount,
            "channel": Channel.STRIPE,
            "method": method or moved.kind,
            "reference": moved.payment or moved.source,
            "note": "" if moved.kind in ("charge", "payment", "refund", "payment_refund") else moved.kind,
            "at": moved.at,
        },
    )
    if is_new:
        log.write("billing.movement.posted", on=row, by=None, amount=str(moved.amount), kind=row.kind)
    return row


def key_of(moved: RemoteMovement) -> str:
    return f"stripe:{moved.id}"


def is_of_payers(moved: RemoteMovement) -> bool:
    """Return whether it is money that came from or went back to who pays us; our own payouts and fees are not."""
    return moved.kind not in NOT_OF_PAYERS and moved.amount != 0


@transaction.atomic
def keep_movement(moved: RemoteMovement) -> Movement | None:
    """Post a movement found in Stripe's own list; None where its payer is not ours."""
    paid = charges.payment(moved.payment) if moved.payment else None
    account = account_of(moved.customer or (paid.customer if paid else ""))
    if account is None:
        return None
    bill = _bill_of(account, paid) if paid else None
    row = post(account, moved, bill, paid.method if paid else "")
    if bill and bill.channel == Channel.OFFLINE:
        _settle_own(bill)
    return row


@transaction.atomic
def refresh(subscription: Subscription) -> None:
    """Ask Stripe how one subscription stands; for who just came back from its pages, and every night."""
    account = Account.objects.select_for_update().get(pk=subscription.account_id)
    keep_subscription(account, subscription.stripe_id or "")
