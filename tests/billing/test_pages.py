"""The payer's and the operator's pages, and a workroom that is for reading only."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import FloorRole, User
from billing.models import Account, Bill, Channel, Coupon, Movement, Subscription
from billing.plans import entitlement
from billing.subscriptions import payers
from billing.subscriptions.trials import begins_with
from billing.tasks import pass_time
from tenants.models import Tenant
from tenants.running import in_public
from tests.billing.payers import on_trial, open_bill, taken_up
from tests.cast import PASSWORD, member, signed_in
from tests.workroom import Workroom


@pytest.fixture
def operator(public: None) -> Client:
    user = User.objects.create_user("op", PASSWORD)
    FloorRole.objects.create(user=user, role="operator")
    return signed_in(user)


@pytest.fixture
def director(north_row: Tenant, public: None) -> Client:
    return signed_in(member(north_row, "boss", "agency_director"), "north.localhost")


def choose(client: Client, **said: Any) -> Any:
    values = {"plan": "standard", "interval": "month", "stations": 2, "seats": 10, **said}
    return client.post("/plan/choose/", values)


def test_a_director_confirms_the_plan_sets_the_invoice_title_and_prints_the_bill(
    director: Client, north_row: Tenant
) -> None:
    on_trial(north_row)
    assert "试用中" in director.get("/plan/").content.decode()

    answer = choose(director)
    bill = open_bill(Account.objects.get(tenant=north_row))
    page = director.get(answer.url).content.decode()
    said = {"fapiao": "ordinary", "title": "北方社工", "tax_number": "52370100MJD6123456", "email": "b@example.org"}

    assert answer.url == f"/plan/bills/{bill.ref}/"
    assert "¥620.00" in page
    assert "陆佰贰拾元整" in page
    assert director.post("/plan/invoice-data/", {**said, "tax_number": "12"}).status_code == 200
    assert Account.objects.get(tenant=north_row).title == north_row.name


def test_looking_at_the_price_takes_nothing(director: Client, north_row: Tenant) -> None:
    on_trial(north_row)
    page = choose(director, look="1").content.decode()

    assert "¥620.00" in page
    assert not Bill.objects.exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [({"stations": 0}, "1"), ({"plan": "gone"}, "不再提供"), ({"plan": "starter", "stations": 9}, "最多 3 个站点"),
     ({"coupon": "NONE"}, "不存在"), ({"seats": "many"}, "整数")],
)  # fmt: skip
def test_a_wrong_choice_says_why_and_keeps_what_was_typed(
    director: Client, north_row: Tenant, said: dict[str, Any], words: str
) -> None:
    on_trial(north_row)
    answer = choose(director, **said)

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert Subscription.objects.get().state == Subscription.State.TRIALING


def test_cancelling_can_be_undone_from_the_same_page(director: Client, north_row: Tenant) -> None:
    on_trial(north_row)
    director.post("/plan/cancel/")
    assert Subscription.objects.get().cancels_at_end
    director.post("/plan/resume/")
    assert not Subscription.objects.get().cancels_at_end


def test_a_covered_agency_sees_who_pays_and_can_pay_nothing(director: Client, north_row: Tenant) -> None:
    bureau = payers.open_bureau_account(name="历下区民政局", area="370102", by=None)
    payers.cover(tenant=north_row, account=bureau, by=None)

    assert "由 历下区民政局 统一付费" in director.get("/plan/").content.decode()
    assert choose(director).status_code == 404


def test_another_agencys_bill_is_not_found(director: Client, north_row: Tenant, south_row: Tenant) -> None:
    on_trial(north_row)
    other = open_bill(taken_up(south_row).account)

    assert director.get(f"/plan/bills/{other.ref}/").status_code == 404


def test_an_officer_sees_the_bureaus_agencies_and_only_of_the_own_area(public: None, north_row: Tenant) -> None:
    mine = payers.open_bureau_account(name="历下区民政局", area="370102", by=None)
    payers.open_bureau_account(name="市中区民政局", area="370103", by=None)
    payers.cover(tenant=north_row, account=mine, by=None)
    officer = User.objects.create_user("off", PASSWORD)
    FloorRole.objects.create(user=officer, role="district_officer", area="370102")

    page = signed_in(officer).get("/plan/").content.decode()
    assert north_row.name in page
    assert "市中区" not in page


def test_the_operator_records_refunds_and_notes_the_invoice(operator: Client, north_row: Tenant) -> None:
    bill = open_bill(taken_up(north_row).account)
    at = f"/payers/bills/{bill.ref}"
    today = timezone.localdate().isoformat()

    assert operator.post(f"{at}/receive/", {"amount": "６２０", "reference": "B100", "on": today}).status_code == 302
    assert operator.post(f"{at}/refund/", {"amount": "20", "reference": "B101", "reason": "多付"}).status_code == 302
    assert operator.post(f"{at}/fapiao/", {"number": "12345678", "on": today}).status_code == 302
    bill.refresh_from_db()
    page = operator.get(f"{at}/").content.decode()

    assert (bill.state, bill.fapiao_number) == (Bill.State.PAID, "12345678")
    assert sorted(Movement.objects.values_list("amount", flat=True)) == [Decimal("-20.00"), Decimal("620.00")]
    assert "B101" in page
    assert "123" in operator.post(f"{at}/fapiao/", {"number": "123", "on": today}).content.decode()


def test_the_operator_opens_a_bureaus_account_and_lets_it_pay(operator: Client, north_row: Tenant) -> None:
    answer = operator.post("/payers/bureaus/new/", {"name": "历下区民政局", "area": "370102"})
    assert "没有这个机构" in operator.post(f"{answer.url}cover/", {"slug": "nobody"}).content.decode()
    operator.post(f"{answer.url}cover/", {"slug": "north"})
    values = {"plan": "standard", "interval": "year", "stations": 30, "seats": 300}
    operator.post(f"{answer.url}choose/", values)

    account = Account.objects.get(kind="bureau")
    assert north_row.cover.account == account
    assert open_bill(account).amount == Decimal("108000.00")
    assert account.name in operator.get("/payers/").content.decode()


def test_whether_a_plan_begins_is_decided_in_one_place(public: None, north_row: Tenant) -> None:
    """For payer and operator alike: on trial, at the end and without a plan it begins; paid, or online, it changes."""
    states, offline, online = Subscription.State, Channel.OFFLINE, Channel.STRIPE
    told = {
        (state, channel): begins_with(Subscription(state=state, channel=channel))
        for state in states
        for channel in (offline, online)
    }
    assert begins_with(None)
    assert {key for key, begins in told.items() if begins} == {
        (states.TRIALING, offline), (states.CANCELLED, offline), (states.CANCELLED, online),
    }  # fmt: skip


def test_a_refused_act_is_said_in_red(operator: Client, north_row: Tenant) -> None:
    bill = open_bill(taken_up(north_row).account)
    operator.post(f"/payers/bills/{bill.ref}/void/", follow=True)
    again = operator.post(f"/payers/bills/{bill.ref}/void/", follow=True)

    assert [message.level_tag for message in again.context["messages"]] == ["error"]


def test_coupons_are_made_and_listed(operator: Client) -> None:
    said = {"code": "Pilot-1", "percent": 100, "periods": 3, "most": 5, "valid_until": "2099-01-01"}
    assert operator.post("/payers/coupons/new/", said).status_code == 302
    assert "已存在" in operator.post("/payers/coupons/new/", said).content.decode()
    assert "PILOT-1" in operator.get("/payers/coupons/").content.decode()
    assert Coupon.objects.get().percent == 100


def test_lists_take_the_same_queries_however_many_there_are(
    operator: Client, north_row: Tenant, south_row: Tenant, django_assert_max_num_queries: Any
) -> None:
    for tenant in (north_row, south_row):
        taken_up(tenant)
    for page in ("/payers/", "/payers/bills/"):
        operator.get(page)
        with django_assert_max_num_queries(9):
            operator.get(page)


@pytest.fixture
def lapsed(north_room: Workroom) -> Workroom:
    with in_public():
        trial = on_trial(north_room.tenant)
        trial.trial_until = timezone.now() - dt.timedelta(days=8)
        trial.save(update_fields=["trial_until"])
    entitlement.forget()
    return north_room


def test_a_bill_that_is_owed_is_said_to_who_can_pay_and_stands_on_no_print(north_room: Workroom) -> None:
    with in_public():
        trial = on_trial(north_room.tenant)
        trial.trial_until = timezone.now() - dt.timedelta(days=1)
        trial.save(update_fields=["trial_until"])
    entitlement.forget()
    assert north_room.wei.user

    assert "试用已结束" in signed_in(north_room.director, north_room.host).get("/").content.decode()
    worker = signed_in(north_room.wei.user, north_room.host).get("/").content.decode()
    assert "plan-banner" not in worker
    paper = (Path(settings.ROOT) / "platform/config/assets/print.css").read_text()
    hidden = re.search(r"([^{}]*)\{\s*display: none !important;", paper)
    assert hidden
    assert ".plan-banner" in hidden[1]


def test_a_lapsed_workroom_is_read_exported_and_loses_no_word(lapsed: Workroom) -> None:
    assert lapsed.wei.user
    wei = signed_in(lapsed.wei.user, lapsed.host)
    page = wei.get("/clients/")
    refused = wei.post("/records/new/", {"note": "老人说 <b>腿疼</b>", "minutes": "40"})
    words = refused.content.decode()

    assert page.status_code == 200
    assert "目前只能查看和导出" in page.content.decode()
    assert "试用已结束" not in page.content.decode(), "the bill is not the worker's business"
    assert "试用已结束" in signed_in(lapsed.director, lapsed.host).get("/clients/").content.decode()
    assert refused.status_code == 402
    assert "老人说 &lt;b&gt;腿疼&lt;/b&gt;" in words
    assert 'action="/records/new/"' in words
    assert wei.get("/clients/?export=xlsx").status_code == 200
    assert wei.post("/accounts/logout/").status_code == 302


def test_a_lapsed_workroom_answers_programs_with_402_and_opens_at_once_when_taken_up(lapsed: Workroom) -> None:
    director = signed_in(lapsed.director, lapsed.host)
    answer = director.post("/api/v1/visits/", {}, content_type="application/json")
    assert answer.status_code == 402
    assert answer.json()["cause"] == "trial_ended"

    assert choose(director).status_code == 302
    assert director.post("/api/v1/visits/", {}, content_type="application/json").status_code != 402


def test_passwords_typed_into_a_refused_form_are_not_shown_again(lapsed: Workroom) -> None:
    director = signed_in(lapsed.director, lapsed.host)
    words = director.post("/members/new/", {"username": "neu", "password": "secret words 9"}).content.decode()

    assert "neu" in words
    assert "secret words 9" not in words


def test_more_in_use_than_taken_is_said_at_once_and_noted_by_the_hour(north_room: Workroom) -> None:
    with in_public():
        taken = taken_up(north_room.tenant, now=timezone.now(), stations=1, seats=20)
        account = taken.account
        Account.objects.update(over_since=None)
    page = signed_in(north_room.director, north_room.host).get("/plan/").content.decode()
    assert "多于套餐" in page

    with in_public():
        pass_time()
        account.refresh_from_db()
    assert account.over_since == timezone.localdate()
