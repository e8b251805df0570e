"""Every link that every role can reach in the demo answers: one address of a kind daily, three and more nightly."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from config.demo.cast import CHARITY_AGENCY, PASSWORD, Account, accounts
from tests.flows.conftest import Visitor
from tests.flows.crawling import Crawl, Look

pytestmark = pytest.mark.usefixtures("demo")
FEWEST = 4
STRANGERS = (Account("anybody", ""), Account("anybody", "", CHARITY_AGENCY))


@pytest.fixture(autouse=True)
def _doors_open(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def host_of(account: Account) -> str:
    return f"{account.slug}.localhost" if account.slug else "localhost"


def crawl(chosen: list[Account], each: int, *, shapes: bool = False, together: bool = False) -> None:
    """Let each of `chosen` crawl; `together` means that what one of them opened need not be opened by another."""
    faults: list[str] = []
    shared: Counter[str] = Counter()
    for account in chosen:
        done = visit(account, each, shapes, shared if together else Counter())
        assert done.opened >= FEWEST, account
        faults += [f"{account.username or 'anybody'}: {fault}" for fault in done.faults]
    assert not faults, "\n".join(faults)


def visit(
    account: Account, each: int, shapes: bool, done: Counter[str], look: Look = lambda address, text: None
) -> Crawl:
    host = host_of(account)
    browser = Client(raise_request_exception=False)
    if account.username:
        cache.clear()  # how often this address signed in before
        said = {"login": account.username, "password": PASSWORD}
        assert browser.post("/accounts/login/", said, headers={"host": host}).status_code == 302
    urlconf = "config.urls_tenant" if account.slug else "config.urls_public"
    first = reverse("work", urlconf) if account.username else "/"
    return Crawl(browser, host, urlconf, each, shapes, done, look).run(first, "/")


def of_each_role() -> list[Account]:
    """One account of each role: the agency with charity funds has all of them."""
    return [*{one.role: one for one in reversed(accounts()) if one.slug in ("", CHARITY_AGENCY)}.values(), *STRANGERS]


def test_every_kind_of_link_answers() -> None:
    crawl(of_each_role(), each=1, together=True)


@pytest.mark.nightly
@pytest.mark.parametrize("account", of_each_role(), ids=lambda one: f"{one.role}-{one.slug or 'shared'}")
def test_every_link_of_each_role_answers(account: Account) -> None:
    crawl([account], each=3, shapes=True)


@pytest.mark.nightly
def test_every_kind_of_link_answers_in_every_agency() -> None:
    crawl([one for one in accounts() if one.role == "agency_director" and one.slug != CHARITY_AGENCY], each=1)


@pytest.mark.nightly
@pytest.mark.browser
def test_no_kind_of_page_complains_in_the_console(demo_port: str, visitors: Callable[..., Visitor]) -> None:
    faults = []
    opened: Counter[str] = Counter()
    for account in of_each_role():
        pages: list[str] = []
        visit(account, 1, False, opened, lambda address, text, pages=pages: pages.append(address))
        browser = visitors()
        home = f"http://{host_of(account)}:{demo_port}"
        if account.username:
            cache.clear()
            browser.sign_in(f"{home}/accounts/login/", account.username, PASSWORD)
        for page in pages:
            browser.page.goto(home + page)
            faults += [f"{account.username or 'anybody'} {page}: {words}" for words in browser.complaints]
            browser.complaints.clear()
        browser.context.close()
    assert not faults, "\n".join(faults)
