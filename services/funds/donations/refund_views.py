"""Giving donations back: asking, releasing by another, dropping."""

from typing import Any

from django.http import HttpRequest, HttpResponse
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
from services.funds.access import get_donation, get_refund
from services.funds.donations import refunds
from services.funds.donations.forms import RefundForm, ReleaseForm


@allow(Permission.FUND_KEEP)
def ask(request: HttpRequest, ref: str, donation: str) -> HttpResponse:
    found = get_donation(request, ref, donation, Permission.FUND_KEEP)

    def do(said: dict[str, Any]) -> None:
        refunds.ask_refund(donation=found, **said, by=_user(request))

    text = _("由另一名财务人员复核后退还；最多 %(left)s。") % {"left": yuan(refunds.left_of(found))}
    act = Act(_("申请退还"), _("提交复核"), _("已提交，等待另一人复核。"), _page(ref, found.ref), text)
    return perform(request, RefundForm(request.POST or None), act, do)


@allow(Permission.FUND_KEEP)
def release(request: HttpRequest, ref: str, refund: str) -> HttpResponse:
    found = get_refund(request, ref, refund, Permission.FUND_KEEP)

    def do(said: dict[str, Any]) -> None:
        refunds.release_refund(refund=found, shown=said["shown"], today=timezone.localdate(), by=_user(request))

    text = _("退还 %(amount)s。原因：%(reason)s") % {"amount": yuan(found.amount), "reason": found.reason}
    act = Act(_("复核退还"), _("同意退还"), _("已退还并入账。"), _page(ref, found.donation.ref), text)
    return perform(request, ReleaseForm(request.POST or None, initial={"shown": found.amount}), act, do)


@require_POST
@allow(Permission.FUND_KEEP)
def drop(request: HttpRequest, ref: str, refund: str) -> HttpResponse:
    found = get_refund(request, ref, refund, Permission.FUND_KEEP)
    try:
        refunds.drop_refund(refund=found, by=_user(request))
    except Refused as no:
        notices.refuse(request, no)
    else:
        say(request, _("退还申请已撤回。"))
    return redirect(_page(ref, found.donation.ref))


def _page(ref: str, donation: str) -> str:
    return reverse("funds:donation", args=[ref, donation])


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
