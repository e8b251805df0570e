"""A charity fund for the stage: a year of business, a campaign, a published report, a notice, an anchor."""

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from disclosure import door
from services.funds import reporting
from services.funds.models import Fund, Report
from tests.platform.disclosure.faces import face, notice
from tests.services.funds.year import a_year, campaign, fund_of_2026
from tests.workroom import Workroom


def fund_with_a_year(room: Workroom) -> tuple[Fund, Report]:
    """Make the fund and its first quarter's report while standing in the agency."""
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
    return fund, report
