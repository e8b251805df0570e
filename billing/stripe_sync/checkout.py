"""Paying online: going to Stripe's pages and coming back, changing, ending and refunding what is paid there."""

from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from billing.gateway import charges, prices
from billing.gateway import checkout as stripe_checkout
from billing.gateway import subscriptions as stripe_subscriptions
from billing.gateway.values import NotThere, Payer, RemoteSession, Wanted
from billing.invoices import actions as invoice_actions
from billing.invoices import coupons, mail
from billing.invoices.actions import CannotPay, CannotRefund
from billing.models import Account, Bill, Channel, Interval, Movement, Subscription
from billing.plans import catalogue as plans
from billing.plans import entitlement
from billing.stripe_sync import sync
from billing.subscriptions.actions import CannotChange
from billing.subscriptions.trials import check, living
from common.money import yuan

MONTHS: Final = {Interval.MONTH: 1, Interval.YEAR: 12}


def customer_of(account: Account) -> str:
    """Return the account's customer at Stripe, made the first time somebody pays online.

    Stripe is told the organisation's name, its credit code and where bills go: nothing of any client or worker.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account.pk)
        if account.stripe_customer is None:
            payer = Payer(account.ref, account.title or account.name, mail.mail_of(account), account.tax_number)
            account.stripe_customer = stripe_checkout.make_customer(payer)
            account.save(update_fields=["stripe_customer"])
        return account.stripe_customer


def begin(
    *,
    account: Account,
    plan: str,
    interval: str,
    stations: int,
    seats: int,
    coupon: str = "",
    once: str,
    back: str,
    away: str,
    by: User,
) -> str:
    """Return the address of Checkout for this plan; what is left of a trial is kept. The same form: the same visit.

    :raises CannotChange: if the plan is paid online already, or by transfer for a period that still runs.
    :raises RefusedFields: for what cannot be taken, or a coupon that is none.
    :raises GatewayRefused, GatewayDown: if Stripe says no, or nothing.
    """
    check(plans.plan(plan), interval=interval, stations=stations, seats=seats)
    current = living(account)
    _may_go_online(current)
    trial = current.trial_until if current and current.state == Subscription.State.TRIALING else None
    wanted = Wanted(
        plan, interval, stations, seats, once, trial, _code(coupon, interval), {"coupon": coupon.strip().upper()}
    )
    visit = stripe_checkout.begin_checkout(customer_of(account), account.ref, wanted, back, away)
    log.write("billing.checkout.begun", on=account, by=by, plan=plan, stations=stations, seats=seats)
    return visit.url


def _may_go_online(current: Subscription | None) -> None:
    if current is None or not current.is_alive:
        return
    if current.channel == Channel.STRIPE:
        raise CannotChange(_("这个账户已在线付费，请用“变更套餐”。"))
    if current.bills.filter(state=Bill.State.PAID, period_to__gt=timezone.now()).exists():
        raise CannotChange(_("本期已经转账付清。本期结束前请继续转账，到期不再续后可改为在线支付。"))


def _code(coupon: str, interval: str) -> str:
    """Return Stripe's name of one of our coupons, made there the first time it is used; '' for none."""
    if not coupon.strip():
        return ""
    found = coupons.find(coupon, on=timezone.localdate())
    code = f"{found.code}-{interval.upper()}"
    try:
        prices.coupon(code)
    except NotThere:
        prices.make_coupon(code, Decimal(found.percent), months=found.periods * MONTHS[Interval(interval)])
    return code


def change(
    *, subscription: Subscription, plan: str, interval: str, stations: int, seats: int, once: str, by: User
) -> Bill | None:
    """Change what is paid online from now on; return the bill of the difference, if there is one.

    :raises CannotChange: if it has ended.
    """
    check(plans.plan(plan), interval=interval, stations=stations, seats=seats)
    if not subscription.is_alive or not subscription.stripe_id:
        raise CannotChange(_("套餐已结束，请重新选择。"))
    changed = stripe_subscriptions.change(subscription.stripe_id, Wanted(plan, interval, stations, seats, once))
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=subscription.account_id)
        bill = sync.keep_bill(account, changed.latest_bill) if changed.latest_bill else None
        sync.keep_subscription(account, subscription.stripe_id)
        log.write("billing.subscription.changed", on=subscription, by=by, plan=plan, stations=stations, seats=seats)
    return bill


