"""Funds and donations as programs use them."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from services.funds.fund import actions as fund_actions
from services.funds.fund import purposes
from services.funds.fund.queries import balances
from services.funds.models import Donation
from tenants.running import in_tenant
from tests.services.funds.treasury import Treasury, hand_over
from tests.services.ledger.books import at_commit
from tests.services.test_api import Program
from tests.workroom import Workroom

TODAY = timezone.localdate()


@pytest.fixture
def kept(funded: Treasury) -> Treasury:
    return funded


@pytest.fixture
def finance(kept: Treasury) -> Program:
    return Program("n-qian", kept.room.host)


def test_a_fund_is_opened_with_little(kept: Treasury) -> None:
    director = Program("n-director", kept.room.host)

    made = director.post("/api/v1/funds/", {"name": "棋盘基金", "host": "济南市慈善总会"})

    assert made.status_code == 201
    said = made.json()
    assert said["code"] == "F01"
    assert said["balance"] == said["available"] == "30000.00"
    assert said["reserved"] == "0.00"
    assert said["rules"] == {"person_year_cap": "5000.00", "activity_cap": "10000.00"}
    assert director.get(f"/api/v1/funds/{said['ref']}/").json() == said
    assert [each["code"] for each in director.get("/api/v1/funds/").json()["results"]] == ["F01", "RH"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "host": "慈善会"}, "name"), ({"name": "甲"}, "host"),
        ({"name": "人和社区公益基金", "host": "慈善会"}, "name"),
        ({"name": "甲", "host": "慈善会", "opening_amount": "1"}, "opening_amount"),
        ({"name": "甲", "host": "慈善会", "area": "999999"}, "area"),
        ({"name": "甲", "host": "慈善会", "programme": "nothing"}, "programme"),
        ({"name": "甲", "host": "慈善会", "code": "a-b"}, "code"),
        ({"name": "甲", "host": "慈善会", "opened_on": "2999-01-01"}, "opened_on"),
    ],
)  # fmt: skip
def test_a_wrong_fund_is_answered_by_field(kept: Treasury, body: Any, field: str) -> None:
    answer = Program("n-director", kept.room.host).post("/api/v1/funds/", body)

    assert answer.status_code == 400
    assert field in str(answer.json())


def test_a_donation_is_recorded_once(finance: Program, kept: Treasury) -> None:
    path, key = f"/api/v1/funds/{kept.fund.ref}/donations/", {"Idempotency-Key": str(uuid.uuid4())}
    with in_tenant(kept.room.tenant):
        purposes.open_purpose(fund=kept.fund, name="助学", by=None)
    body = {"donor": "王建国", "amount": "１，０００", "kind": "cash", "purpose": "助学", "received_on": f"{TODAY}"}

    first, again = finance.post(path, body, **key), finance.post(path, body, **key)
    other = finance.post(path, {**body, "amount": "5"}, **key)

    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.json()["amount"] == "1000.00"
    assert first.json()["giver"] == "person"
    assert other.status_code == 422
    with in_tenant(kept.room.tenant):
        assert Donation.objects.filter(donor="王建国").count() == 1
        assert balances(kept.fund).bank == Decimal("31000.00")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"amount": 0}, "amount"), ({"amount": -1}, "amount"), ({"amount": "1.005"}, "amount"), ({}, "amount"),
        ({"amount": 1e30}, "amount"), ({"amount": "9999999999999"}, "amount"), ({"amount": None}, "amount"),
        ({"amount": [1]}, "amount"), ({"amount": "5", "kind": "gold"}, "kind"),
        ({"amount": "5", "donor": "\x00"}, "donor"),
        ({"amount": "5", "purpose": "没有"}, "purpose"), ({"amount": "5", "received_on": "2999-01-01"}, "received_on"),
        ({"amount": "5", "kind": "in_kind"}, "goods"), ({"amount": "5", "campaign": "没有"}, "campaign"),
        ({"amount": "5", "giver": "anonymous", "donor": "王"}, "donor"), ({"amount": "5", "pledge": "x"}, "pledge"),
    ],
)  # fmt: skip
def test_a_wrong_donation_is_answered_by_field(finance: Program, kept: Treasury, body: Any, field: str) -> None:
    answer = finance.post(f"/api/v1/funds/{kept.fund.ref}/donations/", body)

    assert answer.status_code == 400
    assert field in str(answer.json())


def test_without_a_donor_it_is_anonymous(finance: Program, kept: Treasury) -> None:
    made = finance.post(f"/api/v1/funds/{kept.fund.ref}/donations/", {"amount": 5}).json()

    assert (made["giver"], made["donor"], made["amount"]) == ("anonymous", "", "5.00")


def test_a_closed_fund_and_anothers_ref(finance: Program, kept: Treasury, south_room: Workroom) -> None:
    with in_tenant(kept.room.tenant):
        hand_over(kept.fund, kept.qian, kept.director)
        fund_actions.close_fund(fund=kept.fund, closed_on=TODAY, agency="", today=TODAY, by=None)
        at_commit()  # while one stands there: a test's one transaction ends elsewhere
    with in_tenant(south_room.tenant):
        other = fund_actions.open_fund(
            new=fund_actions.NewFund("南基金", "慈善会", "jinan-funds", opened_on=TODAY),
            agency="",
            today=TODAY,
            by=None,
        )
        at_commit()

    assert finance.post(f"/api/v1/funds/{kept.fund.ref}/donations/", {"amount": 5}).status_code == 409
    assert finance.post(f"/api/v1/funds/{other.ref}/donations/", {"amount": 5}).status_code == 404
    assert finance.get(f"/api/v1/funds/{other.ref}/").status_code == 404
    assert finance.post("/api/v1/funds/", {"name": "甲", "host": "乙"}).status_code == 403
