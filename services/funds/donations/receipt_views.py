"""Receipts: giving one, its page to print, its PDF, voiding it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, allow
from accounts.models import User
from accounts.permissions import Permission
from common.pages import notices
from common.pages.form_page import FormPage, handle_form
from common.pages.notices import notify
from common.refusals import Refused
from services.funds.access import get_donation, get_receipt
from services.funds.donations import receipt_pdf, receipts
from services.funds.donations.forms import VoidForm
from services.funds.models import Receipt


@require_POST
@allow(Permission.FUND_KEEP)
def issue(request: MemberRequest, ref: str, donation: str) -> HttpResponse:
    found = get_donation(request, ref, donation, Permission.FUND_KEEP)
    try:
        made = receipts.issue(donation=found, today=timezone.localdate(), by=request.user)
    except Refused as refusal:
        notices.show_refusal(request, refusal)
        return redirect("funds:donation", ref, found.ref)
    notify(request, _("收据 %(number)s 已开具。") % {"number": made.number})
    return redirect("funds:receipt", ref, made.ref)


@allow(Permission.FUND_KEEP)
def receipt(request: MemberRequest, ref: str, receipt: str) -> HttpResponse:
    found = get_receipt(request, ref, receipt, Permission.FUND_KEEP)
    fund, donation = found.donation.fund, found.donation
    context = {
        "fund": fund, "receipt": found, "paper": receipt_pdf.words(found, _keeper(found)),
        "crumbs": [
            (fund.name, reverse("funds:donations", args=[fund.ref])),
            (str(donation.received_on), reverse("funds:donation", args=[fund.ref, donation.ref])), (found.number, ""),
        ],
    }  # fmt: skip
    return render(request, "funds/receipt.html", context)


@allow(Permission.FUND_KEEP)
def pdf(request: MemberRequest, ref: str, receipt: str) -> HttpResponse:
    found = get_receipt(request, ref, receipt, Permission.FUND_KEEP)
    named = content_disposition_header(as_attachment=False, filename=f"{found.number}.pdf") or ""
    made = receipt_pdf.pdf(found, _keeper(found))
    return HttpResponse(made, content_type="application/pdf", headers={"Content-Disposition": named})


@allow(Permission.FUND_KEEP)
def void(request: MemberRequest, ref: str, receipt: str) -> HttpResponse:
    found = get_receipt(request, ref, receipt, Permission.FUND_KEEP)

    def action(data: dict[str, Any]) -> str:
        left = receipts.void(receipt=found, **data, today=timezone.localdate(), by=request.user)
        return reverse("funds:receipt", args=[ref, left.ref])

    text = _("编号保留并注明作废，不会再用；请收回纸质收据。")
    act = FormPage(found.number, _("作废"), _("收据已作废。"), reverse("funds:receipt", args=[ref, found.ref]), text)
    return handle_form(request, VoidForm(request.POST or None), act, action)


def _keeper(receipt: Receipt) -> str:
    return User.objects.filter(ref=receipt.issued_by).values_list("name", flat=True).first() or ""
