"""The pages of funds and of what comes in, as a treasurer, a director and a committee member meet them."""

import datetime as dt
import io
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from services.funds.donations import refunds
from services.funds.fund import actions as fund_actions
from services.funds.fund import purposes
from services.funds.fund.queries import balances
from services.funds.models import Donation, Fund
from tenants.running import in_tenant
from tests.cast import member, signed_in
from tests.services.funds.treasury import Treasury, new_fund
from tests.workroom import Workroom

TODAY = timezone.localdate()


@pytest.fixture
def kept(funded: Treasury) -> Treasury:
    return funded


@pytest.fixture
def finance(kept: Treasury) -> Client:
    return signed_in(kept.qian, kept.room.host)


@pytest.fixture
def director(kept: Treasury) -> Client:
    return signed_in(kept.director, kept.room.host)


def said(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "cash", "amount": "１，０００．５０", "giver": "person", "donor": "王建国", "received_on": f"{TODAY}",
        "goods": "", "valuation": "", "reference": "", **changes,
    }  # fmt: skip


def test_a_director_opens_a_fund(director: Client, kept: Treasury) -> None:
    form = {"name": "棋盘社区基金", "custodian": "济南市慈善总会", "programme": "jinan-funds", "opened_on": f"{TODAY}",
            "area": "370102002"}  # fmt: skip

    low = director.post("/funds/new/", {**form, "opening": "29,999.99"})
    answer = director.post("/funds/new/", form)

    assert "示例规则第三条" in low.content.decode()
    assert answer.status_code == 302
    page = director.get(answer.url).content.decode()
    assert "棋盘社区基金" in page
    assert "¥30,000.00" in page
    assert "还没有主任委员" in page
    assert "历下区" in page


def test_the_treasurer_records_a_donation_once(finance: Client, kept: Treasury) -> None:
    once = str(uuid.uuid4())
    form = said(purpose=kept.general.ref, once=once)

    first = finance.post(f"/funds/{kept.fund.ref}/donations/new/", form)
    second = finance.post(f"/funds/{kept.fund.ref}/donations/new/", form)

    assert first.status_code == second.status_code == 302
    assert first.url == second.url
    assert "王建国" in finance.get(first.url).content.decode()
    with in_tenant(kept.room.tenant):
        assert Donation.objects.filter(donor="王建国").count() == 1
        assert balances(kept.fund).bank == Decimal("31000.50")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"amount": "0"}, "大于 0"), ({"amount": "-5"}, "负数"), ({"amount": "1.005"}, "两位小数"),
        ({"amount": "9" * 13}, "太大"), ({"amount": ""}, "必填"), ({"amount": "一百"}, "数字金额"),
        ({"donor": ""}, "请填写捐赠人"), ({"received_on": f"{TODAY + dt.timedelta(days=1)}"}, "今天之后"),
        ({"purpose": "nothing"}, "选择"), ({"kind": "gold"}, "选择"),
        ({"amount": "999999999999.99"}, "能记的范围"),
    ],
)  # fmt: skip
def test_wrong_input_comes_back_with_its_reason(finance: Client, kept: Treasury, changes: Any, words: str) -> None:
    answer = finance.post(f"/funds/{kept.fund.ref}/donations/new/", said(**{"purpose": kept.general.ref, **changes}))

    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_who_does_not_keep_funds_reads_no_donors(finance: Client, kept: Treasury) -> None:
    with in_tenant(kept.room.tenant):
        kept.donate()
        kept.donate(donor="李公开", is_named=True)
        guest = member(kept.room.tenant, "n-guest", "fund_committee", name="周委员")
    browser = signed_in(guest, kept.room.host)
    path = f"/funds/{kept.fund.ref}/donations/"

    page, searched = browser.get(path).content.decode(), browser.get(path, {"q": "王建国"}).content.decode()

    assert "王建国" in finance.get(path).content.decode()
    assert "王建国" not in page
    assert "未公开" in page
    assert "李公开" in page
    assert "没有符合条件的内容" in searched
    assert "王建国".encode() not in browser.get(path, {"export": "xlsx"}).content
    assert browser.get(f"{path}new/").status_code == 403


