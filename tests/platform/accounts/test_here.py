"""An open page asks who is signed in before it sends a form; what came too late is given back to who sent it alone."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client as Browser

from tenants.running import in_public
from tests.cast import signed_in
from tests.workroom import Workroom

TYPED = {"note": "老人精神不错", "password": "secret words", "once": "a", "csrfmiddlewaretoken": "b"}


def test_it_tells_who_is_here_on_this_host_and_nothing_to_strangers(north_room: Workroom, south_room: Workroom) -> None:
    browser = signed_in(north_room.director, north_room.host)
    answer = browser.get("/accounts/here/")
    assert answer["Cache-Control"] == "no-store"
    assert answer.json()["person"] == north_room.director.ref
    assert answer.json()["proved"]
    assert len(answer.json()["token"]) == 64

    stranger = {"person": "", "proved": False, "token": ""}
    elsewhere = Browser(HTTP_HOST=south_room.host)
    elsewhere.cookies = browser.cookies
    for client in (elsewhere, Browser(HTTP_HOST=north_room.host), Browser(HTTP_HOST="localhost")):
        assert client.get("/accounts/here/").json() == stranger
    assert browser.post("/accounts/here/").status_code == 405


def test_who_must_prove_again_is_told_so(north_room: Workroom, settings: Any) -> None:
    browser = signed_in(north_room.director, north_room.host)
    settings.MFA_REQUIRED = True
    assert not browser.get("/accounts/here/").json()["proved"]
    assert signed_in(north_room.wei.user, north_room.host).get("/accounts/here/").json()["proved"]


@pytest.mark.parametrize(
    ("origin", "is_given_back"), [("http://north.localhost", True), ("http://evil.example", False), (None, False)]
)
def test_what_came_too_late_is_given_back_to_this_hosts_own_page_alone(
    north_room: Workroom, origin: str | None, is_given_back: bool
) -> None:
    browser = signed_in(north_room.director, north_room.host)
    browser.handler.enforce_csrf_checks = True
    with in_public():
        Session.objects.all().delete()
    answer = browser.post("/records/new/", TYPED, headers={"Origin": origin} if origin else {})

    assert answer.status_code == 403
    text = answer.content.decode()
    assert ("老人精神不错" in text) == is_given_back
    assert "secret words" not in text
    assert answer["Cache-Control"] == "no-store"
