"""A fund with a year of business in two quarters, made through the books."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from services.funds.books import chart
from services.funds.books.chart import PostingRef
from services.funds.models import Campaign, Donation, Fund, Pledge, Purpose
from services.ledger.models import Entry
from tests.services.funds.ground import bare_fund

TODAY = dt.date(2026, 11, 22)
OPENED = dt.date(2026, 1, 5)


def fund_of_2026(code: str = "Y1") -> Fund:
    return bare_fund(code, (timezone.localdate() - OPENED).days)


def general(fund: Fund) -> Purpose:
    return fund.purposes.get(is_restricted=False)


def restricted(fund: Fund) -> Purpose:
    return fund.purposes.get(is_restricted=True)


def origin(key: str, on: dt.date) -> PostingRef:
    return PostingRef(key=key, source=f"tests.row:{key}", on=on)


def receive(purpose: Purpose, key: str, amount: str, on: dt.date, **more: Any) -> Entry:
    return chart.receive(
        fund=purpose.fund, purpose=purpose, amount=Decimal(amount), origin=origin(key, on), by=None, **more
    )


def grant(purpose: Purpose, key: str, amount: str, on: dt.date, spent_on: str = "person", **more: Any) -> Entry:
    said: dict[str, Any] = {"fund": purpose.fund, "purpose": purpose, "amount": Decimal(amount), "by": None}
    chart.reserve(**said, origin=origin(f"reserve:{key}", on))
    return chart.pay(**said, spent_on=spent_on, origin=origin(f"pay:{key}", on), **more)


def a_year(fund: Fund) -> None:
    """First quarter: 30,000 and goods of 2,000 came, 3,000 went. Second: 21,000 matching came, 50 back, 500 repaid."""
    one, two = general(fund), restricted(fund)
    receive(one, "a", "30000", dt.date(2026, 1, 5))
    receive(two, "b", "2000", dt.date(2026, 2, 1), kind="in_kind")
    grant(one, "c", "3000", dt.date(2026, 3, 31))
    receive(two, "d", "21000", dt.date(2026, 4, 1), kind="grant")
    said: dict[str, Any] = {"fund": fund, "by": None}
    chart.give_back(**said, purpose=one, amount=Decimal(50), origin=origin("e", dt.date(2026, 4, 9)))
    chart.repaid(**said, purpose=one, amount=Decimal(500), spent_on="person", origin=origin("f", dt.date(2026, 5, 1)))
    grant(two, "g", "800", dt.date(2026, 6, 1), spent_on="activity", goods=True)
    chart.reserve(**said, purpose=two, amount=Decimal(1000), origin=origin("h", dt.date(2026, 6, 30)))


def campaign(fund: Fund, **changes: Any) -> Campaign:
    said: dict[str, Any] = {
        "name": "99公益日", "starts_on": dt.date(2026, 9, 1), "ends_on": dt.date(2026, 9, 10), "target": 30000,
        "output": "改造儿童之家", "output_unit": "户", "output_target": 11, "output_done": 11,
    }  # fmt: skip
    return Campaign.objects.create(fund=fund, purpose=restricted(fund), **{**said, **changes})


def gift(of: Campaign, key: str, amount: str, pledge: Pledge | None = None) -> Donation:
    entry = receive(of.purpose, key, amount, of.ends_on, kind="grant" if pledge else "donation")
    giver = "government" if pledge else "person"
    return Donation.objects.create(
        fund=of.fund, purpose=of.purpose, campaign=of, pledge=pledge, kind="cash", giver=giver, donor="某人",
        amount=Decimal(amount), received_on=of.ends_on, entry=entry, recorded_by="x",
    )  # fmt: skip