def cost_of_change(subscription: Subscription, *, plan: str, interval: str, stations: int, seats: int) -> Decimal:
    """Return what a change would cost at once, in yuan; below nothing for a credit."""
    check(plans.plan(plan), interval=interval, stations=stations, seats=seats)
    wanted = Wanted(plan, interval, stations, seats, "look")
    return stripe_subscriptions.preview_change(subscription.stripe_id or "", wanted)


def cancel(*, subscription: Subscription, by: User | None) -> None:
    """Let a plan that is paid online end with its period."""
    stripe_subscriptions.cancel_at_period_end(subscription.stripe_id or "")
    sync.refresh(subscription)
    log.write("billing.subscription.cancelled", on=subscription, by=by)


def resume(*, subscription: Subscription, by: User) -> None:
    """Take that back before the period ends."""
    stripe_subscriptions.resume(subscription.stripe_id or "")
    sync.refresh(subscription)
    log.write("billing.subscription.resumed", on=subscription, by=by)


def pay(*, bill: Bill, once: str, back: str, away: str, by: User) -> str:
    """Return the address where one open bill is paid: by card, Alipay or WeChat Pay, or Stripe's own page of it.

    :raises CannotPay: if it is not open.
    """
    if bill.state != Bill.State.OPEN:
        raise CannotPay(_("这张账单不是待付款状态。"))
    if bill.channel == Channel.STRIPE:
        return bill.page
    owed = bill.amount - invoice_actions.paid(bill)
    visit = stripe_checkout.begin_payment(
        customer_of(bill.account), bill.account.ref, bill.ref, owed, bill.number, once, back, away
    )
    log.write("billing.checkout.begun", on=bill, by=by, amount=str(owed))
    return visit.url


def portal(account: Account, back: str) -> str:
    """Return the address of Stripe's pages for cards and receipts."""
    return stripe_checkout.open_portal(customer_of(account), back)


def came_back(account: Account, session_id: str) -> RemoteSession:
    """Ask what became of a visit to Checkout and bring our rows in line at once; letters may come later.

    :raises NotThere: for a visit that is not this account's.
    """
    visit = stripe_checkout.session(session_id)
    if visit.account != account.ref:
        raise NotThere(_("支付平台上没有这一项，请刷新页面再试。"))
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account.pk)
        if visit.subscription:
            held = sync.keep_subscription(account, visit.subscription)
            latest = stripe_subscriptions.subscription(visit.subscription).latest_bill
            if held and latest:
                sync.keep_bill(account, latest)
        elif visit.payment:
            sync.keep_payment(account, visit.payment)
    entitlement.forget()
    return visit


@transaction.atomic
def refund(*, bill: Bill, amount: Decimal, reason: str, once: str, by: User) -> Movement:
    """Give money of a bill back the way it came; our books follow from what Stripe says moved.

    :raises CannotRefund: if no payment of the bill has so much left.
    """
    account = Account.objects.select_for_update().get(pk=bill.account_id)
    left: dict[str, Decimal] = {}
    for moved in bill.movements.filter(channel=Channel.STRIPE).order_by("at"):
        left[moved.reference] = left.get(moved.reference, Decimal(0)) + moved.amount
    charge = next((name for name, rest in left.items() if rest >= amount), None)
    if charge is None:
        raise CannotRefund(_("最多可退 %(paid)s。") % {"paid": yuan(max(left.values(), default=Decimal(0)))})
    made = charges.refund(charge, amount, once)
    posted = sync.keep_payment(account, charge)
    log.write("billing.bill.refunded", on=bill, by=by, amount=str(amount), reason=bool(reason))
    return next(row for row in posted if row.key == f"stripe:{made.movement}")


def is_online(bill: Bill) -> bool:
    """Return whether money of this bill came through Stripe."""
    return bill.movements.filter(channel=Channel.STRIPE).exists()
