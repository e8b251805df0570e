"""Bank statements: whatever bank made them, taken in once, matched where it is certain, and harmless."""

import csv
import datetime as dt
import io
import zipfile
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from services.funds.bank import actions as bank_actions
from services.funds.bank.statements import ROWS, Unreadable, read_statement
from services.funds.books.corrections import reverse_entry
from services.funds.fund import actions as fund_actions
from services.funds.fund.queries import balances
from services.funds.models import BankImport, BankLine
from services.journal.models import JournalEntry
from services.ledger.posting import NotEnough
from tenants.running import in_tenant
from tests.cast import member, signed_in
from tests.nights import long_at_night
from tests.services.funds.treasury import Treasury, hand_over, treasury
from tests.services.ledger.books import at_commit
from tests.workroom import Workroom

TODAY = timezone.localdate()
HEADS = ["交易日期", "收入", "支出", "对方户名", "摘要", "流水号"]


def excel(rows: list[list[Any]], name: str = "明细") -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet(name)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    book.close()
    return file.getvalue()


def text(rows: list[list[Any]], encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue().encode(encoding)


def one(
    came: Any = "", went: Any = "", on: Any = None, who: str = "王建国", why: str = "捐款", ref: str = ""
) -> list[Any]:
    return [on or f"{TODAY}", came, went, who, why, ref]


def take(rh: Treasury, *rows: list[Any], name: str = "对账单.csv") -> bank_actions.Taken:
    return bank_actions.take_in(fund=rh.fund, file_name=name, data=text([HEADS, *rows]), today=TODAY, by=rh.qian)


@pytest.mark.parametrize(
    "data",
    [
        text([HEADS, one("1,000.00", ref="T1"), one("", "12.50", who="银行", why="手续费", ref="T2")]),
        text([HEADS, one("１０００", ref="T1"), one("0.00", "12.5", who="银行", why="手续费", ref="T2")], "gb18030"),
        text([HEADS, one("1000", "-", ref="T1"), one("--", "12.5", who="银行", why="手续费", ref="T2")],
             delimiter="\t"),
        excel([["账户明细查询"], [], HEADS, one(1000, 0, ref="T1"), one(None, 12.5, who="银行", why="手续费", ref="T2"),
               ["合计", 1000, 12.5]]),
        text([["记账日期", "借方发生额（元）", "贷方发生额（元）", "对方名称", "备注", "交易流水号"],
              [f"{TODAY:%Y/%m/%d}", "", "1000.00", "王建国", "捐款", "\tT1"],
              [f"{TODAY:%Y%m%d}", "12.50", "", "银行", "手续费", '="T2"']]),
        text([["交易时间", "金额", "借贷标志", "对方户名", "摘要", "流水号"],
              [f"{TODAY} 10:11:12", "1000.00", "贷", "王建国", "捐款", "T1"],
              [f"{TODAY:%Y%m%d}101112", "12.50", "借", "银行", "手续费", "T2"]]),
        text([["交易日期", "金额", "对方户名", "摘要", "流水号"],
              [f"{TODAY:%Y年%m月%d日}", "1000", "王建国", "捐款", "T1"],
              [f"{TODAY}", "-12.50", "银行", "手续费", "T2"]]),
    ],
)  # fmt: skip
def test_statements_of_any_bank_are_read_alike(data: bytes) -> None:
    said = read_statement(data, TODAY)

    assert [(line.on, line.amount, line.counterparty, line.summary, line.reference) for line in said.lines] == [
        (TODAY, Decimal("1000.00"), "王建国", "捐款", "T1"), (TODAY, Decimal("-12.50"), "银行", "手续费", "T2"),
    ]  # fmt: skip


def test_excel_days_and_long_numbers_keep_what_they_are() -> None:
    when = dt.datetime.combine(TODAY, dt.time(9, 30))
    said = read_statement(excel([HEADS, [when, 0.1, "", "甲", "", 20261122000017]]), TODAY)

    assert (said.lines[0].on, said.lines[0].amount) == (TODAY, Decimal("0.10"))
    assert said.lines[0].reference == "20261122000017"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["姓名", "电话"], ["王", "1"]], "没有找到表头"), ([HEADS], "没有收支明细"),
        ([HEADS, one("", "")], "没有收支明细"),
        ([HEADS, one("1.005")], "两位小数"), ([HEADS, one("一百")], "第 2 行"), ([HEADS, one("9" * 13)], "太大"),
        ([HEADS, one("1", on="昨天")], "看不懂日期"), ([HEADS, one("1", on="2026-02-31")], "看不懂日期"),
        ([HEADS, one("1", on="2999-01-01")], "不在合理范围"), ([HEADS, one("1", on="1900-01-01")], "不在合理范围"),
        ([HEADS, one("1", who="人" * 1001)], "过长"), ([HEADS] + [one("1")] * (ROWS + 31), "行，请分段"),
        ([["日期", "金额", "借贷"], [f"{TODAY}", "1", "东"]], "收支方向"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(rows: list[list[Any]], words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read_statement(text(rows), TODAY)


def zipped(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/") + ".xml", content)
    return file.getvalue()


def with_sheet(change: bytes) -> bytes:
    """A good Excel file whose sheet's cells are replaced."""
    source, file = zipfile.ZipFile(io.BytesIO(excel([HEADS, one(1)]))), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                content = content[: content.index(b"<sheetData>")] + change + b"</worksheet>"
            made.writestr(part.filename, content)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x00" * 100, b"PK\x03\x04", b"PK\x03\x04" + b"\x00" * 500, excel([HEADS, one(1)])[:-200],
        excel([HEADS, one(1)])[:400], b"\xd0\xcf\x11\xe0" + b"\x00" * 600, b"\xff\xfe\xff\xff" * 50,
        b"%PDF-1.7 nothing",
        b"x" * (5 * 1024 * 1024 + 1), b'"' + b"x" * 200_000, zipped(xl__a=b"\x00" * 70_000_000), zipped(a=b"hello"),
        zipped(xl__workbook=b'<!DOCTYPE x [<!ENTITY a "b">]><workbook>&a;</workbook>'),
        zipped(**{f"p{n}": b"x" for n in range(300)}),
        with_sheet(b'<sheetData><row r="1"><c r="A1"/></row><row r="9"><c r="XFD9"><v>1</v></c></row></sheetData>'),
        with_sheet(b'<sheetData><row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'),
        with_sheet(b"<sheetData><row r = '99999999'><c r\n=\n'B99999999'><v>1</v></c></row></sheetData>"),
        with_sheet(b"<sheetData><row"),
    ],
    ids=range(19),
)  # fmt: skip
def test_a_hostile_or_broken_file_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_statement(data, TODAY)


@pytest.mark.parametrize("examples", long_at_night(10, 100))
def test_no_bytes_break_the_reading(examples: int) -> None:
    """Each is read in a process of its own."""
    good = excel([HEADS, one(1)])

    def read(noise: bytes, at: int) -> None:
        for data in (noise, good[:at] + noise + good[at + len(noise) :]):
            with suppress(Unreadable):
                read_statement(data, TODAY)

    settings(deadline=None, max_examples=examples)(given(st.binary(max_size=400), st.integers(0, 5000))(read))()


def test_a_file_and_a_line_are_taken_in_once(rh: Treasury) -> None:
    first = take(rh, one("1000", ref="T1"), one("5", ref=""), one("5", ref=""))
    assert (first.new, first.known) == (3, 0)
    with pytest.raises(bank_actions.CannotImport, match="已经导入过"):
        take(rh, one("1000", ref="T1"), one("5", ref=""), one("5", ref=""))

    second = take(rh, one("1000", ref="T1", why="换了说法"), one("5", ref=""), one("5", ref=""), one("7", ref="T3"))

    assert (second.new, second.known) == (1, 3)
    assert BankLine.objects.count() == 4
    assert "王建国" not in str(list(JournalEntry.objects.values_list("details", flat=True)))


def test_only_what_is_certain_is_matched(rh: Treasury) -> None:
    rh.donate(amount=Decimal("100.00"), reference="T1")
    rh.donate(amount=Decimal("100.00"), reference="T2")
    alone = rh.donate(amount=Decimal("77.00"))
    rh.donate(amount=Decimal("55.00"))
    rh.donate(amount=Decimal("55.00"))

    taken = take(rh, one("100", ref="T2"), one("100", ref="T9"), one("77"), one("55"), one("30000", on=f"{TODAY}"))

    state = {line.reference or str(line.amount): line.state for line in BankLine.objects.all()}
    assert state == {"T2": "matched", "T9": "waiting", "77.00": "matched", "55.00": "waiting", "30000.00": "matched"}
    assert BankLine.objects.get(amount=77).entry == alone.entry
    assert taken.matched == 3


def test_a_line_far_off_in_time_or_twice_there_is_left_to_a_person(at_north: Workroom) -> None:
    since = TODAY - dt.timedelta(days=20)
    rh = treasury(at_north, opened_on=since)
    rh.donate(amount=Decimal("9.00"), received_on=TODAY)
    rh.donate(amount=Decimal("8.00"), received_on=TODAY - dt.timedelta(days=3))

    take(rh, one("9", on=f"{TODAY - dt.timedelta(days=4)}"), one("8"), one("30000", on=f"{since}", ref="A"),
         one("30000", on=f"{since}", ref="B"))  # fmt: skip

    assert {line.amount for line in BankLine.objects.filter(state="matched")} == {Decimal("8.00")}


def test_a_line_becomes_a_donation_a_fee_or_interest(rh: Treasury) -> None:
    take(rh, one("200", ref="T1"), one("", "12.50", ref="T2"), one("3.21", ref="T3"), one("9", ref="T4"))
    lines = {line.reference: line for line in BankLine.objects.all()}

    made = bank_actions.donate(
        line=lines["T1"], gift=rh.gift(amount=Decimal(200), reference="T1"), today=TODAY, by=rh.qian
    )
    bank_actions.book_fee(line=lines["T2"], purpose=rh.general, by=rh.qian)
    bank_actions.book_interest(line=lines["T3"], purpose=rh.general, by=rh.qian)
    bank_actions.set_aside(line=lines["T4"], reason="同户其他项目", by=rh.qian)

    assert balances(rh.fund).bank == Decimal("30190.71")
    assert made.entry == BankLine.objects.get(reference="T1").entry
    sums = bank_actions.reconciliation(rh.fund)
    assert (sums.books, sums.bank, sums.difference) == (Decimal("30190.71"), Decimal("190.71"), 30000)
    assert (sums.waiting_lines, sums.open_entries, sums.open_sum) == (0, 1, 30000)
    at_commit()


def test_a_line_is_not_booked_twice_or_the_wrong_way(rh: Treasury) -> None:
    take(rh, one("200", ref="T1"), one("", "12.50", ref="T2"), one("", "99999", ref="T3"))
    came, went, much = (BankLine.objects.get(reference=ref) for ref in ("T1", "T2", "T3"))
    with pytest.raises(bank_actions.CannotSettle, match="支出流水"):
        bank_actions.book_fee(line=came, purpose=rh.general, by=rh.qian)
    with pytest.raises(bank_actions.CannotSettle, match="收入流水"):
        bank_actions.book_interest(line=went, purpose=rh.general, by=rh.qian)
    for amount in (Decimal(199), Decimal(-12)):
        with pytest.raises(bank_actions.CannotSettle, match="金额须相同"):
            bank_actions.donate(line=came, gift=rh.gift(amount=amount), today=TODAY, by=rh.qian)
    with pytest.raises(NotEnough):
        bank_actions.book_fee(line=much, purpose=rh.general, by=rh.qian)
    entry = bank_actions.book_fee(line=went, purpose=rh.general, by=rh.qian)
    for again in (bank_actions.book_fee, bank_actions.book_interest):
        with pytest.raises(bank_actions.CannotSettle):
            again(line=went, purpose=rh.general, by=rh.qian)

    bank_actions.unmatch(line=went, by=rh.qian)
    with pytest.raises(bank_actions.CannotSettle, match="已记为第"):
        bank_actions.book_fee(line=went, purpose=rh.general, by=rh.qian)
    bank_actions.match(line=went, entry=entry, by=rh.qian)
    reverse_entry(fund=rh.fund, entry=entry, occurred_on=TODAY, memo="不是手续费", by=rh.qian)
    went.refresh_from_db()
    assert went.state == "waiting"
    assert bank_actions.book_fee(line=went, purpose=rh.general, by=rh.qian) != entry


def test_a_match_by_hand_needs_the_same_amount_and_an_open_entry(rh: Treasury) -> None:
    made, other = rh.donate(amount=Decimal("55.00")), rh.donate(amount=Decimal("55.00"))
    take(rh, one("55", ref="T1"), one("55", ref="T2"), one("56", ref="T3"))
    first, second, third = BankLine.objects.order_by("reference")
    bank_actions.match(line=first, entry=made.entry, by=rh.qian)
    for line, entry in [(second, made.entry), (third, other.entry), (first, other.entry)]:
        with pytest.raises(bank_actions.CannotSettle):
            bank_actions.match(line=line, entry=entry, by=rh.qian)
    with pytest.raises(bank_actions.CannotSettle, match="还没有核对"):
        bank_actions.unmatch(line=second, by=rh.qian)


def test_a_closed_fund_books_nothing_from_a_line(rh: Treasury) -> None:
    take(rh, one("3.21", ref="T3"))
    hand_over(rh.fund, rh.qian, rh.director)
    fund_actions.close_fund(fund=rh.fund, closed_on=TODAY, agency="", today=TODAY, by=None)

    with pytest.raises(fund_actions.CannotCloseFund, match="已经关闭"):
        bank_actions.book_interest(line=BankLine.objects.get(), purpose=rh.general, by=rh.qian)


def test_a_statement_in_the_browser(north_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        rh = treasury(north_room)
        guest = member(north_room.tenant, "n-guest", "fund_committee", name="周委员")
    browser, bank = signed_in(rh.qian, north_room.host), f"/funds/{rh.fund.ref}/bank/"
    data = excel(
        [HEADS, one(200, ref="T1"), one(0, 12.5, who="银行", ref="T2"), one(3.21, ref="T3"), one(30000, ref="T4")]
    )

    def file(content: bytes = data) -> dict[str, Any]:
        return {"file": SimpleUploadedFile("流水.xlsx", content)}

    looked = browser.post(f"{bank}import/", {**file(), "look": "1"}).content.decode()
    assert "交易日期" in looked
    assert "共 4 条收支" in looked
    for wrong, words in [(b"", "空"), (b"PK\x03\x04junk", "已损坏"), (b"\x00\x01" * 99, "看不懂"),
                         (b"a,b\n1,2", "表头"),
                         (b"x" * (5 * 1024 * 1024 + 1), "5 MB")]:  # fmt: skip
        answer = browser.post(f"{bank}import/", file(wrong))
        assert answer.status_code == (400 if wrong else 200)  # an empty one is not even read
        assert words in answer.content.decode(), words
    assert browser.post(f"{bank}import/", {}).status_code == 200
    with in_tenant(north_room.tenant):
        assert not BankImport.objects.exists()

    taken = browser.post(f"{bank}import/", file(), follow=True).content.decode()
    assert "新增 4 条流水，已有 0 条，自动核对 1 条" in taken
    assert "已经导入过" in browser.post(f"{bank}import/", file()).content.decode()
    with in_tenant(north_room.tenant):
        lines = {line.reference: f"{bank}{line.ref}/" for line in BankLine.objects.all()}
        entry = rh.donate(amount=Decimal("3.21")).entry
    gift = {"giver": "person", "donor": "王建国", "purpose": rh.general.ref}
    assert browser.post(f"{lines['T1']}donation/", gift).status_code == 302
    assert browser.post(f"{lines['T2']}book/", {"purpose": rh.general.ref}).status_code == 302
    assert "已核对" in browser.post(f"{lines['T3']}match/", {"entry": entry.ref}, follow=True).content.decode()
    assert "没有找到" in browser.post(f"{lines['T3']}match/", {"entry": "x"}, follow=True).content.decode()
    assert "待核对" in browser.post(f"{lines['T4']}unmatch/", follow=True).content.decode()
    assert browser.post(f"{lines['T4']}aside/", {"reason": "同户其他项目"}).status_code == 302
    assert "同户其他项目" in browser.get(lines["T4"]).content.decode()
    assert "没有符合条件" in browser.get(bank, {"state": "waiting"}).content.decode()
    assert browser.post(f"{bank}match/").status_code == 302
    assert browser.get(bank, {"export": "xlsx"}).content[:2] == b"PK"
    seen = signed_in(guest, north_room.host).get(bank, {"q": "王建国"})
    assert "王建国" not in seen.content.decode().replace('value="王建国"', "")
    assert signed_in(guest, north_room.host).get(lines["T1"]).status_code == 403
