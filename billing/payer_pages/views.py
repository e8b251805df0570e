"""The payer's own pages: what is taken and used, what it costs, bills and invoice data. On both hosts."""

import uuid
from decimal import Decimal
from types import ModuleType
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest
from billing import access, rules
from billing.forms import InvoiceDataForm, PlanForm
from billing.gateway import client as gateway
from billing.invoices import actions as invoice_actions
from billing.models import Account, Bill, BillLine, Channel, Subscription
from billing.payer_pages import stripe_views
from billing.plans import catalogue, entitlement, usage
from billing.stripe_sync import checkout as stripe_sync_checkout
from billing.subscriptions import actions as plan_changes
from billing.subscriptions.trials import begins_with, living
from common.dates import local_day
from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.table import Column, Table, label
from common.refusals import Refused
from common.texts.capitals import in_capitals
from tenants.models import Tenant
from tenants.running import current


def bill_columns(page: str) -> list[Column]:
    """Return the columns of a list of bills; `page` names the address of a bill, '' for who may only see the list."""
    return [
        Column(
            "number",
            gettext_lazy("账单编号"),
            sort="number",
            href=(lambda bill: reverse(page, args=[bill.ref])) if page else None,
        ),
        Column("issued_on", gettext_lazy("开出日期"), sort="issued_on"),
        Column("due_on", gettext_lazy("付款期限"), sort="due_on"),
        Column("amount", gettext_lazy("应付金额"), sort="amount", kind="money"),
        Column("state", gettext_lazy("状态"), sort="state", kind="state"),
        Column("fapiao_number", gettext_lazy("发票号码"), sort="fapiao_number", wide=True),
    ]


PLANS = (
    Column("name", gettext_lazy("套餐"), template="billing/_plan_name.html"),
    Column("station_month", gettext_lazy("每站点每月"), kind="money"),
    Column("seat_month", gettext_lazy("每席位每月"), kind="money"),
    Column("station_year", gettext_lazy("每站点每年"), kind="money"),
    Column("seat_year", gettext_lazy("每席位每年"), kind="money"),
)
AGENCIES = (
    Column("name", gettext_lazy("机构名称"), value=lambda row: row[0].name),
    Column("stations", gettext_lazy("站点"), kind="number", value=lambda row: row[1].stations),
    Column("seats", gettext_lazy("席位"), kind="number", value=lambda row: row[1].seats),
)
LINES = (
    Column("kind", gettext_lazy("项目"), value=lambda line: _line_title(line)),
    Column("quantity", gettext_lazy("数量"), kind="number"),
    Column("price", gettext_lazy("单价"), kind="money"),
    Column("amount", gettext_lazy("金额"), kind="money"),
)
MOVEMENTS = (
    Column("at", gettext_lazy("时间"), value=lambda movement: local_day(movement.at)),
    Column("kind", gettext_lazy("类别"), value=label("kind")),
    Column("reference", gettext_lazy("流水号")),
    Column("amount", gettext_lazy("金额"), kind="money"),
)


def plans_table() -> Table:
    """Return the plans on offer with their prices."""
    return Table(PLANS, list(catalogue.offered()), _("套餐价格"))


def _line_title(line: BillLine) -> str:
    if line.kind == BillLine.Kind.OTHER:
        return line.words
    return " · ".join(part for part in (line.get_kind_display(), line.words) if part)


@require_safe
def plan(request: MemberRequest) -> HttpResponseBase:
    account = access.account_here(request)
    if account is None:
        return render(request, "billing/none.html", {"plans": plans_table()})
    is_payer = _is_payer(account)
    columns = bill_columns("billing:bill" if is_payer else "")
    listing = Listing(request, account.bills.all(), columns=columns, order="-issued_on", search=["number"])
    if listing.wants_export:
        return listing.export(_("账单"))
    today = timezone.localdate()
    taken = living(account)
    context = {
        "account": account,
        "taken": taken,
        "is_payer": is_payer,
        "used": usage.of_account(account, today=today) if is_payer else _used_here(today),
        "price": _price(taken) if taken else None,
        "list": listing,
        "title": _("套餐与账单"),
        "agencies": _agencies(account, today) if account.kind == Account.Kind.BUREAU and is_payer else None,
        "today": today,
        "hint": _("账单编号"),
        "online": gateway.is_ready() and is_payer and bool(account.stripe_customer),
    }
    return render(request, "billing/plan.html", context)


