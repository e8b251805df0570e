"""Paying online from the pages: to Checkout and back, bills, changes, refunds, and the operator's look at it."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import FloorRole, User
from billing.gateway import checkout as stripe_checkout
from billing.gateway import client as gateway
from billing.gateway.values import Wanted
from billing.invoices import coupons
from billing.models import Account, Bill, Coupon, Movement, StripeEvent, Subscription
from billing.stripe_sync import reconcile
from letters.models import Letter
from tenants.models import Tenant
from tests.billing.online import catch_up, of
from tests.billing.payers import on_trial, pay, taken_up
from tests.cast import PASSWORD, member, signed_in
from tests.fakes.stripe.server import StandIn

PLAN = {"plan": "starter", "interval": "month", "stations": "2", "seats": "5"}


@pytest.fixture
def operator(public: None) -> Client:
    user = User.objects.create_user("op", PASSWORD)
    FloorRole.objects.create(user=user, role="operator")
    return signed_in(user)


@pytest.fixture
def director(north_row: Tenant, public: None) -> Client:
    cache.clear()
    return signed_in(member(north_row, "boss", "agency_director"), "north.localhost")


def session_in(url: str) -> str:
    return url.rpartition("/")[2]


def checkout(director: Client, stand_in: StandIn, **said: Any) -> Any:
    """Press the button of the plan's form, pay with a good card, and come back."""
    answer = director.post("/plan/checkout/", {**PLAN, **said})
    assert answer.status_code == 302, answer.content.decode()
    return director.get(stand_in.pay(session_in(answer.url)).replace("http://north.localhost", ""))


def test_a_director_pays_online_and_comes_back_to_a_plan_that_stands(
    director: Client, stand_in: StandIn, north_row: Tenant
) -> None:
    account = on_trial(north_row).account
    account.subscriptions.update(trial_until=timezone.now())

    page = checkout(director, stand_in).content.decode()

    assert "付款成功" in page
    taken = of(account)
    assert (taken.state, taken.channel, taken.stations) == ("active", "stripe", 2)
    customer = stand_in.books.all("customer")[0]
    assert (customer["name"], customer["email"]) == (north_row.name, "office@example.org")
    assert account.bills.get().state == "paid"
    catch_up(stand_in.books)
    assert (Movement.objects.count(), Bill.objects.count(), Subscription.objects.count()) == (1, 1, 1)
    plan = director.get("/plan/").content.decode()
    assert "在线支付" in plan
    assert "银行卡与收据" in plan


def test_a_double_click_opens_one_visit_and_one_subscription(
    director: Client, stand_in: StandIn, north_row: Tenant
) -> None:
    on_trial(north_row)
    once = re.search(r'name="once" value="([^"]+)"', director.get("/plan/choose/").content.decode())
    assert once
    said = {**PLAN, "once": once.group(1)}

    visits = {director.post("/plan/checkout/", said).url for _ in range(3)}

    assert len(visits) == 1
    assert len(stand_in.books.all("checkout.session")) == 1
    stand_in.pay(session_in(visits.pop()))
    catch_up(stand_in.books)
    assert director.post("/plan/checkout/", PLAN).status_code == 200  # the plan is online already
    assert len(stand_in.books.all("subscription")) == 1


def test_what_is_left_of_the_trial_is_kept_and_a_card_only_noted(
    director: Client, stand_in: StandIn, north_row: Tenant
) -> None:
    account = on_trial(north_row).account

    page = checkout(director, stand_in).content.decode()

    assert "银行卡已登记" in page
    assert of(account).state == "trialing"
    assert stand_in.balance() == 0


def test_leaving_checkout_or_letting_it_expire_leaves_nothing(
    director: Client, stand_in: StandIn, north_row: Tenant
) -> None:
    account = on_trial(north_row).account
    visit = session_in(director.post("/plan/checkout/", PLAN).url)

    assert "没有扣款" in director.get(f"/plan/back/?session={visit}").content.decode()
    stand_in.advance(days=2)
    assert "已经过期" in director.get(f"/plan/back/?session={visit}").content.decode()
    catch_up(stand_in.books)
    assert (of(account).channel, of(account).state) == ("offline", "trialing")


def test_the_address_of_the_way_back_is_not_believed(
    director: Client, stand_in: StandIn, north_row: Tenant, south_row: Tenant
) -> None:
    on_trial(north_row)
    on_trial(south_row)
    other = signed_in(member(south_row, "south-boss", "agency_director"), "south.localhost")
    visit = session_in(other.post("/plan/checkout/", PLAN).url)

    for said in ("", "cs_test_none", visit, "x" * 5000):
        assert director.get(f"/plan/back/?session={said}").status_code == 404
    assert director.get("/plan/back/?status=paid").status_code == 404


