"""What a fund's buttons refuse is shown as a refusal, on the page one came from, and nothing is done."""

from typing import Any

import pytest
from django.contrib.messages import ERROR
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from services.funds.bank import actions as bank_actions
from services.funds.donations import receipts, refunds
from services.funds.fund import dissolution
from services.funds.models import BankLine, Receipt
from tenants.running import in_tenant
from tests.cast import signed_in
from tests.services.funds.test_banking import HEADS, one, text
from tests.services.funds.treasury import Treasury, treasury
from tests.services.ledger.books import unguarded
from tests.workroom import Workroom


@pytest.fixture
def kept(north_room: Workroom) -> Treasury:
    """North's fund; one stands nowhere."""
    with in_tenant(north_room.tenant):
        return treasury(north_room)


@pytest.fixture
def finance(kept: Treasury) -> Client:
    return signed_in(kept.qian, kept.room.host)


def refused(client: Client, path: str, back: str, **data: Any) -> list[str]:
    """Post, and return the reasons on the page one is led back to; every one stands there as a refusal."""
    answer = client.post(path, data, follow=True)
    assert [address for address, _status in answer.redirect_chain] == [back]
    shown = list(answer.context["messages"])
    assert shown
    assert {message.level for message in shown} == {ERROR}
    return [message.message for message in shown]


def test_the_general_purpose_is_not_stopped(finance: Client, kept: Treasury) -> None:
    fund = f"/funds/{kept.fund.ref}/"
    assert refused(finance, f"{fund}purposes/{kept.general.ref}/stop/", fund) == ["一般用途不能停用。"]


def test_what_was_withdrawn_is_not_withdrawn_again(finance: Client, kept: Treasury) -> None:
    fund = f"/funds/{kept.fund.ref}/"
    with in_tenant(kept.room.tenant):
        donation = kept.donate()
        refund = refunds.request_refund(donation=donation, amount=donation.amount, reason="多汇", by=kept.qian)
        refunds.withdraw_refund(refund=refund, by=kept.qian)
        transfer = dissolution.request_transfer(fund=kept.fund, by=kept.qian)
        dissolution.withdraw_transfer(transfer=transfer, by=kept.qian)

    assert refused(finance, f"{fund}hand-over/{transfer.ref}/drop/", fund) == ["这笔移交已经处理过。"]
    page = f"{fund}donations/{donation.ref}/"
    assert len(refused(finance, f"{fund}refunds/{refund.ref}/drop/", page)) == 1
    assert finance.post(f"{fund}refunds/nothing/drop/").status_code == 404


def test_a_second_receipt_is_not_given(finance: Client, kept: Treasury) -> None:
    with in_tenant(kept.room.tenant):
        donation = kept.donate()
        receipts.issue(donation=donation, today=timezone.localdate(), by=kept.qian)
    page = f"/funds/{kept.fund.ref}/donations/{donation.ref}/"

    assert len(refused(finance, f"{page}receipt/", page)) == 1
    with in_tenant(kept.room.tenant):
        assert Receipt.objects.count() == 1


def test_a_line_is_not_matched_to_what_it_is_not(finance: Client, kept: Treasury) -> None:
    with in_tenant(kept.room.tenant):
        today = timezone.localdate()
        bank_actions.take_in(fund=kept.fund, file_name="a.csv", data=text([HEADS, one("5")]), today=today, by=kept.qian)
        line = BankLine.objects.get()
        entry = kept.donate().entry
    page = f"/funds/{kept.fund.ref}/bank/{line.ref}/"

    assert refused(finance, f"{page}match/", page, entry="nothing") == ["没有找到这张凭证。"]
    assert len(refused(finance, f"{page}match/", page, entry=entry.ref)) == 1
    assert refused(finance, f"{page}unmatch/", page) == ["这条流水还没有核对。"]
    with in_tenant(kept.room.tenant):
        assert BankLine.objects.get().state == BankLine.State.WAITING


def test_a_file_that_cannot_be_read_says_so_beside_its_field(finance: Client, kept: Treasury) -> None:
    page = f"/funds/{kept.fund.ref}/bank/import/"
    for button in ({"look": "1"}, {}):
        answer = finance.post(page, {"file": SimpleUploadedFile("a.csv", b"a,b\n1,2"), **button})
        assert list(answer.context["form"].errors) == ["file"]
        assert not list(answer.context["messages"])


def test_books_that_do_not_hold_are_no_good_news(finance: Client, kept: Treasury) -> None:
    page = f"/funds/{kept.fund.ref}/ledger/checks/"
    check = f"/funds/{kept.fund.ref}/ledger/check/"
    assert "账簿完好" in finance.post(check, follow=True).content.decode()
    with in_tenant(kept.room.tenant), unguarded(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET words = 'x' WHERE number = 1")

    assert refused(finance, check, page) == ["发现 1 处问题，见下。"]
