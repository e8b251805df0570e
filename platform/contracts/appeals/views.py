"""Appeals on the shared host: those of one's areas, one of them, and its answer."""

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, access_of, allow, can
from accounts.models import User
from accounts.permissions import Permission
from common.pages import notices
from common.pages.listing import Listing
from common.refusals import Refused
from contracts.access import appeals_of, get_appeal
from contracts.appeals import actions
from contracts.forms import AnswerForm, AppealFilter
from contracts.lists import APPEALS
from contracts.models import Appeal, Contract
from contracts.scoring.presentation import crumbs

SEARCHED = ("contract__number", "contract__title", "contract__operator__name", "code")


@require_safe
@allow(Permission.SCORE_VIEW)
def appeals(request: MemberRequest) -> HttpResponseBase:
    """The appeals of one's areas, the newest first."""
    rows = appeals_of(access_of(request)).select_related("contract__operator")
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
    return render(request, "contracts/appeals.html", context)


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
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        assert isinstance(request.user, User)
        is_accepted = form.cleaned_data["outcome"] == Appeal.State.ACCEPTED
        try:
            done = actions.answer_appeal(
                appeal=found, is_accepted=is_accepted, answer=form.cleaned_data["answer"], by=request.user
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            onward = mark_href(done)
            notices.notify(
                request, _("已答复，请随即重新评分。") if onward else _("已答复，承接机构会看到结论和理由。")
            )
            return redirect(onward or here)
    context = {
        "title": _("答复申诉"),
        "text": f"{found.code} {_(found.title)}",
        "appeal": found,
        "form": form,
        "submit": _("答复"),
        "cancel": here,
        "crumbs": [*crumbs(found.contract, "")[:2], (_("申诉"), here), (_("答复申诉"), "")],
    }
    return render(request, "contracts/appeal_answer.html", context, status=400 if form.errors else 200)


def mark_href(found: Appeal) -> str:
    """Return where new points follow an accepted appeal: the rule's mark, or the marks for a veto; '' elsewhere."""
    contract, rule = found.contract, found.contract.edition.by_code.get(found.code)
    if found.state != Appeal.State.ACCEPTED or contract.state == Contract.State.CLOSED:
        return ""
    if rule is None:
        return reverse("contracts:marks", args=[contract.ref])
    return reverse("contracts:mark", args=[contract.ref, rule.code]) if rule.by_hand else ""
