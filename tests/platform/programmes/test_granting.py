"""A programme may score what charity funds granted: the amount, and the households helped, each once."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from common.dates import Period
from evaluation.door import Fact, record_facts, withdraw_facts
from evaluation.queries import totals
from evaluation.scoring import Scorecard, due_targets, score
from programmes import door
from tenants.models import Tenant
from tests.cast import signed_in

YEAR = Period(dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@pytest.fixture
def charity(settings: Any) -> Any:
    settings.PROGRAMME_ROOTS = [str(Path(__file__).parent / "granting")]
    return door.programme("lixia-charity")


def card(charity: Any) -> Scorecard:
    said = totals(tenant="north", stations=["N01"], starts_on=YEAR.start, as_of=YEAR.end, measures=charity.measures)
    targets = due_targets(charity, YEAR, YEAR.end, {})
    return score(charity, totals=said, marks={}, targets=targets, as_of=YEAR.end)


def granted(ref: str, amount: str, household: str) -> list[Fact]:
    source, day = f"grants.payment:{ref}", dt.date(2026, 5, 1)
    return [
        Fact("N01", "granted_amount", day, Decimal(amount), source),
        Fact("N01", "grants_paid", day, 1, source),
        Fact("N01", "grant_households", day, 1, source, household),
    ]


def test_granted_amount_and_households_become_points(north: Tenant, charity: Any) -> None:
    record_facts(tenant="north", facts=[*granted("a", "3000", "h1"), *granted("b", "2000", "h1")])
    record_facts(tenant="north", facts=granted("c", "5000", "h2"))

    found = card(charity)

    assert found.line("G1").score == Decimal("30.00")
    assert found.line("G2").score == Decimal("10.00")
    assert (found.total, found.grade.name) == (Decimal("40.00"), "待改进")


def test_a_repaid_grant_gives_its_points_back(north: Tenant, charity: Any) -> None:
    record_facts(tenant="north", facts=[*granted("a", "20000", "h1"), *granted("b", "2000", "h2")])
    assert card(charity).line("G1").score == 60

    withdraw_facts(tenant="north", source_prefix="grants.payment:a")

    assert card(charity).line("G1").score == Decimal("6.00")
    assert card(charity).line("G2").score == Decimal("5.00")


@pytest.mark.usefixtures("public")
def test_rules_of_funds_are_open_to_anybody() -> None:
    browser = signed_in(None)

    assert "社区公益基金规则" in browser.get("/programmes/").content.decode()
    page = browser.get("/programmes/jinan-funds/").content.decode()
    for words in ("一人一年救助上限", "示例规则第九条", "三分之二以上委员", "¥500.00", "不限", "示例，不是官方文本"):
        assert words in page
    assert "一票否决" not in page


@pytest.mark.usefixtures("public")
def test_programs_read_rules_of_funds_too() -> None:
    anybody = Client(HTTP_HOST="localhost")

    listed = anybody.get("/api/v1/programmes/").json()["results"]
    one = anybody.get("/api/v1/programmes/jinan-funds/").json()

    assert [(each["key"], each["kind"]) for each in listed] == [
        ("jinan", "evaluation"), ("jinan-hubs", "evaluation"), ("jinan-funds", "funds")
    ]  # fmt: skip
    assert one == listed[2]
    assert one["funds"]["person_year_cap"]["value"] == "5000"
    assert one["funds"]["activity_cap"]["clause"] == "示例规则第十条"
    assert [(step["decided_by"], step["up_to"]) for step in one["ladder"]] == [
        ("chair", "500.00"), ("majority", "10000.00"), ("two_thirds", None)
    ]  # fmt: skip
    assert one["indicators"] == one["grades"] == []
