"""Appeals on an agency's host: its own, one of them, and making one."""

from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from contracts import queries
from contracts.access import get_own_appeal, get_own_contract, own_appeals
from contracts.appeals import actions
from contracts.forms import AppealFilter, AppealForm
from contracts.lists import APPEALS
from contracts.models import Contract


@require_safe
@allow(Permission.OWN_SCORE_VIEW)
def appeals(request: MemberRequest) -> HttpResponseBase:
    """The agency's appeals, the newest first."""
    rows = own_appeals().select_related("contract__provider")
    search = ("contract__number", "contract__title", "code")
    listing = Listing(request, rows, columns=APPEALS, order="-made_at", search=search, form=AppealFilter(request.GET))
    if listing.wants_export:
        return listing.export(_("申诉"))
    context = {
        "list": listing,
        "title": _("申诉"),
        "hint": _("项目名称或编号"),
        "empty_title": _("还没有申诉"),
        "empty_text": _("对得分有异议时，在评分表的失分项目旁提出申诉。"),
        "crumbs": [(_("合同与得分"), reverse("contracts:own")), (_("申诉"), "")],
    }
    return render(request, "list.html", context)


@require_safe
@allow(Permission.OWN_SCORE_VIEW)
def appeal(request: MemberRequest, ref: str, appeal_ref: str) -> HttpResponseBase:
    """One appeal with its line and its answer."""
    found = get_own_appeal(request, ref, appeal_ref)
    context = {
        "appeal": found,
        "contract": found.contract,
        "rule": found.contract.edition.by_code.get(found.code),
        "crumbs": _crumbs(found.contract, _("申诉")),
    }
    return render(request, "contracts/appeal.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.APPEAL_MAKE)
def appeal_make(request: MemberRequest, ref: str, code: str) -> HttpResponseBase:
    """Appeal a line of the live score.

    :raises Http404: if the programme has no such rule or veto.
    """
    contract, today = get_own_contract(request, ref), timezone.localdate()
    rule, veto = contract.edition.by_code.get(code), contract.edition.veto(code)
    about = veto or rule
    if about is None or (rule is not None and not rule.is_leaf):
        raise Http404
    page = FormPage(
        _("提出申诉"),
        _("提出申诉"),
        _("申诉已提出，等待购买方答复。"),
        reverse("contracts:scorecard", args=[ref]),
        f"{code} {_(about.title)}",
        template="contracts/appeal_make.html",
    )

    def action(data: dict[str, Any]) -> str:
        appeal = actions.make_appeal(contract=contract, code=code, **data, today=today, by=request.user)
        return reverse("contracts:appeal", args=[ref, appeal.ref])

    points, full = actions.points_of(queries.scorecard(contract, today), code)
    context = {
        "about": about,
        "rule": rule,
        "points": points,
        "full": full,
        "crumbs": _crumbs(contract, _("提出申诉")),
    }
    return handle_form(request, AppealForm(request.POST or None), page, action, context)


def _crumbs(contract: Contract, last: str) -> list[tuple[str, str]]:
    back = reverse("contracts:scorecard", args=[contract.ref])
    return [(_("合同与得分"), reverse("contracts:own")), (contract.title, back), (last, "")]
