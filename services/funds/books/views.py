"""A fund's books: entries, one entry, trial balance, closing a year, verification."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import MemberRequest, allow, can
from accounts.models import User
from accounts.permissions import Permission
from common.files import workbook
from common.pages import list_sheet
from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form
from common.pages.list_sheet import CHUNK, Sheet
from common.pages.listing import Listing
from common.pages.table import Column, Table
from common.refusals import Refused
from services.funds.access import get_fund
from services.funds.books import closing, corrections
from services.funds.books.forms import ClosingForm, EntryFilter, PeriodForm, ReversalForm
from services.funds.books.labels import KINDS, REVERSIBLE
from services.funds.fund.tabs import tabs
from services.funds.models import Fund
from services.ledger import queries, verification
from services.ledger.closing import next_year
from services.ledger.models import Account, Check, Entry, Line


def kind_of(entry: Entry) -> str:
    """Return in words what kind of business an entry is."""
    return str(KINDS.get(entry.kind, entry.kind))


def change_of(entry: Entry) -> Decimal:
    """Return what an entry changed of the fund's resources; above zero they grew."""
    return sum((line.amount for line in entry.lines.all() if line.account.kind == Account.Kind.RESOURCE), Decimal(0))


LINE_COLUMNS = (
    Column("account", gettext_lazy("科目"), template="funds/_line_account.html"),
    Column("debit", gettext_lazy("借方"), kind="money", template="funds/_sum.html",
           value=lambda line: line.amount if line.amount > 0 else None),
    Column("credit", gettext_lazy("贷方"), kind="money", template="funds/_sum.html",
           value=lambda line: -line.amount if line.amount < 0 else None),
    Column("balance_after", gettext_lazy("余额"), kind="money", wide=True),
)  # fmt: skip
TRIAL_COLUMNS = (
    Column("account", gettext_lazy("科目"), template="funds/_trial_account.html"),
    Column("opening", gettext_lazy("期初余额"), kind="money", wide=True),
    Column("debit", gettext_lazy("借方发生"), kind="money"),
    Column("credit", gettext_lazy("贷方发生"), kind="money"),
    Column("closing", gettext_lazy("期末余额"), kind="money"),
)
CHECK_COLUMNS = (
    Column("at", gettext_lazy("时间")),
    Column("entries", gettext_lazy("凭证数"), kind="number"),
    Column("findings", gettext_lazy("结果"), value=lambda check: _findings(check), template="funds/_findings.html"),
)
ANCHOR_COLUMNS = (
    Column("on", gettext_lazy("日期")),
    Column("entries", gettext_lazy("凭证数"), kind="number"),
    Column("digest", gettext_lazy("摘要值"), template="disclosure/_digest.html"),
)
SHOWN = 20
JOURNAL = (
    gettext_lazy("日期"), gettext_lazy("凭证号"), gettext_lazy("事项"), gettext_lazy("摘要"), gettext_lazy("科目编号"),
    gettext_lazy("科目"), gettext_lazy("借方"), gettext_lazy("贷方"), gettext_lazy("余额"),
)  # fmt: skip


def _columns(fund: Fund) -> list[Column]:
    def page_of(entry: Entry) -> str:
        return reverse("funds:entry", args=[fund.ref, entry.ref])

    return [
        Column("number", gettext_lazy("凭证号"), sort="number", kind="number", href=page_of),
        Column("occurred_on", gettext_lazy("日期"), sort="occurred_on"),
        Column("kind", gettext_lazy("事项"), value=kind_of, template="funds/_entry_kind.html"),
        Column("memo", gettext_lazy("摘要")),
        Column("change", gettext_lazy("收支"), kind="money", value=change_of, template="funds/_change.html"),
        Column(
            "legs", gettext_lazy("分录"), wide=True, template="funds/_lines.html",
            value=lambda entry: "；".join(f"{line.account} {line.amount}" for line in entry.lines.all()),
        ),
    ]  # fmt: skip


