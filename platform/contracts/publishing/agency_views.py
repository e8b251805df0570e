"""An agency's own published scores on its host: all of them, one with its evidence, and its file."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission
from common import clock
from common.pages.listing import Listing
from contracts.access import get_own_sheet, own_sheets
from contracts.publishing import tables
from contracts.publishing.forms import SheetFilter
from contracts.publishing.pages import sheet_context, sheet_file
from contracts.publishing.queries import appealable_lines


@require_safe
@allow(Permission.OWN_SCORE_VIEW)
def sheets(request: MemberRequest) -> HttpResponseBase:
    """The agency's published scores, the newest first."""
    rows = own_sheets().select_related("contract", "confirmation", "replaced_by")
    listing = Listing(
        request,
        rows.defer("lines", "quantities"),
        columns=tables.own_columns(clock.now()),
        order="-published_at",
        search=("contract__number", "contract__title"),
        form=SheetFilter(request.GET),
    )
    if listing.wants_export:
        return listing.export(_("公布的得分"))
    context = {
        "list": listing,
        "title": _("公布的得分"),
        "text": _("购买方公布的得分，公布后不再改变；有更正的，前后两版都在。"),
        "hint": _("编号或项目"),
        "empty_title": _("还没有公布的得分"),
        "empty_text": _("购买方公布得分后，会列在这里。"),
        "crumbs": [(_("合同与得分"), reverse("contracts:own")), (_("公布的得分"), "")],
    }
    return render(request, "list.html", context)


@require_safe
@allow(Permission.OWN_SCORE_VIEW)
def sheet(request: MemberRequest, ref: str, sheet_ref: str) -> HttpResponseBase:
    """One version of a published score; while its days run, each line that lost points can be appealed."""
    found, now = get_own_sheet(request, ref, sheet_ref), clock.now()
    context = sheet_context(found, now=now, evidence=True)
    context |= {
        "appealable": appealable_lines(found, now) if can(request, Permission.APPEAL_MAKE) else frozenset(),
        "file_href": reverse("contracts:sheet-file", args=[ref, sheet_ref]),
        "crumbs": [
            (_("合同与得分"), reverse("contracts:own")),
            (_("公布的得分"), reverse("contracts:own-sheets")),
            (str(found.as_of), ""),
        ],
    }
    return render(request, "contracts/sheet.html", context)


@require_safe
@allow(Permission.OWN_SCORE_VIEW)
def file(request: MemberRequest, ref: str, sheet_ref: str) -> HttpResponseBase:
    """The file of a published score, by which anybody verifies it."""
    return sheet_file(get_own_sheet(request, ref, sheet_ref))
