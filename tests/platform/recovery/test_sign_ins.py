"""My sign-ins: where one is signed in, and ending it (ASVS V7.5.2)."""

from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, SignIn, User
from accounts.sign_in import sign_ins
from api_access.authentication import issue_token
from audit.models import AuditEntry
from letters.models import Letter
from tenants.agencies import actions as tenants
from tenants.models import Membership
from tenants.running import in_public, in_tenant
from tests.cast import PASSWORD, signed_in
from tests.workroom import Workroom

PAGE = "/accounts/sign-ins/"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; V2309A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0"
    " Mobile Safari/537.36 MicroMessenger/8.0.50"
)
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0"


@pytest.fixture
def wei(north_room: Workroom) -> User:
    user = north_room.wei.user
    assert user
    with in_public():
        User.objects.filter(pk=user.pk).update(email="wei@example.org")
    return user


def open_page(browser: Client) -> str:
    """Open the page as a person does: the password is asked for again."""
    there = browser.get(PAGE)
    if there.status_code == 302:
        assert there["Location"].startswith("/accounts/reauthenticate/")
        assert browser.post(there["Location"], {"password": PASSWORD})["Location"] == PAGE
        there = browser.get(PAGE)
    return str(there.content.decode())


def of(user: User) -> list[SignIn]:
    with in_public():
        return list(sign_ins.of(user))


def test_one_sees_where_one_is_signed_in_and_ends_one(wei: User, north_room: Workroom) -> None:
    desk = signed_in(wei, north_room.host, HTTP_USER_AGENT=DESK, REMOTE_ADDR="203.0.113.77")
    phone = signed_in(wei, north_room.host, HTTP_USER_AGENT=PHONE, REMOTE_ADDR="198.51.100.4")

    page = open_page(desk)

    assert "Edge · Windows" in page
    assert "WeChat · Android" in page
    assert "203.0.113.*" in page
    assert "203.0.113.77" not in page
    assert page.count("当前") == 1
    theirs = next(row for row in of(wei) if row.device.startswith("WeChat"))
    assert phone.get("/clients/").status_code == 200
    assert desk.post(f"{PAGE}{theirs.ref}/end/").status_code == 302
    assert phone.get("/clients/").status_code == 302
    assert desk.get("/clients/").status_code == 200
    assert [row.device for row in of(wei)] == ["Edge · Windows"]
    assert "已经结束" in desk.post(f"{PAGE}{theirs.ref}/end/", follow=True).content.decode()
    with in_public():
        assert AuditEntry.objects.filter(act="accounts.sign_in.ended", actor=wei.ref).count() == 1
        assert Letter.objects.filter(kind="sign_ins_ended", to="wei@example.org").count() == 1


def test_all_others_end_at_once_on_every_host(wei: User, north_room: Workroom, south_room: Workroom) -> None:
    with in_public():
        tenants.give_roles(user=wei, tenant=south_room.tenant, roles=["worker"], by=None)
    here, there, away = (signed_in(wei, host) for host in (north_room.host, north_room.host, south_room.host))
    open_page(here)

    said = here.post(f"{PAGE}end-others/", follow=True).content.decode()

    assert "已结束 2 个登录" in said
    assert [browser.get("/clients/").status_code for browser in (here, there, away)] == [200, 302, 302]
    assert "没有其他登录" in here.post(f"{PAGE}end-others/", follow=True).content.decode()


def test_nobody_ends_anothers_and_the_password_is_asked_for_first(wei: User, north_room: Workroom) -> None:
    browser = signed_in(wei, north_room.host)
    boss = signed_in(north_room.director, north_room.host)
    open_page(boss)
    theirs = of(wei)[0]

    assert browser.get(PAGE).status_code == 302
    assert browser.post(f"{PAGE}end-others/")["Location"].startswith("/accounts/reauthenticate/")
    boss.post(f"{PAGE}{theirs.ref}/end/")
    assert browser.get("/clients/").status_code == 200
    assert Client(HTTP_HOST=north_room.host).get(PAGE)["Location"].startswith("/accounts/login/")


def test_the_password_that_is_asked_for_again_is_not_guessed(wei: User, north_room: Workroom) -> None:
    """At an open screen: five tries, then also the right one waits."""
    browser = signed_in(wei, north_room.host)
    tries = [browser.post("/accounts/reauthenticate/", {"password": f"guess {n}"}) for n in range(5)]
    sixth = browser.post("/accounts/reauthenticate/", {"password": PASSWORD})

    assert {answer.status_code for answer in tries} == {200}
    assert sixth.status_code == 429
    assert int(sixth["Retry-After"]) > 0