def test_lists_ask_the_same_few_queries_for_any_number_of_rows(finance: Client, kept: Treasury) -> None:
    def count(path: str) -> int:
        finance.get(path)  # what a session or a process reads once in a while is read
        counts = []
        for _ in range(3):  # what is remembered for some seconds may be asked for anew on a slow machine
            with CaptureQueriesContext(connection) as asked:
                assert finance.get(path).status_code == 200
            counts.append(len(asked))
        return min(counts)

    donations = f"/funds/{kept.fund.ref}/donations/"
    few = {path: count(path) for path in ("/funds/", donations)}
    with in_tenant(kept.room.tenant):
        for number in range(12):
            kept.donate(donor=f"捐赠人{number}")
            more = new_fund(code=f"X{number}", name=f"基金{number}")
            fund_actions.open_fund(new=more, agency="", today=TODAY, by=None)

    assert {path: count(path) for path in few} == few
    assert max(few.values()) <= 20


def test_lists_are_filtered_and_exported(finance: Client, kept: Treasury) -> None:
    with in_tenant(kept.room.tenant):
        school = purposes.open_purpose(fund=kept.fund, name="助学", by=kept.qian)
        kept.donate(purpose=school, amount=Decimal("88.88"))
    path = f"/funds/{kept.fund.ref}/donations/"

    found = finance.get(path, {"purpose": school.ref, "giver": "person", "kind": "cash", "from_on": f"{TODAY}",
                               "to_on": f"{TODAY}", "receipt": "waiting", "q": "王建国"})  # fmt: skip
    none = finance.get(path, {"receipt": "issued"}).content.decode()
    file = finance.get(path, {"export": "xlsx", "purpose": school.ref}).content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()
    funds = finance.get("/funds/", {"export": "xlsx"}).content
    listed = CalamineWorkbook.from_filelike(io.BytesIO(funds)).get_sheet_by_index(0).to_python()

    assert "¥88.88" in found.content.decode()
    assert "没有符合条件的内容" in none
    assert rows[1][1] == "王建国"
    assert rows[1][4] == 88.88
    assert listed[1][3] == 30088.88


def test_a_dormant_fund_is_flagged(director: Client, kept: Treasury) -> None:
    with in_tenant(kept.room.tenant):
        since = TODAY - dt.timedelta(days=500)
        old = fund_actions.open_fund(
            new=new_fund(code="OLD", name="旧基金", opened_on=since), agency="", today=TODAY, by=None
        )

    assert "休眠" in director.get("/funds/").content.decode()
    assert "已休眠" in director.get(f"/funds/{old.ref}/").content.decode()
    assert "已休眠" not in director.get(f"/funds/{kept.fund.ref}/").content.decode()


def test_a_fund_is_wound_up_in_the_browser(director: Client, finance: Client, kept: Treasury) -> None:
    fund = f"/funds/{kept.fund.ref}/"

    early = director.post(f"{fund}close/", {"closed_on": f"{TODAY}"}).content.decode()
    handed = finance.post(f"{fund}hand-over/", {"sure": "on"})
    with in_tenant(kept.room.tenant):
        asked = kept.fund.residual_transfers.get()
    shown = {"sure": "on", "shown": str(asked.amount)}
    released = director.post(f"{fund}hand-over/{asked.ref}/release/", shown)
    again = finance.post(f"{fund}hand-over/", {"sure": "on"}).content.decode()
    closed = director.post(f"{fund}close/", {"closed_on": f"{TODAY}"})

    assert "移交托管方" in early
    assert handed.status_code == released.status_code == closed.status_code == 302
    assert "没有资金" in again
    with in_tenant(kept.room.tenant):
        assert Fund.objects.get().state == "closed"
    late = finance.post(f"{fund}donations/new/", said(purpose=kept.general.ref))
    assert "已经关闭" in late.content.decode()
    assert "已关闭" in director.get(fund).content.decode()


def test_another_agencys_refs_are_not_found(south_room: Workroom, finance: Client, kept: Treasury) -> None:
    with in_tenant(kept.room.tenant):
        made = kept.donate()
        refunds.request_refund(donation=made, amount=Decimal(1), reason="重复汇款", by=kept.qian)
    with in_tenant(south_room.tenant):
        keeper = member(south_room.tenant, "s-qian", "finance")
    stranger = signed_in(keeper, south_room.host)

    for path in ("", "donations/", "donations/new/", f"donations/{made.ref}/", "seats/", "hand-over/"):
        assert finance.get(f"/funds/{kept.fund.ref}/{path}").status_code == 200, path
        assert stranger.get(f"/funds/{kept.fund.ref}/{path}").status_code == 404, path
    for path in ("donations/nothing/", "seats/nothing/end/", "purposes/nothing/stop/"):
        assert finance.get(f"/funds/{kept.fund.ref}/{path}").status_code in (403, 404, 405)
