"""The queries of list pages: few, and as many for ten thousand rows as for ten."""

import datetime as dt
from collections.abc import Callable

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from bench.ground import Row, row
from common.dates import local_day
from directory.loading import load, within
from directory.models import StationListing
from services.clients.models import Client
from services.network import actions as network
from services.network.models import Site
from services.people import actions as people
from services.people.models import Staff
from services.records.models import ServiceRecord
from tenants.agencies.actions import give_roles, open_agency
from tenants.models import Tenant
from tenants.running import in_public, in_tenant

FEW, MANY = 10, 10_000
GOAL = 10
PASSWORD = "a long enough password"


def measure() -> list[Row]:
    """Return for each list the queries of its page with 10,000 rows (ours) against 10 rows (theirs)."""
    with in_public():
        load(within(["370102"]))
        tenant = open_agency(slug="bench-lists", name="列表")
        user = User.objects.create_user("bench-lists", PASSWORD)
        give_roles(user=user, tenant=tenant, roles=["agency_director"], by=None)
    with in_tenant(tenant):
        site, worker = furnish()
    inside, outside = browser_of(tenant, user), Browser(HTTP_HOST="localhost")
    lists: list[tuple[str, Browser, str, Callable[[int, int], None]]] = [
        ("records", inside, "/records/", lambda start, end: fill_records(tenant, site, worker, start, end)),
        ("clients", inside, "/clients/", lambda start, end: _clients(tenant, site, start, end)),
        ("stations", outside, "/?q=qfs", _stations),
    ]
    return [_compare(name, browser, path, fill) for name, browser, path, fill in lists]


def furnish() -> tuple[Site, Staff]:
    today = local_day(timezone.now())
    site = network.open_site(
        code="S1", name="列表站", level="station", label="站", parent=None, region="370102002", address="",
        opened_on=today, agency="列表", today=today, by=None,
    )  # fmt: skip
    return site, people.take_on(name="甲", employment="full_time", started_on=today, user=None, by=None)


def browser_of(tenant: Tenant, user: User) -> Browser:
    browser = Browser(HTTP_HOST=f"{tenant.slug}.localhost")
    answer = browser.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    assert answer.status_code == 302, "the director cannot sign in"
    return browser


def _compare(name: str, browser: Browser, path: str, fill: Callable[[int, int], None]) -> Row:
    fill(0, FEW)
    few = _queries(browser, path)
    fill(FEW, MANY)
    many = _queries(browser, path)
    return row(f"list_queries_{name}_10000_rows_vs_10", many, few, many / few, GOAL, few == many <= GOAL)


def _queries(browser: Browser, path: str) -> int:
    browser.get(path)  # so that the host's agency is remembered
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return len(asked)


def fill_records(tenant: Tenant, site: Site, worker: Staff, start: int, end: int) -> None:
    first = timezone.now() - dt.timedelta(days=300)
    with in_tenant(tenant):
        ServiceRecord.objects.bulk_create(
            ServiceRecord(
                kind="consultation", site=site, worker=worker, held_at=held_at, minutes=10, setting="office", others=1,
                during=DateTimeTZRange(held_at, held_at + dt.timedelta(minutes=10), "[)"),
            )
            for held_at in (first + dt.timedelta(minutes=20 * number) for number in range(start, end))
        )  # fmt: skip


def _clients(tenant: Tenant, site: Site, start: int, end: int) -> None:
    opened_on = local_day(timezone.now())
    with in_tenant(tenant):
        Client.objects.bulk_create(
            Client(number=f"C{number}", name=f"丙{number}", name_key=f"丙{number}", pinyin="bing", initials="b",
                   site=site, opened_on=opened_on)
            for number in range(start, end)
        )  # fmt: skip


def _stations(start: int, end: int) -> None:
    with in_public():
        StationListing.objects.bulk_create(
            StationListing(tenant="bench-lists", code=f"L{number}", name=f"站{number}", level="station",
                           region_id="370102002", opened_on=dt.date(2025, 1, 1), agency="列表")
            for number in range(start, end)
        )  # fmt: skip
