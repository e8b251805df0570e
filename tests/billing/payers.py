"""An agency's account with its trial, and time that is ours to move."""

import datetime as dt
from typing import Any

from django.utils import timezone

from billing.models import Account, Bill, Subscription
from billing.subscriptions import actions as plan_changes
from billing.subscriptions import lifecycle, trials
from tenants.models import Tenant

NOON = dt.datetime(2026, 3, 10, 12, tzinfo=timezone.get_default_timezone())


def on_trial(tenant: Tenant, **changes: Any) -> Subscription:
    """Start a trial as sign-up does; one stands on the shared floor."""
    said: dict[str, Any] = {"plan": "standard", "interval": "month", "stations": 2, "seats": 10, **changes}
    return trials.start_trial(tenant=tenant, email="office@example.org", by=None, **said)


def taken_up(tenant: Tenant, *, now: dt.datetime = NOON, coupon: str = "", **changes: Any) -> Subscription:
    """A paid plan whose first period begins at `now`."""
    trial = on_trial(tenant, **changes)
    trial.trial_until = now
    trial.save(update_fields=["trial_until"])
    said = {"plan": trial.plan, "interval": trial.interval, "stations": trial.stations, "seats": trial.seats}
    return plan_changes.take_up(account=trial.account, coupon=coupon, now=now, by=None, **said)


def pay(bill: Bill, **changes: Any) -> None:
    from accounts.models import User
    from billing.invoices import actions as invoice_actions

    operator = User.objects.filter(username="cashier").first() or User.objects.create_user("cashier", None)
    said: dict[str, Any] = {"amount": bill.amount, "reference": f"R-{bill.number}", "on": timezone.localdate()}
    invoice_actions.receive(bill=bill, by=operator, **{**said, **changes})


def open_bill(account: Account) -> Bill:
    return account.bills.get(state=Bill.State.OPEN)


def later(subscription: Subscription, now: dt.datetime) -> Subscription:
    """Let time pass to `now` and return the subscription as it then stands."""
    lifecycle.pass_time(subscription.ref, now=now)
    subscription.refresh_from_db()
    return subscription
