"""A fund's books in the browser and for programs."""

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import User
from services.funds import tasks
from services.funds.books import chart, closing
from services.funds.books.chart import PostingRef
from services.funds.books.corrections import CannotCorrect, reverse_entry
from services.funds.models import Donation, Fund, Receipt
from services.ledger.models import Check, Entry
from tenants.models import Tenant
from tenants.running import in_public, in_tenant
from tests.cast import member, signed_in
from tests.services.funds.ground import bare_fund
from tests.services.ledger.books import unguarded
from tests.workroom import Workroom

TODAY = timezone.localdate()
LAST = dt.date(TODAY.year - 1, 12, 31)


@pytest.fixture
def fund(north_room: Workroom) -> Fund:
    """A fund with 1,000 in, 300 promised and 200 of it paid; one stands nowhere."""
    with in_tenant(north_room.tenant):
        made = bare_fund()
        general = made.purposes.get(is_restricted=False)

        def origin(key: str) -> PostingRef:
            return PostingRef(key=key, source="tests.row:1", on=TODAY, memo="一笔业务")

        chart.receive(fund=made, purpose=general, amount=Decimal(1000), origin=origin("in"), by=None)
        chart.reserve(fund=made, purpose=general, amount=Decimal(300), origin=origin("promise"), by=None)
        chart.pay(fund=made, purpose=general, amount=Decimal(200), spent_on="person", origin=origin("pay"), by=None)
    return made


@pytest.fixture
def finance(north_room: Workroom) -> Client:
    with in_public():
        keeper = member(north_room.tenant, "n-finance", "finance", name="钱会计")
    return signed_in(keeper, north_room.host)


