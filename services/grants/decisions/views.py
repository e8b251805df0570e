"""Assess, vote, say the monitor's opinion; and objections from anybody."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission as P
from accounts.sign_in import rates
from common.pages import notices
from common.pages.form_page import FormPage
from common.refusals import Refused
from services.clients.privacy.sealed import opened
from services.grants.access import get_application
from services.grants.act_page import perform_on, user_of
from services.grants.decisions import assessment, objections, voting
from services.grants.forms import AnswerForm, AssessForm, BallotForm, ObjectionForm, OpinionForm, ReasonForm
from services.grants.guards import likeness
from services.grants.guards.page_digest import digest_of
from services.grants.guards.persons import final_file
from services.grants.models import Application, Objection

HOUR = 3600
MOST_OBJECTIONS = 5


@allow(P.GRANT_ASSESS)
def assess(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_application(request, ref, P.GRANT_ASSESS, timezone.localdate())
    now = digest_of(found)
    form = AssessForm(request.POST or None, initial={"seen": now, "amount": found.assessed or found.asked})

    def action(data: dict[str, Any]) -> None:
        assessment.assess(application=found, **data, by=user_of(request))

    return perform_on(request, found, form, _words(found, _("评估"), _("完成评估"), _("评估已完成。")), action, now)


@allow(P.GRANT_ASSESS)
def send_back(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_application(request, ref, P.GRANT_ASSESS, timezone.localdate())

    def action(data: dict[str, Any]) -> None:
        assessment.send_back(application=found, **data, by=user_of(request))

    act = _words(found, _("退回补充"), _("退回"), _("申请已退回补充。"))
    return perform_on(request, found, ReasonForm(request.POST or None), act, action)


@allow(P.GRANT_DECIDE)
def vote(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_application(request, ref, P.GRANT_DECIDE, timezone.localdate())
    now = digest_of(found)

    def action(data: dict[str, Any]) -> None:
        voting.vote(application=found, **data, by=user_of(request))

    form = BallotForm(request.POST or None, initial={"seen": now})
    act = _words(found, _("表决"), _("提交表决"), _("表决已记录。"))
    return perform_on(request, found, form, act, action, now, amount=voting.amount_of(found))


@require_POST
@allow(P.GRANT_ASSESS)
def compare(request: MemberRequest, ref: str) -> HttpResponse:
    """Say that the applicant is none of those whose files look alike."""
    found = get_application(request, ref, P.GRANT_ASSESS, timezone.localdate())
    try:
        likeness.compare(application=found, seen=request.POST.get("seen", ""), by=user_of(request))
    except Refused as refusal:
        notices.show_refusal(request, refusal)
    else:
        notices.notify(request, _("已记录您的核对。"))
    return redirect("grants:application", ref=ref)


@allow(P.GRANT_MONITOR)
def opine(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_application(request, ref, P.GRANT_MONITOR, timezone.localdate())
    now = digest_of(found)

    def action(data: dict[str, Any]) -> None:
        voting.opine(application=found, **data, by=user_of(request))

    form = OpinionForm(request.POST or None, initial={"seen": now})
    act = _words(found, _("监督意见"), _("提交意见"), _("监督意见已记录。"))
    return perform_on(request, found, form, act, action, now, amount=voting.amount_of(found))


def object_to(request: HttpRequest, number: str) -> HttpResponse:
    """Anybody may object to a grant on public notice; the page says no more than the notice does."""
    found = (
        Application.objects.select_related("need__client", "need__site", "fund")
        .filter(number=number, state__in=["notice", "objected"])
        .first()
    )
    if found is None:
        raise Http404
    form = ObjectionForm(request.POST or None)
    done = False
    if request.method == "POST" and form.is_valid():
        try:
            _count(request)
            by = user_of(request) if can(request, P.GRANT_VIEW) else None
            objections.raise_objection(application=found, **form.cleaned_data, by=by)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            done = True
    need = found.need
    secret = need.client is not None and final_file(need.client).is_restricted
    context = {
        "application": found,
        "need": need,
        "cause": _("其他") if secret else need.get_cause_display(),
        "form": form,
        "done": done,
    }
    return form.answered(render(request, "grants/object.html", context))


@allow(P.OBJECTION_ANSWER)
def answer(request: MemberRequest, ref: str) -> HttpResponse:
    objection = get_object_or_404(Objection, ref=ref)
    found = get_application(request, objection.application.ref, P.OBJECTION_ANSWER, timezone.localdate())

    def action(data: dict[str, Any]) -> None:
        is_upheld = data["verdict"] == "upheld"
        objections.answer(objection=objection, is_upheld=is_upheld, words=data["words"], by=user_of(request))

    act = _words(found, _("答复异议"), _("答复"), _("异议已答复。"))
    return perform_on(request, found, AnswerForm(request.POST or None), act, action, objection=_said(objection))


def _said(objection: Objection) -> dict[str, str]:
    return {"words": opened(objection, "words"), "contact": opened(objection, "contact")}


def _count(request: HttpRequest) -> None:
    """Let an address object five times an hour to one agency.

    :raises TooOften: beyond that.
    """
    key = f"{request.get_host()}|{rates.address(request)}"
    rates.count(request, "objection", most=MOST_OBJECTIONS, seconds=HOUR, key=key)


def _words(found: Application, title: str, submit: str, done: str) -> FormPage:
    return FormPage(title, submit, done, reverse("grants:application", args=[found.ref]), found.number)
