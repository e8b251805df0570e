"""经过: the lines of one's own contract with names and roles, filtered, exported, and verified while one waits."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from audit.models import AuditEntry
from common.logs import chain
from contracts.marks.actions import give_mark
from contracts.models import Contract
from tenants.backend.owner import as_owner
from tenants.models import Tenant
from tests.cast import host_of, member, officer, signed_in
from tests.platform.contracts.conftest import TODAY


@pytest.fixture
def eva(public: None) -> User:
    return officer("eva", "evaluator", "370100", name="董评估")


@pytest.fixture
def marked(contract: Contract, southern: Contract, eva: User) -> Contract:
    for one, code in ((contract, "D1.1"), (southern, "D2.1")):
        give_mark(
            contract=one, code=code, points=Decimal("1.5"), reason="材料不全", party="evaluator", today=TODAY, by=eva
        )
    return contract


def test_an_officer_reads_who_did_what_in_words(
    marked: Contract, zhou: User, django_assert_max_num_queries: Any
) -> None:
    browser = signed_in(zhou)
    browser.get(f"/contracts/{marked.ref}/history/")
    with django_assert_max_num_queries(16):
        page = browser.get(f"/contracts/{marked.ref}/history/").content.decode()

    assert "董评估（评估专家）" in page
    assert "人工评分 · 已给出" in page
    assert "评分项 D1.1，1.5 分" in page
    assert "合同 · 已签订" in page
    assert "系统" in page
    assert "D2.1" not in page
    assert "材料不全" not in page
    assert f"/contracts/{marked.ref}/scorecard/D1.1/" in page


def test_it_is_filtered_by_kind_person_and_day(marked: Contract, zhou: User, eva: User) -> None:
    browser, address = signed_in(zhou), f"/contracts/{marked.ref}/history/"

    def total(query: str) -> str:
        return browser.get(address + query).content.decode().partition("<main")[2]

    assert "共 1 条" in total("?kind=contracts.mark")
    assert "共 1 条" in total(f"?who={eva.ref}")
    assert "共 1 条" in total("?who=-")
    assert "共 2 条" in total("?since=2020-01-01")
    assert "人工评分 · 已给出" not in total("?until=2020-01-01")
    assert "共 2 条" in total("?kind=nothing")


def test_the_file_is_logged_and_the_agency_does_not_read_of_it(
    marked: Contract, zhou: User, north_row: Tenant, south_row: Tenant
) -> None:
    browser = signed_in(zhou)
    assert browser.get(f"/contracts/{marked.ref}/history/?export=xlsx").status_code == 200
    assert AuditEntry.objects.filter(act="contracts.history.exported").count() == 1
    assert "合同经过 · 已导出" in browser.get(f"/contracts/{marked.ref}/history/").content.decode()

    inside = signed_in(member(north_row, "dir", "agency_director"), host_of(north_row))
    page = inside.get(f"/scores/{marked.ref}/history/").content.decode()
    assert "董评估（评估专家）" in page
    assert "合同经过 · 已导出" not in page
    other = signed_in(member(south_row, "odir", "agency_director"), host_of(south_row))
    assert other.get(f"/scores/{marked.ref}/history/").status_code == 404
    assert other.get(f"/scores/{marked.ref}/history/verify/").status_code == 404


def test_an_officer_of_elsewhere_finds_nothing(marked: Contract) -> None:
    far = signed_in(officer("far", "district_officer", "330481"))
    assert far.get(f"/contracts/{marked.ref}/history/").status_code == 404
    assert far.get(f"/contracts/{marked.ref}/history/verify/").status_code == 404


def test_the_chain_is_recomputed_and_a_changed_line_is_said(marked: Contract, zhou: User) -> None:
    browser, address = signed_in(zhou), f"/contracts/{marked.ref}/history/verify/"
    assert "一分钟内封存" in browser.get(address).content.decode()
    chain.seal_open("audit")
    page = browser.get(address).content.decode()
    assert "2 行与封存时一致，所在的 1 段首尾相接" in page

    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditentry DISABLE TRIGGER audit_auditentry_never")
        cursor.execute("UPDATE audit_auditentry SET actor = 'x' WHERE act = 'contracts.mark.given'")
        cursor.execute("ALTER TABLE audit_auditentry ENABLE TRIGGER audit_auditentry_never")

    page = browser.get(address).content.decode()
    assert "与封存时不一致" in page
    assert "首尾相接" not in page


def test_a_line_that_is_gone_and_a_forged_block_are_said(marked: Contract, zhou: User) -> None:
    browser, address = signed_in(zhou), f"/contracts/{marked.ref}/history/verify/"
    chain.seal_open("audit")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_block DISABLE TRIGGER audit_block_never")
        cursor.execute("UPDATE audit_block SET before = repeat('0', 64)")
        cursor.execute("ALTER TABLE audit_block ENABLE TRIGGER audit_block_never")

    assert "0 行、1 段" in browser.get(address).content.decode()
