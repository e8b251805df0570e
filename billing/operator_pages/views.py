"""The operator's side of billing: payers, their bills, transfers that came, invoices issued, coupons."""

from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from billing.forms import (
    BureauForm,
    CouponForm,
    CoverForm,
    FapiaoForm,
    OnlineRefundForm,
    PaymentForm,
    PlanForm,
    RefundForm,
)
from billing.invoices import actions as invoice_actions
from billing.invoices import coupons
from billing.models import Account, Bill, Coupon
from billing.payer_pages.views import bill_columns, bill_context, plans_table
from billing.plans import usage
from billing.stripe_sync import checkout
from billing.subscriptions import actions as plan_changes
from billing.subscriptions import payers
from billing.subscriptions.trials import begins_with, living
from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form
from common.pages.forms import HouseForm
from common.pages.listing import Listing
from common.pages.table import Column, label

ACCOUNTS = [
    Column("name", gettext_lazy("付款方"), sort="name", href=lambda account: _at(account)),
    Column("kind", gettext_lazy("类别"), sort="kind", value=label("kind")),
    Column("agencies", gettext_lazy("机构数"), sort="agencies", kind="number"),
    Column("owed", gettext_lazy("待付金额"), sort="owed", kind="money"),
    Column("overdue", gettext_lazy("逾期账单"), sort="overdue", kind="number"),
]
COUPONS = [
    Column("code", gettext_lazy("优惠码"), sort="code"),
    Column("percent", gettext_lazy("减免百分比"), sort="percent", kind="number", template="billing/_percent.html"),
    Column("periods", gettext_lazy("适用期数"), kind="number"),
    Column("used", gettext_lazy("已用次数"), sort="used", kind="number"),
    Column("most", gettext_lazy("可用次数"), kind="number"),
    Column("valid_until", gettext_lazy("有效期至"), sort="valid_until"),
]


class BillFilter(HouseForm):
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["state"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _("全部")), ("overdue", _("逾期")), *Bill.State.choices]

    def narrow(self, rows: "QuerySet[Bill]") -> "QuerySet[Bill]":
        wanted = self.cleaned_data["state"]
        if wanted == "overdue":
            return rows.filter(state=Bill.State.OPEN, due_on__lt=timezone.localdate())
        return rows.filter(state=wanted) if wanted else rows


@require_safe
@allow(Permission.TENANT_OPERATE)
def accounts(request: MemberRequest) -> HttpResponseBase:
    """Every payer with what it owes: one query, however many there are."""
    unpaid = Q(bills__state=Bill.State.OPEN)
    rows = Account.objects.annotate(
        agencies=Count("covers", distinct=True),
        owed=Sum("bills__amount", filter=unpaid, distinct=False),
        overdue=Count("bills", filter=unpaid & Q(bills__due_on__lt=timezone.localdate()), distinct=True),
    )
    listing = Listing(request, rows, columns=ACCOUNTS, order="name", search=["name", "title"])
    if listing.wants_export:
        return listing.export(_("付款方"))
    context = {
        "list": listing,
        "title": _("付款方"),
        "act_href": reverse("payers:bureau"),
        "act_label": _("新增购买方账户"),
        "hint": _("名称或发票抬头"),
    }
    return render(request, "list.html", context)


@require_safe
@allow(Permission.TENANT_OPERATE)
def account(request: MemberRequest, ref: str) -> HttpResponseBase:
    found = get_object_or_404(Account, ref=ref)
    columns = bill_columns("payers:bill")
    listing = Listing(request, found.bills.all(), columns=columns, order="-issued_on", search=["number"])
    if listing.wants_export:
        return listing.export(_("账单"))
    context = {
        "account": found,
        "taken": living(found),
        "used": usage.of_account(found, today=timezone.localdate()),
        "covers": found.covers.select_related("tenant").order_by("tenant__name"),
        "list": listing,
        "title": found.name,
        "hint": _("账单编号"),
        "crumbs": [(_("付款方"), reverse("payers:list")), (found.name, "")],
    }
    return render(request, "billing/account.html", context)


@allow(Permission.TENANT_OPERATE)
def bureau(request: MemberRequest) -> HttpResponse:
    def action(data: dict[str, Any]) -> str:
        made = payers.open_bureau_account(**data, by=request.user)
        return reverse("payers:account", args=[made.ref])

    words = FormPage(_("新增购买方账户"), _("新增账户"), _("账户已建立。"), reverse("payers:list"))
    return handle_form(request, BureauForm(request.POST or None), words, action)


