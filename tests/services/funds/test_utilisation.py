"""What each purpose raised, promised and used, what lies idle and in stock, and what matching is owed."""

import datetime as dt
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from services.funds.books import chart
from services.funds.models import Pledge
from services.funds.reports.utilisation import uses
from tenants.running import in_tenant
from tests.cast import signed_in
from tests.services.funds.year import (
    TODAY,
    a_year,
    campaign,
    fund_of_2026,
    general,
    gift,
    grant,
    receive,
    restricted,
)
from tests.workroom import Workroom

D = Decimal


def test_raised_reserved_used_and_share(at_north: Workroom) -> None:
    fund = fund_of_2026()
    a_year(fund)

    one, two = uses([fund], TODAY)

    assert (one.raised, one.used, one.reserved, one.free) == (D(29950), D(2500), D(0), D(27450))
    assert one.share == D("8.3")
    assert (two.raised, two.used, two.reserved, two.free) == (D(23000), D(800), D(1000), D(21200))
    for each in (one, two):
        assert each.raised == each.used + each.reserved + each.free


def test_idle_months_count_from_the_last_payment_or_else_the_last_income(at_north: Workroom) -> None:
    fund = fund_of_2026()
    receive(general(fund), "a", "100", dt.date(2026, 2, 22))
    receive(restricted(fund), "b", "100", dt.date(2026, 2, 23))
    grant(restricted(fund), "c", "40", dt.date(2026, 8, 23))

    one, two = uses([fund], TODAY)

    assert (one.last_used_on, one.idle) == (None, 9)
    assert (two.last_used_on, two.idle) == (dt.date(2026, 8, 23), 2)
    grant(restricted(fund), "d", "60", dt.date(2026, 8, 24))
    assert uses([fund], TODAY)[1].idle is None


def test_a_reversed_payment_is_no_use(at_north: Workroom) -> None:
    fund = fund_of_2026()
    receive(general(fund), "a", "100", dt.date(2026, 2, 22))
    paid = grant(general(fund), "c", "40", dt.date(2026, 3, 1))
    chart.reverse(fund=fund, entry=paid, on=dt.date(2026, 3, 2), memo="付错", by=None)

    one = uses([fund], TODAY)[0]

    assert (one.used, one.reserved, one.free) == (D(0), D(40), D(60))


def test_goods_in_stock_are_what_came_last(at_north: Workroom) -> None:
    fund = fund_of_2026()
    two = restricted(fund)
    for key, amount, day in (("a", "100", 1), ("b", "50", 2), ("c", "30", 3)):
        receive(two, key, amount, dt.date(2026, 2, day), kind="in_kind")
    grant(two, "d", "120", dt.date(2026, 3, 1), goods=True)
    receive(general(fund), "e", "500", dt.date(2026, 3, 1))

    one, other = uses([fund], TODAY)

    assert (one.goods, one.goods_since) == (D(0), None)
    assert (other.goods, other.goods_since) == (D(60), dt.date(2026, 2, 2))


def test_matching_still_owed(at_north: Workroom) -> None:
    fund = fund_of_2026()
    drive = campaign(fund)
    street = Pledge.objects.create(campaign=drive, giver="千佛山街道", rate=D("0.8"), ceiling=21000)
    Pledge.objects.create(campaign=drive, giver="某公司", rate=D(1), ceiling=5000)
    gift(drive, "x1", "20000")
    gift(drive, "x2", "7000")
    gift(drive, "x3", "10000", street)

    one, two = uses([fund], TODAY)

    assert one.matching == 0
    assert two.matching == D(21000) - D(10000) + D(5000)


def test_the_page_its_filter_and_its_file(north_room: Workroom) -> None:
    browser = signed_in(north_room.director, north_room.host)
    assert "还没有基金" in browser.get("/funds/utilisation/").content.decode()
    with in_tenant(north_room.tenant):
        for code in ("U1", "U2"):
            a_year(fund_of_2026(code))
        other = fund_of_2026("U3")

    page = browser.get("/funds/utilisation/").content.decode()

    assert "¥29,950.00" in page
    assert "8.3" in page
    assert "共 6 条" in page
    assert "共 2 条" in browser.get("/funds/utilisation/", {"fund": other.ref}).content.decode()
    assert "共 3 条" in browser.get("/funds/utilisation/", {"q": "助学"}).content.decode()
    assert browser.get("/funds/utilisation/", {"fund": "nothere", "sort": "idle"}).status_code == 200
    assert browser.get("/funds/utilisation/", {"export": "xlsx"})["Content-Type"].endswith("sheet")


def test_many_funds_ask_as_many_queries_as_one(north_room: Workroom) -> None:
    browser = signed_in(north_room.director, north_room.host)
    counts = []
    for codes in (("V1",), ("V2", "V3", "V4")):
        with in_tenant(north_room.tenant):
            for code in codes:
                a_year(fund_of_2026(code))
        browser.get("/funds/utilisation/")  # the host is known for some seconds
        with CaptureQueriesContext(connection) as asked:
            browser.get("/funds/utilisation/")
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 16
