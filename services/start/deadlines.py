"""Deadlines of an agency that are past or near, told to those who can still do something about them.

Nobody acts when a day passes, so the clock tells: each thing again after a week at the earliest.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from django.db import transaction

from accounts.permissions import Permission as P
from common import clock
from contracts import door as contracts
from notifications import door as notifications
from services.funds.models import Fund
from services.funds.reports import actions as reports
from services.rights.tasks import due
from supervision import door as supervision
from tenants.running import current_slug

AGAIN_AFTER: Final = dt.timedelta(days=7)
ENDING_DAYS: Final = 30  # a purchaser needs a month to sign anew


@transaction.atomic
def tell(today: dt.date) -> int:
    """Tell this agency's people of its deadlines; return how many notifications that made."""
    return _supervision(today) + _reports(today) + _requests(today) + _contracts(today)


def _supervision(today: dt.date) -> int:
    late = [one for one in supervision.clocks(current_slug(), today) if one.days_left < 0]
    about = f"tenants.tenant:{current_slug()}"
    if not late or _told("supervision.overdue", [about]):
        return 0
    worst = max(one.days_overdue for one in late)
    to = notifications.members(current_slug(), P.STATION_MANAGE)
    return notifications.tell(kind="supervision.overdue", to=to, about=about, count=len(late), days=worst)


def _reports(today: dt.date) -> int:
    funds = list(Fund.objects.filter(closed_on=None).prefetch_related("campaigns"))
    late = {key: found for key, found in reports.overdue_of(funds, today).items() if found} if funds else {}
    about = {fund.pk: f"funds.fund:{fund.ref}" for fund in funds if fund.pk in late}
    told = _told("report.overdue", about.values())
    to = notifications.members(current_slug(), P.FUND_PUBLISH) if set(about.values()) - told else []
    return sum(
        notifications.tell(
            kind="report.overdue", to=to, about=about[fund.pk], args=[fund.ref], fund=fund.name,
            count=len(late[fund.pk]),
        )
        for fund in funds
        if fund.pk in late and about[fund.pk] not in told
    )  # fmt: skip


def _requests(today: dt.date) -> int:
    late, soon = due(today)
    about = f"rights.requests:{current_slug()}"
    if not late + soon or _told("rights.due", [about]):
        return 0
    to = notifications.members(current_slug(), P.MEMBER_MANAGE)
    return notifications.tell(kind="rights.due", to=to, about=about, count=late, days=soon)


def _contracts(today: dt.date) -> int:
    """Once for a contract: what was told a month before its end is not told again in that month."""
    ending = contracts.ending(tenant=current_slug(), today=today, within=ENDING_DAYS)
    about = {one.ref: f"contracts.contract:{one.ref}" for one in ending}
    told = notifications.told_lately(
        "contract.ending", about.values(), clock.now() - dt.timedelta(days=ENDING_DAYS + 1)
    ) if about else set()  # fmt: skip
    return sum(contracts.tell_of_end(one.ref) for one in ending if about[one.ref] not in told)


def _told(kind: str, about: Iterable[str]) -> set[str]:
    return notifications.told_lately(kind, about, clock.now() - AGAIN_AFTER)
