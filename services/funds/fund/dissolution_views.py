"""Transfer what is left of a fund to its custodian: request, approval by another person, withdrawal."""

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
from services.funds.access import get_fund
from services.funds.fund import dissolution
from services.funds.fund.forms import SureForm, TransferForm
from services.funds.models import Fund, ResidualTransfer


@allow(Permission.FUND_KEEP)
def request_transfer(request: MemberRequest, ref: str) -> HttpResponse:
    fund = get_fund(request, ref, Permission.FUND_KEEP)

    def action(data: dict[str, Any]) -> None:
        dissolution.request_transfer(fund=fund, by=request.user)

    text = _("基金的全部余额移交给“%(host)s”，由机构负责人复核后入账，之后关闭基金。") % {"host": fund.custodian}
    page = _page(fund, _("移交托管方"), _("已提交，等待机构负责人复核。"), text)
    return handle_form(request, SureForm(request.POST or None), page, action)


@allow(Permission.FUND_MANAGE)
def approve_transfer(request: MemberRequest, ref: str, transfer_ref: str) -> HttpResponse:
    fund = get_fund(request, ref, Permission.FUND_MANAGE)
    asked = _asked(fund, transfer_ref)

    def action(data: dict[str, Any]) -> None:
        dissolution.approve_transfer(transfer=asked, shown=data["shown"], today=timezone.localdate(), by=request.user)

    text = _("把 %(amount)s 移交给“%(host)s”。") % {"amount": yuan(asked.amount), "host": fund.custodian}
    page = _page(fund, _("复核移交"), _("余额已移交并入账。"), text)
    return handle_form(request, TransferForm(request.POST or None, initial={"shown": asked.amount}), page, action)


@allow(Permission.FUND_KEEP)
@act(back=lambda ref, transfer_ref: reverse("funds:fund", args=[ref]))
def withdraw_transfer(request: MemberRequest, ref: str, transfer_ref: str) -> Done:
    fund = get_fund(request, ref, Permission.FUND_KEEP)
    dissolution.withdraw_transfer(transfer=_asked(fund, transfer_ref), by=request.user)
    return Done(_("移交已撤回。"))


def _asked(fund: Fund, ref: str) -> ResidualTransfer:
    return get_object_or_404(ResidualTransfer, fund=fund, ref=ref)


def _page(fund: Fund, submit: str, done: str, text: str) -> FormPage:
    return FormPage(fund.name, submit, done, reverse("funds:fund", args=[fund.ref]), text)
