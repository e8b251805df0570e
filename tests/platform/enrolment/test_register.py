"""A self-made agency is shown to nobody outside until an operator or its area's purchaser has confirmed it."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from audit.models import AuditEntry
from directory import door as directory
from directory import queries
from directory.models import StationListing
from disclosure.models import Notice, PublicFund
from enrolment.register import actions
from notifications.models import Notification
from tenants.models import Tenant
from tests.cast import host_of, member, officer, signed_in


@pytest.fixture
def self_made(public: None, north_row: Tenant) -> Tenant:
    """North as if it had signed itself up, with a station."""
    directory.list_station(
        tenant="north", code="N1", name="新建社工站", level="station", label="社工站", region="370102002", address="",
        opened_on=dt.date(2026, 1, 1), agency=north_row.name,
    )  # fmt: skip
    Tenant.objects.filter(pk=north_row.pk).update(confirmed_at=None)
    north_row.refresh_from_db()
    return north_row


@pytest.fixture
def zhou(public: None) -> User:
    return officer("zhou", "district_officer", "370102")


def test_nobody_outside_sees_it_and_no_count_moves(self_made: Tenant) -> None:
    stranger = Client(HTTP_HOST="localhost")
    station = StationListing.objects.get()

    assert queries.coverage()["stations"] == 0
    assert queries.places_served() == []
    assert "新建社工站" not in stranger.get("/?q=新建").content.decode().partition("<main")[2]
    assert stranger.get(f"/stations/{station.ref}/").status_code == 404

    actions.confirm(agency=self_made, by=officer("op", "operator"))

    assert queries.coverage()["stations"] == 1
    assert "新建社工站" in stranger.get("/?q=新建").content.decode().partition("<main")[2]
    assert stranger.get(f"/stations/{station.ref}/").status_code == 200


def test_the_purchaser_of_its_area_confirms_it_and_can_take_that_back(self_made: Tenant, zhou: User) -> None:
    director = member(self_made, "dir", "agency_director")
    browser = signed_in(zhou)
    inside = signed_in(director, host_of(self_made))
    assert "等待平台或当地购买方核实" in inside.get("/stations/").content.decode()
    assert "待核实" in browser.get("/register/?state=waiting").content.decode()
    assert "新建社工站" not in browser.get("/contracts/sign/").content.decode()

    page = browser.post("/register/north/confirm/", follow=True).content.decode()

    assert "已核实，机构和站点向公众公开。" in page
    self_made.refresh_from_db()
    assert self_made.confirmed_by == zhou.ref
    assert "等待平台" not in inside.get("/stations/").content.decode()
    assert "贵机构已核实" in inside.get("/notifications/").content.decode()
    browser.post("/register/north/withdraw/")
    assert queries.coverage()["stations"] == 0
    assert "贵机构的核实已撤销" in inside.get("/notifications/").content.decode()
    acts = list(AuditEntry.objects.filter(object_ref="north").order_by("pk").values_list("act", flat=True))
    assert acts[-2:] == ["tenants.tenant.confirmed", "tenants.tenant.unconfirmed"]


def test_a_refusal_has_its_reason_and_the_director_reads_it(self_made: Tenant, zhou: User) -> None:
    director = member(self_made, "dir", "agency_director")
    browser = signed_in(zhou)

    assert browser.post("/register/north/", {"reason": " "}).status_code == 200
    self_made.refresh_from_db()
    assert self_made.refusal == ""
    browser.post("/register/north/", {"reason": "信用代码与登记不符"})

    self_made.refresh_from_db()
    assert self_made.refusal == "信用代码与登记不符"
    page = signed_in(director, host_of(self_made)).get("/stations/").content.decode()
    assert "没有通过核实" in page
    assert "信用代码与登记不符" in page
    browser.post("/register/north/confirm/")
    self_made.refresh_from_db()
    assert (self_made.refusal, self_made.confirmed_at is None) == ("", False)
    refused = browser.post("/register/north/", {"reason": "又想拒绝"})
    assert "请先撤销核实" in refused.content.decode()


@pytest.mark.parametrize("role", ["evaluator", "city_officer", "supervisor"])
def test_others_may_not(self_made: Tenant, role: str) -> None:
    browser = signed_in(officer("else", role, "370100"))
    assert browser.get("/register/").status_code == 403
    assert browser.post("/register/north/confirm/").status_code == 403


def test_an_officer_of_another_area_finds_it_not(self_made: Tenant) -> None:
    far = signed_in(officer("far", "district_officer", "370103"))
    assert "北方" not in far.get("/register/").content.decode().partition("<main")[2]
    assert far.get("/register/north/").status_code == 404
    assert far.post("/register/north/confirm/").status_code == 404
    assert far.post("/register/north/withdraw/").status_code == 404


def test_who_may_confirm_is_told_that_one_waits(self_made: Tenant, zhou: User) -> None:
    operator = officer("op", "operator")
    officer("far", "district_officer", "370103")

    actions.told_waiting(self_made)

    assert set(Notification.objects.values_list("user", flat=True)) == {zhou.ref, operator.ref}


def test_the_list_takes_few_queries(self_made: Tenant, zhou: User, django_assert_max_num_queries: Any) -> None:
    browser = signed_in(zhou)
    with django_assert_max_num_queries(9):
        browser.get("/register/")


def test_its_funds_and_their_notices_are_not_public_either(self_made: Tenant) -> None:
    """A fund's page, list and notices would name the agency before anybody has looked at it."""
    day = dt.date(2026, 3, 2)
    PublicFund.objects.create(
        tenant="north",
        fund="fundofnorth",
        name="邻里互助基金",
        agency=self_made.name,
        custodian="某慈善会",
        opened_on=day,
    )
    Notice.objects.create(
        tenant="north", fund="fundofnorth", source="s", number="A1", kind="activity", amount=1, from_on=day, to_on=day
    )
    stranger = Client(HTTP_HOST="localhost")

    def seen() -> tuple[bool, int, int]:
        listed = "邻里互助基金" in stranger.get("/funds/").content.decode()
        notices = stranger.get("/api/v1/disclosures/?agency=north").json()["results"]
        return listed, stranger.get("/funds/fundofnorth/").status_code, len(notices)

    assert seen() == (False, 404, 0)
    actions.confirm(agency=self_made, by=officer("op", "operator"))
    assert seen() == (True, 200, 1)
