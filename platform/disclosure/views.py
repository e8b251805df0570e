"""Anybody's pages: the charity funds, what came in and went out of each, notices, reports, and the books' anchors."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from common.pages.listing import Listing
from common.pages.table import Column, Table
from directory import door as directory
from disclosure import queries
from disclosure.forms import MovementFilter
from disclosure.models import BookAnchor, Movement, Notice, PublicFund, PublishedReport
from disclosure.presentation import figure_rows, purpose_table
from disclosure.words import CAUSES, KINDS, REPORTS, category
from tenants.models import Domain

SHOWN: Final = 10


def _words_of(notice: Notice) -> str:
    """Return what a grant on public notice is for: its kind, and the title or the cause; never a name."""
    kind = KINDS.get(notice.kind, notice.kind)
    if notice.title:
        return f"{kind}：{notice.title}"
    return f"{kind}（{CAUSES.get(notice.cause, notice.cause)}）" if notice.cause else str(kind)


FUNDS: Final = (
    Column("name", gettext_lazy("基金"), sort="name", template="disclosure/_fund_name.html"),
    Column("agency", gettext_lazy("运作机构"), sort="agency"),
    Column("host", gettext_lazy("托管慈善组织"), sort="custodian", value=lambda fund: fund.custodian, wide=True),
    Column("came_in", gettext_lazy("累计收入"), sort="came_in", kind="money"),
    Column("went_out", gettext_lazy("累计支出"), sort="went_out", kind="money"),
    Column("opened_on", gettext_lazy("设立日期"), sort="opened_on", wide=True),
)
MOVEMENTS: Final = (
    Column("occurred_on", gettext_lazy("日期"), sort="occurred_on"),
    Column("category", gettext_lazy("类别"), sort="category", value=lambda movement: category(movement.category)),
    Column("purpose", gettext_lazy("用途"), sort="purpose"),
    Column("giver", gettext_lazy("捐赠方"), wide=True),
    Column("amount", gettext_lazy("金额"), sort="amount", kind="money"),
)
ANCHORS: Final = (
    Column("on", gettext_lazy("日期"), sort="on"),
    Column("entries", gettext_lazy("凭证数"), sort="entries", kind="number"),
    Column("digest", gettext_lazy("摘要值"), template="disclosure/_digest.html"),
)
TOTALS: Final = (
    Column("label", gettext_lazy("类别")),
    Column("count", gettext_lazy("笔数"), kind="number"),
    Column("amount", gettext_lazy("金额"), kind="money"),
)
PURPOSES: Final = (
    Column("name", gettext_lazy("用途")),
    Column("came_in", gettext_lazy("收入"), kind="money"),
    Column("went_out", gettext_lazy("支出"), kind="money"),
    Column("left", gettext_lazy("余额"), kind="money"),
)
NOTICES: Final = (
    Column("number", gettext_lazy("申请编号")),
    Column("what", gettext_lazy("资助内容"), value=_words_of),
    Column("place", gettext_lazy("所在街道"), template="disclosure/_place.html"),
    Column("amount", gettext_lazy("金额"), kind="money"),
    Column("period", gettext_lazy("公示期"), value=lambda notice: f"{notice.from_on} – {notice.to_on}"),
    Column("object", gettext_lazy("异议"), kind="acts", template="disclosure/_object.html"),
)


@require_safe
def funds(request: HttpRequest) -> HttpResponseBase:
    """Every fund, fund by its name, its agency, its place or pinyin."""
    listing = Listing(
        request, queries.funds(), columns=FUNDS, order="name", search=lambda _rows, words: queries.funds(words)
    )
    if listing.wants_export:
        return listing.export(_("公益基金"))
    context = {
        "list": listing,
        "title": _("公益基金"),
        "places": directory.regions(fund.area for fund in listing if fund.area),
        "layout": _layout(request),
    }
    return render(request, "disclosure/funds.html", context)


@require_safe
def fund(request: HttpRequest, ref: str) -> HttpResponse:
    """One fund: who runs it, by what rules, what came in, what went out and for what."""
    fund = _fund(ref)
    today = timezone.localdate()
    notices = list(queries.running_notices([ref], today))
    sums = queries.totals(ref)
    spent = [(line.label, line.amount) for line in sums.spending if line.amount > 0]
    context = {
        **_frame(request, fund),
        "facts": _facts(fund),
        "totals": sums,
        "income": Table(TOTALS, sums.income, _("收入"), foot=(_("合计"), None, sums.came_in)),
        "spending": Table(TOTALS, sums.spending, _("支出"), foot=(_("合计"), None, sums.went_out)),
        "purposes": Table(PURPOSES, sums.purposes, _("按用途")),
        "spent": spent,
        "movements": Table(MOVEMENTS, list(Movement.objects.filter(fund=ref)[:SHOWN]), _("最近收支")),
        "notices": Table(NOTICES, notices, _("正在公示的资助")),
        "places": directory.regions(notice.place for notice in notices if notice.place),
        "objecting": agency_url(request, fund.tenant, "/grants/notices/"),
        "reports": PublishedReport.objects.filter(fund=ref)[: SHOWN * 2],
        "anchors": BookAnchor.objects.filter(fund=ref)[:3],
    }
    return render(request, "disclosure/fund.html", context)


@require_safe
def movements(request: HttpRequest, ref: str) -> HttpResponseBase:
    """All that moved, without persons: filtered, sorted, and as an Excel file."""
    fund = _fund(ref)
    rows = Movement.objects.filter(fund=ref)
    purposes = list(rows.order_by("purpose").values_list("purpose", flat=True).distinct())
    form = MovementFilter(request.GET, purposes=[name for name in purposes if name])
    listing = Listing(request, rows, columns=MOVEMENTS, order="-occurred_on", form=form)
    if listing.wants_export:
        return listing.export(_("%(fund)s收支明细") % {"fund": fund.name})
    context = {**_frame(request, fund, _("收支明细")), "list": listing}
    return render(request, "disclosure/movements.html", context)


@require_safe
def report(request: HttpRequest, ref: str, report_ref: str) -> HttpResponse:
    """A report as it was published."""
    fund = _fund(ref)
    report = get_object_or_404(PublishedReport, fund=ref, ref=report_ref)
    corrections = PublishedReport.objects.filter(fund=ref, figures__corrects=report.source)
    corrected = PublishedReport.objects.filter(fund=ref, source=report.figures.get("corrects") or "-").first()
    context = {
        **_frame(request, fund, report.title),
        "report": report,
        "groups": figure_rows(report.figures),
        "purposes": purpose_table(report.figures),
        "corrections": corrections,
        "corrected": corrected,
        "kind": REPORTS.get(report.kind, report.kind),
    }
    return render(request, "disclosure/report.html", context)


@require_safe
def anchors(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Where the fund's books stood day by day."""
    fund = _fund(ref)
    listing = Listing(request, BookAnchor.objects.filter(fund=ref), columns=ANCHORS, order="-on")
    if listing.wants_export:
        return listing.export(_("%(fund)s账簿存证") % {"fund": fund.name})
    return render(request, "disclosure/anchors.html", {**_frame(request, fund, _("账簿存证")), "list": listing})


