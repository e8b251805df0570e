"""A charity fund for the stage: a year of business, a campaign, a published report, a notice, an anchor."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from disclosure import door
from services.funds import donating, receipts, reporting
from services.funds.donating import Gift
from services.funds.models import Donation, Fund, Receipt, Report
from tests.cast import member
from tests.platform.disclosure.faces import face, notice
from tests.services.funds.year import a_year, campaign, fund_of_2026, general
from tests.workroom import Workroom


@dataclass
class Charity:
    """A fund and what a treasurer has of it; `finance` is a username."""

    fund: Fund
    report: Report
    donation: Donation
    receipt: Receipt
    finance: str


def fund_with_a_year(room: Workroom) -> Charity:
    """Make the fund, its first quarter's report, a donation and its receipt while standing in the agency."""
    today = timezone.localdate()
    fund = fund_of_2026()
    a_year(fund)
    campaign(fund)
    row = reporting.find(fund, "quarter", "2026Q1", today)
    assert row
    report = reporting.publish(fund=fund, duty=row.duty, words="用于困难救助。", today=today, by=room.director)
    face(fund.ref)
    notice(fund=fund.ref)
    notice("b", fund=fund.ref, number="SQ-2", kind="activity", title="中秋邻里节", cause="", amount=Decimal(8000))
    for day in (1, 0):
        on = today - dt.timedelta(days=day)
        door.anchor_book(tenant=room.tenant.slug, fund=fund.ref, on=on, entries=8, digest="ab" * 32)
    finance = member(room.tenant, "n-finance", "finance", name="冯会计")
    gift = Gift(
        kind="cash", giver="person", donor="何善长", amount=Decimal(500), purpose=general(fund), received_on=today
    )
    donation = donating.record_donation(fund=fund, gift=gift, today=today, by=finance)
    receipt = receipts.issue(donation=donation, today=today, by=finance)
    return Charity(fund, report, donation, receipt, finance.username)