def choose(request: MemberRequest) -> HttpResponse:
    """Take a plan up after the trial or the end, or change the one there is."""
    account = access.own_account(request)
    taken = living(account)
    begins = begins_with(taken)

    def action(data: dict[str, Any]) -> str:
        now = timezone.now()
        if begins:
            plan_changes.take_up(account=account, **data, now=now, by=request.user)
            bill = account.bills.filter(state=Bill.State.OPEN).order_by("-pk").first()
        elif taken and taken.channel == Channel.STRIPE:
            bill = stripe_sync_checkout.change(
                subscription=taken, **data, once=stripe_views.once(request), by=request.user
            )
        else:
            assert taken
            bill = plan_changes.change(subscription=taken, **data, now=now, by=request.user)
        entitlement.forget()
        return reverse("billing:bill", args=[bill.ref]) if bill else reverse("billing:plan")

    form = _plan_form(request, account, taken)
    title = _("确认套餐") if begins else _("变更套餐")
    words = FormPage(title, title, _("套餐已更新。"), reverse("billing:plan"), template="billing/choose.html")
    return handle_form(request, form, words, action, _extra_context(account, taken, form))


@require_POST
def checkout(request: MemberRequest) -> HttpResponse:
    """Take the plan up and pay it online: lead to Checkout, or show the form again with what is wrong."""
    account = access.own_account(request)
    taken = living(account)
    form = _plan_form(request, account, taken)
    title = _("确认套餐")

    def action(data: dict[str, Any]) -> Done:
        url = stripe_sync_checkout.begin(
            account=account, **data, once=stripe_views.once(request), by=request.user,
            back=stripe_views.came_back(request), away=request.build_absolute_uri(reverse("billing:choose")),
        )  # fmt: skip
        return Done("", url)  # nothing is done yet: it is paid, or not, on Stripe's page

    page = FormPage(title, title, "", reverse("billing:plan"), template="billing/choose.html")
    return handle_form(request, form, page, action, _extra_context(account, taken, form))


def _plan_form(request: MemberRequest, account: Account, taken: Subscription | None) -> PlanForm:
    used = usage.of_account(account, today=timezone.localdate())
    initial = (
        {name: getattr(taken, name) for name in ("plan", "interval", "stations", "seats")}
        if taken
        else {"interval": "year", "stations": max(used.stations, 1), "seats": max(used.seats, 1)}
    )
    return PlanForm(request.POST or None, initial=initial, with_coupon=begins_with(taken))


def _extra_context(account: Account, taken: Subscription | None, form: PlanForm) -> dict[str, Any]:
    cost_now = _cost_of_change(taken, form)
    return {
        "plans": plans_table(),
        "used": usage.of_account(account, today=timezone.localdate()),
        "taken": taken,
        "begins": begins_with(taken),
        "cost": _cost(form),
        "change_cost": cost_now,
        "change_credit": -cost_now if cost_now else None,
        "online": gateway.is_ready() and begins_with(taken),
    }


def _cost_of_change(taken: Subscription | None, form: PlanForm) -> Decimal | None:
    """Return what a change of a plan that is paid online would cost at once, as Stripe counts it."""
    if (
        taken is None
        or taken.channel != Channel.STRIPE
        or not taken.is_alive
        or not form.is_bound
        or not form.is_valid()
    ):
        return None
    # A look, not an act: the form shows why the price is not known, and goes on.
    try:
        return stripe_sync_checkout.cost_of_change(taken, **form.cleaned_data)
    except Refused as refusal:
        form.refuse(refusal)
        return None


