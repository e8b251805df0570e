"""Who leaves stops paying; what was used is told to the meter once a day."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from billing import tasks
from billing.gateway import client as gateway
from billing.gateway import prices
from billing.gateway.values import GatewayDown
from billing.models import Cover, UsageDay
from billing.stripe_sync import metering
from billing.subscriptions import offboarding
from tenants.models import Tenant
from tests.billing.online import catch_up, of, subscribed
from tests.billing.payers import taken_up
from tests.fakes.stripe.server import StandIn

pytestmark = pytest.mark.usefixtures("public")


def put(tenant: Tenant, state: str) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(state=state)


def test_a_plan_paid_online_runs_out_while_leaving_and_ends_with_the_data(stand_in: StandIn, north_row: Tenant) -> None:
    account = subscribed(stand_in, north_row)
    catch_up(stand_in.books)
    put(north_row, Tenant.State.LEAVING)

    assert (offboarding.end_their_plans(), offboarding.end_their_plans()) == (1, 0)
    assert of(account).cancels_at_end
    assert stand_in.books.all("subscription")[0]["cancel_at_period_end"]

    put(north_row, Tenant.State.DELETED)
    assert tasks.end_plans_of_leavers() == 1
    assert of(account).state == "cancelled"
    customer = stand_in.books.all("customer")[0]
    assert (customer["name"], customer["email"]) == ("", "")
    stand_in.advance(days=70)
    assert len(stand_in.books.all("invoice")) == 1
    assert offboarding.end_their_plans() == 0


def test_an_outage_leaves_it_to_the_next_hour(stand_in: StandIn, north_row: Tenant, monkeypatch: Any) -> None:
    account = subscribed(stand_in, north_row)
    catch_up(stand_in.books)
    put(north_row, Tenant.State.DELETED)
    monkeypatch.setattr(gateway, "RETRIES", 0)
    gateway._client_for.cache_clear()
    stand_in.silent = 503

    assert offboarding.end_their_plans() == 0
    stand_in.silent = 0
    gateway._client_for.cache_clear()
    assert offboarding.end_their_plans() == 1
    assert of(account).state == "cancelled"


def test_a_plan_by_transfer_ends_too_and_its_open_bill_is_void(north_row: Tenant, south_row: Tenant) -> None:
    taken = taken_up(north_row, now=timezone.now())
    other = taken_up(south_row, now=timezone.now())
    put(north_row, Tenant.State.DELETED)

    assert offboarding.end_their_plans() == 1
    taken.refresh_from_db()
    other.refresh_from_db()
    assert (taken.state, taken.bills.get().state, other.state) == ("cancelled", "void", "active")


def test_each_finished_day_is_told_once_for_all_agencies_of_a_payer(
    stand_in: StandIn, north_row: Tenant, south_row: Tenant
) -> None:
    account = subscribed(stand_in, north_row)
    Cover.objects.create(tenant=south_row, account=account, since=timezone.localdate())
    prices.ensure_meter()
    today = timezone.localdate()
    for back in range(4):
        for tenant, stations in ((north_row, 2), (south_row, 3)):
            UsageDay.objects.create(tenant=tenant, day=today - dt.timedelta(days=back), stations=stations)

    assert (metering.report(today=today), tasks.report_usage()) == (3, 0)
    told = stand_in.books.all("billing.meter_event")
    assert [each["payload"]["value"] for each in told] == ["5", "5", "5"]

    UsageDay.objects.update(reported_at=None)  # as if the answer had been lost
    stand_in.books.kept.clear()  # and Stripe had forgotten the key
    assert metering.report(today=today) == 3
    assert len(stand_in.books.all("billing.meter_event")) == 3


def test_no_day_is_lost_in_an_outage(stand_in: StandIn, north_row: Tenant, monkeypatch: Any) -> None:
    subscribed(stand_in, north_row)
    prices.ensure_meter()
    UsageDay.objects.create(tenant=north_row, day=timezone.localdate() - dt.timedelta(days=1), stations=2)
    monkeypatch.setattr(gateway, "RETRIES", 0)
    gateway._client_for.cache_clear()
    stand_in.silent = 503

    with pytest.raises(GatewayDown):
        metering.report(today=timezone.localdate())
    stand_in.silent = 0
    gateway._client_for.cache_clear()
    assert metering.report(today=timezone.localdate()) == 1
