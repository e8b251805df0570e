"""A director pays online: declined, paid, past due, recovered, made smaller, ended; in a browser."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from billing.models import Account, Subscription
from billing.plans import entitlement
from tenants.running import in_public
from tests.billing.online import WEBHOOK, work_off
from tests.billing.payers import on_trial
from tests.fakes.stripe.delivery import Courier
from tests.fakes.stripe.server import StandIn
from tests.flows.conftest import Stage

pytestmark = pytest.mark.browser


def told(courier: Courier) -> None:
    """Wait for Stripe's letters and do what the worker does with them."""
    courier.settle()
    with in_public():
        work_off()
    entitlement.forget()


def taken() -> Subscription:
    with in_public():
        return Account.objects.get().subscriptions.get()


def test_a_director_pays_is_declined_recovers_and_ends(stage: Stage, visitors: Any, stand_in: StandIn) -> None:
    courier = Courier(stand_in.books, f"http://127.0.0.1:{stage.address}{WEBHOOK}", host="localhost").start()
    with in_public():
        trial = on_trial(stage.north.tenant, plan="starter", seats=5)
        Subscription.objects.filter(pk=trial.pk).update(trial_until=timezone.now() + dt.timedelta(hours=1))
    boss = visitors().sign_in(stage.url("/accounts/login/", "north"), "n-director")
    page = boss.page

    page.goto(stage.url("/plan/choose/", "north"))
    page.click("text=在线支付（银行卡自动续费）")
    page.wait_for_url(f"{stand_in.address}/pay/**")
    assert page.locator("input[value=alipay]").count() == 0
    page.fill("#card", "4000 0000 0000 9995")
    page.click("#pay")
    assert "insufficient funds" in page.inner_text("[role=alert]")
    page.fill("#card", "4242 4242 4242 4242")
    page.click("#pay")
    page.wait_for_url(stage.url("/plan/back/**", "north"))
    boss.reads("付款成功")
    page.click("main >> text=套餐与账单")
    boss.reads("起步版", "有效")
    told(courier)

    stand_in.change_card(stand_in.books.all("customer")[0]["id"], "4000008260003178")
    stand_in.advance(days=33)
    told(courier)
    page.goto(stage.url("/plan/", "north"))
    boss.reads("逾期未付")
    page.click("text=银行卡与收据")
    page.wait_for_url(f"{stand_in.address}/portal/**")
    page.fill("#card", "4242424242424242")
    page.click("#save")
    page.click("#back")
    told(courier)
    page.reload()
    boss.reads("有效")

    page.goto(stage.url("/plan/choose/", "north"))
    page.fill("input[name=stations]", "1")
    page.click("text=先看价格")
    boss.reads("留作余额")
    page.click("button:has-text('变更套餐')")
    boss.reads("套餐变更差价")
    assert taken().stations == 1

    page.goto(stage.url("/plan/", "north"))
    page.click("text=到期不再续")
    boss.reads("继续续期")
    stand_in.advance(days=40)
    told(courier)
    page.reload()
    boss.reads("已结束")
    assert taken().state == "cancelled"
    assert boss.complaints == []
