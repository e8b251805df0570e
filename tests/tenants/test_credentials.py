"""AT-11: what signs one in at one agency opens nothing anywhere else."""

import copy

import pytest
from django.test import Client

from accounts.models import User
from tenants import actions
from tenants.models import Membership
from tenants.running import in_public
from tests.cast import PASSWORD, officer, signed_in
from tests.workroom import Workroom


def both(north_room: Workroom, south_room: Workroom) -> User:
    """Wei of north becomes a worker of south too."""
    user = north_room.wei.user
    assert user
    with in_public():
        actions.give_roles(user=user, tenant=south_room.tenant, roles=["worker"], by=None)
    return user


def test_a_session_cookie_opens_only_its_own_host(north_room: Workroom, south_room: Workroom) -> None:
    user = both(north_room, south_room)
    browser = signed_in(user, "north.localhost")
    assert browser.get("/clients/").status_code == 200

    stranger = Client(HTTP_HOST="south.localhost")
    stranger.cookies = copy.deepcopy(browser.cookies)

    assert stranger.get("/clients/").status_code == 302
    assert browser.get("/clients/").status_code == 200


def test_a_token_works_on_its_host_only(north_room: Workroom, south_room: Workroom) -> None:
    user = both(north_room, south_room)
    answer = Client(HTTP_HOST="north.localhost").post(
        "/api/v1/auth/token/", {"username": user.username, "password": PASSWORD}, content_type="application/json"
    )
    assert answer.status_code == 201
    header = {"Authorization": f"Token {answer.json()['token']}"}

    assert Client(HTTP_HOST="north.localhost").get("/api/v1/clients/", headers=header).status_code == 200
    assert Client(HTTP_HOST="south.localhost").get("/api/v1/clients/", headers=header).status_code == 401
    assert Client(HTTP_HOST="localhost").get("/api/v1/regions/", headers=header).status_code == 401


def test_nobody_signs_in_where_they_have_no_role(north_room: Workroom, south_room: Workroom) -> None:
    user = north_room.wei.user
    assert user
    said = {"login": user.username, "password": PASSWORD}
    for host in ("south.localhost", "localhost"):
        page = Client(HTTP_HOST=host).post("/accounts/login/", said)
        assert page.status_code == 200
        assert "没有角色" in page.content.decode()
        token = Client(HTTP_HOST=host).post(
            "/api/v1/auth/token/", {"username": user.username, "password": PASSWORD}, content_type="application/json"
        )
        assert token.status_code == 401


def test_a_closed_membership_ends_sessions_and_tokens_at_once(north_room: Workroom) -> None:
    user = north_room.wei.user
    assert user
    browser = signed_in(user, "north.localhost")
    token = browser.post(
        "/api/v1/auth/token/", {"username": user.username, "password": PASSWORD}, content_type="application/json"
    ).json()["token"]
    with in_public():
        actions.close_membership(member=Membership.objects.get(user=user), by=None)

    assert browser.get("/clients/").status_code == 302
    answer = Client(HTTP_HOST="north.localhost").get("/api/v1/clients/", headers={"Authorization": f"Token {token}"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("role", "page"),
    [("district_officer", "/contracts/"), ("supervisor", "/supervision/"), ("operator", "/agencies/")],
)
def test_signing_in_leads_to_ones_desk(public: None, role: str, page: str) -> None:
    officer("somebody", role, "370100")

    said = {"login": "somebody", "password": PASSWORD}
    answer = Client(HTTP_HOST="localhost").post("/accounts/login/", said, follow=True)

    assert answer.redirect_chain[-1][0] == page


def test_a_closed_account_is_signed_out(north_room: Workroom) -> None:
    user = north_room.wei.user
    assert user
    browser = signed_in(user, "north.localhost")
    with in_public():
        User.objects.filter(pk=user.pk).update(is_active=False)

    assert browser.get("/clients/").status_code == 302


def test_the_session_cookie_has_no_domain_and_is_http_only(north_room: Workroom) -> None:
    browser = signed_in(north_room.director, "north.localhost")
    cookie = browser.cookies["sessionid"]

    assert cookie["domain"] == ""
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_directors_and_officers_need_a_second_factor(north_room: Workroom, settings: object) -> None:
    browser = signed_in(north_room.director, "north.localhost")
    worker = signed_in(north_room.wei.user, "north.localhost")
    settings.MFA_REQUIRED = True  # type: ignore[attr-defined]

    answer = browser.get("/clients/")
    assert answer.status_code == 302
    assert "2fa" in answer["Location"]
    assert worker.get("/clients/").status_code == 200
    refused = Client(HTTP_HOST="north.localhost").post(
        "/api/v1/auth/token/",
        {"username": north_room.director.username, "password": PASSWORD},
        content_type="application/json",
    )
    assert refused.status_code == 401
