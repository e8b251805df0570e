"""Taking up, changing, ending and taking up again a plan that is paid by bank transfer."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from billing import rules
from billing.invoices import actions as invoice_actions
from billing.invoices import coupons
from billing.invoices.actions import NOTHING, Line
from billing.models import Account, Bill, BillLine, Channel, Subscription
from billing.plans import catalogue, usage
from billing.subscriptions.trials import begins_with, check
from common.refusals import Conflict


class CannotChange(Conflict):
    """The subscription does not stand so that this can be done."""


@transaction.atomic
def take_up(
    *,
    account: Account,
    plan: str,
    interval: str,
    stations: int,
    seats: int,
    coupon: str = "",
    now: dt.datetime,
    by: User | None,
) -> Subscription:
    """Go on after the trial, or begin (again): the first period is billed now and begins when the trial ends.

    :raises NoSuchPlan, RefusedFields: for what cannot be taken, or a coupon that is none.
    :raises CannotChange: if the account has a paid plan already.
    """
    taken = catalogue.plan(plan)
    check(taken, interval=interval, stations=stations, seats=seats)
    account = Account.objects.select_for_update().get(pk=account.pk)
    current = account.subscriptions.exclude(state=Subscription.State.CANCELLED).first()
    if not begins_with(current):
        raise CannotChange(_("这个账户已有套餐，请用“变更套餐”。"))
    begins = max(now, current.trial_until) if current and current.trial_until else now
    fresh = current or Subscription(account=account)
    _take_values(fresh, taken, interval, stations, seats)
    fresh.channel, fresh.state, fresh.cancels_at_end = Channel.OFFLINE, Subscription.State.ACTIVE, False
    fresh.period_from, fresh.period_to = begins, rules.period_after(timezone.localtime(begins), interval)
    if coupon:
        fresh.coupon = coupons.redeem(coupon, on=timezone.localdate(now))
        fresh.coupon_periods = fresh.coupon.periods
    fresh.save()
    log.write("billing.subscription.taken_up", on=fresh, by=by, plan=plan, stations=stations, seats=seats)
    bill_period(fresh, begins, now=now, by=by)
    usage.note_excess(account, today=timezone.localdate(now))
    return fresh


@transaction.atomic
def change(
    *, subscription: Subscription, plan: str, interval: str, stations: int, seats: int, now: dt.datetime, by: User
) -> Bill | None:
    """Take another plan, interval or quantity from now on; return the bill for the difference, or None.

    The rest of a paid period is set against it to the second: more is billed, less becomes credit for the next bills.
    A trial changes for nothing; a period that has not begun is billed anew.

    :raises CannotChange: if it has ended, is paid online (billing/stripe_sync/checkout.py), or the running period is
        not paid yet.
    """
    subscription = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if subscription.channel == Channel.STRIPE and subscription.is_alive:
        raise CannotChange(_("这个账户已有套餐并在线付款，由付款方自己在“套餐与账单”页变更。"))
    taken = catalogue.plan(plan)
    check(taken, interval=interval, stations=stations, seats=seats)
    if not subscription.is_alive:
        raise CannotChange(_("套餐已结束，请重新选择。"))
    if subscription.channel != Channel.OFFLINE:
        raise CannotChange(_("这个账户在线付费，由付款方在其套餐页变更。"))
    before = _cost(subscription)
    old_interval = subscription.interval
    open_bill = subscription.bills.filter(state=Bill.State.OPEN).order_by("issued_on").first()
    bill: Bill | None = None
    _take_values(subscription, taken, interval, stations, seats)
    if subscription.state == Subscription.State.TRIALING:
        pass
    elif subscription.period_from and subscription.period_from > now:
        bill = _bill_anew(subscription, open_bill, now, by)
    elif open_bill:
        raise CannotChange(_("请先付清账单 %(number)s，再变更套餐。") % {"number": open_bill.number})
    elif interval != old_interval:
        _give_back(subscription, rules.prorated(before=before, after=NOTHING, **_rest(subscription, now)))
        subscription.period_from = now
        subscription.period_to = rules.period_after(timezone.localtime(now), interval)
        bill = bill_period(subscription, now, now=now, by=by)
    else:
        difference = rules.prorated(before=before, after=_cost(subscription), **_rest(subscription, now))
        if difference > 0:
            line = Line(BillLine.Kind.CHANGE, 1, difference, subscription.plan_name)
            bill = invoice_actions.issue(subscription=subscription, lines=[line], now=now, by=by)
        else:
            _give_back(subscription, difference)
    subscription.save()
    log.write("billing.subscription.changed", on=subscription, by=by, plan=plan, stations=stations, seats=seats)
    usage.note_excess(subscription.account, today=timezone.localdate(now))
    return bill


@transaction.atomic
def cancel(*, subscription: Subscription, by: User | None) -> None:
    """Let the plan end with its period (or its trial); until then everything stays as it is.

    :raises CannotChange: if it has ended.
    """
    subscription = _alive(subscription)
    subscription.cancels_at_end = True
    subscription.save(update_fields=["cancels_at_end"])
    log.write("billing.subscription.cancelled", on=subscription, by=by)


@transaction.atomic
def resume(*, subscription: Subscription, by: User) -> None:
    """Take a cancellation back before the period ends.

    :raises CannotChange: if it has ended.
    """
    subscription = _alive(subscription)
    subscription.cancels_at_end = False
    subscription.save(update_fields=["cancels_at_end"])
    log.write("billing.subscription.resumed", on=subscription, by=by)


def bill_period(subscription: Subscription, begins: dt.datetime, *, now: dt.datetime, by: User | None) -> Bill:
    """Bill the period that begins then, with the coupon while it lasts. Again: the same bill."""
    known = subscription.bills.filter(period_from=begins).exclude(state=Bill.State.VOID).first()
    if known:
        return known
    percent = 0
    if subscription.coupon and subscription.coupon_periods:
        percent = subscription.coupon.percent
        subscription.coupon_periods -= 1
    if subscription.period_from == begins:
        subscription.percent_off = percent
    subscription.save(update_fields=["coupon_periods", "percent_off"])
    return invoice_actions.issue(
        subscription=subscription,
        lines=invoice_actions.lines_of(subscription),
        percent=percent,
        period_from=begins,
        period_to=rules.period_after(timezone.localtime(begins), subscription.interval),
        now=now,
        by=by,
    )


def _alive(subscription: Subscription) -> Subscription:
    found = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if not found.is_alive:
        raise CannotChange(_("套餐已结束，请重新选择。"))
    return found


def _take_values(subscription: Subscription, plan: catalogue.Plan, interval: str, stations: int, seats: int) -> None:
    subscription.plan, subscription.interval = plan.code, interval
    subscription.stations, subscription.seats = stations, seats
    subscription.station_price = plan.station_price(interval)
    subscription.seat_price = plan.seat_price(interval)


def _cost(subscription: Subscription) -> Decimal:
    """Return what the current period costs with its reduction."""
    whole = rules.price(
        stations=subscription.stations,
        seats=subscription.seats,
        station_price=subscription.station_price,
        seat_price=subscription.seat_price,
    )
    return whole - rules.reduction(whole, subscription.percent_off)


def _rest(subscription: Subscription, now: dt.datetime) -> dict[str, dt.datetime]:
    assert subscription.period_from
    assert subscription.period_to
    return {"period_from": subscription.period_from, "period_to": subscription.period_to, "now": now}


def _give_back(subscription: Subscription, difference: Decimal) -> None:
    Account.objects.filter(pk=subscription.account_id).update(credit=F("credit") - difference)


def _bill_anew(subscription: Subscription, open_bill: Bill | None, now: dt.datetime, by: User) -> Bill:
    """Bill a period that has not begun by the new values: its open bill is void, what was paid on it becomes credit."""
    begins = subscription.period_from
    assert begins
    paid_bill = subscription.bills.filter(period_from=begins, state=Bill.State.PAID).first()
    if open_bill and not invoice_actions.paid(open_bill):
        invoice_actions.void(bill=open_bill, by=by)
        if subscription.percent_off:
            subscription.coupon_periods += 1
    elif open_bill or paid_bill:
        raise CannotChange(_("本期尚未开始且已付款，请在开始后变更。"))
    subscription.period_to = rules.period_after(timezone.localtime(begins), subscription.interval)
    return bill_period(subscription, begins, now=now, by=by)
