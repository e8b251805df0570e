"""The pages of officers, evaluators and agencies: they open, say what they should, and only to whom they should."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from contracts.actions import Site, sign_contract
from contracts.models import Contract
from evaluation.door import Fact, record_facts
from tenants.models import Tenant
from tests.cast import member, officer, signed_in
from tests.platform.contracts.conftest import FIRST, TODAY, terms
from tests.platform.contracts.test_actions import mark_everything


@pytest.fixture
def desk(zhou: User, contract: Contract) -> Client:
    return signed_in(zhou)


def pages(contract: Contract) -> dict[str, str]:
    base = f"/contracts/{contract.ref}/"
    return {
        "overview": "/contracts/",
        "list": "/contracts/all/",
        "ranking": "/contracts/ranking/",
        "contract": base,
        "scorecard": f"{base}scorecard/",
        "evidence": f"{base}scorecard/C1.1/",
        "marks": f"{base}marks/",
        "mark": f"{base}marks/D1.1/",
        "veto": f"{base}marks/V1/",
        "sheets": f"{base}sheets/",
        "close": f"{base}close/",
    }


def exported(client: Client, address: str) -> bool:
    """Tell whether the page gives an Excel file."""
    answer = client.get(f"{address}{'&' if '?' in address else '?'}export=xlsx")
    body = answer.content
    return body.startswith(b"PK") and answer["Content-Type"].endswith("sheet")


def test_every_page_opens_for_the_districts_officer(
    desk: Client, contract: Contract, visits: Callable[..., None]
) -> None:
    visits(40)
    for address in pages(contract).values():
        answer = desk.get(address)
        assert answer.status_code == 200, address
        assert b"style=" not in answer.content


def test_the_scorecard_says_rule_clause_inputs_and_points(
    desk: Client, contract: Contract, visits: Callable[..., None]
) -> None:
    visits(12)
    text = desk.get(pages(contract)["scorecard"]).content.decode()
    for said in (
        "入户走访",
        "附件二 C1.1",
        "12 次",
        "示例",
        "待录入",
        "未评",
        f"/contracts/{contract.ref}/scorecard/C1.1/",
    ):
        assert said in text
    assert text.count('class="score-line') == 37


def test_evidence_is_one_click_from_the_line_and_names_nobody(
    desk: Client, contract: Contract, visits: Callable[..., None]
) -> None:
    visits(30)
    text = desk.get(pages(contract)["evidence"]).content.decode()
    assert "千佛山社工站" in text
    assert "共 30 条" in text
    assert "s1" not in text.split("records.record")[0].rsplit("<tbody>", 1)[-1]
    assert exported(desk, pages(contract)["evidence"])
    assert desk.get(f"/contracts/{contract.ref}/scorecard/Z9/").status_code == 404
    assert desk.get(f"/contracts/{contract.ref}/scorecard/A1/").status_code == 404


@pytest.mark.parametrize("query", ["as_of=2026-03-31", "as_of=", "as_of=2099-01-01", "as_of=soon", "as_of=1999-01-01"])
def test_any_day_may_be_asked_for(desk: Client, contract: Contract, query: str) -> None:
    assert desk.get(f"{pages(contract)['scorecard']}?{query}").status_code == 200


def test_a_contract_says_whom_it_served_each_time_and_once(desk: Client, contract: Contract) -> None:
    """人次 counts everybody each time, 人 once: what a bureau asks first stands on the contract's page."""
    facts = [
        Fact("N01", measure, FIRST, quantity, f"records.record:r{n}:{measure}", "somebody")
        for n in range(3)
        for measure, quantity in (("service_records", 1), ("service_contacts", 2), ("service_minutes", 40),
                                  ("home_visits", 1))
    ]  # fmt: skip
    record_facts(tenant="north", facts=facts)
    page = re.sub(r"\s+", " ", desk.get(f"/contracts/{contract.ref}/").content.decode())

    assert re.search(r'服务人次</span> <span class="value">6 <small>人次', page)
    assert re.search(r'服务人数</span> <span class="value">1 <small>人', page)
    assert re.search(r'服务时长</span> <span class="value">2.0 <small>小时', page)


def test_a_mark_is_given_and_shown(desk: Client, contract: Contract) -> None:
    sent = {"points": "3.5", "reason": "抽样 20 人，18 人满意", "visited_on": f"{TODAY}", "party": "purchaser"}
    answer = desk.post(pages(contract)["mark"], sent, follow=True)
    assert "抽样 20 人，18 人满意" in answer.content.decode()
    assert contract.marks.get().points == Decimal("3.5")


