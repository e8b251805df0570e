"""Giving donations back: asking, releasing by another, dropping."""

from typing import Any

from django.http import HttpResponse
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
from services.funds.access import get_donation, get_refund
from services.funds.donations import refunds
from services.funds.donations.forms import RefundForm, ReleaseForm


@allow(Permission.FUND_KEEP)
def ask(request: MemberRequest, ref: str, donation: str) -> HttpResponse:
    found = get_donation(request, ref, donation, Permission.FUND_KEEP)

    def action(data: dict[str, Any]) -> None:
        refunds.ask_refund(donation=found, **data, by=request.user)

    text = _("由另一名财务人员复核后退还；最多 %(left)s。") % {"left": yuan(refunds.left_of(found))}
    act = FormPage(_("申请退还"), _("提交复核"), _("已提交，等待另一人复核。"), _page(ref, found.ref), text)
    return handle_form(request, RefundForm(request.POST or None), act, action)


@allow(Permission.FUND_KEEP)
def release(request: MemberRequest, ref: str, refund: str) -> HttpResponse:
    found = get_refund(request, ref, refund, Permission.FUND_KEEP)

    def action(data: dict[str, Any]) -> None:
        refunds.release_refund(refund=found, shown=data["shown"], today=timezone.localdate(), by=request.user)

    text = _("退还 %(amount)s。原因：%(reason)s") % {"amount": yuan(found.amount), "reason": found.reason}
    act = FormPage(_("复核退还"), _("同意退还"), _("已退还并入账。"), _page(ref, found.donation.ref), text)
    return handle_form(request, ReleaseForm(request.POST or None, initial={"shown": found.amount}), act, action)


@require_POST
@allow(Permission.FUND_KEEP)
def drop(request: MemberRequest, ref: str, refund: str) -> HttpResponse:
    found = get_refund(request, ref, refund, Permission.FUND_KEEP)
    try:
        refunds.drop_refund(refund=found, by=request.user)
    except Refused as refusal:
        notices.show_refusal(request, refusal)
    else:
        notify(request, _("退还申请已撤回。"))
    return redirect(_page(ref, found.donation.ref))


def _page(ref: str, donation: str) -> str:
    return reverse("funds:donation", args=[ref, donation])
