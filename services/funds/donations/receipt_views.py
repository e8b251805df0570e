"""Receipts: giving one, its page to print, its PDF, voiding it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, allow
from accounts.models import User
from accounts.permissions import Permission
from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form
from services.funds.access import get_donation, get_receipt
from services.funds.donations import receipt_pdf, receipts
from services.funds.donations.forms import VoidForm
from services.funds.models import Receipt


@allow(Permission.FUND_KEEP)
@act(back="funds:donation")
def issue(request: MemberRequest, ref: str, donation_ref: str) -> Done:
    donation = get_donation(request, ref, donation_ref, Permission.FUND_KEEP)
    receipt = receipts.issue(donation=donation, today=timezone.localdate(), by=request.user)
    text = _("收据 %(number)s 已开具。") % {"number": receipt.number}
    return Done(text, url=reverse("funds:receipt", args=[ref, receipt.ref]))


@allow(Permission.FUND_KEEP)
def receipt(request: MemberRequest, ref: str, receipt_ref: str) -> HttpResponse:
    receipt = get_receipt(request, ref, receipt_ref, Permission.FUND_KEEP)
    fund, donation = receipt.donation.fund, receipt.donation
    context = {
        "fund": fund, "receipt": receipt, "paper": receipt_pdf.words(receipt, _keeper(receipt)),
        "crumbs": [
            (fund.name, reverse("funds:donations", args=[fund.ref])),
            (str(donation.received_on), reverse("funds:donation", args=[fund.ref, donation.ref])), (receipt.number, ""),
        ],
    }  # fmt: skip
    return render(request, "funds/receipt.html", context)


@allow(Permission.FUND_KEEP)
def pdf(request: MemberRequest, ref: str, receipt_ref: str) -> HttpResponse:
    receipt = get_receipt(request, ref, receipt_ref, Permission.FUND_KEEP)
    named = content_disposition_header(as_attachment=False, filename=f"{receipt.number}.pdf") or ""
    paper = receipt_pdf.pdf(receipt, _keeper(receipt))
    return HttpResponse(paper, content_type="application/pdf", headers={"Content-Disposition": named})


@allow(Permission.FUND_KEEP)
def void(request: MemberRequest, ref: str, receipt_ref: str) -> HttpResponse:
    receipt = get_receipt(request, ref, receipt_ref, Permission.FUND_KEEP)

    def action(data: dict[str, Any]) -> str:
        voided = receipts.void(receipt=receipt, **data, today=timezone.localdate(), by=request.user)
        return reverse("funds:receipt", args=[ref, voided.ref])

    text = _("编号保留并注明作废，不会再用；请收回纸质收据。")
    page = FormPage(
        receipt.number, _("作废"), _("收据已作废。"), reverse("funds:receipt", args=[ref, receipt.ref]), text
    )
    return handle_form(request, VoidForm(request.POST or None), page, action)


def _keeper(receipt: Receipt) -> str:
    return User.objects.filter(ref=receipt.issued_by).values_list("name", flat=True).first() or ""