def agency_url(request: HttpRequest, tenant: str, path: str) -> str:
    """Return an address on an agency's host, as this request was made: same scheme, same port; '' without a host."""
    host = Domain.objects.filter(tenant__slug=tenant).order_by("pk").values_list("host", flat=True).first()
    _name, colon, port = request.get_host().partition(":")
    return f"{request.scheme}://{host}{colon}{port}{path}" if host else ""


def _fund(ref: str) -> PublicFund:
    return get_object_or_404(PublicFund.objects.public(), fund=ref)


def _frame(request: HttpRequest, fund: PublicFund, here: str = "") -> dict[str, Any]:
    crumbs: list[tuple[str, str]] = [(_("公益基金"), reverse("disclosure:list"))]
    crumbs.append((fund.name, reverse("disclosure:fund", args=[fund.fund]) if here else ""))
    return {
        "fund": fund,
        "title": here,
        "layout": _layout(request),
        "crumbs": [*crumbs, (here, "")] if here else crumbs,
    }


def _facts(fund: PublicFund) -> list[tuple[Any, Any]]:
    place = directory.regions([fund.area]).get(fund.area) if fund.area else None
    rows = [
        (_("运作机构"), fund.agency),
        (_("托管慈善组织"), fund.custodian),
        (_("服务区划"), place.full_name if place else ""),
        (_("宗旨"), fund.purpose_text),
        (_("设立日期"), fund.opened_on),
    ]
    return [*rows, (_("关闭日期"), fund.closed_on)] if fund.closed_on else rows


def _layout(request: HttpRequest) -> str:
    return "base.html" if request.user.is_authenticated else "base_public.html"
