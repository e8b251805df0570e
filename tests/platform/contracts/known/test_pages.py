"""Pages of a past day say by which knowledge they speak, and everything on them speaks by it."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection

from accounts.models import User
from contracts.models import Contract, Deliverable
from evaluation.door import withdraw_facts
from tenants.backend.owner import as_owner
from tests.cast import member, signed_in
from tests.platform.contracts.conftest import FIRST

DAY = dt.date(2026, 6, 30)
VISIT = f"records.record:N01{FIRST}0"


@pytest.fixture
def withdrawn(contract: Contract, visits: Callable[..., None]) -> Contract:
    """Twenty visits that were known in January, of which one was taken back since."""
    visits(20)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may wait for its commit on a table that is altered
        for table in ("evaluation_fact", "contracts_contract", "contracts_contractstation", "contracts_deliverable"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"UPDATE {table} SET known_from = '2026-01-02'")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    withdraw_facts(tenant="north", source_prefix=VISIT)
    return contract


def test_an_officer_sees_both_and_each_change_with_its_reason(withdrawn: Contract, zhou: User) -> None:
    browser, here = signed_in(zhou), f"/contracts/{withdrawn.ref}"
    now = browser.get(f"{here}/scorecard/?as_of={DAY}")
    then = browser.get(f"{here}/scorecard/?as_of={DAY}&known=then")
    assert now.context["card"].total < then.context["card"].total
    assert f"截至 {DAY}，按今天所知" in now.content.decode()
    assert f"按 {DAY} 当日所知" in then.content.decode()
    said = f"当日所知为 {then.context['card'].total} 分，今天所知为 {now.context['card'].total} 分，其后有 1 处变化"
    assert said in now.content.decode()
    changes = browser.get(f"{here}/changes/?as_of={DAY}").content.decode()
    assert "记录撤回" in changes
    assert "1 次" in changes
    evidence = browser.get(f"{here}/scorecard/C1.1/?as_of={DAY}&known=then").content.decode()
    assert "按当日所知" in evidence
    assert "共 20 条" in evidence
    assert "共 19 条" in browser.get(f"{here}/scorecard/C1.1/?as_of={DAY}").content.decode()
    assert browser.get(f"{here}/changes/?as_of={DAY}&export=xlsx").status_code == 200


def test_the_agencys_progress_speaks_by_the_same_knowledge_as_its_score(withdrawn: Contract) -> None:
    director = signed_in(member(withdrawn.provider, "dir", "agency_director"), "north.localhost")
    then = director.get(f"/scores/{withdrawn.ref}/?as_of={DAY}&known=then")
    now = director.get(f"/scores/{withdrawn.ref}/?as_of={DAY}")
    done = [next(iter(page.context["progress"].rows)).done for page in (then, now)]
    assert done == [Decimal(20), Decimal(19)]


def test_today_and_a_day_before_the_contract_was_known_are_said_too(contract: Contract, zhou: User) -> None:
    browser = signed_in(zhou)
    assert browser.get(f"/contracts/{contract.ref}/scorecard/").context["since"] is None
    page = browser.get(f"/contracts/{contract.ref}/scorecard/?as_of={DAY}&known=then").content.decode()
    assert "这份合同当日还没有登记" in page


def test_a_past_ranking_says_which_stations_moved_since(withdrawn: Contract, zhou: User) -> None:
    browser = signed_in(zhou)
    now = browser.get("/contracts/ranking/?period=2026-06")
    assert "1 个站点的得分与当日所知不同" in now.content.decode()
    then = browser.get("/contracts/ranking/?period=2026-06&known=then")
    assert f"按 {DAY} 当日所知排名" in then.content.decode()
    assert f"/contracts/{withdrawn.ref}/changes/?as_of={DAY}" in now.content.decode()


def test_a_changed_promise_is_told_by_what_it_was_and_is(withdrawn: Contract, zhou: User) -> None:
    Deliverable.objects.filter(contract=withdrawn, measure="home_visits").update(target=Decimal(72))
    page = signed_in(zhou).get(f"/contracts/{withdrawn.ref}/changes/?as_of={DAY}").content.decode()
    assert "入户走访 60 次" in page
    assert "入户走访 72 次" in page
    assert "合同变更" in page
