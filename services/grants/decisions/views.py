"""Assess, vote, say the monitor's opinion; and objections from anybody."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, allow, can
from accounts.models import User
from accounts.permissions import Permission as P
from accounts.sign_in import rates
from common.pages.acts import Done, act
from common.refusals import Refused
from services.clients.privacy.sealed import opened
from services.grants import workflow
from services.grants.access import get_application
from services.grants.act_page import handle_act, page_of
from services.grants.decisions import assessment, objections, voting
from services.grants.forms import AnswerForm, ApplicationReasonForm, AssessForm, BallotForm, ObjectionForm, OpinionForm
from services.grants.guards import likeness
from services.grants.guards.page_digest import digest_of
from services.grants.guards.persons import final_file
from services.grants.models import Application, Objection

HOUR = 3600
MOST_OBJECTIONS = 5


@allow(P.GRANT_ASSESS)
def assess(request: MemberRequest, ref: str) -> HttpResponse:
    application = get_application(request, ref, P.GRANT_ASSESS, timezone.localdate())
    now = digest_of(application)
    form = AssessForm(request.POST or None, initial={"seen": now, "amount": application.assessed or application.asked})

    def action(data: dict[str, Any]) -> None:
        assessment.assess(application=application, **data, by=request.user)

    return handle_act(
        request, application, form, page_of(application, _("评估"), _("完成评估"), _("评估已完成。")), action
    )


@allow(P.GRANT_ASSESS)
def send_back(request: MemberRequest, ref: str) -> HttpResponse:
    application = get_application(request, ref, P.GRANT_ASSESS, timezone.localdate())

    def action(data: dict[str, Any]) -> None:
        assessment.send_back(application=application, **data, by=request.user)

    page = page_of(application, _("退回补充"), _("退回"), _("申请已退回补充。"))
    return handle_act(request, application, ApplicationReasonForm(request.POST or None), page, action)


@allow(P.GRANT_DECIDE)
def vote(request: MemberRequest, ref: str) -> HttpResponse:
    application = get_application(request, ref, P.GRANT_DECIDE, timezone.localdate())
    now = digest_of(application)

    def action(data: dict[str, Any]) -> None:
        voting.vote(application=application, **data, by=request.user)

    form = BallotForm(request.POST or None, initial={"seen": now})
    page = page_of(application, _("表决"), _("提交表决"), _("表决已记录。"))
    return handle_act(request, application, form, page, action, amount=voting.amount_of(application))


@allow(P.GRANT_ASSESS)
@act(back="grants:application")
def compare(request: MemberRequest, ref: str) -> Done:
    """Say that the applicant is none of those whose files look alike."""
    application = get_application(request, ref, P.GRANT_ASSESS, timezone.localdate())
    likeness.compare(application=application, seen=request.POST.get("seen", ""), by=request.user)
    return Done(_("已记录您的核对。"))


@allow(P.GRANT_MONITOR)
def opine(request: MemberRequest, ref: str) -> HttpResponse:
    application = get_application(request, ref, P.GRANT_MONITOR, timezone.localdate())
    now = digest_of(application)

    def action(data: dict[str, Any]) -> None:
        voting.opine(application=application, **data, by=request.user)

    form = OpinionForm(request.POST or None, initial={"seen": now})
    page = page_of(application, _("监督意见"), _("提交意见"), _("监督意见已记录。"))
    return handle_act(request, application, form, page, action, amount=voting.amount_of(application))


def object_to(request: HttpRequest, number: str) -> HttpResponse:
    """Anybody may object to a grant on public notice; the page says no more than the notice does."""
    application = (
        Application.objects.select_related("need__client", "need__site", "fund")
        .filter(number=number, state__in=workflow.ACTS["object"])
        .first()
    )
    if application is None:
        raise Http404
    form = ObjectionForm(request.POST or None)
    done = False
    if request.method == "POST" and form.is_valid():
        try:
            _count(request)
            by = request.user if isinstance(request.user, User) and can(request, P.GRANT_VIEW) else None
            objections.raise_objection(application=application, **form.cleaned_data, by=by)
        except Refused as refusal:  # no form page: a stranger has no other page to be led to, and stays on this one
            form.refuse(refusal)
        else:
            done = True
    need = application.need
    secret = need.client is not None and final_file(need.client).is_restricted
    context = {
        "application": application,
        "need": need,
        "cause": _("其他") if secret else need.get_cause_display(),
        "form": form,
        "done": done,
    }
    return form.answered(render(request, "grants/object.html", context))


@allow(P.OBJECTION_ANSWER)
def answer(request: MemberRequest, ref: str) -> HttpResponse:
    objection = get_object_or_404(Objection, ref=ref)
    application = get_application(request, objection.application.ref, P.OBJECTION_ANSWER, timezone.localdate())

    def action(data: dict[str, Any]) -> None:
        is_upheld = data["verdict"] == Objection.State.UPHELD
        objections.answer(objection=objection, is_upheld=is_upheld, words=data["words"], by=request.user)

    page = page_of(application, _("答复异议"), _("答复"), _("异议已答复。"))
    return handle_act(request, application, AnswerForm(request.POST or None), page, action, objection=_said(objection))


def _said(objection: Objection) -> dict[str, str]:
    return {"words": opened(objection, "words"), "contact": opened(objection, "contact")}


def _count(request: HttpRequest) -> None:
    """Let an address object five times an hour to one agency.

    :raises TooOften: beyond that.
    """
    key = f"{request.get_host()}|{rates.address(request)}"
    rates.count(request, "objection", most=MOST_OBJECTIONS, seconds=HOUR, key=key)
