"""What an agency's plan allows it to do, remembered for a few seconds in each process."""

import time

from django.utils import timezone

from billing import rules
from billing.models import Cover, Subscription
from billing.rules import Cause, Entitlement, Mode
from tenants.models import Tenant

REMEMBER_SECONDS = 5.0
OPEN = Entitlement()
_known: dict[str, tuple[float, Entitlement]] = {}


def entitlement_of(slug: str) -> Entitlement:
    """Return what the agency's plan allows: one query every five seconds for each agency and process.

    An agency nobody bills (opened by the operator, or covered by a bureau that pays by its contracts) is open.
    """
    remembered = _known.get(slug)
    if remembered and remembered[0] > time.monotonic():
        return remembered[1]
    found = ask(slug)
    if len(_known) > 10_000:
        _known.clear()
    _known[slug] = (time.monotonic() + REMEMBER_SECONDS, found)
    return found


def ask(slug: str) -> Entitlement:
    """Return it from the tables, without remembering it."""
    tenant = Tenant.objects.filter(slug=slug).values_list("state", flat=True).first()
    if tenant == Tenant.State.LEAVING:
        return Entitlement(Mode.READ_ONLY, Cause.LEAVING)
    cover = Cover.objects.select_related("account").filter(tenant__slug=slug).first()
    if cover is None:
        return OPEN
    subscription = (
        cover.account.subscriptions.exclude(state=Subscription.State.CANCELLED).first()
        or cover.account.subscriptions.order_by("-made_at").first()
    )
    if subscription is None:
        return OPEN
    return rules.entitlement(
        rules.Facts(
            state=subscription.state,
            trial_until=subscription.trial_until,
            period_to=subscription.period_to,
            cancels_at_end=subscription.cancels_at_end,
            unpaid_since=subscription.unpaid_since,
            over_since=cover.account.over_since,
        ),
        now=timezone.localtime(),
    )


def forget(slug: str = "") -> None:
    """Ask anew: after a payment or a change, in this process at once, in the others within five seconds."""
    if slug:
        _known.pop(slug, None)
    else:
        _known.clear()
