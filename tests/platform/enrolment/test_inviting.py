"""A bureau asks an agency in: the link and its states, signing up by it, accepting it where one is already."""

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.access import Access
from accounts.models import User
from billing.models import Account
from billing.subscriptions import trials
from directory.models import Organisation
from enrolment.invitations import actions as invitation_actions
from enrolment.models import Invitation, SignUp
from enrolment.sign_up import actions as sign_up_actions
from enrolment.sign_up import provisioning
from letters.models import Letter
from tenants.models import Tenant
from tests.cast import member, officer, signed_in
from tests.identities import credit_code
from tests.platform.enrolment.test_signing_up import SAID, code_of, organisation

LIXIA = Access(roles=frozenset({"district_officer"}), areas=("370102",))
FORM = {
    "agency": "暖阳社会工作服务中心", "email": "nuanyang@example.org", "title": "千佛山街道社工站项目",
    "number": "LX-2027-01", "area": "千佛山街道", "valid_until": "2027-06-30",
}  # fmt: skip


@pytest.fixture
def zhou(public: None) -> User:
    cache.clear()
    Organisation.objects.create(ref="bureau", name="历下区民政局", kind=Organisation.Kind.BUREAU, area="370102")
    return officer("zhou", "district_officer", "370102")


def invited(by: User, **changes: Any) -> Invitation:
    values = {**FORM, "area": "370102002", "valid_until": timezone.localdate() + dt.timedelta(days=30), **changes}
    return invitation_actions.invite(
        terms=invitation_actions.InvitationTerms(**values), who=LIXIA, address="http://localhost", by=by
    )


def link(invitation: Invitation) -> str:
    return f"/join/invited/{invitation_actions.token(invitation)}/"


def tomorrow() -> str:
    return (timezone.localdate() + dt.timedelta(days=20)).isoformat()


def test_an_officer_invites_and_hands_over_the_link(zhou: User) -> None:
    desk = signed_in(zhou)
    assert "/contracts/invitations/" in desk.get("/contracts/all/").content.decode()
    assert "还没有邀请" in desk.get("/contracts/invitations/").content.decode()

    page = desk.post("/contracts/invitations/new/", {**FORM, "valid_until": tomorrow()}, follow=True).content.decode()

    made = Invitation.objects.get()
    assert (made.area, made.bureau, made.state_on(timezone.localdate())) == ("370102002", "历下区民政局", "sent")
    assert link(made) in page
    assert link(made) in Letter.objects.get(kind="contract_invitation", to=FORM["email"]).body
    assert invitation_actions.token(made) not in str(Invitation.objects.values().get())
    assert "已发出" in desk.get("/contracts/invitations/?state=sent").content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"area": "370103"}, "不在您的辖区"), ({"valid_until": "2020-01-01"}, "有效期"), ({"email": "x"}, "邮件地址"),
     ({"valid_until": "2099-01-01"}, "有效期"), ({"title": ""}, "必填|填写")],
)  # fmt: skip
def test_an_invitation_that_cannot_be(zhou: User, wrong: dict[str, str], words: str) -> None:
    page = signed_in(zhou).post("/contracts/invitations/new/", {**FORM, "valid_until": tomorrow(), **wrong})

    assert any(word in page.content.decode() for word in words.split("|"))
    assert not Invitation.objects.exists()


def test_an_officer_of_elsewhere_knows_nothing_of_it(zhou: User) -> None:
    made = invited(zhou)
    other = signed_in(officer("qian", "district_officer", "370103"))

    assert other.get(f"/contracts/invitations/{made.ref}/").status_code == 404
    assert other.post(f"/contracts/invitations/{made.ref}/take-back/").status_code == 404
    assert FORM["agency"] not in other.get("/contracts/invitations/").content.decode()


def test_the_invited_agency_signs_up_without_plan_or_payment(zhou: User) -> None:
    made = invited(zhou)
    visitor = Client(HTTP_HOST="localhost")
    assert "费用由购买方承担" in visitor.get(link(made)).content.decode()
    made.refresh_from_db()
    assert made.state_on(timezone.localdate()) == "opened"
    first = visitor.get(f"{link(made)}new/").content.decode()
    assert FORM["agency"] in first
    assert "历下区" in first
    assert "选择套餐" not in first

    answer = visitor.post(f"{link(made)}new/", SAID)
    sign_up = SignUp.objects.get()
    answer = visitor.post(answer["Location"], {"code": code_of(sign_up)})
    assert answer["Location"] == f"/join/{sign_up.ref}/"
    assert provisioning.build(sign_up.ref) == SignUp.State.READY

    tenant = Tenant.objects.get(slug="nuanyang")
    payer = tenant.cover.account
    assert (payer.kind, payer.area, payer.name) == (Account.Kind.BUREAU, "370102", "历下区民政局")
    assert not Account.objects.filter(tenant=tenant).exists()
    desk = signed_in(zhou)
    assert "已入驻" in desk.get(f"/contracts/invitations/{made.ref}/").content.decode()
    sign = desk.get("/contracts/sign/").content.decode()
    assert SAID["name"] in sign
    early = desk.get("/contracts/sign/?operator=nuanyang&programme=jinan")
    assert "还没有在您的辖区开设站点" in early.content.decode()


