"""A forgotten password is no dead end, and no way in for anybody else."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import FloorRole, User
from api_access.authentication import issue_token
from audit.models import AuditEntry
from letters.models import Letter
from recovery import links
from tenants.agencies import actions as agencies
from tenants.models import Membership
from tenants.running import in_public, in_tenant
from tests.cast import PASSWORD, officer, signed_in
from tests.platform.accounts.factors import code, with_app
from tests.workroom import Workroom

NEW = "another long password 7"
FORGOTTEN = "/accounts/forgotten/"


@pytest.fixture
def wei(north_room: Workroom) -> User:
    """Wei of north, whose mailbox is known."""
    user = north_room.wei.user
    assert user
    with in_public():
        User.objects.filter(pk=user.pk).update(email="wei@example.org")
        user.refresh_from_db()
    return user


def ask(said: str, host: str = "north.localhost") -> Any:
    return Client(HTTP_HOST=host).post(FORGOTTEN, {"said": said}, follow=True)


def letters(kind: str = "recovery") -> list[Letter]:
    with in_public():
        return list(Letter.objects.filter(kind=kind))


def link() -> str:
    (letter,) = letters()
    found = re.search(r"http://[^/]+(/accounts/recover/\S+)", letter.body)
    assert found
    return found[1]


def set_new(path: str, host: str = "north.localhost", browser: Client | None = None, **said: str) -> Any:
    browser = browser or Client(HTTP_HOST=host)
    return browser.post(path, {"password": NEW, "again": NEW, **said}, HTTP_HOST=host)


def test_by_mail_once_and_everything_that_was_open_ends(wei: User, north_room: Workroom) -> None:
    before = signed_in(wei, "north.localhost")
    with in_tenant(north_room.tenant):
        token, _row = issue_token(wei, timezone.now())
    assert "忘记密码" in Client(HTTP_HOST="north.localhost").get("/accounts/login/").content.decode()
    page = ask("n-wei").content.decode()
    assert "重设链接已经发出" in page
    (letter,) = letters()
    assert letter.to == "wei@example.org"
    assert "http://north.localhost/accounts/recover/" in letter.body

    there = link()
    assert "n-wei" in Client(HTTP_HOST="north.localhost").get(there).content.decode()
    answer = set_new(there)

    assert answer.status_code == 302
    assert before.get("/clients/").status_code == 302
    header = {"Authorization": f"Token {token}"}
    assert Client(HTTP_HOST="north.localhost").get("/api/v1/clients/", headers=header).status_code == 401
    assert set_new(there).status_code == 410
    assert Client(HTTP_HOST="north.localhost").get(there).status_code == 410
    login = Client(HTTP_HOST="north.localhost")
    assert login.post("/accounts/login/", {"login": "n-wei", "password": PASSWORD}).status_code == 200
    assert login.post("/accounts/login/", {"login": "n-wei", "password": NEW}).status_code == 302
    assert [each.to for each in letters("password_changed")] == ["wei@example.org"]
    with in_public():
        assert AuditEntry.objects.filter(act="accounts.user.password_set", actor=wei.ref).exists()


@pytest.mark.parametrize(
    "said", ["n-wei", "N-WEI", "wei@example.org", "n-lin", "nobody", "nobody@example.org", "' OR 1=1"]
)
def test_the_answer_is_the_same_whoever_is_named(wei: User, said: str) -> None:
    def plain(answer: Any) -> str:
        return re.sub(r'value="\w+"', "", answer.content.decode())

    answer = ask(said)

    assert answer.redirect_chain == [("/accounts/forgotten/sent/", 302)]
    assert plain(answer) == plain(ask("somebody-else"))
    assert len(letters()) == ("wei" in said.lower())


def test_only_where_one_has_a_role(wei: User, south_room: Workroom) -> None:
    for host in ("south.localhost", "localhost"):
        ask("n-wei", host)

    assert letters() == []


def test_one_letter_in_a_quarter_of_an_hour_and_five_tries(wei: User) -> None:
    answers = [ask("n-wei").status_code for _ in range(6)]

    assert answers == [200] * 5 + [429]
    assert len(letters()) == 1


def test_the_second_factor_stays(north_room: Workroom, settings: Any) -> None:
    boss = north_room.director
    with in_public():
        User.objects.filter(pk=boss.pk).update(email="boss@example.org")
    with_app(boss)
    ask(boss.username)
    browser = Client(HTTP_HOST="north.localhost")
    set_new(link(), browser=browser)

    answer = browser.post("/accounts/login/", {"login": boss.username, "password": NEW})
    assert "/2fa/authenticate/" in answer["Location"]
    assert browser.get("/clients/").status_code == 302
    assert browser.post("/accounts/2fa/authenticate/", {"code": code()}).status_code == 302
    assert browser.get("/clients/").status_code == 200


def test_a_link_is_the_way_on_for_an_owner_whom_a_stranger_shuts_out(wei: User) -> None:
    for number in range(6):
        Client(HTTP_HOST="north.localhost").post("/accounts/login/", {"login": "n-wei", "password": f"wrong {number}"})
    browser = Client(HTTP_HOST="north.localhost")
    said = {"login": "n-wei", "password": NEW}
    assert browser.post("/accounts/login/", said).status_code == 429

    ask("n-wei")
    set_new(link(), browser=browser)

    assert browser.post("/accounts/login/", said).status_code == 302


@pytest.mark.parametrize("spoil", ["old", "signed in", "closed", "changed", "another's"])
def test_a_link_that_holds_no_more_says_so(wei: User, north_room: Workroom, settings: Any, spoil: str) -> None:
    ask("n-wei")
    there = link()
    lin = north_room.lin.user
    assert lin
    if spoil == "old":
        settings.PASSWORD_RESET_TIMEOUT = -1
    elif spoil == "signed in":
        signed_in(wei, "north.localhost")
    elif spoil == "closed":
        with in_public():
            User.objects.filter(pk=wei.pk).update(is_active=False)
    elif spoil == "changed":
        there = there[:-2] + ("0" if there[-2] != "0" else "1") + "/"
    else:
        there = there.replace(wei.ref, lin.ref)

    assert Client(HTTP_HOST="north.localhost").get(there).status_code == 410
    assert set_new(there).status_code == 410
    assert letters("password_changed") == []


@pytest.mark.parametrize(
    ("said", "words"),
    [({"password": "short", "again": "short"}, "10"), ({"again": "another one"}, "不一样"),
     ({"password": "password12", "again": "password12"}, "常见"), ({"password": "", "again": ""}, "必填")],
)  # fmt: skip
def test_a_weak_password_comes_back_and_the_link_still_holds(wei: User, said: dict[str, str], words: str) -> None:
    ask("n-wei")
    there = link()

    answer = set_new(there, **said)

    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert set_new(there).status_code == 302


def test_without_a_mail_server_the_page_says_whom_to_ask(wei: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recovery.views.letters.are_sent", lambda: False)

    for page in (Client(HTTP_HOST="north.localhost").get(FORGOTTEN), ask("n-wei")):
        assert "没有配置邮件" in page.content.decode()
        assert "机构负责人" in page.content.decode()
    assert letters() == []


def page_of(user: User) -> str:
    with in_public():
        return f"/members/{Membership.objects.get(user=user, tenant__slug='north').ref}/password/"


def offered(browser: Client, user: User) -> tuple[int, str]:
    answer = browser.post(page_of(user))
    found = re.search(r"http://north\.localhost(/accounts/recover/[^<\s]+)", answer.content.decode())
    return answer.status_code, found[1] if found else ""


def test_a_director_hands_a_member_a_link(wei: User, north_room: Workroom) -> None:
    browser = signed_in(north_room.director, "north.localhost")
    assert page_of(wei) in browser.get("/members/").content.decode()
    assert "生成重设链接" in browser.get(page_of(wei)).content.decode()

    status, there = offered(browser, wei)

    assert status == 200
    assert [letter.to for letter in letters("recovery_offered")] == ["wei@example.org"]
    with in_public():
        entry = AuditEntry.objects.get(act="accounts.recovery.offered")
    assert (entry.actor, entry.object_ref, entry.details) == (north_room.director.ref, wei.ref, {"tenant": "north"})
    assert set_new(there, "south.localhost").status_code in (404, 410)
    assert set_new(there, "localhost").status_code == 410
    assert set_new(there).status_code == 302
    said = {"login": "n-wei", "password": NEW}
    assert Client(HTTP_HOST="north.localhost").post("/accounts/login/", said).status_code == 302


@pytest.mark.parametrize("elsewhere", ["member", "closed member", "floor"])
def test_no_director_takes_over_an_account_that_stands_elsewhere(
    wei: User, north_room: Workroom, south_room: Workroom, elsewhere: str
) -> None:
    browser = signed_in(north_room.director, "north.localhost")
    status, early = offered(browser, wei)  # and then the person begins somewhere else too
    assert status == 200
    with in_public():
        if elsewhere == "floor":
            FloorRole.objects.create(user=wei, role="supervisor")
        else:
            member = agencies.give_roles(user=wei, tenant=south_room.tenant, roles=["worker"], by=None)
            Membership.objects.filter(pk=member.pk).update(is_active=elsewhere == "member")

    assert "生成重设链接" not in browser.get(page_of(wei)).content.decode()
    assert offered(browser, wei) == (422, "")
    assert set_new(early).status_code == 410
    with in_public():
        assert User.objects.get(pk=wei.pk).check_password(PASSWORD)


def test_a_worker_hands_out_no_links(wei: User, north_room: Workroom, south_room: Workroom) -> None:
    assert signed_in(wei, "north.localhost").post(page_of(wei)).status_code == 403
    boss = signed_in(south_room.director, "south.localhost")
    assert boss.post(page_of(wei)).status_code == 404


def test_a_link_of_another_purpose_opens_nothing(wei: User, north_room: Workroom) -> None:
    with in_public():
        theirs = links.by_director(wei, "south")
    assert Client(HTTP_HOST="north.localhost").get(theirs).status_code == 410


def mail_code() -> str:
    found = re.search(r"\n(\d{6})\n", letters("mail_code")[0].body)
    assert found
    return found[1]


def test_one_sets_ones_mail_address_by_a_code(wei: User) -> None:
    browser = signed_in(wei, "north.localhost")
    assert "wei@example.org" in browser.get("/accounts/mail/").content.decode()

    answer = browser.post("/accounts/mail/", {"email": "new@example.org", "password": PASSWORD})
    assert answer["Location"] == "/accounts/mail/code/"
    right = mail_code()
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    assert browser.post("/accounts/mail/code/", {"code": wrong}).status_code == 400
    with in_public():
        assert User.objects.get(pk=wei.pk).email == "wei@example.org"
    assert browser.post("/accounts/mail/code/", {"code": right}).status_code == 302

    with in_public():
        assert User.objects.get(pk=wei.pk).email == "new@example.org"
    assert [letter.to for letter in letters("mail_changed")] == ["wei@example.org"]
    assert browser.get("/accounts/mail/code/").status_code == 302


def test_a_mail_code_is_not_guessed_nor_used_late(wei: User, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = signed_in(wei, "north.localhost")
    assert browser.post("/accounts/mail/", {"email": "new@example.org", "password": "wrong"}).status_code == 400
    assert letters("mail_code") == []
    browser.post("/accounts/mail/", {"email": "new@example.org", "password": PASSWORD})
    for number in range(5):
        browser.post("/accounts/mail/code/", {"code": f"x{number}"})

    assert "重新发送" in browser.post("/accounts/mail/code/", {"code": mail_code()}).content.decode()
    with in_public():
        assert User.objects.get(pk=wei.pk).email == "wei@example.org"


def test_officers_set_theirs_on_the_shared_host(public: None) -> None:
    browser = signed_in(officer("zhou-officer", "district_officer", "370102"))

    assert browser.post("/accounts/mail/", {"email": "z@example.org", "password": PASSWORD}).status_code == 302
    assert browser.post("/accounts/mail/code/", {"code": mail_code()}, follow=True).status_code == 200
    assert User.objects.get(username="zhou-officer").email == "z@example.org"