@allow(Permission.FUND_VIEW)
def ledger(request: MemberRequest, ref: str) -> HttpResponseBase:
    fund = get_fund(request, ref, Permission.FUND_VIEW)
    listing = Listing(
        request, queries.entries(fund.book), columns=_columns(fund), order="-number", search=["memo", "number"],
        form=EntryFilter(fund, request.GET),
    )  # fmt: skip
    if listing.wants_export:
        return listing.export(_("%(fund)s 账簿") % {"fund": fund.name})
    context = {
        "fund": fund, "tabs": tabs(fund, "funds:ledger"), "list": listing, "title": fund.name,
        "hint": _("凭证号或摘要"), "empty_title": _("账簿里还没有凭证"),
        "empty_text": _("登记第一笔收入后，凭证自动生成。"),
    }  # fmt: skip
    return render(request, "funds/ledger.html", context)


@allow(Permission.FUND_VIEW)
def entry(request: MemberRequest, ref: str, entry_ref: str) -> HttpResponse:
    fund = get_fund(request, ref, Permission.FUND_VIEW)
    entry = _entry(fund, entry_ref)
    people = dict(User.objects.filter(ref=entry.posted_by).values_list("ref", "name"))
    context = {
        "fund": fund,
        "entry": entry,
        "entry_lines": Table(LINE_COLUMNS, list(entry.lines.all()), _("分录")),
        "kind": kind_of(entry),
        "reversed_by": getattr(entry, "reversed_by", None),
        "by": people.get(entry.posted_by, ""),
        "may_reverse": can(request, Permission.FUND_KEEP)
        and entry.kind in REVERSIBLE
        and not hasattr(entry, "reversed_by"),
        "crumbs": [(fund.name, reverse("funds:ledger", args=[fund.ref])), (str(entry.number), "")],
    }
    return render(request, "funds/entry.html", context)


@allow(Permission.FUND_KEEP)
def reverse_entry(request: MemberRequest, ref: str, entry_ref: str) -> HttpResponse:
    fund = get_fund(request, ref, Permission.FUND_KEEP)
    entry = _entry(fund, entry_ref)

    def action(data: dict[str, Any]) -> str:
        reversal = corrections.reverse_entry(fund=fund, entry=entry, **data, by=request.user)
        return reverse("funds:entry", args=[fund.ref, reversal.ref])

    page = FormPage(
        _("冲正第 %(number)d 号凭证") % {"number": entry.number}, _("冲正"), _("已冲正。"),
        reverse("funds:entry", args=[fund.ref, entry.ref]),
        _("将生成一张方向相反的凭证；原凭证保留，不会修改或删除。"),
    )  # fmt: skip
    return handle_form(request, ReversalForm(request.POST or None), page, action)


@allow(Permission.FUND_VIEW)
def trial_balance(request: MemberRequest, ref: str) -> HttpResponseBase:
    fund = get_fund(request, ref, Permission.FUND_VIEW)
    form = PeriodForm.asked(request.GET)
    lines = []
    if form.is_valid():
        lines = queries.trial_balance(fund.book, form.cleaned_data["from_on"], form.cleaned_data["to_on"])
        lines = [line for line in lines if line.opening or line.debit or line.credit]
    if request.GET.get("export") == "xlsx" and form.is_valid():
        heads = [_("科目编号"), _("科目"), _("期初余额"), _("借方发生"), _("贷方发生"), _("期末余额")]
        rows = (
            (line.account.code, line.account.name, line.opening, line.debit, line.credit, line.closing)
            for line in lines
        )
        return workbook.answer(_("%(fund)s 试算平衡") % {"fund": fund.name}, heads, rows)
    names = ("opening", "debit", "credit", "closing")
    sums = [_("合计"), *(sum((getattr(line, name) for line in lines), Decimal(0)) for name in names)]
    context = {
        "fund": fund, "tabs": tabs(fund, "funds:ledger"), "form": form,
        "lines": Table(TRIAL_COLUMNS, lines, _("试算平衡"), foot=sums),
        "export_href": f"?{_with(request, export='xlsx')}", "next_year": next_year(fund.book),
        "journal_href": f"{reverse('funds:journal', args=[fund.ref])}?{_with(request)}",
        "may_close": can(request, Permission.FUND_KEEP),
    }  # fmt: skip
    return render(request, "funds/trial_balance.html", context)


