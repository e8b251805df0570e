"""The logs of all places: sealed within the minute, verified every night (common/logs/chain.py)."""

import logging
from collections.abc import Iterator

from django.utils import timezone

from common.logs import chain as log_chain
from operating.models import LogCheck
from tenants.models import Tenant
from tenants.running import in_public, in_tenant

logger = logging.getLogger(__name__)
SHARED = ("audit", "audit_auditentry")
AGENCYS = ("journal", "journal_journalentry")
WITH_SCHEMA = [Tenant.State.ACTIVE, Tenant.State.SUSPENDED, Tenant.State.LEAVING]


def seal_all() -> int:
    """Seal what is open in every log; return how many lines."""
    sealed = 0
    for _place, app, _entry in _each_log():
        sealed += log_chain.seal_open(app)
    return sealed


def verify_all() -> list[LogCheck]:
    """Recompute every log, keep what was found, and return the checks that found something."""
    checks = []
    for place, app, entry in _each_log():
        found = log_chain.wrong_lines(app, entry)
        blocks, digest = log_chain.last_block(app)
        check, _made = LogCheck.objects.update_or_create(
            place=place,
            defaults={
                "at": timezone.now(),
                "blocks": blocks,
                "digest": digest,
                "wrong": len(found),
                "findings": [list(pair) for pair in found[: LogCheck.MOST_FINDINGS]],
            },
        )
        if found:
            logger.critical("the log of %s was changed: %s", place or "the shared floor", found[:5])
            checks.append(check)
    return checks


def _each_log() -> Iterator[tuple[str, str, str]]:
    """Stand at every log in turn; yield the place's name, the app and the table of the lines."""
    with in_public():
        tenants = list(Tenant.objects.filter(state__in=WITH_SCHEMA).order_by("slug"))
        yield "", *SHARED
    for tenant in tenants:
        with in_tenant(tenant):
            yield tenant.slug, *AGENCYS
