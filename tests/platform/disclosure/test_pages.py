"""The public pages: found by place or pinyin, the totals of what moved, notices, reports, anchors."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from disclosure import door, queries
from disclosure.models import Notice, PublicFund, PublishedReport
from tests.cast import signed_in
from tests.platform.disclosure.faces import FUND, a_year, balance, face, moved, notice

pytestmark = pytest.mark.usefixtures("north_row", "public")


@pytest.mark.parametrize("words", ["阳光", "千佛山", "qfs", "qianfoshanyangguang", "历下", "lixia", "济南", "北方社会"])
def test_a_fund_is_found_by_name_pinyin_agency_or_place(words: str) -> None:
    face()
    face("otherfund2345678", name="海洲幸福基金", area="330481001", agency="南方", custodian="海宁慈善会")

    assert [found.fund for found in queries.funds(words)] == [FUND]


def test_a_fund_without_an_area_is_found_by_its_name_only() -> None:
    face(area="")

    assert queries.funds("阳光").exists()
    assert not queries.funds("lixia").exists()


def test_totals_agree_with_what_moved() -> None:
    face()
    a_year()

    totals = queries.totals(FUND)
    listed = queries.funds().get()

    assert (totals.came_in, totals.went_out) == (Decimal("31950"), Decimal("4770"))
    assert totals.balance == balance()
    assert (listed.came_in, listed.went_out) == (totals.came_in, totals.went_out)
    assert sum(one.left for one in totals.purposes) == totals.balance
    assert {str(line.label): line.amount for line in totals.spending}["困难救助"] == Decimal("3000")


def test_a_correction_upwards_stands_on_the_side_of_income() -> None:
    face()
    moved("e1", "-100", "person")
    moved("e2", "100", "correction")

    totals = queries.totals(FUND)

    assert (totals.came_in, totals.went_out) == (Decimal("100"), Decimal("100"))


def test_the_page_shows_who_what_and_by_which_rules() -> None:
    face()
    a_year()
    notice()
    door.anchor_book(tenant="north", fund=FUND, on=dt.date(2026, 3, 1), entries=8, digest="ab" * 32)
    browser = signed_in(None)

    page = browser.get(f"/funds/{FUND}/").content.decode()

    for words in ("济水慈善会", "示例规则第九条", "困难救助", "¥31,950.00", "¥4,770.00", "重大疾病", "ab" * 32):
        assert words in page
    assert "http://north.localhost/grants/notices/SQ-2026-0001/object/" in page
    assert "千佛山阳光基金" in browser.get("/funds/", {"q": "qfs"}).content.decode()
    assert "还没有公开的公益基金" not in browser.get("/funds/").content.decode()


def test_the_objection_keeps_the_port_of_the_request() -> None:
    face()
    notice()

    page = signed_in(None).get(f"/funds/{FUND}/", headers={"host": "localhost:8000"}).content.decode()

    assert "http://north.localhost:8000/grants/notices/SQ-2026-0001/object/" in page


def test_ended_and_withdrawn_notices_are_not_shown_as_running() -> None:
    face()
    today = timezone.localdate()
    notice("a:1", number="ONE")
    notice("a:2", number="TWO")
    notice("a:3", number="OLD", from_on=today - dt.timedelta(days=9), to_on=today - dt.timedelta(days=2))
    door.end_notice(tenant="north", source="a:2", withdrawn=True)

    assert [one.number for one in queries.running_notices([FUND], today)] == ["ONE"]
    assert {one.number for one in queries.published_notices(agency="north")} == {"ONE", "OLD"}
    assert Notice.objects.count() == 3


def test_movements_are_filtered_and_exported() -> None:
    face()
    a_year()
    browser = signed_in(None)
    path = f"/funds/{FUND}/movements/"

    out = browser.get(path, {"side": "out", "since": "2026-04-01"}).content.decode()
    export = browser.get(path, {"export": "xlsx"})

    assert "活动资助" in out
    assert "-¥2,000.00" in out
    assert "¥30,000.00" not in out
    assert "共 1 条" in browser.get(path, {"purpose": "儿童之家", "side": "in"}).content.decode()
    assert export["Content-Type"].endswith("sheet")
    assert browser.get(path, {"side": "x", "since": "soon", "sort": "digest", "page": "-1"}).status_code == 200


def test_a_report_is_shown_as_published_and_names_its_correction() -> None:
    face()
    figures = {"opening": "0.00", "income": {"donation": "100.00"}, "closing": "100.00", "people": 3,
               "purposes": [{"name": "普通", "came_in": "100.00", "went_out": "0.00", "left": "100.00"}]}  # fmt: skip
    said = {"fund": FUND, "kind": "quarter", "from_on": dt.date(2026, 1, 1), "to_on": dt.date(2026, 3, 31),
            "due_on": dt.date(2026, 4, 15), "words": "第一季度"}  # fmt: skip
    for source, title, more in (("r1", "一季度报告", {}), ("r2", "一季度报告（更正）", {"corrects": "r1"})):
        door.publish_report(
            tenant="north", report=door.ReportSaid(source=source, title=title, figures={**figures, **more}, **said)
        )
    browser = signed_in(None)
    first, second = PublishedReport.objects.order_by("pk")

    page = browser.get(f"/funds/{FUND}/reports/{first.ref}/").content.decode()

    assert "受助人数" in page
    assert "¥100.00" in page
    assert "这份报告后来有更正" in page
    assert "更正的是" in browser.get(f"/funds/{FUND}/reports/{second.ref}/").content.decode()
    assert browser.get(f"/funds/another/reports/{first.ref}/").status_code == 404


def test_unknown_funds_are_not_found() -> None:
    browser = signed_in(None)

    for path in ("", "movements/", "books/", "reports/nothere/"):
        assert browser.get(f"/funds/nothere/{path}").status_code == 404
    assert browser.post("/funds/").status_code == 405


def test_pages_ask_as_many_queries_of_two_funds_as_of_forty() -> None:
    browser = signed_in(None)
    browser.get("/funds/")
    counts = []
    for numbers in (range(2), range(2, 19)):
        for number in numbers:
            face(f"fund{number}", name=f"基金{number}")
            moved(f"m{number}", "10", "donation", fund=f"fund{number}")
            notice(f"n{number}", fund="fund0", number=f"N{number}")
        with CaptureQueriesContext(connection) as asked:
            browser.get("/funds/", {"q": "qfs"})
            browser.get("/funds/")
            browser.get("/funds/fund0/")
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 20
    assert PublicFund.objects.count() == 19
