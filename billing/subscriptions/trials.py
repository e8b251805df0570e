"""What an agency or a bureau takes, from the trial to the end."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from billing.models import Account, Channel, Interval, Subscription
from billing.plans import catalogue
from billing.subscriptions import payers
from common.refusals import Conflict, RefusedFields
from tenants.models import Tenant


class AlreadySubscribed(Conflict):
    """The account has a living subscription."""


@transaction.atomic
def start_trial(
    *, tenant: Tenant, plan: str, interval: str, stations: int, seats: int, email: str = "", by: User | None
) -> Subscription:
    """Open the agency's own account and let its trial run, the plan's number of days from now. Again: the same trial.

    :raises NoSuchPlan: if the plan is not on offer.
    :raises RefusedFields: for an interval or a number that cannot be taken.
    """
    taken = catalogue.plan(plan)
    check(taken, interval=interval, stations=stations, seats=seats)
    account = payers.open_own_account(tenant=tenant, email=email, by=by)
    payers.cover(tenant=tenant, account=account, by=by)
    known = account.subscriptions.exclude(state=Subscription.State.CANCELLED).first()
    if known:
        return known
    try:
        with transaction.atomic():
            trial = Subscription.objects.create(
                account=account,
                plan=plan,
                interval=interval,
                stations=stations,
                seats=seats,
                station_price=taken.station_price(interval),
                seat_price=taken.seat_price(interval),
                state=Subscription.State.TRIALING,
                trial_until=timezone.now() + dt.timedelta(days=taken.trial_days),
            )
    except IntegrityError:
        raise AlreadySubscribed(_("这个账户已有套餐。")) from None
    log.write("billing.subscription.tried", on=trial, by=by, plan=plan)
    return trial


def check(plan: catalogue.Plan, *, interval: str, stations: int, seats: int) -> None:
    """Let numbers of a plan pass, or say beside which field what is wrong.

    :raises RefusedFields: for a quantity of zero, more stations than the plan has, or an unknown interval.
    """
    problems: dict[str, list[str]] = {}
    if interval not in Interval.values:
        problems["interval"] = [_("请选择按月或按年。")]
    if stations < 1:
        problems["stations"] = [_("至少 1 个站点。")]
    elif plan.max_stations is not None and stations > plan.max_stations:
        problems["stations"] = [_("%(plan)s最多 %(n)d 个站点。") % {"plan": plan.name, "n": plan.max_stations}]
    if seats < 1:
        problems["seats"] = [_("至少 1 个席位。")]
    if stations > 10_000 or seats > 100_000:
        problems.setdefault("stations", []).append(_("数量过大，请核对。"))
    if problems:
        raise RefusedFields(problems)


def begins_with(taken: Subscription | None) -> bool:
    """Return whether a plan begins with what is chosen now, and is not changed: nobody pays one yet, or any more.

    Who pays online, if only on trial, changes the plan there.
    """
    if taken is None or not taken.is_alive:
        return True
    return taken.state == Subscription.State.TRIALING and taken.channel == Channel.OFFLINE


def living(account: Account) -> Subscription | None:
    """Return the account's living subscription, or the last one that ended, or None."""
    return (
        account.subscriptions.exclude(state=Subscription.State.CANCELLED).first()
        or account.subscriptions.order_by("-made_at").first()
    )
