"""Figures out of the books, published once and frozen; a later entry of the period asks for a correction."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from disclosure.models import PublicFund, PublishedReport
from services.funds.books import chart
from services.funds.books.closing import close_year
from services.funds.fund import actions as fund_actions
from services.funds.models import Fund, Pledge, Report
from services.funds.reports import actions as report_actions
from services.funds.reports import figures
from services.journal.models import JournalEntry
from tenants.running import in_public, in_tenant
from tests.cast import member, signed_in
from tests.services.funds.ground import bare_fund
from tests.services.funds.year import TODAY, a_year, campaign, fund_of_2026, general, gift, receive
from tests.services.ledger.books import at_commit
from tests.workroom import Workroom

Q1 = (dt.date(2026, 1, 5), dt.date(2026, 3, 31))
Q2 = (dt.date(2026, 4, 1), dt.date(2026, 6, 30))


@pytest.fixture
def fund(at_north: Workroom) -> Fund:
    made = fund_of_2026()
    a_year(made)
    return made


@pytest.fixture
def standing(north_room: Workroom) -> Fund:
    """The same fund; one stands nowhere."""
    with in_tenant(north_room.tenant):
        made = fund_of_2026()
        a_year(made)
        at_commit()
    return made


def test_the_first_quarter(fund: Fund) -> None:
    found = figures.of_period(fund, *Q1)

    assert found["opening"] == "0.00"
    assert found["income"] == {"donation": "30000.00", "in_kind": "2000.00"}
    assert found["spending"] == {"person": "3000.00"}
    assert (found["income_total"], found["spending_total"]) == ("32000.00", "3000.00")
    assert (found["closing"], found["bank"], found["goods"]) == ("29000.00", "27000.00", "2000.00")
    assert found["reserved"] == "0.00"
    assert found["purposes"] == [
        {"name": "一般用途", "came_in": "30000.00", "went_out": "3000.00", "left": "27000.00"},
        {"name": "助学", "came_in": "2000.00", "went_out": "0.00", "left": "2000.00"},
    ]


def test_the_second_quarter_begins_where_the_first_ended(fund: Fund) -> None:
    first, second = figures.of_period(fund, *Q1), figures.of_period(fund, *Q2)

    assert second["opening"] == first["closing"]
    assert second["income"] == {"donation": "-50.00", "grant": "21000.00"}
    assert second["spending"] == {"person": "-500.00", "activity": "800.00"}
    assert second["closing"] == "49650.00"
    assert second["reserved"] == "1000.00"
    assert second["purposes"][1] == {"name": "助学", "came_in": "21000.00", "went_out": "800.00", "left": "22200.00"}
    change = Decimal(second["income_total"]) - Decimal(second["spending_total"])
    assert Decimal(second["opening"]) + change == Decimal(second["closing"])


def test_a_closed_year_reads_the_same_as_before_its_closing(at_north: Workroom) -> None:
    today = timezone.localdate()
    last = dt.date(today.year - 1, 12, 31)
    fund = bare_fund("OLD", (today - last).days + 300)
    receive(general(fund), "z", "900", last)
    year = (dt.date(last.year, 1, 1), last)
    before = figures.of_period(fund, *year)

    close_year(fund=fund, year=last.year, today=timezone.localdate(), by=at_north.director)

    assert figures.of_period(fund, *year) == before
    assert before["income_total"] == "900.00"


def test_a_campaign_raised_and_matched(fund: Fund) -> None:
    drive = campaign(fund)
    pledge = Pledge.objects.create(campaign=drive, giver="千佛山街道", rate=Decimal(1), ceiling=21000)
    gift(drive, "x1", "20000")
    gift(drive, "x2", "7000")
    gift(drive, "x3", "21000", pledge)

    found = figures.of_campaign(drive, TODAY)

    assert (found["raised"], found["matched"], found["target"]) == ("27000.00", "21000.00", "30000.00")
    assert (found["output_done"], found["output_target"], found["donations"]) == (11, 11, 3)
    assert [row["name"] for row in found["purposes"]] == ["助学"]


def test_published_once_and_frozen(fund: Fund, at_north: Workroom) -> None:
    row = report_actions.find(fund, "quarter", "2026Q1", TODAY)
    assert row
    made = report_actions.publish(fund=fund, due=row.due, words="平稳。", today=TODAY, by=at_north.director)

    public = PublishedReport.objects.get(tenant="north", fund=fund.ref)
    assert public.figures == made.figures == figures.of_period(fund, *Q1)
    assert (public.words, public.due_on, public.title) == ("平稳。", dt.date(2026, 4, 15), "2026 年第 1 季度收支报告")
    with pytest.raises(report_actions.AlreadyPublished):
        report_actions.publish(fund=fund, due=row.due, words="", today=TODAY, by=at_north.director)
    with pytest.raises(report_actions.NothingToCorrect):
        report_actions.publish(fund=fund, due=row.due, words="", today=TODAY, by=at_north.director, corrects=made)
    assert Report.objects.count() == PublishedReport.objects.count() == 1
    assert JournalEntry.objects.filter(act="funds.report.published").count() == 1


def test_what_is_published_is_chinese_whoever_publishes(fund: Fund, at_north: Workroom) -> None:
    with translation.override("en"):
        row = report_actions.find(fund, "quarter", "2026Q1", TODAY)
        assert row
        assert row.due.title == "Report of quarter 1, 2026"
        report_actions.publish(fund=fund, due=row.due, words="", today=TODAY, by=at_north.director)
        fund_actions.show(fund, "北方社会工作服务中心")

    assert PublishedReport.objects.get().title == "2026 年第 1 季度收支报告"
    assert "小额：主任委员决定（不超过 ¥500.00）（示例规则第十一条第一款）" in PublicFund.objects.get().rules


def test_a_later_entry_of_the_period_is_published_as_a_correction(fund: Fund, at_north: Workroom) -> None:
    row = report_actions.find(fund, "quarter", "2026Q1", TODAY)
    assert row
    said = {"fund": fund, "due": row.due, "words": "", "today": TODAY, "by": at_north.director}
    first = report_actions.publish(**said)
    receive(general(fund), "late", "10", dt.date(2026, 3, 30))

    second = report_actions.publish(**said, corrects=first)

    assert PublishedReport.objects.get(source=f"funds.report:{first.ref}").figures["closing"] == "29000.00"
    corrected = PublishedReport.objects.get(source=f"funds.report:{second.ref}")
    assert (corrected.figures["closing"], corrected.figures["corrects"]) == ("29010.00", f"funds.report:{first.ref}")
    assert "更正" in corrected.title
    found = report_actions.find(fund, "quarter", "2026Q1", TODAY)
    assert found
    assert found.report == second
    with pytest.raises(report_actions.AlreadyPublished):
        report_actions.publish(**said, corrects=first)


def test_a_reversal_changes_the_period_it_falls_in_only(fund: Fund) -> None:
    before = figures.of_period(fund, *Q1)
    entry = receive(general(fund), "wrong", "77", dt.date(2026, 5, 5))
    chart.reverse(fund=fund, entry=entry, on=dt.date(2026, 7, 1), memo="记错", by=None)

    assert figures.of_period(fund, *Q1) == before
    third = figures.of_period(fund, dt.date(2026, 7, 1), dt.date(2026, 9, 30))
    assert third["income"] == {"donation": "-77.00"}
    assert third["purposes"][0]["came_in"] == "-77.00"


def test_overdue_until_published(fund: Fund, at_north: Workroom) -> None:
    late = report_actions.overdue(fund, dt.date(2026, 8, 1))
    assert [due.period for due in late] == ["2026Q2", "2026Q1"]

    for due in late:
        report_actions.publish(fund=fund, due=due, words="", today=dt.date(2026, 8, 1), by=at_north.director)

    assert report_actions.overdue(fund, dt.date(2026, 8, 1)) == []


def test_the_pages_preview_publish_and_show(standing: Fund, north_room: Workroom) -> None:
    browser = signed_in(north_room.director, north_room.host)
    new = f"/funds/{standing.ref}/reports/new/quarter/2026Q1/"

    assert "预览并公开" in browser.get(f"/funds/{standing.ref}/reports/").content.decode()
    preview = browser.get(new).content.decode()
    assert "¥29,000.00" in preview
    answer = browser.post(new, {"words": "第一季度"}, follow=True)
    page = answer.content.decode()

    assert "报告已公开。" in page
    assert "¥29,000.00" in page
    assert "第一季度" in page
    again = browser.post(new, {"words": "再来"}).content.decode()
    assert "不用更正" in again
    with in_tenant(north_room.tenant):
        receive(general(standing), "late", "10", dt.date(2026, 3, 30))
    shown = browser.get(answer.redirect_chain[-1][0]).content.decode()
    assert "发布更正" in shown
    corrected = browser.post(new, {"words": ""}, follow=True).content.decode()
    assert "¥29,010.00" in corrected
    assert "更正的是" in corrected
    assert browser.post(new, {"words": "x" * 2001}).status_code == 200
    for path in ("new/quarter/2026Q9/", "new/quarter/2030Q1/", "new/final/nothere/", "new/x/y/", "nothere/"):
        assert browser.get(f"/funds/{standing.ref}/reports/{path}").status_code == 404
    assert browser.get("/funds/nothere/reports/").status_code == 404


def test_only_finance_and_director_publish(standing: Fund, north_room: Workroom) -> None:
    new = f"/funds/{standing.ref}/reports/new/quarter/2026Q1/"
    with in_public():
        worker, finance = north_room.wei.user, member(north_room.tenant, "n-fin", "finance")

    assert signed_in(worker, north_room.host).get(new).status_code == 403
    assert signed_in(worker, north_room.host).post(new).status_code == 403
    assert (
        "预览并公开" not in signed_in(worker, north_room.host).get(f"/funds/{standing.ref}/reports/").content.decode()
    )
    assert signed_in(finance, north_room.host).post(new).status_code == 302


def test_another_agencys_fund_is_not_found(standing: Fund, south_room: Workroom) -> None:
    browser = signed_in(south_room.director, south_room.host)

    assert browser.get(f"/funds/{standing.ref}/reports/").status_code == 404


def test_reports_ask_as_many_queries_of_one_as_of_many(standing: Fund, north_room: Workroom) -> None:
    browser = signed_in(north_room.director, north_room.host)
    path = f"/funds/{standing.ref}/reports/"
    counts = []
    for number in range(2):
        browser.get(path)  # the host is known for some seconds
        with CaptureQueriesContext(connection) as asked:
            browser.get(path)
        counts.append(len(asked))
        with in_tenant(north_room.tenant):
            for row in report_actions.owed(standing, timezone.localdate()) if number == 0 else ():
                today = timezone.localdate()
                report_actions.publish(fund=standing, due=row.due, words="", today=today, by=north_room.director)
    with in_tenant(north_room.tenant), CaptureQueriesContext(connection) as asked:
        figures.of_period(standing, *Q1)

    assert counts[0] == counts[1] <= 16
    assert len(asked) <= 5
