"""Published scores on the shared host, for officers: previewed, published, corrected, declared final."""

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
from common import clock
from common.pages.acts import Done, act
from common.pages.form_page import FormPage
from contracts import queries
from contracts.access import get_contract
from contracts.decisions.rules import decision_problems
from contracts.models import Contract, ScoreSheet
from contracts.publishing import actions, tables
from contracts.publishing.forms import ClosingForm, CorrectionForm
from contracts.publishing.freezing import unsaved_sheet
from contracts.publishing.pages import Draft, preview_then_publish, sheet_context, sheet_file
from contracts.publishing.queries import SheetState, moved_since, sheets_of, state_of
from contracts.publishing.rules import publication_of
from contracts.scoring.presentation import crumbs, tabs


@require_safe
@allow(Permission.SCORE_VIEW)
def sheets(request: MemberRequest, ref: str) -> HttpResponseBase:
    """The published scores of one contract, every version."""
    contract = get_contract(request, ref, Permission.SCORE_VIEW)
    found = list(sheets_of(contract))
    for sheet in found:
        sheet.contract = contract
    context = {
        "contract": contract,
        "sheets": tables.sheets_table(found, clock.now()),
        "moved": moved_since(contract),
        "publication": publication_of(contract.edition),
        "may_close": can(request, Permission.CONTRACT_MANAGE) and contract.state != Contract.State.CLOSED,
        "tabs": tabs(request, contract, "sheets"),
        "crumbs": crumbs(contract, _("公布的得分")),
    }
    return render(request, "contracts/sheets.html", context)


@require_safe
@allow(Permission.SCORE_VIEW)
def sheet(request: MemberRequest, ref: str, sheet_ref: str) -> HttpResponseBase:
    """One version of a published score as it was frozen."""
    found, now = _sheet(request, ref, sheet_ref, Permission.SCORE_VIEW), clock.now()
    context = sheet_context(found, now=now, evidence=True)
    state, manages = state_of(found, now), can(request, Permission.CONTRACT_MANAGE)
    context |= {
        "may_correct": manages and state != SheetState.REPLACED,
        "may_confirm": manages and state == SheetState.DUE,
        "file_href": reverse("contracts:sheet-file", args=[ref, sheet_ref]),
        "crumbs": crumbs(found.contract, str(found.as_of), under=(_("公布的得分"), "contracts:sheets")),
    }
    return render(request, "contracts/sheet.html", context)


@require_safe
@allow(Permission.SCORE_VIEW)
def file(request: MemberRequest, ref: str, sheet_ref: str) -> HttpResponseBase:
    """The file of a published score, by which anybody verifies it."""
    return sheet_file(_sheet(request, ref, sheet_ref, Permission.SCORE_VIEW))


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.CONTRACT_MANAGE)
def close(request: MemberRequest, ref: str) -> HttpResponseBase:
    """Preview and publish the score of a day."""
    contract = get_contract(request, ref, Permission.CONTRACT_MANAGE)
    today = timezone.localdate()
    form = ClosingForm(request.POST or None, initial={"as_of": queries.last_day(contract, today)})
    page = FormPage(
        _("公布得分"),
        _("预览"),
        _("得分已公布，从此不再改变。"),
        reverse("contracts:sheets", args=[ref]),
        contract.title,
        template="contracts/close.html",
    )

    def draft() -> Draft:
        asked = form.cleaned_data
        # The score of a day outside the contract is that of its nearest day; the page says that it is outside.
        sheet = unsaved_sheet(contract, asked["as_of"])
        problems = actions.publishing_problems(
            contract, sheet, as_of=asked["as_of"], today=today, accept_missing=asked["accept_missing"]
        )
        return Draft(sheet, problems)

    def publish(data: dict[str, Any]) -> str:
        sheet = actions.close_period(contract=contract, today=today, by=request.user, **data)
        return reverse("contracts:sheet", args=[ref, sheet.ref])

    way = crumbs(contract, _("公布得分"), under=(_("公布的得分"), "contracts:sheets"))
    return preview_then_publish(request, form, page, contract, draft, publish, way)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.CONTRACT_MANAGE)
def correct(request: MemberRequest, ref: str, sheet_ref: str) -> HttpResponseBase:
    """Preview and publish a correction of a published score: a new version, the old one stays."""
    sheet = _sheet(request, ref, sheet_ref, Permission.CONTRACT_MANAGE)
    contract = sheet.contract
    form = CorrectionForm(request.POST or None, programme=contract.edition)
    page = FormPage(
        _("更正公布的得分"),
        _("预览"),
        _("更正已公布，原来的一版仍可查看。"),
        reverse("contracts:sheet", args=[ref, sheet_ref]),
        contract.title,
        template="contracts/correct.html",
    )

    def draft() -> Draft:
        asked, decision = form.cleaned_data, form.decision
        newer = actions.preview_correction(sheet, reason=asked["reason"], decision=decision)
        problems = actions.correcting_problems(contract, newer, accept_missing=asked["accept_missing"])
        if decision:
            problems += decision_problems(contract.edition, *decision, asked["reason"])
        return Draft(newer, list(dict.fromkeys(problems)))

    def publish(data: dict[str, Any]) -> str:
        newer = actions.correct_sheet(
            sheet=sheet,
            reason=data["reason"],
            decision=form.decision,
            accept_missing=data["accept_missing"],
            seen=data["seen"],
            by=request.user,
        )
        return reverse("contracts:sheet", args=[ref, newer.ref])

    way = crumbs(contract, _("更正"), under=(_("公布的得分"), "contracts:sheets"))
    return preview_then_publish(request, form, page, contract, draft, publish, way)


@allow(Permission.CONTRACT_MANAGE)
@act(back="contracts:sheet")
def confirm(request: MemberRequest, ref: str, sheet_ref: str) -> Done:
    """Declare a score final after its notice."""
    actions.confirm_sheet(sheet=_sheet(request, ref, sheet_ref, Permission.CONTRACT_MANAGE), by=request.user)
    return Done(_("得分已定稿。"))


def _sheet(request: MemberRequest, ref: str, sheet_ref: str, permission: Permission) -> ScoreSheet:
    contract = get_contract(request, ref, permission)
    found = sheets_of(contract).filter(ref=sheet_ref).first()
    if found is None:
        raise Http404
    found.contract = contract
    return found