@allow(Permission.TENANT_OPERATE)
def cover(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_object_or_404(Account, ref=ref)

    def action(data: dict[str, Any]) -> None:
        payers.cover_by_slug(slug=data["slug"], account=found, by=request.user)

    words = FormPage(_("为机构付费"), _("由此账户付费"), _("已改由此账户付费。"), _at(found), found.name)
    return handle_form(request, CoverForm(request.POST or None), words, action)


@allow(Permission.TENANT_OPERATE)
def choose(request: MemberRequest, ref: str) -> HttpResponse:
    """Take a plan up for a payer, as agreed with it: a bureau's pays for all its agencies together."""
    found = get_object_or_404(Account, ref=ref)
    taken = living(found)
    begins = begins_with(taken)

    def action(data: dict[str, Any]) -> None:
        if begins:
            plan_changes.take_up(account=found, **data, now=timezone.now(), by=request.user)
        else:
            assert taken
            plan_changes.change(subscription=taken, **data, now=timezone.now(), by=request.user)

    used = usage.of_account(found, today=timezone.localdate())
    initial = {"interval": "year", "stations": max(used.stations, 1), "seats": max(used.seats, 1)}
    if taken:
        initial = {name: getattr(taken, name) for name in ("plan", "interval", "stations", "seats")}
    form = PlanForm(request.POST or None, initial=initial, with_coupon=begins)
    title = _("确认套餐") if begins else _("变更套餐")
    words = FormPage(title, title, _("套餐已更新。"), _at(found), found.name, template="billing/choose.html")
    extra_context = {"plans": plans_table(), "used": used, "taken": taken, "begins": begins}
    return handle_form(request, form, words, action, extra_context)


@require_safe
@allow(Permission.TENANT_OPERATE)
def all_bills(request: MemberRequest) -> HttpResponseBase:
    payer = Column(
        "account",
        _("付款方"),
        sort="account__name",
        value=lambda bill: bill.account.name,
        href=lambda bill: _at(bill.account),
    )
    listing = Listing(
        request,
        Bill.objects.select_related("account"),
        columns=[payer, *bill_columns("payers:bill")],
        order="-issued_on",
        search=["number", "account__name", "fapiao_number"],
        form=BillFilter(request.GET),
    )
    if listing.wants_export:
        return listing.export(_("账单"))
    context = {"list": listing, "title": _("全部账单"), "hint": _("账单编号、付款方或发票号码")}
    return render(request, "list.html", context)


@require_safe
@allow(Permission.TENANT_OPERATE)
def bill(request: MemberRequest, ref: str) -> HttpResponse:
    found = _bill(ref)
    crumbs = [
        (_("付款方"), reverse("payers:list")),
        (found.account.name, _at(found.account)),
        (found.number, ""),
    ]
    return render(request, "billing/operator_bill.html", bill_context(found) | {"crumbs": crumbs})


@allow(Permission.TENANT_OPERATE)
def receive(request: MemberRequest, ref: str) -> HttpResponse:
    found = _bill(ref)

    def action(data: dict[str, Any]) -> None:
        invoice_actions.receive(bill=found, **data, by=request.user)

    initial = {"amount": found.amount - invoice_actions.paid(found), "on": timezone.localdate()}
    words = _words(found, _("登记到账"), _("到账已登记。"))
    return handle_form(request, PaymentForm(request.POST or None, initial=initial), words, action)


@allow(Permission.TENANT_OPERATE)
def refund(request: MemberRequest, ref: str) -> HttpResponse:
    found = _bill(ref)

    if checkout.is_online(found):
        return _refund_online(request, found)

    def action(data: dict[str, Any]) -> None:
        invoice_actions.refund(bill=found, **data, by=request.user)

    words = _words(found, _("登记退款"), _("退款已登记。"))
    return handle_form(request, RefundForm(request.POST or None), words, action)


def _refund_online(request: MemberRequest, found: Bill) -> HttpResponse:
    form = OnlineRefundForm(request.POST or None, initial={"amount": invoice_actions.paid(found)})

    def action(data: dict[str, Any]) -> None:
        checkout.refund(bill=found, **data, once=form.once_value, by=request.user)

    return handle_form(request, form, _words(found, _("在线退款"), _("款项已原路退回。")), action)


@allow(Permission.TENANT_OPERATE)
def fapiao(request: MemberRequest, ref: str) -> HttpResponse:
    found = _bill(ref)

    def action(data: dict[str, Any]) -> None:
        invoice_actions.note_fapiao(bill=found, **data, by=request.user)

    initial = {"number": found.fapiao_number, "on": found.fapiao_on or timezone.localdate()}
    words = _words(found, _("登记发票"), _("发票已登记。"))
    return handle_form(request, FapiaoForm(request.POST or None, initial=initial), words, action)


@allow(Permission.TENANT_OPERATE)
@act(back="payers:bill")
def void(request: MemberRequest, ref: str) -> Done:
    invoice_actions.void(bill=_bill(ref), by=request.user)
    return Done(_("账单已作废。"))


@require_safe
@allow(Permission.TENANT_OPERATE)
def coupon_list(request: MemberRequest) -> HttpResponseBase:
    listing = Listing(request, Coupon.objects.all(), columns=COUPONS, order="-valid_until", search=["code"])
    if listing.wants_export:
        return listing.export(_("优惠码"))
    context = {
        "list": listing,
        "title": _("优惠码"),
        "act_href": reverse("payers:coupon-new"),
        "act_label": _("新增优惠码"),
        "hint": _("优惠码"),
        "empty_text": _("给试点机构的减免，按期数生效。"),
    }
    return render(request, "list.html", context)


@allow(Permission.TENANT_OPERATE)
def coupon_new(request: MemberRequest) -> HttpResponse:
    def action(data: dict[str, Any]) -> None:
        coupons.make(**data, by=request.user)

    words = FormPage(_("新增优惠码"), _("新增优惠码"), _("优惠码已建立。"), reverse("payers:coupons"))
    return handle_form(request, CouponForm(request.POST or None), words, action)


def _bill(ref: str) -> Bill:
    return get_object_or_404(Bill.objects.select_related("account", "subscription"), ref=ref)


def _at(account: Account) -> str:
    return reverse("payers:account", args=[account.ref])


def _words(found: Bill, title: str, done: str) -> FormPage:
    return FormPage(
        title, title, done, reverse("payers:bill", args=[found.ref]), f"{found.account.name} {found.number}"
    )
