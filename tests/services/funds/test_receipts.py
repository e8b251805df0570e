"""Receipts: numbered without gaps, voided and given anew, set as PDF with whatever the name is."""

import io
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from pypdf import PdfReader

from services.funds.books.corrections import CannotCorrect, reverse_entry
from services.funds.donations import receipt_pdf, receipts, refunds
from services.funds.models import Receipt
from tenants.running import in_tenant
from tests.cast import signed_in
from tests.services.funds.treasury import Treasury, treasury
from tests.workroom import Workroom

TODAY = timezone.localdate()


def issue(rh: Treasury, **changes: Any) -> Receipt:
    return receipts.issue(donation=rh.donate(**changes), today=TODAY, by=rh.qian)


def text_of(made: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)


def test_numbers_run_in_a_fund_and_year(rh: Treasury) -> None:
    assert [issue(rh).number for _ in range(3)] == [f"RH-{TODAY.year}-{n:05d}" for n in (1, 2, 3)]
    next_year = TODAY.replace(year=TODAY.year + 1, month=1, day=1)
    assert receipts.issue(donation=rh.donate(), today=next_year, by=rh.qian).number == f"RH-{TODAY.year + 1}-00001"


def test_a_wrong_receipt_is_voided_and_given_anew(rh: Treasury) -> None:
    first = issue(rh)
    with pytest.raises(receipts.CannotIssue, match="已有有效"):
        receipts.issue(donation=first.donation, today=TODAY, by=rh.qian)

    second = receipts.void(receipt=first, reason="抬头写错", today=TODAY, by=rh.sun, anew=True)

    first.refresh_from_db()
    assert (first.voided_on, first.void_reason) == (TODAY, "抬头写错")
    assert second.number.endswith("00002")
    with pytest.raises(receipts.CannotVoid):
        receipts.void(receipt=first, reason="再来", today=TODAY, by=rh.sun)


def test_receipt_and_refund_exclude_each_other(rh: Treasury) -> None:
    first = issue(rh)
    with pytest.raises(refunds.CannotRefund, match="作废收据"):
        refunds.request_refund(donation=first.donation, amount=Decimal(1), reason="多汇", by=rh.qian)
    with pytest.raises(CannotCorrect):
        reverse_entry(fund=rh.fund, entry=first.donation.entry, occurred_on=TODAY, memo="重复", by=rh.qian)
    receipts.void(receipt=first, reason="部分退还", today=TODAY, by=rh.qian)
    asked = refunds.request_refund(donation=first.donation, amount=Decimal("400.00"), reason="多汇", by=rh.qian)
    with pytest.raises(receipts.CannotIssue, match="等待复核"):
        receipts.issue(donation=first.donation, today=TODAY, by=rh.qian)
    refunds.approve_refund(refund=asked, shown=asked.amount, today=TODAY, by=rh.sun)

    second = receipts.issue(donation=first.donation, today=TODAY, by=rh.qian)

    assert (first.amount, second.amount) == (Decimal("1000.00"), Decimal("600.00"))
    assert "人民币陆佰元整" in text_of(receipt_pdf.pdf(second, "钱会计"))
    receipts.void(receipt=second, reason="全部退还", today=TODAY, by=rh.qian)
    rest = refunds.request_refund(donation=first.donation, amount=Decimal("600.00"), reason="多汇", by=rh.qian)
    refunds.approve_refund(refund=rest, shown=rest.amount, today=TODAY, by=rh.sun)
    with pytest.raises(receipts.CannotIssue, match="全部退还"):
        receipts.issue(donation=first.donation, today=TODAY, by=rh.qian)


@pytest.mark.parametrize(
    "donor",
    ["𠮷田", "买买提·吐尔逊", "王㛃喆", '#read("/etc/passwd")', "*星* _下_ $公式$ #{1+1} `码`", "<b>&amp;</b> \\ //"],
)
def test_any_name_is_set_as_it_stands(rh: Treasury, donor: str) -> None:
    made = text_of(receipt_pdf.pdf(issue(rh, donor=donor), "钱会计"))

    assert donor.replace(" ", "") in made.replace(" ", "").replace("\n", "")
    assert "root:" not in made
    assert "人民币壹仟元整" in made


