"""What Stripe told us of, worked off: each event once, its object asked for, one transaction for each."""

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Final

from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone

from billing.gateway import charges
from billing.gateway import checkout as stripe_checkout
from billing.gateway.values import GatewayDown, GatewayRefused, NoGateway, RemoteEvent
from billing.invoices import mail
from billing.models import Account, StripeEvent
from billing.stripe_sync import sync

MOST_ATTEMPTS: Final = 12
LONGEST_PAUSE: Final = dt.timedelta(hours=6)
OBJECTS: Final = frozenset({
    "subscription", "invoice", "charge", "refund", "dispute", "checkout.session",
})  # fmt: skip
FORESEEN: Final = (GatewayDown, GatewayRefused, DatabaseError, sync.TwoSubscriptions)
logger = logging.getLogger(__name__)


def keep(events: Iterable[RemoteEvent]) -> list[str]:
    """Write down events we did not know yet; return the ids of those. An id is kept once, whoever is first."""
    told = {event.id: event for event in events}
    known = set(StripeEvent.objects.filter(event_id__in=told).values_list("event_id", flat=True))
    fresh = [event for event in told.values() if event.id not in known]
    StripeEvent.objects.bulk_create(
        [
            StripeEvent(
                event_id=event.id, kind=event.kind[:80], object_kind=event.object_kind[:40],
                object_id=event.object_id[:80], customer=event.customer[:64], created_at=event.created_at,
            )
            for event in fresh
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return [event.id for event in fresh]


@transaction.atomic
def work_off(event_id: str, *, now: dt.datetime | None = None) -> str:
    """Work one waiting event off and return the state it then has, '' where it is gone or in other hands."""
    now = now or timezone.now()
    event = StripeEvent.objects.select_for_update(skip_locked=True).filter(event_id=event_id).first()
    if event is None or event.state != StripeEvent.State.WAITING:
        return event.state if event else ""
    try:
        with transaction.atomic():
            event.state = _apply(event)
            event.error, event.next_try_at = "", None
    except NoGateway:
        return event.state
    except Exception as error:  # also what nobody foresaw: one odd event must not hold up the others
        if not isinstance(error, FORESEEN):
            logger.exception("stripe event %s (%s) broke its working off", event.event_id, event.kind)
        event.state = StripeEvent.State.WAITING
        event.attempts += 1
        event.error = f"{type(error).__name__}: {getattr(error, 'code', '') or _plain(error)}"[:200]
        event.next_try_at = now + min(dt.timedelta(minutes=2**event.attempts), LONGEST_PAUSE)
        if event.attempts >= MOST_ATTEMPTS or isinstance(error, sync.TwoSubscriptions):
            event.state = StripeEvent.State.FAILED
            logger.error("stripe event %s (%s) cannot be worked off: %s", event.event_id, event.kind, event.error)
    event.save(update_fields=["state", "attempts", "error", "next_try_at"])
    return event.state


def waiting(now: dt.datetime, limit: int = 1000) -> list[str]:
    """Return the events whose time has come, oldest first."""
    due = Q(next_try_at__isnull=True) | Q(next_try_at__lte=now)
    rows = StripeEvent.objects.filter(due, state=StripeEvent.State.WAITING).order_by("created_at", "id")
    return list(rows.values_list("event_id", flat=True)[:limit])


@transaction.atomic
def try_again(event: StripeEvent) -> None:
    """Let a failed event be tried once more from the beginning."""
    event = StripeEvent.objects.select_for_update().get(pk=event.pk)
    if event.state in (StripeEvent.State.FAILED, StripeEvent.State.FOREIGN):
        event.state, event.attempts, event.next_try_at = StripeEvent.State.WAITING, 0, None
        event.save(update_fields=["state", "attempts", "next_try_at"])


def _apply(event: StripeEvent) -> str:
    if event.object_kind not in OBJECTS:
        return StripeEvent.State.DONE
    charge = _charge_of(event)
    customer = event.customer or (charges.payment(charge).customer if charge else "")
    account = sync.account_of(customer)
    if account is None:
        return StripeEvent.State.FOREIGN
    if charge:
        sync.keep_payment(account, charge)
    elif event.object_kind == "subscription":
        _subscription(account, event)
    elif event.object_kind == "invoice":
        sync.keep_bill(account, event.object_id)
    elif event.object_kind == "checkout.session":
        visit = stripe_checkout.session(event.object_id)
        if visit.subscription:
            sync.keep_subscription(account, visit.subscription)
    return StripeEvent.State.DONE


def _charge_of(event: StripeEvent) -> str:
    """Return the payment an event is about; a dispute posts its own movements through it."""
    if event.object_kind == "charge":
        return event.object_id
    if event.object_kind == "refund":
        return charges.charge_of_refund(event.object_id)
    if event.object_kind == "dispute":
        moved = charges.movements_of_dispute(event.object_id)
        for each in moved:
            sync.keep_movement(each)
        return moved[0].payment if moved else ""
    return ""


def _subscription(account: Account, event: StripeEvent) -> None:
    row = sync.keep_subscription(account, event.object_id)
    if row and row.is_alive and event.kind == "customer.subscription.trial_will_end":
        mail.tell(account, "trial-to-paid", key=f"trial-ending:{row.ref}", until=row.trial_until)


def _plain(error: Exception) -> str:
    return error.which if isinstance(error, sync.TwoSubscriptions) else ""