@pytest.mark.parametrize(
    "said", [{"stations": "0"}, {"seats": "-1"}, {"plan": "golden"}, {"stations": "4"}, {"coupon": "NO"}]
)
def test_what_cannot_be_taken_comes_back_into_the_form(
    director: Client, stand_in: StandIn, north_row: Tenant, said: dict[str, str]
) -> None:
    on_trial(north_row)

    answer = director.post("/plan/checkout/", {**PLAN, **said})

    assert answer.status_code == 200
    assert 'value="5"' in answer.content.decode() or "seats" in said
    assert stand_in.books.all("checkout.session") == []


def test_a_coupon_of_ours_is_taken_off_at_stripe_and_used_once(
    director: Client, stand_in: StandIn, north_row: Tenant, public: None
) -> None:
    account = on_trial(north_row).account
    account.subscriptions.update(trial_until=timezone.now())
    maker = User.objects.create_user("maker", PASSWORD)
    coupons.make(code="PILOT", percent=50, periods=3, most=1, valid_until=timezone.localdate(), by=maker)

    checkout(director, stand_in, coupon="pilot")

    assert account.bills.get().amount == 210
    assert list(account.bills.get().lines.values_list("kind", "words", "amount")) == [
        ("station", "起步版", 360), ("seat", "起步版", 60), ("coupon", "", -210),
    ]  # fmt: skip
    assert (Coupon.objects.get().used, of(account).coupon, of(account).percent_off) == (1, Coupon.objects.get(), 50)
    catch_up(stand_in.books)
    assert Coupon.objects.get().used == 1


def test_who_paid_a_running_period_by_transfer_is_not_asked_twice(
    director: Client, stand_in: StandIn, north_row: Tenant
) -> None:
    taken = taken_up(north_row, now=timezone.now())
    pay(taken.bills.get())

    answer = director.post("/plan/checkout/", PLAN)

    assert "已经转账付清" in answer.content.decode()
    assert stand_in.books.all("checkout.session") == []


@pytest.mark.parametrize("way", ["card", "alipay", "wechat_pay"])
def test_an_open_bill_is_paid_online_once(director: Client, stand_in: StandIn, north_row: Tenant, way: str) -> None:
    bill = taken_up(north_row, now=timezone.now()).bills.get()
    page = director.get(f"/plan/bills/{bill.ref}/").content.decode()
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once

    first = director.post(f"/plan/bills/{bill.ref}/pay/", {"once": once.group(1)}).url
    assert director.post(f"/plan/bills/{bill.ref}/pay/", {"once": once.group(1)}).url == first
    back = director.get(stand_in.pay(session_in(first), way=way).replace("http://north.localhost", ""))

    bill.refresh_from_db()
    assert "账单已付清" in back.content.decode()
    assert (bill.state, bill.movements.get().method) == ("paid", way)
    catch_up(stand_in.books)
    assert bill.movements.count() == 1
    assert "不是待付款" in director.post(f"/plan/bills/{bill.ref}/pay/", follow=True).content.decode()


def test_a_plan_paid_online_is_changed_looked_at_ended_and_resumed(
    director: Client, stand_in: StandIn, north_row: Tenant
) -> None:
    account = on_trial(north_row).account
    account.subscriptions.update(trial_until=timezone.now())
    checkout(director, stand_in)
    stand_in.advance(days=3)
    more = {**PLAN, "stations": "3", "once": "6b9e3b52-5b9c-4d5c-9d0e-3d8d4e1f7a11"}

    look = director.post("/plan/choose/", {**more, "look": "1"}).content.decode()
    assert "立即从登记的银行卡扣" in look
    assert of(account).stations == 2
    answer = director.post("/plan/choose/", more)
    assert answer.url.startswith("/plan/bills/")
    assert of(account).stations == 3
    assert director.post("/plan/choose/", more).url == answer.url
    assert len(stand_in.books.all("invoice")) == 2

    director.post("/plan/cancel/")
    assert of(account).cancels_at_end
    assert stand_in.books.all("subscription")[0]["cancel_at_period_end"]
    director.post("/plan/resume/")
    assert not of(account).cancels_at_end
    assert director.post("/plan/portal/").url.startswith(f"{stand_in.address}/portal/")


def test_the_operator_refunds_online_in_part_and_never_above(
    director: Client, operator: Client, stand_in: StandIn, north_row: Tenant
) -> None:
    account = on_trial(north_row).account
    account.subscriptions.update(trial_until=timezone.now())
    checkout(director, stand_in)
    catch_up(stand_in.books)
    bill = account.bills.get()
    said = {"amount": "20", "reason": "多付", "once": "6b9e3b52-5b9c-4d5c-9d0e-3d8d4e1f7a12"}

    for _ in range(2):
        assert operator.post(f"/payers/bills/{bill.ref}/refund/", said).status_code == 302
    too_much = operator.post(f"/payers/bills/{bill.ref}/refund/", {"amount": "400.01", "reason": "多付"})
    assert "最多可退 ¥400.00" in too_much.content.decode()
    assert operator.post(f"/payers/bills/{bill.ref}/refund/", {"amount": "400", "reason": "停用"}).status_code == 302
    catch_up(stand_in.books)

    assert sum(account.movements.values_list("amount", flat=True)) == 0
    assert stand_in.balance() == 0
    assert reconcile.reconcile().difference == 0


