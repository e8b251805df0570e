"""The API of contracts, scores and programmes: its promised fields, its reach, and what bad input gets."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from contracts.actions import Site, sign_contract
from contracts.models import Contract
from contracts.publishing.actions import close_period
from tenants.models import Tenant
from tests.cast import member, officer, signed_in
from tests.platform.contracts.conftest import TODAY, terms
from tests.platform.contracts.test_actions import mark_everything

API = "/api/v1/"


@pytest.fixture
def desk(zhou: User, contract: Contract) -> Client:
    return signed_in(zhou)


def get(client: Client, path: str) -> Any:
    answer = client.get(f"{API}{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_programmes_are_open_and_hold_every_rule() -> None:
    anybody = Client(HTTP_HOST="localhost")
    one, _hubs, _fund_rules = get(anybody, "programmes/")["results"]
    assert one == get(anybody, "programmes/jinan/")
    assert one["key"] == "jinan"
    assert one["total"] == "100.00"
    leaves = [row for row in one["indicators"] if row["method"]]
    assert len(leaves) == 37
    assert sum(Decimal(row["max_score"]) for row in leaves) == 100
    assert all(row["clause"] and row["sample"] for row in one["indicators"])
    assert [grade["lower"] for grade in one["grades"]] == ["90.00", "80.00", "60.00", "0.00"]
    assert one["supervision"]["max_gap_days"]["value"] == "21"
    assert one["staffing"]
    assert one["funds"]
    assert one["disclosure"]
    assert anybody.get(f"{API}programmes/nowhere/").status_code == 404
    assert anybody.get(f"{API}programmes/jinan/?digest={one['digest']}").status_code == 200


@pytest.fixture(autouse=True)
def _database(public: None) -> None:
    """Every page looks for a session."""


def test_a_contract_shows_parties_stations_and_progress(
    desk: Client, contract: Contract, visits: Callable[..., None]
) -> None:
    visits(30)
    mark_everything(contract)
    close_period(contract=contract, as_of=TODAY, today=TODAY, accept_missing=True, by=None)
    visits(10, on=TODAY)
    [listed] = get(desk, "contracts/")["results"]
    assert listed == get(desk, f"contracts/{contract.ref}/")
    assert listed["amount"] == "200000.00"
    assert listed["programme"] == "jinan"
    assert listed["agency"] == "北方社会工作服务中心"
    assert listed["state"] == "active"
    assert {"role": "purchaser", "organisation": "历下区民政局"} in listed["parties"]
    assert [station["code"] for station in listed["stations"]] == ["N01"]
    visited = next(row for row in listed["deliverables"] if row["measure"] == "home_visits")
    assert (visited["target"], visited["done"], visited["verified"]) == ("60.00", "40.00", "30.00")


def test_the_scorecard_explains_itself_and_adds_up(
    desk: Client, contract: Contract, visits: Callable[..., None]
) -> None:
    visits(12)
    card = get(desk, f"contracts/{contract.ref}/scorecard/")
    assert set(card) >= {"contract", "as_of", "digest", "total", "grade", "lines"}
    assert len(card["lines"]) == 37
    assert sum(Decimal(line["score"]) for line in card["lines"]) == Decimal(card["total"])
    assert sum(Decimal(group["score"]) for group in card["groups"] if not group["parent"]) == Decimal(card["total"])
    line = next(line for line in card["lines"] if line["code"] == "C1.1")
    assert line["parent"] == "C1"
    assert line["evidence_count"] == 12
    assert line["inputs"][0]["value"] == "12.00"
    assert "12 次" in line["reason"]
    waiting = next(line for line in card["lines"] if line["code"] == "D1.1")
    assert waiting["pending"]
    assert "未评" in waiting["reason"]
    earlier = get(desk, f"contracts/{contract.ref}/scorecard/?as_of=2025-12-31")
    assert earlier["as_of"] == "2025-12-31"


def test_evidence_holds_no_person(desk: Client, contract: Contract, visits: Callable[..., None]) -> None:
    visits(7)
    first = get(desk, f"contracts/{contract.ref}/scorecard/C1.2/evidence/?limit=5")
    assert len(first["results"]) == 5
    assert set(first["results"][0]) == {
        "measure", "occurred_on", "recorded_on", "quantity", "station", "source", "person"
    }  # fmt: skip
    assert len(desk.get(first["next"]).json()["results"]) == 2


def test_rankings_share_ranks_and_come_in_pages(public: None, north_row: Tenant, visits: Callable[..., None]) -> None:
    for number, count in ((1, 30), (2, 20), (3, 20)):
        site = Site(f"N{number:02d}", f"第{number}站", f"37010200{number}")
        sign_contract(terms=terms(north_row, f"LX-{number}", stations=[site], area=site.region), by=None)
        visits(count, station=site.code)
    city = signed_in(officer("he", "city_officer", "370100"))
    rows = get(city, "rankings/?programme=jinan&period=2026&region=370100")["results"]
    assert [(row["station"], row["rank"]) for row in rows] == [("第1站", 1), ("第2站", 2), ("第3站", 2)]
    assert set(rows[0]) >= {"rank", "station", "region", "agency", "total", "grade"}
    first = get(city, "rankings/?limit=2")
    assert [row["rank"] for row in city.get(first["next"]).json()["results"]] == [2]
    assert get(city, "rankings/?region=370103")["results"] == []
    assert get(city, "rankings/?programme=nowhere")["results"] == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("contracts/{ref}/scorecard/?as_of=soon", 400),
        ("contracts/{ref}/scorecard/Z9/evidence/", 404),
        ("contracts/{ref}/scorecard/A1/evidence/", 404),
        ("contracts/nothing/", 404),
        ("rankings/?period=2026-13", 400),
        ("rankings/?region=zzz", 400),
        ("rankings/?cursor=zzz", 404),
        ("contracts/?cursor=zzz", 404),
        ("contracts/?limit=-1", 400),
    ],
)
def test_bad_input_gets_a_problem_document(desk: Client, contract: Contract, path: str, status: int) -> None:
    answer = desk.get(f"{API}{path.format(ref=contract.ref)}")
    assert answer.status_code == status
    if status != 200:
        assert answer["Content-Type"] == "application/problem+json"


def test_reach_and_rights(desk: Client, contract: Contract, southern: Contract) -> None:
    assert [row["number"] for row in get(desk, "contracts/")["results"]] == [contract.number]
    for path in ("", "scorecard/", "scorecard/C1.1/evidence/"):
        assert desk.get(f"{API}contracts/{southern.ref}/{path}").status_code == 404
    teacher = signed_in(officer("sun", "supervisor"))
    expert = signed_in(officer("qian", "evaluator", "370100"))
    assert teacher.get(f"{API}contracts/").status_code == 403
    assert expert.get(f"{API}rankings/").status_code == 403
    assert len(get(expert, "contracts/")["results"]) == 2
    assert Client(HTTP_HOST="localhost").get(f"{API}contracts/").status_code == 401


def test_an_agency_gets_its_own_scorecards_with_what_would_raise_them(
    contract: Contract, southern: Contract, north_row: Tenant, visits: Callable[..., None]
) -> None:
    visits(12)
    worker = signed_in(member(north_row, "wei", "worker"), "north.localhost")
    [card] = get(worker, "scorecards/?station=N01")["results"]
    assert card["contract"] == contract.ref
    assert sum(Decimal(line["score"]) for line in card["lines"]) == Decimal(card["total"])
    gains = [Decimal(step["gain"]) for step in card["to_next_grade"]]
    assert gains == sorted(gains, reverse=True)
    assert set(card["to_next_grade"][0]) >= {"code", "title", "gain", "how"}
    assert get(worker, "scorecards/?station=S01")["results"] == []
    assert worker.get(f"{API}contracts/").status_code == 404


def test_the_list_asks_the_same_number_of_queries_for_many(
    public: None, zhou: User, north_row: Tenant, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(zhou)
    counts = []
    for upto in (2, 15):
        for number in range(Contract.objects.count(), upto):
            site = Site(f"N{number:02d}", "站", "370102002")
            sign_contract(terms=terms(north_row, f"LX-{number:02d}", stations=[site]), by=None)
        with django_assert_max_num_queries(11) as asked:
            assert len(get(client, "contracts/")["results"]) == upto
        counts.append(len(asked.captured_queries))
    assert counts[0] == counts[1]
