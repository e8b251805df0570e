"""Score pages of the shared host: the scorecard, its evidence, marks by hand, published sheets."""

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
from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form
from common.pages.table import Table
from contracts import actions, queries
from contracts.access import get_contract, get_mark
from contracts.forms import ClosingForm, MarkForm
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
from evaluation.scoring import Scorecard
from programmes.shapes import Indicator, Veto


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
def marks(request: MemberRequest, ref: str) -> HttpResponseBase:
    """What is marked by hand, what is still waiting, and the history."""
    contract = get_contract(request, ref, Permission.SCORE_VIEW)
    card = queries.scorecard(contract, timezone.localdate())
    may_mark = can(request, Permission.SCORE_MARK) and contract.state != Contract.State.CLOSED
    context = {
        "contract": contract,
        "lines": tables.marked_lines_table([line for line in card.lines if line.indicator.by_hand], may_mark=may_mark),
        "vetoes": tables.vetoes_table(
            [(veto, veto in card.vetoes) for veto in card.programme.vetoes], may_mark=may_mark
        ),
        "history": tables.marks_table(
            list(contract.marks.select_related("by", "withdrawn_by").order_by("-pk")),
            _titles(card),
            may_mark=may_mark,
        ),
        "tabs": tabs(request, contract, "marks"),
        "crumbs": crumbs(contract, _("人工评分")),
    }
    return render(request, "contracts/marks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.SCORE_MARK)
def mark(request: MemberRequest, ref: str, code: str) -> HttpResponseBase:
    """Give points for one rule, or find a veto."""
    contract = get_contract(request, ref, Permission.SCORE_MARK)
    rule, veto = _markable(contract, code)
    page = FormPage(
        rule.title if rule else _("一票否决：%(title)s") % {"title": veto.title if veto else ""},
        _("评分") if rule else _("认定"),
        _("已评分，得分随即更新。"),
        reverse("contracts:marks", args=[ref]),
        contract.title,
        template="contracts/mark.html",
    )

    def action(data: dict[str, Any]) -> None:
        actions.mark_indicator(
            contract=contract,
            code=code,
            points=data.get("points"),
            reason=data["reason"],
            today=timezone.localdate(),
            by=request.user,
        )

    way = crumbs(contract, code, under=(_("人工评分"), "contracts:marks"))
    context = {"rule": rule, "veto": veto, "crumbs": way}
    return handle_form(request, MarkForm(request.POST or None, rule=rule), page, action, context)


@allow(Permission.SCORE_MARK)
@act(back=lambda ref, mark_ref: reverse("contracts:marks", args=[ref]))
def mark_withdraw(request: MemberRequest, ref: str, mark_ref: str) -> Done:
    """Take a mark back; the one before it counts again."""
    actions.withdraw_mark(mark=get_mark(request, ref, mark_ref), by=request.user)
    return Done(_("已撤回这次评分。"))


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


def _markable(contract: Contract, code: str) -> tuple[Indicator | None, Veto | None]:
    rule, veto = contract.edition.by_code.get(code), contract.edition.veto(code)
    if veto is None and (rule is None or not rule.by_hand):
        raise Http404
    return (rule, None) if rule else (None, veto)


def _titles(card: Scorecard) -> dict[str, str]:
    """Return the titles of everything that can carry a mark, by code."""
    titles = {rule.code: _(rule.title) for rule in card.programme.leaves}
    return titles | {veto.code: _(veto.title) for veto in card.programme.vetoes}
