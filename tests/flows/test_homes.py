"""What waits for each role stands on its first page in numbers, the worst first; each number opens what it counts."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from config.demo.cast import CHARITY_AGENCY, PASSWORD
from supervision import door as supervision
from tenants.models import Tenant
from tenants.running import in_public, in_tenant

pytestmark = pytest.mark.usefixtures("demo")
FIGURE = re.compile(
    r'<a class="figure( is-late)?" href="([^"]+)">\s*<span class="label">([^<]+)</span>\s*<span class="value">(\d+)'
)
SCORED = re.compile(r'data-label="得分">([\d.]+)</td>\s*<td[^>]*>\s*<span class="pill [^>]*>([^<]+)</span>')
EXPECTED = {
    "agency_director": {"督导超期的站点", "进度落后的合同", "等我签核", "待核实的志愿时长", "待我处理的资助申请"},
    "station_head": {"督导超期的站点", "等我签核", "待我处理的资助申请"},
    "worker": {"督导超期的站点", "待我处理的资助申请"},
    "finance": {"待核对的银行流水", "待我处理的资助申请"},
    "committee1": {"待我处理的资助申请"},
    "monitor": {"待我处理的资助申请"},
    "volunteer_coordinator": {"待核实的志愿时长"},
}


@pytest.fixture(autouse=True)
def _doors_open(django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def browser_of(role: str) -> Client:
    cache.clear()
    browser = Client(HTTP_HOST=f"{CHARITY_AGENCY}.localhost")
    browser.post("/accounts/login/", {"login": f"{CHARITY_AGENCY}.{role}", "password": PASSWORD})
    return browser


@pytest.mark.parametrize("role", EXPECTED)
def test_every_number_on_the_first_page_opens_the_list_it_counts(role: str) -> None:
    browser = browser_of(role)
    figures = FIGURE.findall(browser.get("/").content.decode())

    assert {label for _, _, label, _ in figures} >= EXPECTED[role]
    for _late, href, label, count in figures:
        page = browser.get(href.replace("&amp;", "&")).content.decode()
        listed = re.search(r"共 (\d+) 条", page)
        if "?" in href and listed:
            assert int(listed[1]) == int(count), label
        elif "?" in href:
            assert count == "0", label


def test_the_directors_first_page_starts_with_the_worst() -> None:
    page = browser_of("agency_director").get("/").content.decode()
    with in_public():
        tenant = Tenant.objects.get(slug=CHARITY_AGENCY)
    with in_tenant(tenant):
        clocks = supervision.clocks(CHARITY_AGENCY, timezone.localdate())
    late = sum(clock.days_left < 0 for clock in clocks)

    figures = FIGURE.findall(page)
    assert figures[0][0], "what is overdue comes first"
    assert ("督导超期的站点", str(late)) in {(label, count) for _, _, label, count in figures}
    assert f"最久超期 {clocks[0].days_overdue} 天" in page
    assert [clock.name in page for clock in clocks[:3]] == [True] * 3
    totals = [float(total) for total in re.findall(r"实时得分</span>\s*<span class=\"value\">([\d.]+)", page)]
    assert totals == sorted(totals)
    assert len(totals) == 3


def test_contracts_can_be_sorted_and_filtered_by_what_is_worked_out() -> None:
    browser = browser_of("agency_director")

    def rows(query: str) -> list[tuple[float, str]]:
        page = browser.get(f"/scores/?size=100&{query}").content.decode()
        return [(float(total), grade) for total, grade in SCORED.findall(page)]

    every, rising, falling = rows(""), rows("sort=total"), rows("sort=-total")
    assert len(every) == 24
    assert [total for total, _ in rising] == sorted(total for total, _ in every)
    assert [total for total, _ in falling] == sorted((total for total, _ in every), reverse=True)
    failed = rows("grade=fail&sort=-total")
    assert sorted(failed) == sorted(row for row in every if row[1] == "不合格")
    assert 0 < len(rows("progress=behind")) < 24
    assert browser.get("/scores/?export=xlsx&sort=total").status_code == 200
    assert browser.get("/scores/?grade=nonsense&sort=total").status_code == 200
