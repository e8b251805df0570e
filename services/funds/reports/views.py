"""What a fund owes the public: reports due, their preview and publishing, and each as it was published."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import MemberRequest, allow, can
from accounts.models import User
from accounts.permissions import Permission
from common.pages import tones
from common.pages.form_page import FormPage, handle_form
from common.pages.table import Column, Table
from disclosure import door as disclosure
from services.funds.access import get_fund
from services.funds.fund.tabs import tabs
from services.funds.models import Fund, Report
from services.funds.reports import actions, figures
from services.funds.reports.actions import Owed
from services.funds.reports.forms import ReportForm

COLUMNS = (
    Column("title", gettext_lazy("报告"), value=lambda row: row.due.title),
    Column("period", gettext_lazy("期间"), value=lambda row: f"{row.due.from_on} – {row.due.to_on}"),
    Column("due_on", gettext_lazy("应公开日期"), value=lambda row: row.due.due_on),
    Column("state", gettext_lazy("状态"), kind="state", value=lambda row: _state_of(row)[0],
           tone=lambda row: _state_of(row)[1]),
    Column("acts", gettext_lazy("操作"), kind="acts", template="funds/_report_acts.html"),
)  # fmt: skip


@allow(Permission.FUND_VIEW)
def reports(request: MemberRequest, ref: str) -> HttpResponse:
    """Every report the fund owes, what is due and what is late, and those published."""
    fund, today = get_fund(request, ref, Permission.FUND_VIEW), timezone.localdate()
    owed = actions.owed(fund, today)
    context = {
        "fund": fund,
        "tabs": tabs(fund, "funds:reports"),
        "owed": Table(COLUMNS, owed, _("应公开的报告")),
        "late": sum(row.is_overdue for row in owed),
        "published": fund.reports.select_related("campaign"),
        "may_publish": can(request, Permission.FUND_PUBLISH),
        "public_href": f"{request.scheme}://{settings.BASE_HOST}{_port(request)}/funds/{fund.ref}/",
        "crumbs": _crumbs(fund, ""),
    }
    return render(request, "funds/reports.html", context)


@allow(Permission.FUND_PUBLISH)
def report_new(request: MemberRequest, ref: str, kind: str, period: str) -> HttpResponse:
    """Look at a report's figures, say something about them, and publish; once published, publish a correction.

    :raises Http404: for a period of which no report is owed.
    """
    fund, today = get_fund(request, ref, Permission.FUND_PUBLISH), timezone.localdate()
    row = _owed(fund, kind, period)
    current = actions.figures_of(fund, row.due, today)

    def action(data: dict[str, Any]) -> str:
        report = actions.publish(fund=fund, due=row.due, **data, today=today, by=request.user, corrects=row.report)
        return reverse("funds:report", args=[fund.ref, report.ref])

    page = FormPage(
        row.due.title, _("公开更正") if row.report else _("公开报告"), _("报告已公开。"),
        reverse("funds:reports", args=[fund.ref]), fund.name, template="funds/report_new.html",
    )  # fmt: skip
    context = {
        "fund": fund,
        "corrects": row.report,
        "unchanged": row.report and figures.same(row.report.figures, current),
        "tables": disclosure.report_tables(current),
        "crumbs": _crumbs(fund, row.due.title),
    }
    return handle_form(request, ReportForm(request.POST if request.method == "POST" else None), page, action, context)


@allow(Permission.FUND_VIEW)
def report(request: MemberRequest, ref: str, report_ref: str) -> HttpResponse:
    """A report as it was published, and whether the books say something else by now."""
    fund, today = get_fund(request, ref, Permission.FUND_VIEW), timezone.localdate()
    report = get_object_or_404(Report.objects.select_related("campaign", "corrects"), fund=fund, ref=report_ref)
    row = next((row for row in actions.owed(fund, today) if row.report and row.report.pk == report.pk), None)
    changed = row is not None and not figures.same(report.figures, actions.figures_of(fund, row.due, today))
    context = {
        "fund": fund,
        "report": report,
        "later": Report.objects.filter(corrects=report).first(),
        "due": row.due if row else None,
        "changed": changed and can(request, Permission.FUND_PUBLISH),
        "title": report_title(report),
        "publisher": User.objects.filter(ref=report.published_by).first(),
        "tables": disclosure.report_tables(report.figures),
        "crumbs": _crumbs(fund, report_title(report)),
    }
    return render(request, "funds/report.html", context)


def report_title(report: Report) -> str:
    """Return what a published report is called."""
    of = report.campaign.name if report.campaign else f"{report.from_on:%Y-%m-%d} – {report.to_on:%Y-%m-%d}"
    title = f"{report.get_kind_display()} {of}"
    return _("%(report)s（更正）") % {"report": title} if report.corrects_id else title


def _state_of(row: Owed) -> tuple[str, str]:
    """Return in words where a report that is owed stands, and the tone it is shown in."""
    if row.report:
        return _("已公开"), tones.GOOD
    return (_("已逾期"), tones.BAD) if row.is_overdue else (_("待公开"), tones.WARN)


def _owed(fund: Fund, kind: str, period: str) -> Owed:
    row = actions.find(fund, kind, period, timezone.localdate())
    if row is None:
        raise Http404
    return row


def _crumbs(fund: Fund, here: str) -> list[tuple[str, str]]:
    above = [(_("基金"), reverse("funds:list")), (fund.name, reverse("funds:fund", args=[fund.ref]))]
    if not here:
        return [*above, (_("信息公开"), "")]
    return [*above, (_("信息公开"), reverse("funds:reports", args=[fund.ref])), (here, "")]


def _port(request: HttpRequest) -> str:
    _name, colon, port = request.get_host().partition(":")
    return f"{colon}{port}"
