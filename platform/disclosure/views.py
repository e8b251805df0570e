"""Anybody's pages: the charity funds, what came in and went out of each, notices, reports, and the books' anchors."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from common.pages.listing import Listing
from common.pages.table import Column
from directory import door as directory
from disclosure import queries
from disclosure.forms import MovementFilter
from disclosure.models import BookAnchor, Movement, PublicFund, PublishedReport
from disclosure.presentation import figure_rows, purpose_rows
from disclosure.words import CATEGORIES, CAUSES, KINDS, REPORTS, category
from tenants.models import Domain

SHOWN: Final = 10
FUNDS: Final = (
    Column("name", gettext_lazy("基金"), sort="name"),
    Column("agency", gettext_lazy("运作机构"), sort="agency"),
    Column("host", gettext_lazy("托管慈善组织"), sort="host", wide=True),
    Column("came_in", gettext_lazy("累计收入"), sort="came_in", kind="money"),
    Column("went_out", gettext_lazy("累计支出"), sort="went_out", kind="money"),
    Column("opened_on", gettext_lazy("设立日期"), sort="opened_on", wide=True),
)
MOVEMENTS: Final = (
    Column("occurred_on", gettext_lazy("日期"), sort="occurred_on"),
    Column("category", gettext_lazy("类别"), sort="category", value=lambda row: category(row.category)),
    Column("purpose", gettext_lazy("用途"), sort="purpose"),
    Column("giver", gettext_lazy("捐赠方"), wide=True),
    Column("amount", gettext_lazy("金额"), sort="amount", kind="money"),
)
ANCHORS: Final = (
    Column("on", gettext_lazy("日期"), sort="on"),
    Column("entries", gettext_lazy("凭证数"), sort="entries", kind="number"),
    Column("digest", gettext_lazy("摘要值")),
)


@require_safe
def funds(request: HttpRequest) -> HttpResponseBase:
    """Every fund, found by its name, its agency, its place or pinyin."""
    listing = Listing(
        request, queries.funds(), columns=FUNDS, order="name", search=lambda _rows, words: queries.funds(words)
    )
    if listing.wants_export:
        return listing.export(_("公益基金"))
    rows = list(listing)
    context = {
        "list": listing,
        "rows": rows,
        "places": directory.regions(row.area for row in rows if row.area),
        "layout": _layout(request),
    }
    return render(request, "disclosure/funds.html", context)


@require_safe
def fund(request: HttpRequest, ref: str) -> HttpResponse:
    """One fund: who runs it, by what rules, what came in, what went out and for what."""
    found = _fund(ref)
    today = timezone.localdate()
    notices = list(queries.running_notices([ref], today))
    sums = queries.totals(ref)
    spent = [(line.label, line.amount) for line in sums.spending if line.amount > 0]
    context = {
        **_frame(request, found),
        "facts": _facts(found),
        "totals": sums,
        "spent": spent,
        "movements": Movement.objects.filter(fund=ref)[:SHOWN],
        "categories": CATEGORIES,
        "notices": notices,
        "places": directory.regions(notice.place for notice in notices if notice.place),
        "causes": CAUSES,
        "kinds": KINDS,
        "objecting": agency_url(request, found.tenant, "/grants/notices/"),
        "reports": PublishedReport.objects.filter(fund=ref)[: SHOWN * 2],
        "report_kinds": REPORTS,
        "anchors": BookAnchor.objects.filter(fund=ref)[:3],
    }
    return render(request, "disclosure/fund.html", context)


@require_safe
def movements(request: HttpRequest, ref: str) -> HttpResponseBase:
    """All that moved, without persons: filtered, sorted, and as an Excel file."""
    found = _fund(ref)
    rows = Movement.objects.filter(fund=ref)
    purposes = list(rows.order_by("purpose").values_list("purpose", flat=True).distinct())
    form = MovementFilter(request.GET, purposes=[name for name in purposes if name])
    listing = Listing(request, rows, columns=MOVEMENTS, order="-occurred_on", form=form)
    if listing.wants_export:
        return listing.export(_("%(fund)s收支明细") % {"fund": found.name})
    context = {**_frame(request, found, _("收支明细")), "list": listing, "categories": CATEGORIES}
    return render(request, "disclosure/movements.html", context)


@require_safe
def report(request: HttpRequest, ref: str, report: str) -> HttpResponse:
    """A report as it was published."""
    found = _fund(ref)
    shown = get_object_or_404(PublishedReport, fund=ref, ref=report)
    corrections = PublishedReport.objects.filter(fund=ref, figures__corrects=shown.source)
    corrected = PublishedReport.objects.filter(fund=ref, source=shown.figures.get("corrects") or "-").first()
    context = {
        **_frame(request, found, shown.title),
        "report": shown,
        "groups": figure_rows(shown.figures),
        "purposes": purpose_rows(shown.figures),
        "corrections": corrections,
        "corrected": corrected,
        "kind": REPORTS.get(shown.kind, shown.kind),
    }
    return render(request, "disclosure/report.html", context)


@require_safe
def anchors(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Where the fund's books stood day by day."""
    found = _fund(ref)
    listing = Listing(request, BookAnchor.objects.filter(fund=ref), columns=ANCHORS, order="-on")
    if listing.wants_export:
        return listing.export(_("%(fund)s账簿存证") % {"fund": found.name})
    return render(request, "disclosure/anchors.html", {**_frame(request, found, _("账簿存证")), "list": listing})


def agency_url(request: HttpRequest, tenant: str, path: str) -> str:
    """Return an address on an agency's host, as this request was made: same scheme, same port; '' without a host."""
    host = Domain.objects.filter(tenant__slug=tenant).order_by("pk").values_list("host", flat=True).first()
    _name, colon, port = request.get_host().partition(":")
    return f"{request.scheme}://{host}{colon}{port}{path}" if host else ""


def _fund(ref: str) -> PublicFund:
    found = PublicFund.objects.filter(fund=ref).first()
    if found is None:
        raise Http404
    return found


def _frame(request: HttpRequest, found: PublicFund, here: str = "") -> dict[str, Any]:
    crumbs: list[tuple[str, str]] = [(_("公益基金"), reverse("disclosure:list"))]
    crumbs.append((found.name, reverse("disclosure:fund", args=[found.fund]) if here else ""))
    return {"fund": found, "layout": _layout(request), "crumbs": [*crumbs, (here, "")] if here else crumbs}


def _facts(found: PublicFund) -> list[tuple[Any, Any]]:
    place = directory.regions([found.area]).get(found.area) if found.area else None
    rows = [
        (_("运作机构"), found.agency),
        (_("托管慈善组织"), found.host),
        (_("服务区划"), place.full_name if place else ""),
        (_("宗旨"), found.purpose_text),
        (_("设立日期"), found.opened_on),
    ]
    return [*rows, (_("关闭日期"), found.closed_on)] if found.closed_on else rows


def _layout(request: HttpRequest) -> str:
    return "base.html" if request.user.is_authenticated else "base_public.html"
