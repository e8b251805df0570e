"""Bank statements: taking them in, the list of lines, one line and what it is."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, allow, can
from accounts.models import User
from accounts.permissions import Permission
from common.money import yuan
from common.pages import notices
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.notices import notify
from common.pages.table import Column, label
from common.refusals import Refused
from services.funds.access import get_fund, get_line
from services.funds.bank import actions
from services.funds.bank.forms import (
    AsideForm,
    LineDonationForm,
    LineFilter,
    MatchForm,
    PurposeChoiceForm,
    StatementForm,
)
from services.funds.books.labels import KINDS
from services.funds.donations import actions as donation_actions
from services.funds.donations.views import sees_donors
from services.funds.fund.tabs import tabs
from services.funds.models import BankLine, Donation
from services.journal import log

FIELDS = {
    "on": gettext_lazy("日期"), "came": gettext_lazy("收入"), "went": gettext_lazy("支出"),
    "amount": gettext_lazy("金额"), "side": gettext_lazy("方向"), "counterparty": gettext_lazy("对方户名"),
    "summary": gettext_lazy("摘要"), "reference": gettext_lazy("流水号"),
}  # fmt: skip
SHOWN = 10
CANDIDATES = 20


def _columns(sees: bool) -> list[Column]:
    return [
        Column("on", gettext_lazy("日期"), sort="on"),
        Column("amount", gettext_lazy("金额"), sort="amount", kind="number"),
        Column("counterparty", gettext_lazy("对方户名"), value=lambda line: line.counterparty if sees else ""),
        Column("summary", gettext_lazy("摘要"), value=lambda line: line.summary if sees else "", wide=True),
        Column("reference", gettext_lazy("流水号"), value=lambda line: line.reference if sees else "", wide=True),
        Column("entry", gettext_lazy("凭证号"), value=lambda line: line.entry and line.entry.number, wide=True),
        Column("state", gettext_lazy("状态"), sort="state", value=label("state")),
    ]  # fmt: skip


@allow(Permission.FUND_VIEW)
def bank(request: MemberRequest, ref: str) -> HttpResponseBase:
    fund, sees = get_fund(request, ref, Permission.FUND_VIEW), sees_donors(request)
    listing = Listing(
        request, fund.bank_lines.select_related("entry"), columns=_columns(sees), order="-on",
        search=["counterparty", "summary", "reference"] if sees else [], form=LineFilter(request.GET),
    )  # fmt: skip
    if listing.wants_export:
        return listing.export(
            _("%(fund)s 银行流水") % {"fund": fund.name},
            told=lambda: log.write("funds.bank_lines.exported", on=fund, by=request.user, rows=listing.total),
        )
    may_keep = can(request, Permission.FUND_KEEP)
    context = {
        "fund": fund, "tabs": tabs(fund, "funds:bank"), "list": listing, "title": fund.name, "sees": sees,
        "hint": _("对方户名、摘要或流水号"), "sums": actions.reconciliation(fund), "may_keep": may_keep,
        "act_href": reverse("funds:import_statement", args=[fund.ref]) if may_keep else "",
        "act_label": _("导入对账单"), "empty_title": _("还没有银行流水"),
        "empty_text": _("导入网上银行导出的对账单，系统按金额、日期和流水号自动核对。"),
        "crumbs": [(_("基金"), reverse("funds:list")), (fund.name, "")],
    }  # fmt: skip
    return render(request, "funds/bank.html", context)


@allow(Permission.FUND_KEEP)
def import_statement(request: MemberRequest, ref: str) -> HttpResponse:
    """Show what a file says (`look`), or take it in."""
    fund, today = get_fund(request, ref, Permission.FUND_KEEP), timezone.localdate()
    form = StatementForm(request.POST, request.FILES) if request.method == "POST" else StatementForm()
    context: dict[str, Any] = {
        "fund": fund, "form": form,
        "crumbs": [(fund.name, reverse("funds:bank", args=[fund.ref])), (_("导入对账单"), "")],
    }  # fmt: skip
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if "look" in request.POST:
                said = actions.look(file.read(), today)
                context |= {
                    "said": said, "shown": said.lines[:SHOWN],
                    "columns": [(FIELDS[field], head) for field, head in said.columns],
                }  # fmt: skip
            else:
                by = request.user
                taken = actions.take_in(fund=fund, file_name=file.name, data=file.read(), today=today, by=by)
                counts = {"new": taken.new, "known": taken.known, "matched": taken.matched}
                notify(request, _("新增 %(new)d 条流水，已有 %(known)d 条，自动核对 %(matched)d 条。") % counts)
                return redirect("funds:bank", fund.ref)
        except Refused as refusal:
            form.add_error("file", refusal.reasons)
            status = refusal.status
    return render(request, "funds/import_statement.html", context, status=status)


@allow(Permission.FUND_KEEP)
def bank_line(request: MemberRequest, ref: str, line: str) -> HttpResponse:
    found = get_line(request, ref, line, Permission.FUND_KEEP)
    legs = actions.open_legs(found.fund).filter(amount=found.amount).order_by("-entry__occurred_on")[:CANDIDATES]
    context = {
        "fund": found.fund, "line": found, "by": _name(found.settled_by),
        "candidates": [(leg.entry, KINDS.get(leg.entry.kind, leg.entry.kind)) for leg in legs]
        if found.state == BankLine.State.WAITING else [],
        "crumbs": [(found.fund.name, reverse("funds:bank", args=[found.fund.ref])), (str(found.on), "")],
    }  # fmt: skip
    return render(request, "funds/bank_line.html", context)


@require_POST
@allow(Permission.FUND_KEEP)
def match_all(request: MemberRequest, ref: str) -> HttpResponse:
    fund = get_fund(request, ref, Permission.FUND_KEEP)
    done = actions.match_certain(fund=fund, by=request.user)
    notify(request, _("自动核对 %(n)d 条。") % {"n": done})
    return redirect("funds:bank", fund.ref)


@require_POST
@allow(Permission.FUND_KEEP)
def match_line(request: MemberRequest, ref: str, line: str) -> HttpResponse:
    found = get_line(request, ref, line, Permission.FUND_KEEP)
    form = MatchForm(found.fund, request.POST)
    if not form.is_valid():
        notices.show_refusal(request, Refused(_("没有找到这张凭证。")))
        return redirect("funds:bank_line", ref, found.ref)
    entry = form.cleaned_data["entry"]
    return _try(request, found, lambda: actions.match(line=found, entry=entry, by=request.user), _("已核对。"))


@require_POST
@allow(Permission.FUND_KEEP)
def unmatch_line(request: MemberRequest, ref: str, line: str) -> HttpResponse:
    found = get_line(request, ref, line, Permission.FUND_KEEP)
    return _try(request, found, lambda: actions.unmatch(line=found, by=request.user), _("已恢复为待核对。"))


@allow(Permission.FUND_KEEP)
def set_aside(request: MemberRequest, ref: str, line: str) -> HttpResponse:
    found = get_line(request, ref, line, Permission.FUND_KEEP)

    def action(data: dict[str, Any]) -> None:
        actions.set_aside(line=found, **data, by=request.user)

    return handle_form(request, AsideForm(request.POST or None), _act(found, _("不入账"), _("已标为不入账。")), action)


@allow(Permission.FUND_KEEP)
def donate_line(request: MemberRequest, ref: str, line: str) -> HttpResponse:
    found = get_line(request, ref, line, Permission.FUND_KEEP)

    def action(data: dict[str, Any]) -> None:
        gift = donation_actions.Gift(
            **data, kind=Donation.Kind.CASH, amount=found.amount, received_on=found.on, reference=found.reference
        )
        actions.donate(line=found, gift=gift, today=timezone.localdate(), by=request.user)

    form = LineDonationForm(found.fund, request.POST or None, initial={"donor": found.counterparty})
    return handle_form(request, form, _act(found, _("登记为捐赠"), _("捐赠已登记并核对。")), action)


@allow(Permission.FUND_KEEP)
def book_line(request: MemberRequest, ref: str, line: str) -> HttpResponse:
    """Book a line as interest if money came in, as a fee if it went out."""
    found = get_line(request, ref, line, Permission.FUND_KEEP)
    act, submit = (actions.book_interest, _("记为利息")) if found.amount > 0 else (actions.book_fee, _("记为手续费"))

    def action(data: dict[str, Any]) -> None:
        act(line=found, **data, by=request.user)

    form = PurposeChoiceForm(found.fund, request.POST or None)
    return handle_form(request, form, _act(found, submit, _("已入账并核对。")), action)


def _try(request: HttpRequest, line: BankLine, do: Callable[[], None], done: str) -> HttpResponse:
    try:
        do()
    except Refused as refusal:
        notices.show_refusal(request, refusal)
    else:
        notify(request, done)
    return redirect("funds:bank_line", line.fund.ref, line.ref)


def _act(line: BankLine, submit: str, done: str) -> FormPage:
    there = reverse("funds:bank_line", args=[line.fund.ref, line.ref])
    text = f"{line.on} {yuan(line.amount)} {line.counterparty} {line.summary}".strip()
    return FormPage(submit, submit, done, there, text)


def _name(ref: str) -> str:
    return User.objects.filter(ref=ref).values_list("name", flat=True).first() or "" if ref else ""
