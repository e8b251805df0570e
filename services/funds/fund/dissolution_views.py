"""Handing what is left over to the host: asking, releasing by another, taking back."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from common.money import yuan
from common.pages import notices
from common.pages.form_page import FormPage, handle_form
from common.pages.notices import notify
from common.refusals import Refused
from services.funds.access import get_fund
from services.funds.fund import dissolution
from services.funds.fund.forms import HandOverForm, SureForm
from services.funds.models import Fund, HandOver


@allow(Permission.FUND_KEEP)
def ask(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_fund(request, ref, Permission.FUND_KEEP)

    def action(data: dict[str, Any]) -> None:
        dissolution.ask(fund=found, by=request.user)

    text = _("基金的全部余额移交给“%(host)s”，由机构负责人复核后入账，之后关闭基金。") % {"host": found.host}
    act = _act(found, _("移交托管方"), _("已提交，等待机构负责人复核。"), text)
    return handle_form(request, SureForm(request.POST or None), act, action)


@allow(Permission.FUND_MANAGE)
def release(request: MemberRequest, ref: str, hand_over: str) -> HttpResponse:
    found = get_fund(request, ref, Permission.FUND_MANAGE)
    asked = _asked(found, hand_over)

    def action(data: dict[str, Any]) -> None:
        dissolution.release(hand_over=asked, shown=data["shown"], today=timezone.localdate(), by=request.user)

    text = _("把 %(amount)s 移交给“%(host)s”。") % {"amount": yuan(asked.amount), "host": found.host}
    act = _act(found, _("复核移交"), _("余额已移交并入账。"), text)
    return handle_form(request, HandOverForm(request.POST or None, initial={"shown": asked.amount}), act, action)


@require_POST
@allow(Permission.FUND_KEEP)
def drop(request: MemberRequest, ref: str, hand_over: str) -> HttpResponse:
    found = get_fund(request, ref, Permission.FUND_KEEP)
    try:
        dissolution.drop(hand_over=_asked(found, hand_over), by=request.user)
    except Refused as refusal:
        notices.show_refusal(request, refusal)
    else:
        notify(request, _("移交已撤回。"))
    return redirect("funds:fund", found.ref)


def _asked(fund: Fund, ref: str) -> HandOver:
    found = fund.hand_overs.filter(ref=ref).first()
    if found is None:
        raise Http404
    return found


def _act(fund: Fund, submit: str, done: str, text: str) -> FormPage:
    return FormPage(fund.name, submit, done, reverse("funds:fund", args=[fund.ref]), text)
