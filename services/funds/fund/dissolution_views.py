"""Handing what is left over to the host: asking, releasing by another, taking back."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import allow
from accounts.models import User
from accounts.permissions import Permission
from common.money import yuan
from common.pages import notices
from common.pages.acts import Act, perform
from common.pages.notices import say
from common.refusals import Refused
from services.funds.access import get_fund
from services.funds.fund import dissolution
from services.funds.fund.forms import HandOverForm, SureForm
from services.funds.models import Fund, HandOver


@allow(Permission.FUND_KEEP)
def ask(request: HttpRequest, ref: str) -> HttpResponse:
    found = get_fund(request, ref, Permission.FUND_KEEP)

    def do(said: dict[str, Any]) -> None:
        dissolution.ask(fund=found, by=_user(request))

    text = _("基金的全部余额移交给“%(host)s”，由机构负责人复核后入账，之后关闭基金。") % {"host": found.host}
    act = _act(found, _("移交托管方"), _("已提交，等待机构负责人复核。"), text)
    return perform(request, SureForm(request.POST or None), act, do)


@allow(Permission.FUND_MANAGE)
def release(request: HttpRequest, ref: str, hand_over: str) -> HttpResponse:
    found = get_fund(request, ref, Permission.FUND_MANAGE)
    asked = _asked(found, hand_over)

    def do(said: dict[str, Any]) -> None:
        dissolution.release(hand_over=asked, shown=said["shown"], today=timezone.localdate(), by=_user(request))

    text = _("把 %(amount)s 移交给“%(host)s”。") % {"amount": yuan(asked.amount), "host": found.host}
    act = _act(found, _("复核移交"), _("余额已移交并入账。"), text)
    return perform(request, HandOverForm(request.POST or None, initial={"shown": asked.amount}), act, do)


@require_POST
@allow(Permission.FUND_KEEP)
def drop(request: HttpRequest, ref: str, hand_over: str) -> HttpResponse:
    found = get_fund(request, ref, Permission.FUND_KEEP)
    try:
        dissolution.drop(hand_over=_asked(found, hand_over), by=_user(request))
    except Refused as no:
        notices.refuse(request, no)
    else:
        say(request, _("移交已撤回。"))
    return redirect("funds:fund", found.ref)


def _asked(fund: Fund, ref: str) -> HandOver:
    found = fund.hand_overs.filter(ref=ref).first()
    if found is None:
        raise Http404
    return found


def _act(fund: Fund, submit: str, done: str, text: str) -> Act:
    return Act(fund.name, submit, done, reverse("funds:fund", args=[fund.ref]), text)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