@pytest.mark.parametrize(
    "sent", [{"points": "9", "reason": "好"}, {"points": "3", "reason": ""}, {"points": "x"}, {"once": ""}]
)
def test_a_bad_mark_is_refused_beside_the_field_and_kept(
    desk: Client, contract: Contract, sent: dict[str, str]
) -> None:
    answer = desk.post(pages(contract)["mark"], sent)
    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()
    assert not contract.marks.exists()


def test_a_score_is_published_and_opened(desk: Client, contract: Contract) -> None:
    refused = desk.post(pages(contract)["close"], {"as_of": "2026-10-31"})
    assert refused.status_code == 200
    assert "还有未评分的项目" in refused.content.decode()
    mark_everything(contract)
    asked = {"as_of": f"{TODAY}", "accept_missing": "on"}
    preview = desk.post(pages(contract)["close"], asked)
    assert "确认公布" in preview.content.decode()
    assert not contract.sheets.exists()
    shut = desk.post(pages(contract)["close"], {**asked, "seen": preview.context["seen"]}, follow=True)
    assert "得分已公布" in shut.content.decode()
    assert "校验码" in shut.content.decode()


def test_another_districts_contract_is_not_found(desk: Client, southern: Contract) -> None:
    listed = desk.get("/contracts/all/").content.decode()
    assert "千佛山" in listed
    assert "大观园" not in listed
    for address in list(pages(southern).values())[3:]:
        assert desk.get(address).status_code == 404, address
    for address in (f"/contracts/{southern.ref}/marks/D1.1/", f"/contracts/{southern.ref}/close/"):
        assert desk.post(address, {}).status_code == 404


def test_who_may_do_what(contract: Contract) -> None:
    city = signed_in(officer("he", "city_officer", "370100"))
    expert = signed_in(officer("qian", "evaluator", "370100"))
    teacher = signed_in(officer("sun", "supervisor"))
    far = signed_in(officer("hai", "district_officer", "330481"))
    allowed = {
        "overview": (200, 200, 403), "list": (200, 200, 403), "ranking": (200, 403, 403), "contract": (200, 200, 403),
        "scorecard": (200, 200, 403), "evidence": (200, 200, 403), "marks": (200, 200, 403), "mark": (403, 200, 403),
        "veto": (403, 200, 403), "sheets": (200, 200, 403), "close": (403, 403, 403),
    }  # fmt: skip
    for name, address in pages(contract).items():
        assert tuple(client.get(address).status_code for client in (city, expert, teacher)) == allowed[name], name
        assert Client(HTTP_HOST="localhost").get(address).status_code == 302
    assert far.get(pages(contract)["contract"]).status_code == 404
    assert "共 0" not in far.get("/contracts/all/").content.decode()


def test_the_ranking_shares_ranks_and_shows_what_moved(
    public: None, north_row: Tenant, visits: Callable[..., None]
) -> None:
    for number, count in ((1, 30), (2, 20), (3, 20), (4, 0)):
        site = Site(f"N{number:02d}", f"第{number}站", f"37010200{number}")
        sign_contract(terms=terms(north_row, f"LX-{number}", stations=[site], area=site.region), by=None)
        visits(count, station=site.code, on=dt.date(2026, 6, 3))
    client = signed_in(officer("he", "city_officer", "370100"))
    page = client.get("/contracts/ranking/?period=2026-06")
    rows = list(page.context["list"])
    assert [(row.station, row.rank) for row in rows] == [("第1站", 1), ("第2站", 2), ("第3站", 2), ("第4站", 4)]
    assert rows[0].moves
    assert "导出" in page.content.decode()
    assert exported(client, "/contracts/ranking/?period=2026-06")
    for query in (
        "period=2026-Q2",
        "period=2026",
        "period=x",
        "period=2019",
        "region=370102",
        "region=999",
        "sort=-total",
        "page=99",
    ):
        assert client.get(f"/contracts/ranking/?{query}").status_code == 200


