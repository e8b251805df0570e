"""Who pays for the demo's agencies: one by the year, one late, one on trial, one by its bureau, one for too little."""

import datetime as dt

from django.utils import timezone

from accounts.models import User
from billing.invoices import actions as invoice_actions
from billing.invoices import coupons
from billing.models import Account, Bill, UsageDay
from billing.plans import usage
from billing.subscriptions import actions as plan_changes
from billing.subscriptions import lifecycle, payers, trials
from config.demo.cast import SHOWN_DISTRICT
from config.demo.dice import Dice
from operating import structure
from tenants.models import Tenant

MEASURED_DAYS = 30


def pay_for_agencies(operator: User) -> str:
    """Give the demo's agencies plans in every state there is, by the acts themselves; return it in words."""
    if Account.objects.exists():
        return ""
    now = timezone.now()
    today = timezone.localdate(now)
    tenants = {tenant.slug: tenant for tenant in Tenant.objects.active()}
    used = {tenant.slug: figures for tenant in tenants.values() for figures in [_used(tenant, today)]}
    coupons.make(code="PILOT2026", percent=50, periods=1, most=20, valid_until=today + dt.timedelta(90), by=operator)
    by_the_year = _take(tenants["quanyi"], "year", used["quanyi"], now - dt.timedelta(days=150), coupon="PILOT2026")
    _pay(by_the_year, today - dt.timedelta(days=140), operator, fapiao="24372000000000000001")
    _take(tenants["huaian"], "month", used["huaian"], now - dt.timedelta(days=17))  # due three days ago
    too_little = usage.InUse(used["changhe"].stations - 1, used["changhe"].seats)
    _pay(_take(tenants["changhe"], "year", too_little, now - dt.timedelta(days=20)), today, operator)
    trial = trials.start_trial(
        tenant=tenants["beiqiao"], plan="standard", interval="year", stations=used["beiqiao"].stations,
        seats=used["beiqiao"].seats, email="office@beiqiao.example", by=None,
    )  # fmt: skip
    trial.trial_until = now + dt.timedelta(days=5)
    trial.save(update_fields=["trial_until"])
    bureau = payers.open_bureau_account(
        name="历下区民政局（演示）", area=SHOWN_DISTRICT, email="caiwu@lixia.example", by=operator
    )
    payers.cover(tenant=tenants["mingqi"], account=bureau, by=operator)
    plan_changes.take_up(
        account=bureau, plan="standard", interval="year", stations=used["mingqi"].stations + 5,
        seats=used["mingqi"].seats + 40, now=now - dt.timedelta(days=6), by=operator,
    )  # fmt: skip
    for ref in lifecycle.due(now):
        lifecycle.pass_time(ref, now=now)
    _measure(tenants, used, today)
    structure.check_all()
    return f"{Account.objects.count()} payers, {Bill.objects.count()} bills"


def _used(tenant: Tenant, today: dt.date) -> usage.InUse:
    return usage.in_use([tenant], today=today)[tenant.pk]


def _take(tenant: Tenant, interval: str, used: usage.InUse, at: dt.datetime, coupon: str = "") -> Bill:
    account = payers.open_own_account(tenant=tenant, email=f"office@{tenant.slug}.example", by=None)
    payers.cover(tenant=tenant, account=account, by=None)
    account.title = tenant.name
    account.save(update_fields=["title"])
    taken = plan_changes.take_up(
        account=account, plan="standard", interval=interval, stations=used.stations, seats=used.seats, coupon=coupon,
        now=at, by=None,
    )  # fmt: skip
    return taken.bills.get()


def _pay(bill: Bill, on: dt.date, operator: User, fapiao: str = "") -> None:
    invoice_actions.receive(bill=bill, amount=bill.amount, reference=f"2026{bill.pk:012d}", on=on, by=operator)
    if fapiao:
        invoice_actions.note_fapiao(bill=bill, number=fapiao, on=on, by=operator)


def _measure(tenants: dict[str, Tenant], used: dict[str, usage.InUse], today: dt.date) -> None:
    rows = []
    for slug, tenant in tenants.items():
        dice = Dice(f"usage {slug}")
        stored = usage.stored([tenant])[tenant.pk]
        for ago in range(MEASURED_DAYS):
            rows.append(
                UsageDay(
                    tenant=tenant,
                    day=today - dt.timedelta(days=ago),
                    stations=used[slug].stations,
                    seats=used[slug].seats,
                    storage=stored,
                    requests=dice.between(300, 2400),
                )
            )
    UsageDay.objects.bulk_create(rows)