@allow(Permission.FUND_VIEW)
def journal(request: MemberRequest, ref: str) -> HttpResponseBase:
    """The accountant's file of a period: one row for each line of an entry, in the order of the books (序时账)."""
    fund = get_fund(request, ref, Permission.FUND_VIEW)
    form = PeriodForm.asked(request.GET)
    if not form.is_valid():
        return redirect(reverse("funds:trial_balance", args=[fund.ref]) + f"?{request.GET.urlencode()}")
    period = (form.cleaned_data["from_on"], form.cleaned_data["to_on"])
    entries = queries.entries(fund.book).filter(occurred_on__range=period).order_by("number")
    sheet = Sheet(
        _("%(fund)s 序时账") % {"fund": fund.name},
        [str(head) for head in JOURNAL],
        entries.aggregate(n=Count("lines"))["n"],
        rows=lambda: ((entry, line) for entry in entries.iterator(chunk_size=CHUNK) for line in entry.lines.all()),
        cells=_journal_line,
    )
    return list_sheet.answer(request, sheet)


def _journal_line(row: tuple[Entry, Line]) -> Sequence[Any]:
    entry, line = row
    return (
        entry.occurred_on, entry.number, kind_of(entry), entry.memo, line.account.code,
        line.account.name, line.amount if line.amount > 0 else None, -line.amount if line.amount < 0 else None,
        line.balance_after,
    )  # fmt: skip


@allow(Permission.FUND_KEEP)
def close_year(request: MemberRequest, ref: str) -> HttpResponse:
    fund = get_fund(request, ref, Permission.FUND_KEEP)
    year = next_year(fund.book)

    def action(data: dict[str, Any]) -> None:
        closing.close_year(fund=fund, year=year, today=timezone.localdate(), by=request.user)

    page = FormPage(
        _("结账：%(year)d 年") % {"year": year}, _("结账"), _("%(year)d 年已结账。") % {"year": year},
        reverse("funds:trial_balance", args=[fund.ref]),
        _("收入和支出转入净资产；此后该年度不能再记账，差错在当年以冲正更正。"),
    )  # fmt: skip
    return handle_form(request, ClosingForm(request.POST or None), page, action)


@allow(Permission.FUND_VIEW)
def checks(request: MemberRequest, ref: str) -> HttpResponse:
    fund = get_fund(request, ref, Permission.FUND_VIEW)
    context = {
        "fund": fund,
        "tabs": tabs(fund, "funds:ledger"),
        "checks": Table(CHECK_COLUMNS, list(Check.objects.filter(book=fund.book)[:SHOWN]), _("核验记录")),
        "anchors": Table(ANCHOR_COLUMNS, list(fund.book.anchors.all()[:SHOWN]), _("日终摘要")),
        "may_check": can(request, Permission.FUND_KEEP),
    }
    return render(request, "funds/checks.html", context)


@allow(Permission.FUND_KEEP)
@act(back="funds:checks")
def check_now(request: MemberRequest, ref: str) -> Done:
    check = closing.check(get_fund(request, ref, Permission.FUND_KEEP))
    if check.findings:  # the check stays on record; that the books do not hold is no good news
        raise Refused(_("发现 %(n)d 处问题，见下。") % {"n": len(check.findings)})
    return Done(_("账簿完好。"))


def _findings(check: Check) -> list[verification.Finding]:
    return [verification.Finding(**finding) for finding in check.findings[:50]]


def _entry(fund: Fund, ref: str) -> Entry:
    return get_object_or_404(queries.entries(fund.book), ref=ref)


def _with(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = value
    return query.urlencode()
