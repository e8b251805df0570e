"""Close a fund's year, hold its days fast, and verify its books."""

import datetime as dt
import logging

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from disclosure import door as disclosure
from services.funds.books.chart import net_account
from services.funds.models import Fund
from services.journal import log
from services.ledger import anchors, closing, verification
from services.ledger.models import Check, Entry
from tenants.running import current_slug

lines = logging.getLogger(__name__)


@transaction.atomic
def close_year(*, fund: Fund, year: int, today: dt.date, by: User) -> Entry | None:
    """Close a year of the fund's books.

    :raises services.ledger.closing.CannotCloseYear: unless the year is over and the next in line.
    """
    entry = closing.close_year(
        book=fund.book, year=year, net_of=lambda account: net_account(fund.book, account),
        memo=_("%(year)d 年度结账") % {"year": year}, today=today, by=by,
    )  # fmt: skip
    log.write("funds.fund.year_closed", on=fund, by=by, year=year)
    return entry


@transaction.atomic
def anchor(fund: Fund, on: dt.date) -> None:
    """Hold the fund's books fast for the day, here and outside the agency's schema."""
    kept = anchors.anchor(fund.book, on)
    disclosure.anchor_book(tenant=current_slug(), fund=fund.ref, on=on, entries=kept.entries, digest=kept.digest)


def check(fund: Fund) -> Check:
    """Verify the fund's books, the anchors kept elsewhere included; what is wrong is logged as an error."""
    found = verification.check(fund.book, disclosure.anchors(tenant=current_slug(), fund=fund.ref))
    if found.findings:
        lines.error("books of fund %s: %d findings, first %s", fund.ref, len(found.findings), found.findings[0])
    return found
