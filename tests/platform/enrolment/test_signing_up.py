"""An organisation signs up: the page, the code, the names it holds, the plan."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from enrolment import queries
from enrolment.models import SignUp
from enrolment.sign_up import actions as sign_up_actions
from enrolment.sign_up import provisioning
from letters.models import Letter
from tenants.agencies import actions as tenants
from tenants.models import Tenant
from tests.cast import officer, signed_in
from tests.identities import credit_code

State = SignUp.State
SAID = {
    "name": "济南市历下区暖阳社会工作服务中心",
    "credit_code": credit_code(1),
    "legal_form": "service",
    "region": "370102",
    "slug": "nuanyang",
    "contact": "赵暖阳",
    "email": "zhao@example.org",
    "phone": "13864100011",
    "username": "zhao-nuanyang",
    "password": "an honest long password",
}
PLAN = {"plan": "standard", "interval": "year", "stations": 2, "seats": 6}


@pytest.fixture
def visitor(public: None) -> Client:
    cache.clear()
    return Client(HTTP_HOST="localhost")


def organisation(**changes: Any) -> sign_up_actions.Organisation:
    return sign_up_actions.Organisation(**{**SAID, **changes})


def begun(**changes: Any) -> SignUp:
    return sign_up_actions.begin(organisation=organisation(**changes))


def code_of(sign_up: SignUp) -> str:
    """Return the code in the newest letter to this sign-up."""
    letter = Letter.objects.filter(key__startswith=f"join:{sign_up.ref}:").latest("id")
    return re.search(r"\b(\d{6})\b", letter.body).group(1)  # type: ignore[union-attr]


def verified(**changes: Any) -> SignUp:
    sign_up = begun(**changes)
    return sign_up_actions.verify(sign_up=sign_up, code=code_of(sign_up))


def queued(**changes: Any) -> SignUp:
    return sign_up_actions.choose_plan(sign_up=verified(**changes), **PLAN)  # type: ignore[arg-type]


def test_from_the_first_page_to_the_agencys_own_host(visitor: Client) -> None:
    page = visitor.get("/join/")
    assert "机构入驻" in page.content.decode()

    answer = visitor.post("/join/", SAID)
    sign_up = SignUp.objects.get()
    assert answer.url == f"/join/{sign_up.ref}/code/"  # type: ignore[attr-defined]
    assert SAID["password"] not in sign_up.password

    answer = visitor.post(answer.url, {"code": code_of(sign_up)})  # type: ignore[attr-defined]
    assert answer.url == f"/join/{sign_up.ref}/plan/"  # type: ignore[attr-defined]
    assert "标准版" in visitor.get(answer.url).content.decode()  # type: ignore[attr-defined]
    answer = visitor.post(answer.url, PLAN)  # type: ignore[attr-defined]
    assert answer.url == f"/join/{sign_up.ref}/"  # type: ignore[attr-defined]

    piece = visitor.get(answer.url, headers={"HX-Request": "true"}).content.decode()  # type: ignore[attr-defined]
    assert "进行中" in piece
    assert "hx-trigger" in piece
    assert provisioning.build(sign_up.ref) == State.READY
    ready = visitor.get(answer.url).content.decode()  # type: ignore[attr-defined]
    assert "http://nuanyang.localhost/accounts/login/?next=/start/" in ready
    assert "hx-trigger" not in ready

    tenant = Tenant.objects.get(slug="nuanyang")
    assert (tenant.state, tenant.region, tenant.credit_code) == ("active", "370102", SAID["credit_code"])
    trial = tenant.cover.account.subscriptions.get()
    assert (trial.state, trial.plan, trial.stations, trial.seats) == ("trialing", "standard", 2, 6)
    sign_up.refresh_from_db()
    assert sign_up.password == ""
    assert sign_up.director is not None
    assert Letter.objects.filter(kind="welcome", to=SAID["email"], body__contains="nuanyang.localhost").count() == 1

    own = Client(HTTP_HOST="nuanyang.localhost")
    cache.clear()
    answer = own.post("/accounts/login/", {"login": SAID["username"], "password": SAID["password"]})
    assert answer.status_code == 302
    assert own.get("/members/").status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("slug", "north", "已被使用"),
        ("slug", "billing", "保留"),
        ("slug", "gov-lixia", "容易被当成政府"),
        ("slug", "minzheng", "保留"),
        ("slug", "1abc", "以小写字母开头"),
        ("slug", "ab", "3 至 30"),
        ("slug", "暖阳", "小写字母"),
        ("credit_code", "52370102MJE0000010", "校验位不对"),
        ("credit_code", "5237", "应为 18 位"),
        ("credit_code", credit_code(7, "51"), "这是社会团体"),
        ("region", "历", "有多个区划符合"),
        ("region", "370100", "没有找到"),
        ("region", "没有这地方", "没有找到"),
        ("name", "甲", "机构全称"),
        ("name", "坏\u0007名字的机构", "无法保存|机构全称|不能"),
        ("phone", "12345", "电话号码"),
        ("password", "1234567890", "常见|数字"),
        ("password", "short", "10"),
        ("username", "a b", "有效|字母"),
        ("email", "no mail", "合法"),
        ("contact", "", "必填|填写"),
    ],
)  # fmt: skip
def test_a_page_that_cannot_be_comes_back_with_its_reason(visitor: Client, field: str, value: str, words: str) -> None:
    answer = visitor.post("/join/", {**SAID, field: value})

    assert answer.status_code == 400
    text = answer.content.decode()
    assert re.search(words, text), text[text.find("error-summary") :][:800]
    assert SAID["contact"] in text or field == "contact"
    assert SAID["password"] not in text
    assert not SignUp.objects.exists()


@pytest.mark.parametrize(
    "typed", [credit_code(1).lower(), f" {credit_code(1)[:8]} {credit_code(1)[8:]} ",
              "".join(chr(ord(letter) + 0xFEE0) for letter in credit_code(1))]
)  # fmt: skip
def test_a_credit_code_is_taken_as_people_type_it(visitor: Client, typed: str) -> None:
    visitor.post("/join/", {**SAID, "credit_code": typed})

    assert SignUp.objects.get().credit_code == credit_code(1)


def test_left_empty_the_host_name_is_made_of_the_name(visitor: Client) -> None:
    visitor.post("/join/", {**SAID, "slug": ""})

    assert SignUp.objects.get().slug == "nuanyang"


def test_the_piece_below_the_host_name_says_what_is_free(visitor: Client) -> None:
    def said(**query: str) -> str:
        return visitor.get("/join/host-name/", query).content.decode()

    assert "可以使用：nuanyang.localhost" in said(slug="Nuan Yang", name=SAID["name"])
    assert "已被使用" in said(slug="north", name="北方社会工作服务中心")
    assert "beifang" in said(slug="north", name="北方社会工作服务中心")
    assert "留空将使用：nuanyang.localhost" in said(slug="", name=SAID["name"], region="lixia")
    tenants.open_agency(slug="nuanyang", name="另一家")
    assert "nuanyang-lixia" in said(slug="", name=SAID["name"], region="lixia")
    assert said(slug="", name="").strip() == ""


def test_of_several_districts_one_is_picked(visitor: Client) -> None:
    piece = visitor.get("/join/places/", {"region": "历"}).content.decode()
    assert 'value="370102"' in piece
    assert "山东省济南市历下区" in piece
    assert visitor.get("/join/places/", {"region": "历下区"}).content.decode().strip() == ""
    assert visitor.get("/join/places/", {"region": ""}).content.decode().strip() == ""

    page = visitor.post("/join/", {**SAID, "region": "历"}).content.decode()
    assert 'name="place" value="370102"' in page
    answer = visitor.post("/join/", {**SAID, "region": "历", "place": "370103"})
    assert answer.status_code == 400  # it does not answer to what was typed
    assert visitor.post("/join/", {**SAID, "region": "历", "place": "370102"}).status_code == 302
    assert SignUp.objects.get().region == "370102"


def test_a_live_agencys_code_is_refused_without_telling_whose(visitor: Client) -> None:
    tenants.open_agency(slug="other", name="某某社会工作服务中心", credit_code=credit_code(1))

    text = visitor.post("/join/", SAID).content.decode()

    assert "已经入驻或正在入驻" in text
    assert "某某" not in text


def test_a_deleted_agencys_code_may_come_again(visitor: Client) -> None:
    gone = tenants.open_agency(slug="other", name="某某社会工作服务中心", credit_code=credit_code(1))
    Tenant.objects.filter(pk=gone.pk).update(state="deleted")

    assert provisioning.build(queued().ref) == State.READY


def test_a_mail_that_is_known_is_treated_like_any_other(visitor: Client) -> None:
    begun(slug="first-one", credit_code=credit_code(2), username="first-one")

    assert visitor.post("/join/", SAID).status_code == 302


def test_five_wrong_codes_and_the_sixth_is_not_looked_at(visitor: Client) -> None:
    sign_up = begun()
    right = code_of(sign_up)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    address = f"/join/{sign_up.ref}/code/"

    for left in (4, 3, 2, 1, 0):
        assert f"还可以试 {left} 次" in visitor.post(address, {"code": wrong}).content.decode()
    assert "已试错 5 次" in visitor.post(address, {"code": right}).content.decode()

    sign_up.refresh_from_db()
    assert sign_up.state == State.UNVERIFIED


def test_a_code_lives_ten_minutes(public: None) -> None:
    sign_up = begun()
    code = code_of(sign_up)
    SignUp.objects.update(code_at=timezone.now() - dt.timedelta(minutes=10, seconds=1))

    with pytest.raises(sign_up_actions.WrongCode, match="过期"):
        sign_up_actions.verify(sign_up=sign_up, code=code)


def test_a_code_is_sent_again_after_a_minute_and_the_old_one_ends(visitor: Client) -> None:
    sign_up = begun()
    old = code_of(sign_up)
    page = visitor.post(f"/join/{sign_up.ref}/code/again/", follow=True).content.decode()
    assert "秒后再试" in page

    SignUp.objects.update(code_at=timezone.now() - dt.timedelta(seconds=61))
    assert "已重新发送" in visitor.post(f"/join/{sign_up.ref}/code/again/", follow=True).content.decode()
    fresh = code_of(sign_up)
    if fresh != old:
        with pytest.raises(sign_up_actions.WrongCode):
            sign_up_actions.verify(sign_up=sign_up, code=old)
    assert sign_up_actions.verify(sign_up=sign_up, code=fresh).state == State.VERIFIED

    with pytest.raises(sign_up_actions.NotNow):
        sign_up_actions.send_code(sign_up=sign_up)


def test_the_seventh_code_is_not_sent(public: None) -> None:
    sign_up = begun()
    SignUp.objects.update(codes=6, code_at=timezone.now() - dt.timedelta(hours=1))

    with pytest.raises(sign_up_actions.TooSoon, match="用完"):
        sign_up_actions.send_code(sign_up=sign_up)


def test_many_forms_from_one_address_are_too_many(visitor: Client) -> None:
    for number in range(20):
        visitor.post("/join/", {**SAID, "email": f"m{number}@example.org"})

    answer = visitor.post("/join/", {**SAID, "email": "late@example.org"})

    assert answer.status_code == 429
    assert 3500 < int(answer["Retry-After"]) <= 3600
    assert "次数太多" in answer.content.decode()
    assert "late@example.org" in answer.content.decode()
    assert SignUp.objects.count() == 20


def test_many_codes_to_one_mailbox_are_too_many(visitor: Client) -> None:
    for number in range(7):
        browser = Client(HTTP_HOST="localhost", REMOTE_ADDR=f"10.0.0.{number}")
        answer = browser.post("/join/", {**SAID, "email": "Zhao@example.org"})

    assert answer.status_code == 429
    assert "次数太多" in answer.content.decode()
    assert Letter.objects.filter(kind="join_code").count() == 6
    again = browser.post(f"/join/{SignUp.objects.latest('pk').ref}/code/again/")
    assert (again.status_code, "次数太多" in again.content.decode()) == (429, True)
    assert Letter.objects.filter(kind="join_code").count() == 6


def test_codes_and_looks_beyond_the_limit_are_answered_429(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_up = begun()
    monkeypatch.setattr("enrolment.sign_up.views.LIMITS", {"join_code": 1, "join_look": 1})

    codes = [visitor.post(f"/join/{sign_up.ref}/code/", {"code": "000000"}) for _ in range(2)]
    looks = [visitor.get("/join/host-name/", {"name": "暖阳"}), visitor.get("/join/places/", {"region": "历下"})]

    assert [answer.status_code for answer in codes] == [400, 429]
    assert [answer.status_code for answer in looks] == [200, 429]
    assert all(int(answer["Retry-After"]) > 3500 for answer in (codes[1], looks[1]))


def test_whoever_verifies_second_chooses_another_name(visitor: Client) -> None:
    late = begun(credit_code=credit_code(2), username="late")
    verified()

    answer = visitor.post(f"/join/{late.ref}/code/", {"code": code_of(late)}, follow=True)
    assert "刚才有人先用了" in answer.content.decode()
    assert "nuanyang-lixia" in answer.content.decode()

    answer = visitor.post(f"/join/{late.ref}/names/", {"slug": "nuanyang", "username": "late"})
    assert "已被使用" in answer.content.decode()
    answer = visitor.post(f"/join/{late.ref}/names/", {"slug": "nuanyang-lixia", "username": "late"})
    assert answer.url == f"/join/{late.ref}/plan/"  # type: ignore[attr-defined]


def test_a_code_that_was_verified_is_not_asked_for_twice(visitor: Client) -> None:
    sign_up = verified()

    assert visitor.get(f"/join/{sign_up.ref}/code/").url == f"/join/{sign_up.ref}/plan/"  # type: ignore[attr-defined]
    assert visitor.get(f"/join/{sign_up.ref}/").url == f"/join/{sign_up.ref}/plan/"  # type: ignore[attr-defined]
    assert visitor.get("/join/nothing/").status_code == 404


def test_nothing_goes_on_before_the_mail_is_verified(visitor: Client) -> None:
    sign_up = begun()

    assert visitor.post(f"/join/{sign_up.ref}/plan/", PLAN).url == f"/join/{sign_up.ref}/code/"  # type: ignore[attr-defined]
    assert visitor.get(f"/join/{sign_up.ref}/names/").url == f"/join/{sign_up.ref}/code/"  # type: ignore[attr-defined]
    with pytest.raises(sign_up_actions.NotNow):
        sign_up_actions.hold(sign_up=sign_up)
    with pytest.raises(sign_up_actions.NotNow):
        sign_up_actions.choose_plan(sign_up=sign_up, **PLAN)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong", [{"plan": "gone"}, {"stations": 0}, {"plan": "starter", "stations": 9}, {"interval": "day"}]
)
def test_a_plan_that_cannot_be_taken_comes_back(visitor: Client, wrong: dict[str, Any]) -> None:
    sign_up = verified()

    answer = visitor.post(f"/join/{sign_up.ref}/plan/", {**PLAN, **wrong})

    assert answer.status_code == 400
    sign_up.refresh_from_db()
    assert sign_up.state == State.VERIFIED


def test_choosing_twice_builds_once(public: None) -> None:
    sign_up = queued()

    assert sign_up_actions.choose_plan(sign_up=sign_up, **PLAN).state == State.BUILDING  # type: ignore[arg-type]
    provisioning.build(sign_up.ref)
    assert provisioning.build(sign_up.ref) == State.READY
    assert sign_up_actions.choose_plan(sign_up=sign_up, **PLAN).state == State.READY  # type: ignore[arg-type]
    assert Tenant.objects.filter(slug="nuanyang").count() == 1


def test_what_nobody_finished_is_forgotten_after_a_day(public: None) -> None:
    kept, waits, old = begun(), verified(slug="held", credit_code=credit_code(2), username="held"), queued(
        slug="done", credit_code=credit_code(3), username="done"
    )  # fmt: skip
    provisioning.build(old.ref)
    SignUp.objects.update(touched_at=timezone.now() - dt.timedelta(hours=23))
    assert provisioning.forget() == 0

    SignUp.objects.update(touched_at=timezone.now() - dt.timedelta(hours=25))
    assert provisioning.forget() == 2

    assert set(SignUp.objects.values_list("ref", flat=True)) == {old.ref}
    assert not queries.slug_taken("held")
    assert not SignUp.objects.filter(ref__in=[kept.ref, waits.ref]).exists()


def test_the_operators_form_takes_codes_alike(public: None) -> None:
    browser = signed_in(officer("operator", "operator"))
    typed = {"name": "某某社会工作服务中心", "slug": "mou", "credit_code": f" {credit_code(5).lower()}"}

    assert browser.post("/agencies/open/", typed).status_code == 302
    assert Tenant.objects.get(slug="mou").credit_code == credit_code(5)
    answer = browser.post("/agencies/open/", {**typed, "slug": "mou2"})
    assert "已经入驻" in answer.content.decode()


def test_without_a_mail_server_nobody_is_left_waiting_for_a_code(visitor: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    answer = visitor.get("/join/")

    assert answer.status_code == 503
    assert "没有配置邮件" in answer.content.decode()
    assert visitor.post("/join/", SAID).status_code == 503
    assert not SignUp.objects.exists()
