"""Appeals on the shared host: those of one's areas, one of them, and its answer."""

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from contracts.access import appeals_of, get_appeal, get_file
from contracts.appeals import actions
from contracts.appeals.forms import AnswerForm, EffectForm
from contracts.appeals.pages import appeal_context, file_answer
from contracts.appeals.rules import effects_of
from contracts.forms import AppealFilter
from contracts.lists import APPEALS
from contracts.models import Appeal
from contracts.scoring.presentation import crumbs

SEARCHED = ("contract__number", "contract__title", "contract__provider__name", "code")


@require_safe
@allow(Permission.SCORE_VIEW)
def appeals(request: MemberRequest) -> HttpResponseBase:
    """The appeals of one's areas, the newest first."""
    rows = appeals_of(request.access).select_related("contract__provider")
    listing = Listing(request, rows, columns=APPEALS, order="-made_at", search=SEARCHED, form=AppealFilter(request.GET))
    if listing.wants_export:
        return listing.export(_("申诉"))
    context = {
        "list": listing,
        "title": _("申诉"),
        "text": _("承接机构对得分的申诉，由区级主管人员答复。"),
        "hint": _("合同、承接机构或项目编号"),
        "empty_title": _("还没有申诉"),
        "empty_text": _("承接机构在评分表上对失分项目提出申诉后，会列在这里。"),
    }
    return render(request, "list.html", context)


@require_safe
@allow(Permission.SCORE_VIEW)
def appeal(request: MemberRequest, ref: str, appeal_ref: str) -> HttpResponseBase:
    """One appeal with its line, its files, its answer and what that did."""
    found = get_appeal(request, ref, appeal_ref, Permission.SCORE_VIEW)
    may_answer = can(request, Permission.APPEAL_ANSWER)
    context = {
        **appeal_context(found),
        "may_answer": may_answer and found.is_open,
        "may_effect": may_answer and found.state == Appeal.State.ACCEPTED and not found.effect,
        "crumbs": crumbs(found.contract, _("申诉")),
    }
    return render(request, "contracts/appeal.html", context)


@require_safe
@allow(Permission.SCORE_VIEW)
def appeal_file(request: MemberRequest, ref: str, appeal_ref: str, file_ref: str) -> HttpResponseBase:
    """A photo or paper of an appeal."""
    file = get_file(get_appeal(request, ref, appeal_ref, Permission.SCORE_VIEW), file_ref)
    return file_answer(file, request.user)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.APPEAL_ANSWER)
def appeal_answer(request: MemberRequest, ref: str, appeal_ref: str) -> HttpResponseBase:
    """Answer an appeal; what an upheld one does to the line is part of the answer."""
    found = get_appeal(request, ref, appeal_ref, Permission.APPEAL_ANSWER)
    here = reverse("contracts:appeal", args=[ref, appeal_ref])
    page = FormPage(
        _("答复申诉"),
        _("答复"),
        _("已答复，承接机构会看到结论和理由。"),
        here,
        f"{found.code} {_(found.title)}",
        template="contracts/appeal_answer.html",
    )

    def action(data: dict[str, Any]) -> None:
        is_accepted = data.pop("outcome") == Appeal.State.ACCEPTED
        actions.answer_appeal(appeal=found, is_accepted=is_accepted, **data, by=request.user)

    form = AnswerForm(request.POST or None, effects=_effects(found), initial={"clause": _clause(found)})
    way = [*crumbs(found.contract, "")[:2], (_("申诉"), here), (_("答复申诉"), "")]
    return handle_form(request, form, page, action, {"appeal": found, "crumbs": way})


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.APPEAL_ANSWER)
def appeal_effect(request: MemberRequest, ref: str, appeal_ref: str) -> HttpResponseBase:
    """Name what an appeal does to the line that was upheld before that was part of the answer."""
    found = get_appeal(request, ref, appeal_ref, Permission.APPEAL_ANSWER)
    here = reverse("contracts:appeal", args=[ref, appeal_ref])
    page = FormPage(
        _("补写对得分的影响"),
        _("确定"),
        _("已生效，得分随即更新。"),
        here,
        f"{found.code} {_(found.title)}",
        template="contracts/appeal_answer.html",
    )

    def action(data: dict[str, Any]) -> None:
        actions.give_effect(appeal=found, **data, by=request.user)

    form = EffectForm(request.POST or None, effects=_effects(found), initial={"clause": _clause(found)})
    way = [*crumbs(found.contract, "")[:2], (_("申诉"), here), (_("补写对得分的影响"), "")]
    return handle_form(request, form, page, action, {"appeal": found, "crumbs": way})


def _effects(appeal: Appeal) -> tuple[Appeal.Effect, ...]:
    edition = appeal.contract.edition
    rule = edition.by_code.get(appeal.code)
    return effects_of(is_veto=edition.veto(appeal.code) is not None, by_hand=rule is not None and rule.by_hand)


def _clause(appeal: Appeal) -> str:
    """Return the clause of the line itself: what a decision about it usually rests on."""
    edition = appeal.contract.edition
    about = edition.veto(appeal.code) or edition.by_code.get(appeal.code)
    return about.clause if about else ""
