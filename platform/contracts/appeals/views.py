"""Appeals on the shared host: those of one's areas, one of them, and its answer."""

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission
from common.pages.acts import Done
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from contracts.access import appeals_of, get_appeal
from contracts.appeals import actions
from contracts.forms import AnswerForm, AppealFilter
from contracts.lists import APPEALS
from contracts.models import Appeal, Contract
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
    """One appeal with its line and its answer."""
    found = get_appeal(request, ref, appeal_ref, Permission.SCORE_VIEW)
    context = {
        "appeal": found,
        "contract": found.contract,
        "rule": found.contract.edition.by_code.get(found.code),
        "may_answer": can(request, Permission.APPEAL_ANSWER) and found.is_open,
        "mark_href": mark_href(found) if can(request, Permission.SCORE_MARK) else "",
        "crumbs": crumbs(found.contract, _("申诉")),
    }
    return render(request, "contracts/appeal.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.APPEAL_ANSWER)
def appeal_answer(request: MemberRequest, ref: str, appeal_ref: str) -> HttpResponseBase:
    """Answer an appeal; one that is accepted leads on to the mark, where a person marks the line."""
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

    def action(data: dict[str, Any]) -> Done | None:
        is_accepted = data["outcome"] == Appeal.State.ACCEPTED
        appeal = actions.answer_appeal(appeal=found, is_accepted=is_accepted, answer=data["answer"], by=request.user)
        onward = mark_href(appeal)
        return Done(_("已答复，请随即重新评分。"), onward) if onward else None

    way = [*crumbs(found.contract, "")[:2], (_("申诉"), here), (_("答复申诉"), "")]
    return handle_form(request, AnswerForm(request.POST or None), page, action, {"appeal": found, "crumbs": way})


def mark_href(found: Appeal) -> str:
    """Return where new points follow an accepted appeal: the rule's mark, or the marks for a veto; '' elsewhere."""
    contract, rule = found.contract, found.contract.edition.by_code.get(found.code)
    if found.state != Appeal.State.ACCEPTED or contract.state == Contract.State.CLOSED:
        return ""
    if rule is None:
        return reverse("contracts:marks", args=[contract.ref])
    return reverse("contracts:mark", args=[contract.ref, rule.code]) if rule.by_hand else ""
