"""From an empty database to a signed contract, through pages and commands only: nothing here was seeded."""

import datetime as dt
import os
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from contracts.models import Contract
from directory.models import Organisation, StationListing
from enrolment.models import SignUp
from enrolment.sign_up import provisioning
from letters.models import Letter
from tenants.running import in_public
from tests import database
from tests.identities import credit_code

OPERATOR, OFFICER, DIRECTOR = "platform-op", "zhou-officer", "zhao-nuanyang"
SECRET = "an honest long password"
AGENCY = {
    "name": "济南市历下区暖阳社会工作服务中心", "credit_code": credit_code(1), "legal_form": "service",
    "region": "370102", "slug": "nuanyang", "contact": "赵暖阳", "email": "zhao@example.org", "phone": "13864100011",
    "username": DIRECTOR, "password": SECRET,
}  # fmt: skip


@pytest.fixture
def empty(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database with what `upgrade` and `load_regions` bring, and nothing else."""
    address, settings_dict = os.environ["DATABASE_URL"], connections["default"].settings_dict
    before = settings_dict["NAME"]
    with django_db_blocker.unblock():
        connections.close_all()
        database.recreate(address, f"{before}_empty")
        settings_dict["NAME"] = f"{before}_empty"
        try:
            call_command("upgrade", verbosity=0)
            call_command("load_regions", within=["370100"])
            yield
        finally:
            connections.close_all()
            settings_dict["NAME"] = before
            with database.connect(address) as server:
                server.execute(f'DROP DATABASE IF EXISTS "{before}_empty" WITH (FORCE)')
            cache.clear()


def person(username: str, host: str = "localhost") -> Client:
    """Sign in on the page, as a person does."""
    cache.clear()
    browser = Client(HTTP_HOST=host)
    answer = browser.post("/accounts/login/", {"login": username, "password": SECRET})
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    return browser


def done(answer: Any) -> str:
    """Return where an act led; it was not refused."""
    assert answer.status_code == 302, re.sub(r"\s+", " ", answer.content.decode())[-1500:]
    return str(answer["Location"])


def sign_up() -> None:
    cache.clear()
    visitor = Client(HTTP_HOST="localhost")
    there = done(visitor.post("/join/", AGENCY))
    with in_public():
        code = re.search(r"\b(\d{6})\b", Letter.objects.latest("id").body)
    assert code
    there = done(visitor.post(there, {"code": code.group(1)}))
    done(visitor.post(there, {"plan": "standard", "interval": "year", "stations": 2, "seats": 6}))
    with in_public():
        ref = SignUp.objects.get().ref
        assert provisioning.build(ref) == SignUp.State.READY


def test_from_an_empty_database_to_a_signed_contract(empty: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with in_public():
        assert not Organisation.objects.exists()
    monkeypatch.setattr("operating.management.commands.open_account.getpass", lambda _words: SECRET)
    call_command("open_account", OPERATOR, role="operator", stdout=StringIO())

    operator = person(OPERATOR)
    for said in (
        {"name": "历下区民政局", "kind": "bureau", "area": "历下区", "credit_code": credit_code(7, "11")},
        {"name": "千佛山街道办事处", "kind": "street", "area": "370102002", "credit_code": ""},
    ):
        done(operator.post("/agencies/_/organisations/new/", said))
    role = {"username": OFFICER, "name": "周科长", "password": SECRET, "role": "district_officer", "area": "370102"}
    done(operator.post("/agencies/_/people/new/", role))

    sign_up()
    today = timezone.localdate()
    director = person(DIRECTOR, "nuanyang.localhost")
    station = {
        "code": "NY01", "name": "千佛山社工站", "level": "station", "label": "社工站", "region": "370102002",
        "address": "", "opened_on": str(today),
    }  # fmt: skip
    done(director.post("/stations/open/", station))
    with in_public():
        assert StationListing.objects.filter(tenant="nuanyang", code="NY01").exists()

    officer = person(OFFICER)
    done(officer.post("/register/nuanyang/confirm/"))  # one that signed itself up is looked at first
    terms = done(officer.get("/contracts/sign/?operator=nuanyang&programme=jinan"))
    page = officer.get(terms).content.decode()
    chosen = {name: _option(page, name) for name in ("历下区民政局", "千佛山街道办事处")}
    answer = officer.post(terms, {
        "number": "LX-2026-01", "title": "千佛山街道社工站项目", "stations": ["NY01"], "starts_on": str(today),
        "ends_on": str(today + dt.timedelta(days=364)), "amount": "200000", "purchaser": chosen["历下区民政局"],
        "landing_party": chosen["千佛山街道办事处"], "target_home_visits": "60",
    })  # fmt: skip
    signed = officer.get(done(answer)).content.decode()

    assert "LX-2026-01" in signed
    with in_public():
        contract = Contract.objects.get()
        assert [party.organisation for party in contract.parties.all()] == [
            "历下区民政局", "千佛山街道办事处", AGENCY["name"],
        ]  # fmt: skip
    assert "千佛山街道社工站项目" in director.get("/scores/").content.decode()


def _option(page: str, words: str) -> str:
    found = re.search(rf'<option value="([^"]+)"[^>]*>\s*{words}', page)
    assert found, words
    return found.group(1)
