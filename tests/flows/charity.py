"""A charity fund for the stage: a year of business, a campaign, a published report, a notice, an anchor."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from disclosure import door
from services.clients import actions as clients
from services.funds.donations import actions as donation_actions
from services.funds.donations import receipts
from services.funds.donations.actions import Gift
from services.funds.models import Donation, Fund, Receipt, Report
from services.funds.reports import actions as report_actions
from services.grants.models import Application, Payment
from tests.cast import member
from tests.platform.disclosure.faces import face, notice
from tests.services.funds.year import a_year, campaign, fund_of_2026, general
from tests.services.grants import cast
from tests.workroom import Workroom


@dataclass
class Grants:
    """Applications of each step by name, and a payment that waits for its second person."""

    applications: dict[str, Application]
    payment: Payment

    def path(self, step: str, page: str = "") -> str:
        return f"/grants/{self.applications[step].ref}/{page}"


@dataclass
class Charity:
    """A fund, what a treasurer has of it, and applications to another one."""

    fund: Fund
    report: Report
    donation: Donation
    receipt: Receipt
    grants: Grants


def fund_with_a_year(room: Workroom) -> Charity:
    """Make the fund, its first quarter's report, a donation and its receipt while standing in the agency."""
    today = timezone.localdate()
    fund = fund_of_2026()
    a_year(fund)
    campaign(fund)
    row = report_actions.find(fund, "quarter", "2026Q1", today)
    assert row
    report = report_actions.publish(fund=fund, due=row.due, words="用于困难救助。", today=today, by=room.director)
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
    donation = donation_actions.record_donation(fund=fund, gift=gift, today=today, by=finance)
    receipt = receipts.issue(donation=donation, today=today, by=finance)
    return Charity(fund, report, donation, receipt, _grants(room))


def _grants(room: Workroom) -> Grants:
    base = cast.found(room)
    today = timezone.localdate()
    file = clients.ClientFile(name="章来弟", site=room.station, phone="13864100001")  # Zhang Guilan's number
    alike = clients.open_file(file=file, opened_on=today, today=today, by=base.head)
    steps = {
        "alike": cast.assessed(base, "600", cast.wanted(room, alike)),
        "submitted": cast.asked(base, "600"),
        "assessed": cast.assessed(base, "600"),
        "notice": cast.granted(base, "600"),
        "payable": cast.payable(base, "600"),
        "paid": cast.paid(base, "600").application,
    }
    return Grants(steps, cast.prepared(base, "600"))
