"""What was used each day, told to Stripe's meter: one number for each payer and day, counted once."""

import datetime as dt
import logging
from typing import Final

from django.db.models import Sum
from django.utils import timezone

from billing.gateway import prices
from billing.gateway.values import GatewayRefused
from billing.models import Account, UsageDay

OLDEST_DAYS: Final = 30  # Stripe's meter takes nothing older than 35 days
TOLD_BEFORE: Final = frozenset({"resource_already_exists", "duplicate_meter_event"})
logger = logging.getLogger(__name__)


def report(*, today: dt.date) -> int:
    """Tell the finished days that were not told yet; return how many. May run twice: a day told twice counts once.

    :raises GatewayDown: where Stripe does not answer; what was told until then is noted.
    """
    untold = UsageDay.objects.filter(
        reported_at=None, day__lt=today, day__gte=today - dt.timedelta(days=OLDEST_DAYS),
        tenant__cover__account__stripe_customer__isnull=False,
    )  # fmt: skip
    told = 0
    for account_id, day in untold.order_by("day").values_list("tenant__cover__account", "day").distinct():
        account = Account.objects.get(pk=account_id)
        rows = UsageDay.objects.filter(tenant__cover__account=account, day=day)
        stations = rows.aggregate(sum=Sum("stations"))["sum"]
        try:
            prices.report_usage(account.stripe_customer or "", day, stations)
        except GatewayRefused as refusal:
            if refusal.code not in TOLD_BEFORE:
                logger.error("use of %s on %s is not taken: %s", account.ref, day, refusal.code)
                continue
        rows.filter(reported_at=None).update(reported_at=timezone.now())
        told += 1
    return told
