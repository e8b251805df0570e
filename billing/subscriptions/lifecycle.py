"""What happens to plans by the calendar: reminders, next bills, new periods, overdue ones, ends."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from billing import rules
from billing.invoices import actions as invoice_actions
from billing.invoices import mail
from billing.models import Bill, Channel, Subscription
from billing.plans import usage
from billing.subscriptions import actions

BILL_AHEAD_DAYS = 14
REMIND_AFTER_DAYS = (1, 7, 12)


def due(now: dt.datetime) -> list[str]:
    """Return the refs of living subscriptions, for `pass_time`, one after the other."""
    alive = Subscription.objects.filter(~Q(state=Subscription.State.CANCELLED))
    return list(alive.order_by("pk").values_list("ref", flat=True))


@transaction.atomic
def pass_time(ref: str, *, now: dt.datetime) -> None:
    """Bring one subscription to this moment. Run twice, or after days of standing still, it ends up the same."""
    subscription = Subscription.objects.select_for_update(of=("self",)).select_related("account", "coupon").get(ref=ref)
    if subscription.channel == Channel.OFFLINE:
        if subscription.state == Subscription.State.TRIALING:
            _pass_trial(subscription, now)
        else:
            _pass_periods(subscription, now)
            invoice_actions.settle(subscription, now=now)
            _remind(subscription, now)
    usage.note_excess(subscription.account, today=timezone.localdate(now))


def _pass_trial(subscription: Subscription, now: dt.datetime) -> None:
    until = subscription.trial_until
    assert until
    if subscription.cancels_at_end and until <= now:
        _end(subscription, until)
    elif until <= now + dt.timedelta(days=rules.WARN_DAYS) and not subscription.cancels_at_end:
        mail.tell(subscription.account, "trial-ending", key=f"trial-ending:{subscription.ref}", until=until)


def _pass_periods(subscription: Subscription, now: dt.datetime) -> None:
    while subscription.is_alive and subscription.period_to:
        ends = subscription.period_to
        if subscription.cancels_at_end:
            if ends <= now:
                _end(subscription, ends)
            return
        if ends > now + dt.timedelta(days=BILL_AHEAD_DAYS):
            return
        actions.bill_period(subscription, ends, now=now, by=None)
        if ends > now:
            return
        next_bill = subscription.bills.filter(period_from=ends).exclude(state=Bill.State.VOID).get()
        reduced = next_bill.lines.filter(kind="coupon").exists()
        subscription.percent_off = subscription.coupon.percent if reduced and subscription.coupon else 0
        subscription.period_from = ends
        subscription.period_to = rules.period_after(timezone.localtime(ends), subscription.interval)
        subscription.save(update_fields=["period_from", "period_to", "percent_off"])


def _end(subscription: Subscription, at: dt.datetime) -> None:
    for bill in subscription.bills.filter(state=Bill.State.OPEN, period_from__gte=at):
        if not invoice_actions.paid(bill):
            invoice_actions.void(bill=bill, by=None)
    subscription.state, subscription.ended_at = Subscription.State.CANCELLED, at
    subscription.unpaid_since = None
    subscription.save(update_fields=["state", "ended_at", "unpaid_since"])
    mail.tell(subscription.account, "subscription-ended", key=f"subscription-ended:{subscription.ref}")


def _remind(subscription: Subscription, now: dt.datetime) -> None:
    """Remind of overdue bills on the first, seventh and twelfth day: once each, the newest only after a standstill."""
    today = timezone.localdate(now)
    for bill in subscription.bills.filter(state=Bill.State.OPEN, due_on__lt=today):
        late = (today - bill.due_on).days
        step = max((days for days in REMIND_AFTER_DAYS if days <= late), default=0)
        if step:
            until = bill.due_on + dt.timedelta(days=rules.UNPAID_GRACE_DAYS + 1)
            mail.tell(
                subscription.account, "bill-overdue", key=f"bill-overdue:{bill.ref}:{step}", bill=bill, until=until
            )
