"""AT-11: what signs one in at one agency opens nothing anywhere else."""

import copy

import pytest
from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from django.utils.http import int_to_base36

from accounts.models import ApiToken, User
from api_access.authentication import issue_token
from tenants.access import access_in
from tenants.agencies import actions as agencies
from tenants.models import Membership
from tenants.running import in_public, in_tenant
from tests import wire
from tests.cast import PASSWORD, officer, signed_in
from tests.workroom import Workroom


def both(north_room: Workroom, south_room: Workroom) -> User:
    """Wei of north becomes a worker of south too."""
    user = north_room.wei.user
    assert user
    with in_public():
        agencies.give_roles(user=user, tenant=south_room.tenant, roles=["worker"], by=None)
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


def test_a_token_ends_after_its_days(north_room: Workroom) -> None:
    user = north_room.wei.user
    assert user
    with in_tenant(north_room.tenant):
        token, row = issue_token(user, timezone.now())
    header = {"Authorization": f"Token {token}"}
    assert Client(HTTP_HOST="north.localhost").get("/api/v1/clients/", headers=header).status_code == 200
    with in_public():
        ApiToken.objects.filter(pk=row.pk).update(expires_at=timezone.now())

    assert Client(HTTP_HOST="north.localhost").get("/api/v1/clients/", headers=header).status_code == 401


def test_nobody_signs_in_where_they_have_no_role(north_room: Workroom, south_room: Workroom) -> None:
    user = north_room.wei.user
    assert user
    said = {"login": user.username, "password": PASSWORD}
    for host in ("south.localhost", "localhost"):
        page = Client(HTTP_HOST=host).post("/accounts/login/", said)
        assert page.status_code == 200
        assert "密码" in page.context["form"].errors.as_text()  # as for a wrong one
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
        agencies.close_membership(member=Membership.objects.get(user=user), by=None)

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


def test_a_csrf_token_of_one_host_is_none_on_another(north_room: Workroom, south_room: Workroom) -> None:
    user = both(north_room, south_room)
    browsers = {room.host: signed_in(user, room.host) for room in (north_room, south_room)}
    tokens = {
        host: wire.csrf_token(browser.get("/clients/new/").content.decode()) for host, browser in browsers.items()
    }
    site = south_room.station.ref

    def send(token: str, name: str) -> int:
        strict = Client(enforce_csrf_checks=True, HTTP_HOST=south_room.host)
        strict.cookies = browsers[south_room.host].cookies
        return strict.post("/clients/new/", {"csrfmiddlewaretoken": token, "name": name, "site": site}).status_code

    assert send(tokens[north_room.host], "别家的令牌") == 403
    assert send(tokens[south_room.host], "自己的令牌") == 200  # the form itself answers: no site there is theirs


def test_there_is_no_password_mail_and_its_links_open_nothing(north_room: Workroom) -> None:
    user = north_room.wei.user
    assert user
    with in_public():
        key = f"{int_to_base36(user.pk)}-{EmailAwarePasswordResetTokenGenerator().make_token(user)}"
    for host in ("north.localhost", "south.localhost", "localhost"):
        for browser in (Client(HTTP_HOST=host), signed_in(user, "north.localhost")):
            for page in ("signup/", "email/", "password/reset/", "password/set/", f"password/reset/key/{key}/",
                         "confirm-email/x/", "login/code/"):  # fmt: skip
                assert browser.get(f"/accounts/{page}", HTTP_HOST=host).status_code == 404, page
                assert browser.post(f"/accounts/{page}", {"email": "a@b.cn"}, HTTP_HOST=host).status_code == 404


def test_signing_in_leaves_one_cookie_and_no_other_credential(north_room: Workroom) -> None:
    browser = signed_in(north_room.wei.user, "north.localhost")
    assert browser.cookies["sessionid"]["max-age"] == 60 * 60 * 12

    assert {name for name, morsel in browser.cookies.items() if morsel.value} == {"sessionid", "device"}
    assert browser.cookies["device"]["httponly"]
    del browser.cookies["sessionid"]  # the other one is no credential: it only tells whose tries are counted
    assert browser.get("/clients/").status_code == 302


def test_when_an_account_is_closed_everything_it_holds_dies_at_once(north_room: Workroom, south_room: Workroom) -> None:
    user = both(north_room, south_room)
    hosts = (north_room.host, south_room.host)
    browsers = [signed_in(user, host) for host in hosts]
    said = {"username": user.username, "password": PASSWORD}
    programs = [
        (host, Client(HTTP_HOST=host).post("/api/v1/auth/token/", said, content_type="application/json").json())
        for host in hosts
    ]
    headers = [(host, {"Authorization": f"Token {answer['token']}"}) for host, answer in programs]
    assert {browser.get("/clients/").status_code for browser in browsers} == {200}
    with in_public():
        User.objects.filter(pk=user.pk).update(is_active=False)

    assert {browser.get("/clients/").status_code for browser in browsers} == {302}
    for host, header in headers:
        assert Client(HTTP_HOST=host).get("/api/v1/clients/", headers=header).status_code == 401
        assert (
            Client(HTTP_HOST=host).post("/api/v1/auth/token/", said, content_type="application/json").status_code == 401
        )
        page = Client(HTTP_HOST=host).post("/accounts/login/", {"login": user.username, "password": PASSWORD})
        assert page.status_code == 200
    with in_public():  # and whoever asks by another door yet to be built is told the same
        gone = User.objects.get(pk=user.pk)
        assert [access_in(gone, slug).roles for slug in ("north", "south", "")] == [frozenset()] * 3


def test_a_password_set_anew_ends_sessions_and_tokens(north_room: Workroom, monkeypatch: pytest.MonkeyPatch) -> None:
    user = north_room.wei.user
    assert user
    browser = signed_in(user, "north.localhost")
    with in_tenant(north_room.tenant):
        token, _row = issue_token(user, timezone.now())
    typed = iter(["short", "short", "one long sentence", "another one", *["one long sentence"] * 2])
    monkeypatch.setattr("tenants.management.commands.set_password.getpass", lambda _prompt: next(typed))

    for _ in range(2):
        with pytest.raises(CommandError):
            call_command("set_password", user.username)
    with pytest.raises(CommandError):
        call_command("set_password", "nobody-at-all")
    assert browser.get("/clients/").status_code == 200
    call_command("set_password", user.username, verbosity=0)

    assert browser.get("/clients/").status_code == 302
    header = {"Authorization": f"Token {token}"}
    assert Client(HTTP_HOST="north.localhost").get("/api/v1/clients/", headers=header).status_code == 401
    said = {"login": user.username, "password": "one long sentence"}
    assert Client(HTTP_HOST="north.localhost").post("/accounts/login/", said).status_code == 302


def test_changing_ones_password_ends_the_tokens(north_room: Workroom) -> None:
    user = north_room.wei.user
    assert user
    browser = signed_in(user, "north.localhost")
    said = {"username": user.username, "password": PASSWORD}
    client = Client(HTTP_HOST="north.localhost")
    token = client.post("/api/v1/auth/token/", said, content_type="application/json").json()["token"]
    header = {"Authorization": f"Token {token}"}
    assert client.get("/api/v1/clients/", headers=header).status_code == 200

    new = "another long password 7"
    change = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert browser.post("/accounts/password/change/", change).status_code == 302

    assert client.get("/api/v1/clients/", headers=header).status_code == 401
