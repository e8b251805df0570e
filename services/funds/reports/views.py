"""What a fund owes the public: reports due, their preview and publishing, and each as it was published."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, allow, can
from accounts.models import User
from accounts.permissions import Permission
from common.pages.notices import notify
from common.refusals import Refused
from disclosure import door as disclosure
from services.funds.access import get_fund
from services.funds.fund.tabs import tabs
from services.funds.models import Fund, Report
from services.funds.reports import actions, figures
from services.funds.reports.actions import Owed
from services.funds.reports.forms import ReportForm


@allow(Permission.FUND_VIEW)
def reports(request: MemberRequest, ref: str) -> HttpResponse:
    """Every report the fund owes, what is due and what is late, and those published."""
    fund, today = get_fund(request, ref, Permission.FUND_VIEW), timezone.localdate()
    owed = actions.owed(fund, today)
    context = {
        "fund": fund,
        "tabs": tabs(fund, "funds:reports"),
        "owed": owed,
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
    form = ReportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, User)
        try:
            made = actions.publish(
                fund=fund, duty=row.duty, words=form.cleaned_data["words"], today=today, by=request.user,
                corrects=row.report,
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal)
        else:
            notify(request, _("报告已公开。"))
            return redirect("funds:report", fund.ref, made.ref)
    found = actions.figures_of(fund, row.duty, today)
    context = {
        "fund": fund,
        "duty": row.duty,
        "corrects": row.report,
        "unchanged": row.report and figures.same(row.report.figures, found),
        "form": form,
        "tables": disclosure.report_tables(found),
        "cancel": reverse("funds:reports", args=[fund.ref]),
        "crumbs": _crumbs(fund, row.duty.title),
    }
    return render(request, "funds/report_new.html", context)


@allow(Permission.FUND_VIEW)
def report(request: MemberRequest, ref: str, report: str) -> HttpResponse:
    """A report as it was published, and whether the books say something else by now."""
    fund, today = get_fund(request, ref, Permission.FUND_VIEW), timezone.localdate()
    shown = get_object_or_404(Report.objects.select_related("campaign", "corrects"), fund=fund, ref=report)
    row = next((one for one in actions.owed(fund, today) if one.report and one.report.pk == shown.pk), None)
    changed = row is not None and not figures.same(shown.figures, actions.figures_of(fund, row.duty, today))
    context = {
        "fund": fund,
        "report": shown,
        "later": Report.objects.filter(corrects=shown).first(),
        "duty": row.duty if row else None,
        "changed": changed and can(request, Permission.FUND_PUBLISH),
        "title": report_title(shown),
        "publisher": User.objects.filter(ref=shown.published_by).first(),
        "tables": disclosure.report_tables(shown.figures),
        "crumbs": _crumbs(fund, report_title(shown)),
    }
    return render(request, "funds/report.html", context)


def report_title(shown: Report) -> str:
    """Return what a published report is called."""
    of = shown.campaign.name if shown.campaign else f"{shown.from_on:%Y-%m-%d} – {shown.to_on:%Y-%m-%d}"
    title = f"{shown.get_kind_display()} {of}"
    return _("%(report)s（更正）") % {"report": title} if shown.corrects_id else title


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
