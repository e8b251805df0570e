"""Appeals on an agency's host: its own, one of them, and making one."""

from collections.abc import Callable
from decimal import Decimal
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
from contracts.access import get_file, get_own_appeal, get_own_contract, get_own_sheet, own_appeals
from contracts.appeals import actions
from contracts.appeals.forms import AppealForm
from contracts.appeals.pages import appeal_context, file_answer
from contracts.forms import AppealFilter
from contracts.lists import APPEALS
from contracts.models import Contract
from programmes.shapes import Indicator, Veto


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
    """One appeal with its line, its files, its answer and what that did."""
    found = get_own_appeal(request, ref, appeal_ref)
    context = {**appeal_context(found), "crumbs": _crumbs(found.contract, _("申诉"))}
    return render(request, "contracts/appeal.html", context)


@require_safe
@allow(Permission.OWN_SCORE_VIEW)
def appeal_file(request: MemberRequest, ref: str, appeal_ref: str, file_ref: str) -> HttpResponseBase:
    """A photo or paper of one's own appeal."""
    file = get_file(get_own_appeal(request, ref, appeal_ref), file_ref)
    return file_answer(file, request.user)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.APPEAL_MAKE)
def appeal_make(request: MemberRequest, ref: str, code: str) -> HttpResponseBase:
    """Appeal a line of the live score.

    :raises Http404: if the programme has no such rule or veto.
    """
    contract, today = get_own_contract(request, ref), timezone.localdate()
    about = _about(contract, code)

    def action(data: dict[str, Any]) -> str:
        appeal = actions.make_appeal(contract=contract, code=code, **data, today=today, by=request.user)
        return reverse("contracts:appeal", args=[ref, appeal.ref])

    points = actions.points_of(queries.scorecard(contract, today), code)
    back = reverse("contracts:scorecard", args=[ref])
    return _form(request, contract, about, points, action, back, {})


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.APPEAL_MAKE)
def sheet_appeal(request: MemberRequest, ref: str, sheet_ref: str, code: str) -> HttpResponseBase:
    """Appeal a line of a published score while its days run.

    :raises Http404: if the programme has no such rule or veto.
    """
    sheet = get_own_sheet(request, ref, sheet_ref)
    contract = sheet.contract
    about = _about(contract, code)

    def action(data: dict[str, Any]) -> str:
        appeal = actions.appeal_sheet(sheet=sheet, code=code, **data, by=request.user)
        return reverse("contracts:appeal", args=[ref, appeal.ref])

    back = reverse("contracts:sheet", args=[ref, sheet_ref])
    return _form(request, contract, about, actions.sheet_points(sheet, code), action, back, {"sheet": sheet})


def _about(contract: Contract, code: str) -> Indicator | Veto:
    about = contract.edition.veto(code) or contract.edition.by_code.get(code)
    if about is None or (isinstance(about, Indicator) and not about.is_leaf):
        raise Http404
    return about


def _form(
    request: MemberRequest,
    contract: Contract,
    about: Indicator | Veto,
    points: tuple[Decimal | None, Decimal],
    action: Callable[[dict[str, Any]], str],
    back: str,
    extra_context: dict[str, Any],
) -> HttpResponseBase:
    page = FormPage(
        _("提出申诉"),
        _("提出申诉"),
        _("申诉已提出，等待购买方答复。"),
        back,
        f"{about.code} {_(about.title)}",
        template="contracts/appeal_make.html",
    )
    context = {
        "about": about,
        "rule": about if isinstance(about, Indicator) else None,
        "points": points[0],
        "full": points[1],
        "crumbs": _crumbs(contract, _("提出申诉")),
        **extra_context,
    }
    form = AppealForm(request.POST or None, request.FILES or None)
    return handle_form(request, form, page, action, context)


def _crumbs(contract: Contract, last: str) -> list[tuple[str, str]]:
    back = reverse("contracts:scorecard", args=[contract.ref])
    return [(_("合同与得分"), reverse("contracts:own")), (contract.title, back), (last, "")]