def test_tokens_are_seen_and_revoked(wei: User, north_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        token, row = issue_token(wei, timezone.now())
    program = {"Authorization": f"Token {token}"}
    browser = signed_in(wei, north_room.host)
    caller = Client(HTTP_HOST=north_room.host)
    assert caller.get("/api/v1/clients/", headers=program).status_code == 200

    assert "程序用的令牌" in open_page(browser)
    browser.post(f"{PAGE}tokens/{row.digest[:16]}/end/")

    assert caller.get("/api/v1/clients/", headers=program).status_code == 401
    with in_public():
        assert not ApiToken.objects.filter(user=wei).exists()
    assert "已经失效" in browser.post(f"{PAGE}tokens/{row.digest[:16]}/end/", follow=True).content.decode()


def test_a_part_of_a_tokens_mark_ends_none(wei: User, north_room: Workroom) -> None:
    """A shorter mark would end all the tokens that begin so, unseen."""
    with in_tenant(north_room.tenant):
        _token, row = issue_token(wei, timezone.now())
    browser = signed_in(wei, north_room.host)
    open_page(browser)

    for part in (row.digest[:1], row.digest[:15], row.digest):
        answer = browser.post(f"{PAGE}tokens/{part}/end/", follow=True)
        assert "已经失效" in answer.content.decode()

    with in_public():
        assert ApiToken.objects.filter(pk=row.pk).exists()


def test_a_director_ends_a_members_here_and_nowhere_else(wei: User, north_room: Workroom, south_room: Workroom) -> None:
    with in_public():
        tenants.give_roles(user=wei, tenant=south_room.tenant, roles=["worker"], by=None)
        ref = Membership.objects.get(user=wei, tenant=north_room.tenant).ref
    here, away = signed_in(wei, north_room.host), signed_in(wei, south_room.host)
    boss = signed_in(north_room.director, north_room.host)
    path = f"/members/{ref}/sign-ins/end/"

    assert "已结束" in boss.post(path, follow=True).content.decode()

    assert [browser.get("/clients/").status_code for browser in (here, away)] == [302, 200]
    assert "现在没有登录" in boss.post(path, follow=True).content.decode()
    assert away.post(path).status_code == 403
    assert signed_in(south_room.director, south_room.host).post(path).status_code == 404
    with in_public():
        assert AuditEntry.objects.filter(act="accounts.sign_in.ended_for_member", object_ref=wei.ref).count() == 1
        assert Letter.objects.filter(kind="sign_ins_ended_for_you", to="wei@example.org").count() == 1


def test_a_new_password_leaves_this_one_only(wei: User, north_room: Workroom) -> None:
    here, there = signed_in(wei, north_room.host), signed_in(wei, north_room.host)
    new = "another password of nine words"
    said = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/accounts/password/change/", said).status_code == 302

    assert there.get("/clients/").status_code == 302
    assert here.get("/clients/").status_code == 200
    assert len(of(wei)) == 1


def test_signing_out_takes_it_off_the_list(wei: User, north_room: Workroom) -> None:
    browser = signed_in(wei, north_room.host)
    assert len(of(wei)) == 1
    browser.post("/accounts/logout/")
    assert of(wei) == []
    with in_public():
        assert sign_ins.forget_ended() == 1


def test_a_session_of_before_is_listed_at_its_next_use(wei: User, north_room: Workroom) -> None:
    browser = signed_in(wei, north_room.host)
    with in_public():
        SignIn.objects.all().delete()
    sign_ins._noted.clear()
    browser.get("/clients/")
    assert [row.host for row in of(wei)] == ["north"]


def test_where_it_cannot_be_noted_pages_go_on(wei: User, north_room: Workroom, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = signed_in(wei, north_room.host)
    sign_ins._noted.clear()

    def full(*given: Any, **named: Any) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(SignIn.objects, "bulk_create", full)
    assert browser.get("/clients/").status_code == 200


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (DESK, "Edge · Windows"),
        (PHONE, "WeChat · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox · Linux"),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) Chrome/114.0 Safari/537.36 ArkWeb/4.1", "Chrome · HarmonyOS"),
        ("curl/8.5", ""),
    ],
)
def test_devices_in_words(agent: str, device: str) -> None:
    assert sign_ins.device_of(agent) == device


@pytest.mark.parametrize(
    ("address", "shown"),
    [("203.0.113.77", "203.0.113.*"), ("2001:db8:1:2::3", "2001:db8:1::*"), ("", ""), ("unix", "")],
)
def test_addresses_are_masked(address: str, shown: str) -> None:
    assert sign_ins.masked(address) == shown