@act(back="billing:plan")
def cancel(request: MemberRequest) -> Done:
    subscription, way = _subscription(request)
    way.cancel(subscription=subscription, by=request.user)
    entitlement.forget()
    return Done(_("套餐到期后不再续。在此之前一切照旧。"), undo=reverse("billing:resume"))


@act(back="billing:plan")
def resume(request: MemberRequest) -> Done:
    subscription, way = _subscription(request)
    way.resume(subscription=subscription, by=request.user)
    entitlement.forget()
    return Done(_("套餐将照常续期。"))


def invoice_data(request: MemberRequest) -> HttpResponse:
    account = access.own_account(request)
    form = InvoiceDataForm(request.POST or None, instance=account)

    def action(data: dict[str, Any]) -> None:
        invoice_actions.keep_invoice_data(account=account, said=data, by=request.user)

    words = FormPage(_("发票信息"), _("保存发票信息"), _("发票信息已保存。"), reverse("billing:plan"))
    return handle_form(request, form, words, action)


@require_safe
def bill(request: MemberRequest, ref: str) -> HttpResponse:
    found = access.own_bill(request, ref)
    return render(request, "billing/bill.html", bill_context(found) | {"crumbs": [
        (_("套餐与账单"), reverse("billing:plan")), (found.number, "")
    ]})  # fmt: skip


def bill_context(found: Bill) -> dict[str, Any]:
    paid = invoice_actions.paid(found)
    return {
        "bill": found,
        "lines": Table(LINES, list(found.lines.all()), _("账单明细")),
        "movements": Table(MOVEMENTS, list(found.movements.order_by("at")), _("收款与退款")),
        "paid": paid,
        "owed": found.amount - paid if found.state == Bill.State.OPEN else Decimal(0),
        "capitals": in_capitals(found.amount),
        "payee": settings.PAYEE,
        "online": gateway.is_ready(),
        "once": uuid.uuid4(),
        "today": timezone.localdate(),
    }


def _cost(form: PlanForm) -> Decimal | None:
    """Return what a period of what the form says costs, once it says something that can be taken."""
    if not form.is_bound or not form.is_valid():
        return None
    said = form.cleaned_data
    chosen = catalogue.plan(said["plan"])
    return rules.price(
        stations=said["stations"],
        seats=said["seats"],
        station_price=chosen.station_price(said["interval"]),
        seat_price=chosen.seat_price(said["interval"]),
    )


def _subscription(request: MemberRequest) -> tuple[Subscription, ModuleType]:
    """Return the subscription that is running, and the module that changes it: Stripe's where Stripe collects."""
    subscription = living(access.own_account(request))
    if subscription is None:
        raise plan_changes.CannotChange(_("还没有套餐。"))
    online = subscription.channel == Channel.STRIPE and subscription.is_alive
    return subscription, stripe_sync_checkout if online else plan_changes


def _is_payer(account: Account) -> bool:
    place = current()
    return place is None or place.is_public or account.kind == Account.Kind.AGENCY


def _used_here(today: Any) -> usage.InUse:
    place = current()
    assert place
    tenant = Tenant.objects.get(slug=place.slug)
    return usage.in_use([tenant], today=today)[tenant.pk]


def _agencies(account: Account, today: Any) -> Table:
    tenants = list(Tenant.objects.filter(cover__account=account).order_by("name"))
    used = usage.in_use(tenants, today=today)
    return Table(AGENCIES, [(tenant, used[tenant.pk]) for tenant in tenants], _("由此账户付费的机构"))


def _price(taken: Subscription) -> Decimal:
    return rules.price(
        stations=taken.stations, seats=taken.seats, station_price=taken.station_price, seat_price=taken.seat_price
    )
