"""AT-39: whoever may much proves the session with a second factor, and again after a pause or from elsewhere."""

import time
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory

from accounts.models import User
from accounts.sign_in import presence
from tenants.running import in_public
from tests.cast import PASSWORD, officer
from tests.platform.accounts.factors import code, with_app
from tests.workroom import Workroom

AGAIN = "/accounts/2fa/reauthenticate/"


@pytest.fixture
def boss(north_room: Workroom, settings: Any) -> User:
    settings.MFA_REQUIRED = True
    with_app(north_room.director)
    return north_room.director


def sign_in(user: User, host: str, **extra: Any) -> Client:
    browser = Client(HTTP_HOST=host, **extra)
    browser.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    assert browser.post("/accounts/2fa/authenticate/", {"code": code()}).status_code == 302
    return browser


def let_pass(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = time.time()
    monkeypatch.setattr("accounts.sign_in.presence.time.time", lambda: now + seconds)


def test_a_proved_session_goes_on_while_somebody_is_there(boss: User, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = sign_in(boss, "north.localhost")

    for minutes in (0, 14, 28, 42):
        let_pass(monkeypatch, 840 if minutes else 0)
        assert browser.get("/clients/").status_code == 200


def test_after_fifteen_minutes_the_second_factor_is_asked_for_again(
    boss: User, north_room: Workroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in(boss, "north.localhost")
    assert browser.get("/clients/").status_code == 200
    let_pass(monkeypatch, 16 * 60)

    answer = browser.get("/clients/?q=x")
    assert answer.status_code == 302
    assert answer["Location"] == f"{AGAIN}?next=%2Fclients%2F%3Fq%3Dx"
    assert "再验证一次" in browser.get(answer["Location"]).content.decode()
    held = browser.post("/clients/new/", {"name": "某人"})
    assert held.status_code == 403
    assert "没有保存" in held.content.decode()
    assert "某人" in held.content.decode()
    assert f'href="{AGAIN}' in held.content.decode()
    assert browser.get("/api/v1/clients/").status_code == 403
    assert browser.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    assert browser.get("/clients/").status_code == 302  # the password alone does not do

    monkeypatch.setattr(
        "accounts.sign_in.second_factor.ONCE.__class__.take", lambda limit, key: 0
    )  # the same half minute
    back = browser.post(AGAIN, {"code": code(), "next": "/clients/?q=x"})
    assert back["Location"] == "/clients/?q=x"
    assert browser.get("/clients/").status_code == 200


def test_from_another_address_it_is_asked_for_again(boss: User) -> None:
    browser = sign_in(boss, "north.localhost")
    assert browser.get("/clients/").status_code == 200

    thief = Client(HTTP_HOST="north.localhost", REMOTE_ADDR="203.0.113.9")
    thief.cookies = browser.cookies

    assert thief.get("/clients/").status_code == 302
    assert AGAIN in thief.get("/clients/")["Location"]
    assert browser.get("/clients/").status_code == 200


def test_a_worker_is_not_asked(north_room: Workroom, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MFA_REQUIRED = True
    user = north_room.wei.user
    assert user
    browser = Client(HTTP_HOST="north.localhost")
    browser.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    let_pass(monkeypatch, 3600)

    assert browser.get("/clients/").status_code == 200


@pytest.mark.parametrize("role", ["district_officer", "city_officer", "operator"])
def test_officers_and_operators_are_asked(
    public: None, role: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MFA_REQUIRED = True
    user = officer("somebody", role, "370100")
    with_app(user)
    browser = sign_in(user, "localhost")
    page = "/agencies/" if role == "operator" else "/contracts/"
    assert browser.get(page).status_code == 200
    let_pass(monkeypatch, 901)

    assert browser.get(page).status_code == 302


def test_a_session_is_of_no_use_after_signing_out(boss: User) -> None:
    browser = sign_in(boss, "north.localhost")
    copy = Client(HTTP_HOST="north.localhost")
    copy.cookies["sessionid"] = browser.cookies["sessionid"].value
    assert copy.get("/clients/").status_code == 200
    browser.post("/accounts/logout/")

    assert "login" in copy.get("/clients/")["Location"]


def test_signing_in_begins_another_session(boss: User) -> None:
    """A session that was laid into the browser before is not the one that is signed in."""
    browser = Client(HTTP_HOST="north.localhost")
    browser.get("/accounts/login/")
    before = browser.cookies["sessionid"].value
    browser.post("/accounts/login/", {"login": boss.username, "password": PASSWORD})
    browser.post("/accounts/2fa/authenticate/", {"code": code()})

    assert browser.cookies["sessionid"].value != before
    with in_public():
        assert not Session.objects.filter(pk=before).exists()


def test_a_session_knows_few_addresses_the_last_it_was_proved_at() -> None:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    for number in range(9):
        request.META["REMOTE_ADDR"] = f"203.0.113.{number}"
        presence.proved(request)

    assert request.session[presence.KEY]["from"] == [f"203.0.113.{number}" for number in range(4, 9)]
