"""Bank statements: taking them in, the list of lines, one line and what it is."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import MemberRequest, allow, can
from accounts.models import User
from accounts.permissions import Permission
from common.money import yuan
from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.table import Column, Table
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
from services.funds.models import BankLine, Donation, Fund
from services.journal import log

FIELDS = {
    "on": gettext_lazy("日期"), "came": gettext_lazy("收入"), "went": gettext_lazy("支出"),
    "amount": gettext_lazy("金额"), "side": gettext_lazy("方向"), "counterparty": gettext_lazy("对方户名"),
    "summary": gettext_lazy("摘要"), "reference": gettext_lazy("流水号"),
}  # fmt: skip
SHOWN = 10
CANDIDATES = 20


STATEMENT_COLUMNS = (
    Column("on", gettext_lazy("日期")),
    Column("amount", gettext_lazy("金额"), kind="money"),
    Column("counterparty", gettext_lazy("对方户名")),
    Column("summary", gettext_lazy("摘要"), wide=True),
    Column("reference", gettext_lazy("流水号"), wide=True),
)


def _columns(fund: Fund, *, sees: bool, may_keep: bool) -> list[Column]:
    """Return the columns of the list; who may not read who gave sees no counterparty, summary or reference."""

    def page_of(line: BankLine) -> str:
        return reverse("funds:bank_line", args=[fund.ref, line.ref])

    def entry_of(line: BankLine) -> str:
        return reverse("funds:entry", args=[fund.ref, line.entry.ref]) if line.entry else ""

    return [
        Column("on", gettext_lazy("日期"), sort="on", href=page_of if may_keep else None),
        Column("amount", gettext_lazy("金额"), sort="amount", kind="money"),
        Column("counterparty", gettext_lazy("对方户名"), value=lambda line: line.counterparty if sees else ""),
        Column("summary", gettext_lazy("摘要"), value=lambda line: line.summary if sees else "", wide=True),
        Column("reference", gettext_lazy("流水号"), value=lambda line: line.reference if sees else "", wide=True),
        Column("entry", gettext_lazy("凭证号"), value=lambda line: line.entry and line.entry.number, href=entry_of,
               wide=True),
        Column("state", gettext_lazy("状态"), sort="state", kind="state"),
    ]  # fmt: skip


@allow(Permission.FUND_VIEW)
def bank(request: MemberRequest, ref: str) -> HttpResponseBase:
    fund, sees = get_fund(request, ref, Permission.FUND_VIEW), sees_donors(request)
    may_keep = can(request, Permission.FUND_KEEP)
    columns = _columns(fund, sees=sees, may_keep=may_keep)
    listing = Listing(
        request, fund.bank_lines.select_related("entry"), columns=columns, order="-on",
        search=["counterparty", "summary", "reference"] if sees else [], form=LineFilter(request.GET),
    )  # fmt: skip
    if listing.wants_export:
        return listing.export(
            _("%(fund)s 银行流水") % {"fund": fund.name},
            told=lambda: log.write("funds.bank_lines.exported", on=fund, by=request.user, rows=listing.total),
        )
    context = {
        "fund": fund, "tabs": tabs(fund, "funds:bank"), "list": listing, "title": fund.name,
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

    def action(data: dict[str, Any]) -> Done:
        file = data["file"]
        taken = actions.take_in(fund=fund, file_name=file.name, data=file.read(), today=today, by=request.user)
        counts = {"new": taken.new, "known": taken.known, "matched": taken.matched}
        return Done(_("新增 %(new)d 条流水，已有 %(known)d 条，自动核对 %(matched)d 条。") % counts)

    page = FormPage(
        _("导入对账单"), _("导入"), "", reverse("funds:bank", args=[fund.ref]), fund.name,
        template="funds/import_statement.html",
    )  # fmt: skip
    crumbs = [(fund.name, page.cancel), (page.title, "")]
    looks = "look" in request.POST and form.is_valid()
    return handle_form(request, form, page, action, {**(_look(form, today) if looks else {}), "crumbs": crumbs})


def _look(form: StatementForm, today: dt.date) -> dict[str, Any]:
    """Return what the page shows of a file that is only looked at; what cannot be read is said beside its field."""
    try:
        statement = actions.look(form.cleaned_data["file"].read(), today)
    except Refused as refusal:  # nothing was to be done, so that neither act nor form page has it to show
        form.refuse(refusal)
        return {}
    return {
        "statement": statement,
        "recognised": [(FIELDS[field], head) for field, head in statement.columns],
        "lines": Table(STATEMENT_COLUMNS, statement.lines[:SHOWN], _("识别结果")),
    }


@allow(Permission.FUND_KEEP)
def bank_line(request: MemberRequest, ref: str, line_ref: str) -> HttpResponse:
    line = get_line(request, ref, line_ref, Permission.FUND_KEEP)
    fund = line.fund
    entry_lines = actions.open_entry_lines(fund).filter(amount=line.amount).order_by("-entry__occurred_on")[:CANDIDATES]
    context = {
        "fund": fund, "line": line, "by": _name(line.settled_by),
        "candidates": [(posted.entry, KINDS.get(posted.entry.kind, posted.entry.kind)) for posted in entry_lines]
        if line.state == BankLine.State.WAITING else [],
        "crumbs": [(fund.name, reverse("funds:bank", args=[fund.ref])), (str(line.on), "")],
    }  # fmt: skip
    return render(request, "funds/bank_line.html", context)


@allow(Permission.FUND_KEEP)
@act(back="funds:bank")
def match_all(request: MemberRequest, ref: str) -> Done:
    count = actions.match_certain(fund=get_fund(request, ref, Permission.FUND_KEEP), by=request.user)
    return Done(_("自动核对 %(n)d 条。") % {"n": count})


@allow(Permission.FUND_KEEP)
@act(back="funds:bank_line")
def match_line(request: MemberRequest, ref: str, line_ref: str) -> Done:
    line = get_line(request, ref, line_ref, Permission.FUND_KEEP)
    form = MatchForm(line.fund, request.POST)
    if not form.is_valid():
        raise Refused(_("没有找到这张凭证。"))
    actions.match(line=line, entry=form.cleaned_data["entry"], by=request.user)
    return Done(_("已核对。"))


@allow(Permission.FUND_KEEP)
@act(back="funds:bank_line")
def unmatch_line(request: MemberRequest, ref: str, line_ref: str) -> Done:
    actions.unmatch(line=get_line(request, ref, line_ref, Permission.FUND_KEEP), by=request.user)
    return Done(_("已恢复为待核对。"))


@allow(Permission.FUND_KEEP)
def set_aside(request: MemberRequest, ref: str, line_ref: str) -> HttpResponse:
    line = get_line(request, ref, line_ref, Permission.FUND_KEEP)

    def action(data: dict[str, Any]) -> None:
        actions.set_aside(line=line, **data, by=request.user)

    return handle_form(request, AsideForm(request.POST or None), _page(line, _("不入账"), _("已标为不入账。")), action)


@allow(Permission.FUND_KEEP)
def donate_line(request: MemberRequest, ref: str, line_ref: str) -> HttpResponse:
    line = get_line(request, ref, line_ref, Permission.FUND_KEEP)

    def action(data: dict[str, Any]) -> None:
        gift = donation_actions.Gift(
            **data,
            kind=Donation.Kind.CASH,
            amount=line.amount,
            received_on=line.on,
            reference=line.reference,
        )
        actions.donate(line=line, gift=gift, today=timezone.localdate(), by=request.user)

    form = LineDonationForm(line.fund, request.POST or None, initial={"donor": line.counterparty})
    return handle_form(request, form, _page(line, _("登记为捐赠"), _("捐赠已登记并核对。")), action)


@allow(Permission.FUND_KEEP)
def book_line(request: MemberRequest, ref: str, line_ref: str) -> HttpResponse:
    """Book a line as interest if money came in, as a fee if it went out."""
    line = get_line(request, ref, line_ref, Permission.FUND_KEEP)
    book, submit = (actions.book_interest, _("记为利息")) if line.amount > 0 else (actions.book_fee, _("记为手续费"))

    def action(data: dict[str, Any]) -> None:
        book(line=line, **data, by=request.user)

    form = PurposeChoiceForm(line.fund, request.POST or None)
    return handle_form(request, form, _page(line, submit, _("已入账并核对。")), action)


def _page(line: BankLine, submit: str, done: str) -> FormPage:
    url = reverse("funds:bank_line", args=[line.fund.ref, line.ref])
    text = f"{line.on} {yuan(line.amount)} {line.counterparty} {line.summary}".strip()
    return FormPage(submit, submit, done, url, text)


def _name(ref: str) -> str:
    return User.objects.filter(ref=ref).values_list("name", flat=True).first() or "" if ref else ""
