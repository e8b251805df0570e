"""The demo's pages in English: no Chinese but the names of people, agencies and places, and what people wrote."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from config.demo.cast import CHARITY_AGENCY, PASSWORD, Account, accounts
from programmes import door as programmes
from tenants.models import Tenant
from tenants.running import in_public, in_tenant
from tests.flows.crawling import Crawl

pytestmark = pytest.mark.usefixtures("demo")
HAN: Final = re.compile(r"[\u3400-\u9fff]+")
SHOWN: Final = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->", re.S)
SAID_IN_TAGS: Final = re.compile(r'\b(?:title|alt|aria-label|placeholder)="([^"]*)"')
# Names, on the shared floor and in an agency.
PUBLIC_NAMES: Final = {
    "accounts.User": ("name",),
    "tenants.Tenant": ("name",),
    "directory.Region": ("name",),
    "directory.Organisation": ("name",),
    "directory.StationListing": ("name", "label", "address"),
    "contracts.Contract": ("title",),
    "contracts.ContractParty": ("organisation",),
    "billing.Account": ("name", "title", "address", "bank"),
}
# What was published, issued or sent stays as it was worded then.
PUBLISHED: Final = {
    "disclosure.PublicFund": ("rules",),
    "contracts.ScoreSheet": ("lines", "grade_name"),
    "billing.BillLine": ("words",),
    "letters.Letter": ("subject", "body"),
}
AGENCY_NAMES: Final = {
    "network.Site": ("name", "label", "address"),
    "people.Staff": ("name",),
    "clients.Client": ("name", "relation"),
    "clients.Household": ("title",),
    "volunteers.Volunteer": ("name",),
    "funds.Fund": ("name", "custodian", "area", "purpose_text"),
    "funds.Purpose": ("name",),
    "funds.Campaign": ("name",),
    "funds.Donation": ("donor",),
}
# Texts that the demo's people wrote, and the sources that programmes quote (clauses, documents, issuers).
WRITTEN: Final = ("platform/config/demo/**/*.py", "platform/config/launch/demo.py")
QUOTED: Final = ("clause", "document")
DIVISIONS: Final = ("街道", "镇", "区", "县", "市")  # places are also called without
CAPITALS: Final = re.compile("人民币[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]+")  # an amount as papers have to write it
PAPER: Final = re.compile(r'<(\w+)[^>]*\blang="zh-Hans".*?</\1>', re.S)  # what is in Chinese says so: receipts, guides
OWN_WORDS: Final = ("中文", "简体中文", "联动")  # the switch back to Chinese, and the product's name


@pytest.fixture(autouse=True)
def _doors_open(django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def han_in(texts: Iterator[str]) -> set[str]:
    return {run for text in texts for run in HAN.findall(text)}


def written() -> Iterator[str]:
    for pattern in WRITTEN:
        for file in Path(settings.ROOT).glob(pattern):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def quoted() -> Iterator[str]:
    for one in (*programmes.programmes(), *programmes.programmes(kind="funds")):
        yield one.document
        yield from (row.clause for row in (*one.indicators, *one.grades, *one.vetoes, *one.staffing, *one.services,
                                           *one.provisions, *one.ladder, *one.choices))  # fmt: skip


def names_of(models: dict[str, tuple[str, ...]]) -> Iterator[str]:
    for label, fields in models.items():
        for values in apps.get_model(label).objects.values_list(*fields).distinct():
            yield from (str(value) for value in values if value)


class Allowed:
    """Runs of Chinese that may stand, and those of two letters and more by their first."""

    def __init__(self, runs: set[str]) -> None:
        self.runs = runs
        self.by_first: dict[str, list[str]] = {}
        for run in runs:
            if len(run) > 1:
                self.by_first.setdefault(run[0], []).append(run)


@pytest.fixture(scope="module")
def allowed(demo: None, django_db_blocker: Any) -> "Allowed":
    """Every run of Chinese characters that may stand on an English page."""
    with django_db_blocker.unblock():
        with in_public():
            found = han_in(names_of(PUBLIC_NAMES)) | han_in(names_of(PUBLISHED)) | han_in(written()) | han_in(quoted())
            found |= {name.removesuffix(end) for name in list(found) for end in DIVISIONS} | set(OWN_WORDS)
            tenant = Tenant.objects.get(slug=CHARITY_AGENCY)
        with in_tenant(tenant):
            found |= han_in(names_of(AGENCY_NAMES))
    return Allowed(found | {name[-1] for name in found if 1 <= len(name) <= 4})  # an avatar shows a name's last letter


def left_over(text: str, allowed: "Allowed") -> set[str]:
    """Return the runs of Chinese on a page that are not allowed, even in parts."""
    text = PAPER.sub(" ", SHOWN.sub(" ", text))
    said = CAPITALS.sub(" ", " ".join([re.sub(r"<[^>]+>", " ", text), *SAID_IN_TAGS.findall(text)]))
    return {run for run in HAN.findall(said) if not is_made_of(run, allowed)}


def is_made_of(run: str, allowed: "Allowed") -> bool:
    """Tell whether a run is one or several allowed ones after another (a district's name before a street's)."""
    if run in allowed.runs:
        return True
    parts = allowed.by_first.get(run[0], ())
    return any(run.startswith(part) and is_made_of(run[len(part) :], allowed) for part in parts)


ROLES = {one.role: one for one in reversed(accounts()) if one.slug in ("", CHARITY_AGENCY)}


def faults_of(account: Account, allowed: Allowed, done: Counter[str]) -> list[str]:
    host = f"{account.slug}.localhost" if account.slug else "localhost"
    browser = Client(HTTP_HOST=host)
    cache.clear()
    browser.post("/accounts/login/", {"login": account.username, "password": PASSWORD})
    browser.post("/i18n/setlang/", {"language": "en"})
    faults: list[str] = []

    def look(address: str, text: str) -> None:
        if found := left_over(text, allowed):
            faults.append(f"{account.role} {address}: {' '.join(sorted(found))}")

    urlconf = "config.urls_tenant" if account.slug else "config.urls_public"
    Crawl(browser, host, urlconf, each=1, done=done, look=look).run(reverse("work", urlconf), "/")
    return faults


def test_pages_in_english_say_nothing_in_chinese(allowed: Allowed) -> None:
    done: Counter[str] = Counter()
    faults = [fault for account in ROLES.values() for fault in faults_of(account, allowed, done)]
    assert not faults, "\n".join(faults)


@pytest.mark.nightly
@pytest.mark.parametrize("role", ROLES)
def test_pages_of_each_role_in_english_say_nothing_in_chinese(role: str, allowed: Allowed) -> None:
    faults = faults_of(ROLES[role], allowed, Counter())
    assert not faults, "\n".join(faults)
