"""Our books against Stripe's, both ways: events we were never told of, and every movement of the balance."""

import datetime as dt
import logging
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from billing.gateway import charges
from billing.gateway.values import GatewayDown, GatewayRefused, RemoteMovement
from billing.models import Channel, Movement, Reconciliation, StripeEvent, Subscription
from billing.stripe_sync import events, sync

DAYS: Final = 7
MOST_DAYS: Final = 30  # as long as Stripe keeps its events
ALERT_AFTER: Final = dt.timedelta(hours=24)
logger = logging.getLogger(__name__)


def reconcile(*, days: int = DAYS, now: dt.datetime | None = None) -> Reconciliation:
    """Compare the last `days` with Stripe and post what is missing; return what was found. May run at any time, twice.

    Payers that are not ours are left out on both sides. Where Stripe does not answer, the row says so.
    """
    now = now or timezone.now()
    found = Reconciliation(at=now, since=now - dt.timedelta(days=min(days, MOST_DAYS)))
    try:
        _events(found)
        _subscriptions()
        _movements(found)
    except (GatewayDown, GatewayRefused) as error:
        found.error = "；".join(error.reasons)[:200]
        logger.error("the comparison with Stripe broke off: %s", type(error).__name__)
    found.save()
    if found.unmatched or found.difference:
        logger.error("Stripe's books and ours differ: %s yuan, %s unmatched", found.difference, found.unmatched)
    return found


def _events(found: Reconciliation) -> None:
    """Take up what was lost on the way, and what waits or failed."""
    told = charges.events_since(found.since)
    found.events_listed = len(told)
    found.events_missed = len(events.keep(told))
    failed = Q(state=StripeEvent.State.FAILED, created_at__gte=found.since)
    for event in StripeEvent.objects.filter(failed):
        events.try_again(event)
    waiting = StripeEvent.objects.filter(state=StripeEvent.State.WAITING).order_by("created_at", "id")
    for event_id in waiting.values_list("event_id", flat=True):
        events.work_off(event_id)


def _subscriptions() -> None:
    """Ask how every living subscription stands: even what Stripe's events no longer tell is seen."""
    living = Subscription.objects.filter(channel=Channel.STRIPE, stripe_id__isnull=False)
    for subscription in living.exclude(state=Subscription.State.CANCELLED):
        try:
            sync.refresh(subscription)
        except (GatewayRefused, sync.TwoSubscriptions) as error:
            logger.error("subscription %s cannot be compared: %s", subscription.ref, type(error).__name__)


def _movements(found: Reconciliation) -> None:
    theirs = [moved for moved in charges.movements_since(found.since) if sync.is_of_payers(moved)]
    known = dict(_ours(found.since).values_list("key", "amount"))
    missing = [moved for moved in theirs if sync.key_of(moved) not in known]
    foreign = set()
    unposted = 0
    for moved in missing:
        try:
            row = sync.keep_movement(moved)
        except GatewayDown:
            raise
        except Exception:  # one odd movement must not hide the others; the difference shows it
            logger.exception("movement %s could not be posted", moved.id)
            unposted += 1
            continue
        if row is None:
            foreign.add(moved.id)
        else:
            found.movements_posted += 1
    counted = {sync.key_of(moved): moved for moved in theirs if moved.id not in foreign}
    ours = {row.key: row for row in _ours(found.since)}
    found.movements_listed = len(counted)
    unmatched = [row for key, row in ours.items() if key not in counted]
    wrong = [key for key, moved in counted.items() if key in ours and ours[key].amount != moved.amount]
    found.unmatched = len(unmatched) + len(wrong) + unposted
    found.difference = _sum(ours.values()) - _sum(counted.values())
    old = [row for row in unmatched if row.at < found.at - ALERT_AFTER]
    if old:
        logger.error("%s of our movements are unknown to Stripe for more than a day", len(old))


def _ours(since: dt.datetime) -> "QuerySet[Movement]":
    return Movement.objects.filter(channel=Channel.STRIPE, at__gte=since.replace(microsecond=0))


def _sum(rows: Iterable[Movement] | Iterable[RemoteMovement]) -> Decimal:
    return sum((row.amount for row in rows), Decimal("0.00"))
