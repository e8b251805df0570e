"""Refunds of donations: request, approval by another person, withdrawal."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from common.money import yuan
from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form
from services.funds.access import get_donation, get_refund
from services.funds.donations import refunds
from services.funds.donations.forms import RefundApprovalForm, RefundForm
from services.funds.models import DonationRefund


def _page_of(ref: str, refund_ref: str) -> str:
    """Return the page of the donation that a refund is of."""
    refund = get_object_or_404(
        DonationRefund.objects.select_related("donation"), donation__fund__ref=ref, ref=refund_ref
    )
    return _url(ref, refund.donation.ref)


@allow(Permission.FUND_KEEP)
def request_refund(request: MemberRequest, ref: str, donation_ref: str) -> HttpResponse:
    donation = get_donation(request, ref, donation_ref, Permission.FUND_KEEP)

    def action(data: dict[str, Any]) -> None:
        refunds.request_refund(donation=donation, **data, by=request.user)

    text = _("由另一名财务人员复核后退还；最多 %(left)s。") % {"left": yuan(refunds.left_of(donation))}
    page = FormPage(_("申请退还"), _("提交复核"), _("已提交，等待另一人复核。"), _url(ref, donation.ref), text)
    return handle_form(request, RefundForm(request.POST or None), page, action)


@allow(Permission.FUND_KEEP)
def approve_refund(request: MemberRequest, ref: str, refund_ref: str) -> HttpResponse:
    refund = get_refund(request, ref, refund_ref, Permission.FUND_KEEP)

    def action(data: dict[str, Any]) -> None:
        refunds.approve_refund(refund=refund, shown=data["shown"], today=timezone.localdate(), by=request.user)

    text = _("退还 %(amount)s。原因：%(reason)s") % {"amount": yuan(refund.amount), "reason": refund.reason}
    page = FormPage(_("复核退还"), _("同意退还"), _("已退还并入账。"), _url(ref, refund.donation.ref), text)
    return handle_form(
        request, RefundApprovalForm(request.POST or None, initial={"shown": refund.amount}), page, action
    )


@allow(Permission.FUND_KEEP)
@act(back=_page_of)
def withdraw_refund(request: MemberRequest, ref: str, refund_ref: str) -> Done:
    refunds.withdraw_refund(refund=get_refund(request, ref, refund_ref, Permission.FUND_KEEP), by=request.user)
    return Done(_("退还申请已撤回。"))


def _url(ref: str, donation: str) -> str:
    return reverse("funds:donation", args=[ref, donation])
