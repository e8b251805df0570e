"""An agency that leaves stops paying: its plan runs out while it is leaving, and ends with its data."""

import logging

from django.db import transaction
from django.utils import timezone

from audit import log
from billing.gateway import checkout as stripe_checkout
from billing.gateway import subscriptions as stripe_subscriptions
from billing.gateway.values import GatewayDown, GatewayRefused
from billing.invoices import actions as invoice_actions
from billing.models import Account, Bill, Channel, Subscription
from billing.stripe_sync import checkout, sync
from billing.subscriptions import actions
from tenants.models import Tenant

logger = logging.getLogger(__name__)


def end_their_plans() -> int:
    """Bring the plans of agencies that leave or have left in line; return how many changed. May run twice.

    Where Stripe does not answer, the next hour tries again. A bureau's plan is not touched: it pays for others too.
    """
    alive = Subscription.objects.select_related("account__tenant").exclude(state=Subscription.State.CANCELLED)
    done = 0
    for subscription in alive.filter(account__kind=Account.Kind.AGENCY):
        state = subscription.account.tenant.state if subscription.account.tenant else ""
        try:
            if state == Tenant.State.LEAVING and not subscription.cancels_at_end:
                way = checkout if subscription.channel == Channel.STRIPE else actions
                way.cancel(subscription=subscription, by=None)
            elif state == Tenant.State.DELETED:
                _end(subscription)
            else:
                continue
        except (GatewayDown, GatewayRefused) as error:
            logger.error("the plan %s of a leaver could not be ended: %s", subscription.ref, type(error).__name__)
        else:
            done += 1
    return done


def _end(subscription: Subscription) -> None:
    if subscription.channel == Channel.STRIPE and subscription.stripe_id:
        if stripe_subscriptions.subscription(subscription.stripe_id).ended_at is None:
            stripe_subscriptions.cancel_now(subscription.stripe_id)
        sync.refresh(subscription)
        stripe_checkout.forget(subscription.account.stripe_customer or "")
        return
    with transaction.atomic():
        for bill in subscription.bills.filter(state=Bill.State.OPEN):
            if not invoice_actions.paid(bill):
                invoice_actions.void(bill=bill, by=None)
        subscription.state, subscription.ended_at = Subscription.State.CANCELLED, timezone.now()
        subscription.unpaid_since = None
        subscription.save(update_fields=["state", "ended_at", "unpaid_since"])
        log.write("billing.subscription.ended", on=subscription, by=None)
