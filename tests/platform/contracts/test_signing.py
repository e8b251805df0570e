"""An officer signs a contract on the pages: two steps, in the own area only."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from contracts.models import Contract
from directory import door as directory
from directory.models import Organisation
from tests.cast import officer, signed_in
from tests.platform.contracts.conftest import FIRST

STEP = "/contracts/sign/jinan/north/"


@pytest.fixture
def desk(zhou: User) -> Client:
    for code, region in (("N01", "370102002"), ("N02", "370102003"), ("N09", "370103002")):
        directory.list_station(
            tenant="north", code=code, name=f"{code}社工站", level="station", label="站", region=region, address="",
            opened_on=FIRST, agency="北方社会工作服务中心",
        )  # fmt: skip
    Organisation.objects.create(ref="bureau", name="历下区民政局", kind=Organisation.Kind.BUREAU, area="370102")
    Organisation.objects.create(ref="street", name="千佛山街道办事处", kind=Organisation.Kind.STREET, area="370102002")
    Organisation.objects.create(ref="other", name="市中区民政局", kind=Organisation.Kind.BUREAU, area="370103")
    return signed_in(zhou)


def terms(**changes: Any) -> dict[str, Any]:
    filled = {
        "number": "LX-2026-07", "title": "千佛山街道社工站项目", "stations": ["N01"], "starts_on": "2026-01-01",
        "ends_on": "2026-12-31", "amount": "200000", "purchaser": "bureau", "landing_party": "street",
        "target_home_visits": "60", "target_referrals": "",
    }  # fmt: skip
    return {**filled, **changes}


def test_the_first_step_leads_to_the_terms(desk: Client) -> None:
    assert "北方社会工作服务中心" in desk.get("/contracts/sign/").content.decode()
    assert desk.get("/contracts/sign/?operator=north&programme=jinan")["Location"] == STEP
    assert desk.get("/contracts/sign/?operator=&programme=jinan").status_code == 400
    assert "签订合同" in desk.get("/contracts/all/").content.decode()


def test_only_the_own_areas_stations_and_parties_are_offered(desk: Client) -> None:
    text = desk.get(STEP).content.decode()
    assert "N01社工站" in text
    assert "N09社工站" not in text
    assert "市中区民政局" not in text


def test_a_contract_is_signed(desk: Client) -> None:
    answer = desk.post(STEP, terms(), follow=True)
    contract = Contract.objects.get()
    assert "合同已签订" in answer.content.decode()
    assert (contract.area, contract.provider.slug) == ("370102002", "north")
    assert {one.measure: one.target for one in contract.deliverables.all()} == {"home_visits": 60}
    assert [party.organisation for party in contract.parties.all()] == [
        "历下区民政局",
        "千佛山街道办事处",
        "北方社会工作服务中心",
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"number": ""},
        {"stations": []},
        {"stations": ["N09"]},
        {"ends_on": "2025-12-31"},
        {"starts_on": "2019-01-01"},
        {"amount": "-1"},
        {"amount": "1.005"},
        {"purchaser": "other"},
        {"target_home_visits": "0"},
        {"title": "长" * 121},
    ],
)
def test_wrong_terms_come_back_with_their_reason_and_nothing_is_signed(desk: Client, changes: dict[str, Any]) -> None:
    answer = desk.post(STEP, terms(**changes))
    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()
    assert not Contract.objects.exists()


def test_a_taken_number_and_a_taken_station_are_said(desk: Client) -> None:
    desk.post(STEP, terms())
    assert "已被使用" in desk.post(STEP, terms(stations=["N02"])).content.decode()
    assert "另一份合同" in desk.post(STEP, terms(number="LX-2")).content.decode()


def test_others_may_not_sign(desk: Client) -> None:
    city = signed_in(officer("he", "city_officer", "370100"))
    assert city.get("/contracts/sign/").status_code == 403
    assert city.post(STEP, terms()).status_code == 403
    far = signed_in(officer("hai", "district_officer", "330481"))
    assert far.get(STEP).status_code == 404
    for address in ("/contracts/sign/nowhere/north/", "/contracts/sign/jinan/nobody/"):
        assert desk.get(address).status_code == 404