def test_forms_lead_to_stripe_only_from_the_pages_that_must(
    director: Client, stand_in: StandIn, north_row: Tenant, settings: Any
) -> None:
    bill = taken_up(north_row, now=timezone.now()).bills.get()
    leads = {
        "/plan/": True,
        "/plan/choose/": True,
        f"/plan/bills/{bill.ref}/": True,
        "/plan/invoice-data/": False,
        "/": False,
    }

    for path, allowed in leads.items():
        policy = director.get(path).headers["Content-Security-Policy"]
        assert (stand_in.address in policy) == allowed, path
    settings.STRIPE_API_BASE = ""
    assert "https://checkout.stripe.com" in director.get("/plan/").headers["Content-Security-Policy"]
    settings.STRIPE_API_KEY = ""
    assert "stripe" not in director.get("/plan/").headers["Content-Security-Policy"]


def test_an_outage_at_the_button_is_told_and_nothing_is_lost(
    director: Client, stand_in: StandIn, north_row: Tenant, monkeypatch: Any
) -> None:
    bill = taken_up(north_row, now=timezone.now()).bills.get()
    monkeypatch.setattr(gateway, "RETRIES", 0)
    gateway._client_for.cache_clear()
    stand_in.silent = -1

    assert "没有响应" in director.post(f"/plan/bills/{bill.ref}/pay/", follow=True).content.decode()
    assert "没有响应" in director.get("/plan/back/?session=cs_1").content.decode()
    assert "没有响应" in director.post("/plan/portal/", follow=True).content.decode()
    assert not Movement.objects.exists()
    gateway._client_for.cache_clear()


def test_without_keys_the_pages_offer_transfer_alone(director: Client, north_row: Tenant) -> None:
    bill = taken_up(north_row, now=timezone.now()).bills.get()

    assert "在线支付" not in director.get("/plan/choose/").content.decode()
    assert "/pay/" not in director.get(f"/plan/bills/{bill.ref}/").content.decode()
    assert "没有开通在线支付" in director.post(f"/plan/bills/{bill.ref}/pay/", follow=True).content.decode()
    assert director.post("/plan/checkout/", PLAN).status_code == 200


def test_the_operator_sees_events_tries_again_and_compares(
    director: Client, operator: Client, stand_in: StandIn, north_row: Tenant, django_assert_max_num_queries: Any
) -> None:
    on_trial(north_row)
    checkout(director, stand_in)
    catch_up(stand_in.books)
    failed = StripeEvent.objects.get(kind="customer.subscription.created")
    StripeEvent.objects.filter(pk=failed.pk).update(state="failed", error="GatewayDown: ")

    page = operator.get("/payers/stripe/events/?state=failed").content.decode()
    assert "再试一次" in page
    assert page.count("<tr>") == 2
    assert "已处理" in operator.post(f"/payers/stripe/events/{failed.event_id}/again/", follow=True).content.decode()
    assert "0 笔不符" in operator.post("/payers/stripe/comparisons/now/", follow=True).content.decode()
    with django_assert_max_num_queries(12):
        assert operator.get("/payers/stripe/events/").status_code == 200
    assert operator.get("/payers/stripe/comparisons/?export=xlsx").status_code == 200
    assert Letter.objects.filter(kind="bill-failed").count() == 0
    assert Account.objects.count() == 1


def test_the_operator_cannot_put_a_plan_by_transfer_over_one_paid_online(
    director: Client, operator: Client, stand_in: StandIn, north_row: Tenant
) -> None:
    account = on_trial(north_row).account
    checkout(director, stand_in)
    assert of(account).state == "trialing"

    answer = operator.post(f"/payers/{account.ref}/choose/", PLAN)

    assert answer.status_code == 200
    assert "已有套餐" in answer.content.decode()
    assert of(account).channel == "stripe"


def test_a_second_subscription_is_told_and_never_an_error(
    director: Client, stand_in: StandIn, north_row: Tenant
) -> None:
    on_trial(north_row)
    checkout(director, stand_in)
    customer = stand_in.books.all("customer")[0]
    account = Account.objects.get()
    other = stripe_checkout.begin_checkout(
        customer["id"],
        account.ref,
        Wanted("starter", "month", 1, 1, "x"),
        "http://a/?session={CHECKOUT_SESSION_ID}",
        "http://a/",
    )
    stand_in.pay(other.id)

    page = director.get(f"/plan/back/?session={other.id}")

    assert "两份订阅" in page.content.decode()
