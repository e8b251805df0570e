"""A stage for stories in a real browser: two agencies, a contract, an officer, a supervisor, and a server to visit.

Everything is really committed, so each file has a copy of its own.
"""

import datetime as dt
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, TimeoutError, sync_playwright

from accounts.models import User
from common.dates import SHANGHAI, local_day
from contracts.actions import Site, Terms, sign_contract
from contracts.appeals.actions import make_appeal
from contracts.models import Appeal, Contract
from supervision.availability import actions as offers
from supervision.models import Supervisor
from tenants.running import in_public, in_tenant
from tests import grounds
from tests.cast import PASSWORD, officer
from tests.flows.charity import Charity, fund_with_a_year
from tests.grounds import Standing
from tests.workroom import ROOMS, Workroom

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}


@dataclass
class Stage:
    """Who and what the stories meet."""

    address: str
    north: Workroom
    south: Workroom
    contract: Contract
    appeal: Appeal
    zhou: User
    sun: Supervisor
    operator: User
    evaluator: User
    charity: Charity

    def url(self, path: str, tenant: str = "") -> str:
        return f"http://{tenant}{'.' if tenant else ''}localhost:{self.address}{path}"


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the pages themselves are looked at."""


@contextmanager
def served() -> Iterator[str]:
    """Serve the pages to browsers; yield the port."""
    with pytest.MonkeyPatch.context() as patch:
        cache.clear()  # what other tests of this process signed in wrongly counts against nobody here
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps a loop in the thread of the test
        server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
        server.set_app(get_wsgi_application())
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield str(server.server_address[1])
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
            connections.close_all()


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    with django_db_blocker.unblock(), served() as port:
        yield replace(grounds.what_stands()["stage"], address=port)
    grounds.spoilt()


@pytest.fixture(scope="module")
def demo_port(demo: None, django_db_blocker: Any) -> Iterator[str]:
    """The demo, served to browsers."""
    with django_db_blocker.unblock(), served() as port:
        yield port


def _furnished(before: Standing) -> Stage:
    rooms: dict[str, Workroom] = before["rooms"]
    with in_tenant(rooms["north"].tenant):
        charity = fund_with_a_year(rooms["north"])
    with in_public():
        contract, today = _contract(rooms["north"]), local_day(timezone.now())
        appeal = make_appeal(
            contract=contract, code="C1.1", reason="走访日期写错，已更正。", today=today, by=rooms["north"].lin.user
        )
        return Stage(
            "",
            rooms["north"],
            rooms["south"],
            contract=contract,
            appeal=appeal,
            zhou=officer("zhou", "district_officer", "370102", name="周科长"),
            sun=_supervisor(),
            operator=officer("operator", "operator", name="运营"),
            evaluator=officer("evaluator", "evaluator", "370100", name="评估员"),
            charity=charity,
        )


STAGE = grounds.ground("stage", _furnished, on=ROOMS)


def _contract(room: Workroom) -> Contract:
    today = local_day(timezone.now())
    station = room.station
    terms = Terms(
        number="T-2026-01", title="千佛山街道社会工作服务站项目", programme="jinan", provider=room.tenant,
        area=station.region, starts_on=today - dt.timedelta(days=60), ends_on=today + dt.timedelta(days=300),
        amount=Decimal("200000.00"), stations=[Site(station.code, station.name, station.region)],
        parties=(("purchaser", "历下区民政局", "370102"), ("operator", room.tenant.name, "")),
        deliverables={"home_visits": Decimal(60), "people_served": Decimal(12)},
    )  # fmt: skip
    return sign_contract(terms=terms, by=None)


def _supervisor() -> Supervisor:
    """Sun can be had every morning of the coming weeks, from the day after tomorrow."""
    user = officer("sun", "supervisor", name="孙教授")
    sun = offers.enrol_supervisor(user=user, university="济水大学", topics=["个案工作"], by=None)
    day = local_day(timezone.now()) + dt.timedelta(days=2)
    offers.offer_availability(
        supervisor=sun, starts_at=dt.datetime.combine(day, dt.time(9), SHANGHAI),
        ends_at=dt.datetime.combine(day, dt.time(12), SHANGHAI), rrule="FREQ=DAILY", modality="onsite", capacity=6,
        now=timezone.now(), by=user,
    )  # fmt: skip
    return sun


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    if program is None:
        words = f"no browser here: none of {', '.join(CHROMIUMS)} is installed"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        yield browser
        browser.close()


class Visitor:
    """A person at a screen. `complaints` are what the browser's console said against the pages."""

    def __init__(self, browser: Browser, size: dict[str, int], *, taps: bool = False) -> None:
        self.context: BrowserContext = browser.new_context(
            viewport={"width": size["width"], "height": size["height"]},
            has_touch=taps, locale="zh-CN", timezone_id="Asia/Shanghai",
        )  # fmt: skip
        self.context.set_default_timeout(30_000)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sign_in(self, url: str, username: str, password: str = PASSWORD) -> "Visitor":
        self.page.goto(url)
        self.page.fill("input[name=login]", username)
        self.page.fill("input[name=password]", password)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(lambda address: "/accounts/login" not in address)
        return self

    def reads(self, *words: str) -> None:
        """Wait until the page's main part says all of these."""
        for word in words:
            try:
                self.page.locator("main").filter(has_text=word).wait_for()
            except TimeoutError:
                text = self.page.inner_text("main")
                raise AssertionError(f"{word!r} is not on {self.page.url}:\n{text[:1500]}") from None


@pytest.fixture
def visitors(chromium: Browser) -> Iterator[Any]:
    """Make visitors: visitors(phone=True)."""
    made: list[Visitor] = []

    def make(*, phone: bool = False) -> Visitor:
        made.append(Visitor(chromium, PHONE if phone else DESKTOP, taps=phone))
        return made[-1]

    yield make
    for visitor in made:
        visitor.context.close()
    connections.close_all()  # under Playwright's loop these are others than the stage's own
    assert [words for visitor in made for words in visitor.complaints] == []
