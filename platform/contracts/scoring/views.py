"""Score pages of the shared host: the scorecard, its evidence, published sheets."""

from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission
from common.pages.form_page import FormPage, handle_form
from common.pages.table import Table
from contracts import actions, queries
from contracts.access import get_contract
from contracts.forms import ClosingForm
from contracts.models import Contract
from contracts.scoring import tables
from contracts.scoring.pages import (
    changes_context,
    changes_page,
    evidence_context,
    evidence_page,
    scorecard_context,
)
from contracts.scoring.presentation import crumbs, tabs


@require_safe
@allow(Permission.SCORE_VIEW)
def scorecard(request: MemberRequest, ref: str) -> HttpResponseBase:
    """The explained score: every line with rule, clause, inputs, target and points."""
    contract = get_contract(request, ref, Permission.SCORE_VIEW)
    context = scorecard_context(request, contract)
    context |= {"tabs": tabs(request, contract, "scorecard"), "crumbs": crumbs(contract, _("评分表"))}
    return render(request, "contracts/scorecard.html", context)


@require_safe
@allow(Permission.SCORE_VIEW)
def evidence(request: MemberRequest, ref: str, code: str) -> HttpResponseBase:
    """The de-identified facts behind one line, by station and month."""
    contract = get_contract(request, ref, Permission.SCORE_VIEW)
    context = evidence_context(request, contract, code)
    return evidence_page(
        request, {**context, "crumbs": crumbs(contract, code, under=(_("评分表"), "contracts:scorecard"))}
    )


@require_safe
@allow(Permission.SCORE_VIEW)
def changes(request: MemberRequest, ref: str) -> HttpResponseBase:
    """What has been said otherwise since the day that a score is asked for."""
    contract = get_contract(request, ref, Permission.SCORE_VIEW)
    context = changes_context(request, contract)
    way = crumbs(contract, _("其后的变化"), under=(_("评分表"), "contracts:scorecard"))
    return changes_page(request, {**context, "crumbs": way})


@require_safe
@allow(Permission.SCORE_VIEW)
def sheets(request: MemberRequest, ref: str) -> HttpResponseBase:
    """The published scores of one contract."""
    contract = get_contract(request, ref, Permission.SCORE_VIEW)
    context = {
        "contract": contract,
        "sheets": tables.sheets_table(list(contract.sheets.select_related("published_by")), contract),
        "may_close": can(request, Permission.CONTRACT_MANAGE) and contract.state != Contract.State.CLOSED,
        "tabs": tabs(request, contract, "sheets"),
        "crumbs": crumbs(contract, _("公布的得分")),
    }
    return render(request, "contracts/sheets.html", context)


@require_safe
@allow(Permission.SCORE_VIEW)
def sheet(request: MemberRequest, ref: str, sheet_ref: str) -> HttpResponseBase:
    """One published score as it was frozen."""
    contract = get_contract(request, ref, Permission.SCORE_VIEW)
    found = contract.sheets.filter(ref=sheet_ref).first()
    if found is None:
        raise Http404
    way = crumbs(contract, str(found.as_of), under=(_("公布的得分"), "contracts:sheets"))
    lines = Table(tables.SHEET_LINES, found.lines, _("各项得分"))
    context = {"contract": contract, "sheet": found, "lines": lines, "crumbs": way}
    return render(request, "contracts/sheet.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.CONTRACT_MANAGE)
def close(request: MemberRequest, ref: str) -> HttpResponseBase:
    """Freeze and publish the score of a day."""
    contract = get_contract(request, ref, Permission.CONTRACT_MANAGE)
    today = timezone.localdate()
    form = ClosingForm(request.POST or None, initial={"as_of": queries.last_day(contract, today)})
    page = FormPage(
        _("公布得分"),
        _("公布"),
        _("得分已公布，从此不再改变。"),
        reverse("contracts:sheets", args=[ref]),
        contract.title,
        template="contracts/close.html",
    )

    def action(data: dict[str, Any]) -> str:
        sheet = actions.close_period(contract=contract, today=today, by=request.user, **data)
        return reverse("contracts:sheet", args=[ref, sheet.ref])

    way = crumbs(contract, _("公布得分"), under=(_("公布的得分"), "contracts:sheets"))
    return handle_form(request, form, page, action, {"crumbs": way})