def test_an_anonymous_receipt_names_nobody_and_a_void_one_says_so(rh: Treasury) -> None:
    found = issue(rh, giver="anonymous", donor="", kind="in_kind", goods="大米 20 袋", valuation="发票")
    assert "匿名" in text_of(receipt_pdf.pdf(found, "钱会计"))
    assert "大米 20 袋" in text_of(receipt_pdf.pdf(found, "钱会计"))

    receipts.void(receipt=found, reason="写错", today=TODAY, by=rh.qian)

    voided = Receipt.objects.select_related("donation__fund", "donation__purpose").get(pk=found.pk)
    assert f"本收据已于 {TODAY} 作废：写错" in text_of(receipt_pdf.pdf(voided, "钱会计"))


def test_the_same_receipt_is_the_same_file_with_its_fonts_in_it(rh: Treasury) -> None:
    found = issue(rh)
    once, again = receipt_pdf.pdf(found, "钱会计"), receipt_pdf.pdf(found, "钱会计")

    assert once == again
    fonts = PdfReader(io.BytesIO(once)).pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    assert all("NotoSansCJK" in str(font.get_object()["/BaseFont"]) for font in fonts.values())
    assert len(once) < 200_000


def test_receipts_in_the_browser(north_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        rh = treasury(north_room)
        made = rh.donate()
    browser, fund = signed_in(rh.qian, north_room.host), f"/funds/{rh.fund.ref}/"

    given = browser.post(f"{fund}donations/{made.ref}/receipt/")
    again = browser.post(f"{fund}donations/{made.ref}/receipt/", follow=True)
    page = browser.get(given.url).content.decode()
    paper = browser.get(f"{given.url}pdf/")
    voided = browser.post(f"{given.url}void/", {"reason": "抬头写错", "anew": "on"})

    assert "已有有效收据" in again.content.decode()
    assert "人民币壹仟元整" in page
    assert paper["Content-Type"] == "application/pdf"
    assert f"RH-{TODAY.year}-00001.pdf" in paper["Content-Disposition"]
    assert "王建国" in text_of(paper.content)
    assert f"RH-{TODAY.year}-00002" in browser.get(voided.url).content.decode()
    assert "抬头写错" in browser.get(f"{fund}donations/{made.ref}/").content.decode()


def test_a_refund_in_the_browser_takes_two(north_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        rh = treasury(north_room)
        made = rh.donate()
    qian, sun, fund = signed_in(rh.qian, north_room.host), signed_in(rh.sun, north_room.host), f"/funds/{rh.fund.ref}/"

    assert (
        "1,000.00"
        in qian.post(f"{fund}donations/{made.ref}/refund/", {"amount": "1001", "reason": "多汇"}).content.decode()
    )
    assert qian.post(f"{fund}donations/{made.ref}/refund/", {"amount": "400", "reason": "多汇"}).status_code == 302
    with in_tenant(north_room.tenant):
        refund = made.refunds.get()
    path = f"{fund}refunds/{refund.ref}/"
    shown = {"shown": "400.00", "sure": "on"}
    assert "另一人" in qian.post(f"{path}release/", shown).content.decode()
    assert "重新核对" in sun.post(f"{path}release/", {**shown, "shown": "40.00"}).content.decode()
    assert sun.post(f"{path}release/", shown).status_code == 302
    assert "处理过" in sun.post(f"{path}drop/", follow=True).content.decode()
    assert "已退还" in sun.get(f"{fund}donations/{made.ref}/").content.decode()


@pytest.mark.threads
def test_numbers_have_no_gaps_however_many_issue_at_once(committed: dict[str, Workroom]) -> None:
    room = committed["north"]
    with in_tenant(room.tenant):
        rh = treasury(room)
        made = [rh.donate() for _ in range(16)]

    def give(number: int) -> str:
        try:
            with in_tenant(room.tenant):
                return receipts.issue(donation=made[number // 2], today=TODAY, by=rh.qian).number
        except receipts.CannotIssue:
            return ""
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        given = list(pool.map(give, range(32)))

    assert sorted(filter(None, given)) == [f"RH-{TODAY.year}-{n:05d}" for n in range(1, 17)]
    assert given.count("") == 16