def test_the_overview_puts_the_worst_first_and_compares_districts(
    contract: Contract, southern: Contract, visits: Callable[..., None]
) -> None:
    visits(60)
    mark_everything(contract)
    page = signed_in(officer("he", "city_officer", "370100")).get("/contracts/")
    seen = page.context["overview"]
    assert [one.scored.contract for one in seen.troubles] == [southern, contract]
    assert [(row.name, row.covered) for row in seen.districts] == [("历下区", 1), ("市中区", 1)]
    assert all(row.streets > 10 for row in seen.districts)
    assert f"/contracts/{southern.ref}/" in page.content.decode()
    assert "督导已超期" in page.content.decode()


@pytest.mark.parametrize("address", ["/contracts/", "/contracts/all/", "/contracts/ranking/"])
def test_pages_ask_the_same_number_of_queries_for_many_contracts(
    public: None, zhou: User, north_row: Tenant, django_assert_max_num_queries: Any, address: str
) -> None:
    client = signed_in(zhou)
    counts = []
    for upto in (2, 20):
        for number in range(Contract.objects.count(), upto):
            site = Site(f"N{number:02d}", "站", "370102002")
            sign_contract(terms=terms(north_row, f"LX-{number:02d}", stations=[site]), by=None)
        client.get(address)  # so that the divisions are remembered
        with django_assert_max_num_queries(30) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked.captured_queries))
    assert counts[0] == counts[1], counts


def test_an_agencys_list_asks_the_same_number_of_queries_for_many(
    public: None, north_row: Tenant, django_assert_max_num_queries: Any
) -> None:
    worker = signed_in(member(north_row, "wei", "worker"), "north.localhost")
    counts = []
    for upto in (2, 20):
        for number in range(Contract.objects.count(), upto):
            site = Site(f"N{number:02d}", "站", "370102002")
            sign_contract(terms=terms(north_row, f"LX-{number:02d}", stations=[site]), by=None)
        worker.get("/scores/")  # so that the divisions are remembered
        with django_assert_max_num_queries(30) as asked:
            assert worker.get("/scores/").status_code == 200
        counts.append(len(asked.captured_queries))
    assert counts[0] == counts[1], counts


def test_lists_search_sort_filter_page_and_export(desk: Client, contract: Contract) -> None:
    for query in ("q=千佛山", "q=LX-2026", "sort=-amount", "state=active", "area=370102", "size=50"):
        assert "千佛山街道社工站项目" in desk.get(f"/contracts/all/?{query}").content.decode(), query
    for query in ("q=没有", "state=closed", "state=ended"):
        assert "千佛山街道社工站项目" not in desk.get(f"/contracts/all/?{query}").content.decode(), query
    assert desk.get("/contracts/all/?page=999&sort=nonsense&state=zzz").status_code == 200
    assert exported(desk, "/contracts/all/")


def test_the_agency_sees_its_own_score_live_and_how_to_raise_it(
    contract: Contract, southern: Contract, north_row: Tenant, visits: Callable[..., None]
) -> None:
    visits(12)
    worker = signed_in(member(north_row, "wei", "worker"), "north.localhost")
    listed = worker.get("/scores/").content.decode()
    assert "千佛山" in listed
    assert "大观园" not in listed
    text = worker.get(f"/scores/{contract.ref}/").content.decode()
    for said in ("怎样提高等级", "再完成入户走访", "约定服务的进度", f"/scores/{contract.ref}/C1.1/"):
        assert said in text
    assert worker.get(f"/scores/{contract.ref}/C1.1/").status_code == 200
    for address in (f"/scores/{southern.ref}/", f"/scores/{southern.ref}/C1.1/", f"/scores/{contract.ref}/Z9/"):
        assert worker.get(address).status_code == 404
    assert exported(worker, "/scores/")
    assert worker.get("/contracts/").status_code == 404


def test_programmes_are_open_to_anybody(public: None, zhou: User) -> None:
    for client in (Client(HTTP_HOST="localhost"), signed_in(zhou)):
        assert "济南市" in client.get("/programmes/").content.decode()
        text = client.get("/programmes/jinan/").content.decode()
        assert "附件二 C1.1" in text
        assert "不是官方文本" in text
        assert client.get("/programmes/nowhere/").status_code == 404
        assert client.get("/programmes/jinan/?digest=00").status_code == 404


def test_the_file_of_an_agencys_contracts_is_sorted_by_score_too(contract: Contract, north_row: Tenant) -> None:
    director = signed_in(member(north_row, "dir", "agency_director"), "north.localhost")
    for query in ("export=xlsx&sort=total", "export=xlsx", "sort=-grade", "progress=behind"):
        assert director.get(f"/scores/?{query}").status_code == 200