def page(client: Client, fund: Fund, path: str = "", **query: Any) -> str:
    answer = client.get(f"/funds/{fund.ref}/ledger/{path}", query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_every_entry_stands_on_the_ledger(finance: Client, fund: Fund) -> None:
    said = page(finance, fund)

    assert "¥1,000.00" in said
    assert "-¥200.00" in said
    assert "共 3 条" in said


def test_the_ledger_is_narrowed_by_account_day_and_kind(finance: Client, fund: Fund) -> None:
    assert "共 2 条" in page(finance, fund, account="1002")
    assert "共 1 条" in page(finance, fund, kind="reserve")
    assert "没有" in page(finance, fund, to_on=(TODAY - dt.timedelta(days=1)).isoformat())
    assert "共 3 条" in page(finance, fund, account="no such", from_on="tomorrow")


def test_the_ledger_asks_few_questions(finance: Client, fund: Fund) -> None:
    page(finance, fund)
    with CaptureQueriesContext(connection) as few:
        page(finance, fund)
    with in_tenant_of(fund):
        general = fund.purposes.get(is_restricted=False)
        for number in range(20):
            origin = PostingRef(key=f"k{number}", source="tests.row:1", on=TODAY)
            chart.receive(fund=fund, purpose=general, amount=Decimal(1), origin=origin, by=None)
    page(finance, fund)
    with CaptureQueriesContext(connection) as many:
        page(finance, fund)

    assert len(few) == len(many) <= 10


def in_tenant_of(fund: Fund) -> Any:
    with in_public():
        return in_tenant(Tenant.objects.get(slug="north"))


def test_an_entry_shows_its_legs_on_two_sides(finance: Client, fund: Fund) -> None:
    with in_tenant_of(fund):
        ref = Entry.objects.get(book=fund.book, kind="pay").ref

    said = page(finance, fund, f"entries/{ref}/")

    assert said.count("¥200.00") >= 4
    assert "困难救助支出" in said
    assert f"/funds/{fund.ref}/ledger/entries/{ref}/reverse/" not in said


def test_a_donation_is_reversed_by_hand_and_a_payment_is_not(finance: Client, fund: Fund) -> None:
    with in_tenant_of(fund):
        general = fund.purposes.get(is_restricted=False)
        origin = PostingRef(key="wrong", source="tests.row:1", on=TODAY)
        wrong = chart.receive(fund=fund, purpose=general, amount=Decimal(50), origin=origin, by=None)
        paid = Entry.objects.get(book=fund.book, kind="pay")
    said = {"memo": "重复登记", "occurred_on": TODAY.isoformat()}

    done = finance.post(f"/funds/{fund.ref}/ledger/entries/{wrong.ref}/reverse/", said, follow=True)
    refused = finance.post(f"/funds/{fund.ref}/ledger/entries/{paid.ref}/reverse/", said)
    again = finance.post(f"/funds/{fund.ref}/ledger/entries/{wrong.ref}/reverse/", said)

    assert "已冲正" in done.content.decode()
    assert "请在原业务中办理" in refused.content.decode()
    assert "已经冲正过" in again.content.decode()
    with in_tenant_of(fund):
        assert Entry.objects.filter(book=fund.book).count() == 5


def test_a_donation_with_a_receipt_keeps_its_entry(fund: Fund) -> None:
    with in_tenant_of(fund):
        entry = Entry.objects.get(book=fund.book, kind="donation")
        general = fund.purposes.get(is_restricted=False)
        donation = Donation.objects.create(
            fund=fund, purpose=general, kind="cash", giver="anonymous", amount=1000, received_on=TODAY, entry=entry,
            recorded_by="a",
        )  # fmt: skip
        Receipt.objects.create(donation=donation, number="T1-1", amount=1, issued_on=TODAY, issued_by="a")

        with pytest.raises(CannotCorrect, match="收据"):
            reverse_entry(fund=fund, entry=entry, occurred_on=TODAY, memo="重复", by=User.objects.get(username="n-lin"))


def test_the_trial_balance_sums_to_nothing(finance: Client, fund: Fund) -> None:
    said = page(finance, fund, "trial/")

    assert "银行存款" in said
    assert said.count("¥0.00") >= 2
    assert "截止日期不能早于开始日期" in page(finance, fund, "trial/", from_on="2026-02-01", to_on="2026-01-01")


def cells(answer: Any) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()


def test_the_accountant_takes_the_journal_and_the_trial_balance_home(finance: Client, fund: Fund) -> None:
    journal = cells(finance.get(f"/funds/{fund.ref}/ledger/journal/"))
    trial = cells(finance.get(f"/funds/{fund.ref}/ledger/trial/?export=xlsx"))

    assert len(journal) == 1 + 4 + 2 + 4
    assert sum(row[6] or 0 for row in journal[1:]) == sum(row[7] or 0 for row in journal[1:]) == 2700
    assert sum(row[5] for row in trial[1:]) == 0


def test_a_year_is_closed_from_the_page_once_it_is_over(finance: Client, fund: Fund) -> None:
    path = f"/funds/{fund.ref}/ledger/close/"

    assert "请先改正" in finance.post(path, {"once": ""}).content.decode()
    first = finance.post(path, {"sure": "on"}, follow=True).content.decode()
    assert f"{LAST.year} 年已结账" in first
    assert "还没有结束" in finance.post(path, {"sure": "on"}).content.decode()
    with in_tenant_of(fund):
        fund.book.refresh_from_db()
        assert fund.book.closed_to == LAST


def test_the_books_are_verified_and_held_fast_every_night(finance: Client, fund: Fund) -> None:
    assert tasks.verify_and_anchor() == 0
    said = page(finance, fund, "checks/")
    with in_tenant_of(fund):
        assert Check.objects.get(book=fund.book).entries == 3
        with unguarded(), connection.cursor() as cursor:
            cursor.execute("UPDATE ledger_entry SET words = 'x' WHERE number = 2")

    assert "完好" in said
    answer = finance.post(f"/funds/{fund.ref}/ledger/check/", follow=True).content.decode()
    assert "发现 1 处问题" in answer
    assert "被改动过" in answer


def test_the_anchor_outside_the_agency_finds_books_rewritten_with_their_anchors(fund: Fund) -> None:
    with in_tenant_of(fund):
        closing.anchor(fund, TODAY)
        with unguarded(), connection.cursor() as cursor:
            cursor.execute("UPDATE ledger_entry SET digest = repeat('1', 64) WHERE number = 3")
            cursor.execute("UPDATE ledger_book SET head = repeat('1', 64)")
            cursor.execute("UPDATE ledger_anchor SET digest = repeat('1', 64)")

        assert "anchor" in {each["wrong"] for each in closing.check(fund).findings}


def test_programs_read_the_ledger(finance: Client, fund: Fund) -> None:
    answer = finance.get(f"/api/v1/funds/{fund.ref}/ledger/?limit=2").json()

    assert [row["number"] for row in answer["results"]] == [3, 2]
    assert answer["results"][0]["change"] == "-200.00"
    assert sum(Decimal(leg["amount"]) for leg in answer["results"][0]["legs"]) == 0
    assert answer["next"]
    assert finance.get("/api/v1/funds/nosuch/ledger/").status_code == 404