def test_the_second_agency_of_a_bureau_shares_its_account(zhou: User) -> None:
    for number in (1, 2):
        made = invited(zhou, number=f"N{number}")
        said = organisation(slug=f"shared{number}", username=f"shared{number}", credit_code=credit_code(number))
        sign_up = sign_up_actions.begin(organisation=said, invitation=made)
        sign_up_actions.verify(sign_up=sign_up, code=code_of(sign_up))
        provisioning.build(sign_up.ref)

    assert Account.objects.filter(kind="bureau").count() == 1
    assert Account.objects.get(kind="bureau").covers.count() == 2


def test_one_link_lets_one_agency_in(zhou: User) -> None:
    made = invited(zhou)
    one = sign_up_actions.begin(organisation=organisation(), invitation=made)
    two = sign_up_actions.begin(
        organisation=organisation(slug="two-two", username="two-two", credit_code=credit_code(2)), invitation=made
    )
    sign_up_actions.verify(sign_up=one, code=code_of(one))

    with pytest.raises(sign_up_actions.CannotSignUp, match="已被使用"):
        sign_up_actions.verify(sign_up=two, code=code_of(two))
    provisioning.build(one.ref)
    with pytest.raises(sign_up_actions.CannotSignUp, match="已被使用"):
        sign_up_actions.hold(sign_up=two)
    page = Client(HTTP_HOST="localhost").get(link(made)).content.decode()
    assert "已经使用过" in page


def test_a_link_taken_back_opens_nothing_until_it_is_offered_again(zhou: User) -> None:
    made, desk, visitor = invited(zhou), signed_in(zhou), Client(HTTP_HOST="localhost")
    address = f"/contracts/invitations/{made.ref}/"

    assert "offer-again" in desk.post(f"{address}take-back/", follow=True).content.decode()
    assert "不再有效" in visitor.get(link(made)).content.decode()
    assert visitor.post(f"{link(made)}new/", SAID)["Location"] == link(made)
    assert "不能再发" in desk.post(f"{address}send-again/", follow=True).content.decode()

    desk.post(f"{address}offer-again/")
    assert "新机构入驻" in visitor.get(link(made)).content.decode()


def test_sent_again_only_the_newest_link_opens(zhou: User) -> None:
    made, visitor = invited(zhou), Client(HTTP_HOST="localhost")
    old = link(made)
    Invitation.objects.update(valid_until=timezone.localdate() - dt.timedelta(days=1))
    assert "不再有效" in visitor.get(old).content.decode()

    invitation_actions.send_again(invitation=made, address="http://localhost", by=zhou)
    made.refresh_from_db()

    assert made.issue == 2
    assert visitor.get(old).status_code == 404
    assert visitor.get(link(made)).status_code == 200
    assert Letter.objects.filter(kind="contract_invitation").count() == 2


@pytest.mark.parametrize("token", ["nothing", "0" * 40, "g" * 40, "0" * 39])
def test_a_token_of_nothing_is_not_found(zhou: User, token: str) -> None:
    assert Client(HTTP_HOST="localhost").get(f"/join/invited/{token}/").status_code == 404


def test_an_agency_that_is_here_accepts_on_its_own_host(zhou: User, north_row: Tenant) -> None:
    made = invited(zhou)
    visitor = Client(HTTP_HOST="localhost")
    assert "没有找到" in visitor.get(link(made), {"slug": "nobody"}).content.decode()
    page = visitor.get(link(made), {"slug": "North.localhost"}).content.decode()
    own = f"/accept/{invitation_actions.token(made)}/"
    assert f"http://north.localhost{own}" in page

    worker = signed_in(member(north_row, "n-worker", "worker"), "north.localhost")
    assert worker.get(own).status_code == 403
    director = signed_in(member(north_row, "n-boss", "agency_director"), "north.localhost")
    own_plan = trials.start_trial(tenant=north_row, plan="standard", interval="year", stations=2, seats=5, by=None)
    assert "历下区民政局" in director.get(own).content.decode()
    assert director.post(own).status_code == 302

    made.refresh_from_db()
    own_plan.refresh_from_db()
    north_row = Tenant.objects.get(pk=north_row.pk)
    assert own_plan.cancels_at_end
    assert made.tenant == north_row
    assert north_row.cover.account.kind == "bureau"
    other = signed_in(member(Tenant.objects.get(slug="south"), "s-boss", "agency_director"), "south.localhost")
    assert other.get(own).status_code == 410
    with pytest.raises(invitation_actions.Spent):
        invitation_actions.take_back(invitation=made, by=zhou)
    with pytest.raises(invitation_actions.Spent):
        invitation_actions.joined(invitation=made, tenant=Tenant.objects.get(slug="south"), by=None)


def test_used_by_another_while_it_was_built_a_sign_up_begins_with_a_trial(zhou: User, north_row: Tenant) -> None:
    made = invited(zhou)
    sign_up = sign_up_actions.begin(organisation=organisation(), invitation=made)
    sign_up_actions.verify(sign_up=sign_up, code=code_of(sign_up))
    invitation_actions.joined(invitation=made, tenant=north_row, by=None)

    assert provisioning.build(sign_up.ref) == SignUp.State.READY
    tenant = Tenant.objects.get(slug="nuanyang")
    assert tenant.cover.account.tenant == tenant


def test_the_list_asks_a_fixed_number_of_questions(zhou: User, django_assert_max_num_queries: Any) -> None:
    desk = signed_in(zhou)
    for number in range(12):
        invited(zhou, number=f"N{number}")
    desk.get("/contracts/invitations/")

    with django_assert_max_num_queries(14):
        desk.get("/contracts/invitations/")
