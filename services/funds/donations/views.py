"""What came in: the list of donations, one donation, recording one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import MemberRequest, allow, can
from accounts.models import User
from accounts.permissions import Permission
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.table import Column, label
from services.funds.access import get_donation, get_fund
from services.funds.donations import actions
from services.funds.donations import refunds as donation_refunds
from services.funds.donations.forms import DonationFilter, DonationForm
from services.funds.fund import queries as fund_queries
from services.funds.fund.tabs import tabs
from services.funds.models import Donation, DonationRefund, Fund
from services.journal import log

SEARCHED = ["donor", "reference", "goods"]


def sees_donors(request: HttpRequest) -> bool:
    """Tell whether this person may read who gave: those who keep or manage funds; others what the public reads."""
    return can(request, Permission.FUND_KEEP) or can(request, Permission.FUND_MANAGE)


def donor_as_seen(donation: Donation, sees: bool) -> str:
    """Return the donor as somebody reads it: the name, 匿名, or that it is not public."""
    if donation.giver == Donation.Giver.ANONYMOUS:
        return str(_("匿名"))
    return donation.donor if sees else actions.public_giver(donation) or str(_("未公开"))


def _columns(fund: Fund, sees: bool) -> list[Column]:
    def page_of(donation: Donation) -> str:
        return reverse("funds:donation", args=[fund.ref, donation.ref])

    return [
        Column("received_on", gettext_lazy("到账日期"), sort="received_on"),
        Column("donor", gettext_lazy("捐赠人"), value=lambda row: donor_as_seen(row, sees), href=page_of),
        Column("giver", gettext_lazy("类别"), value=label("giver"), wide=True),
        Column("kind", gettext_lazy("形式"), value=label("kind"), wide=True),
        Column("amount", gettext_lazy("金额"), sort="amount", kind="money"),
        Column("purpose", gettext_lazy("用途"), sort="purpose__name", value=lambda row: row.purpose.name, wide=True),
        Column("campaign", gettext_lazy("劝募活动"), value=lambda row: row.campaign.name if row.campaign else "",
               wide=True),
        Column("goods", gettext_lazy("物资"), wide=True),
        Column("state", gettext_lazy("状态"), value=state_of),
    ]  # fmt: skip


def state_of(donation: Any) -> str:
    """Return in words where a donation stands: taken back, given back, with or without a receipt."""
    if hasattr(donation.entry, "reversed_by"):
        return str(_("已冲正"))
    if donation.left <= 0:
        return str(_("已退还"))
    return str(_("已开收据") if donation.has_receipt else _("待开收据"))


@allow(Permission.FUND_VIEW)
def donations(request: MemberRequest, ref: str) -> HttpResponseBase:
    fund, sees = get_fund(request, ref, Permission.FUND_VIEW), sees_donors(request)
    listing = Listing(
        request, fund_queries.donations(fund), columns=_columns(fund, sees), order="-received_on",
        search=SEARCHED if sees else ["goods"], form=DonationFilter(fund, request.GET),
    )  # fmt: skip
    if listing.wants_export:
        return listing.export(
            _("%(fund)s 收入") % {"fund": fund.name},
            told=lambda: log.write("funds.donations.exported", on=fund, by=request.user, rows=listing.total),
        )
    may_keep = can(request, Permission.FUND_KEEP) and fund.is_active
    context = {
        "fund": fund, "tabs": tabs(fund, "funds:donations"), "list": listing, "title": fund.name,
        "hint": _("捐赠人、流水号或物资") if sees else _("物资"),
        "act_href": reverse("funds:donate", args=[fund.ref]) if may_keep else "", "act_label": _("登记收入"),
        "empty_title": _("还没有收入"), "empty_text": _("登记第一笔捐赠后，金额进入相应用途的可用额度。"),
        "crumbs": [(_("基金"), reverse("funds:list")), (fund.name, "")],
    }  # fmt: skip
    return render(request, "funds/donations.html", context)


@allow(Permission.FUND_VIEW)
def donation(request: MemberRequest, ref: str, donation_ref: str) -> HttpResponse:
    donation, sees = get_donation(request, ref, donation_ref, Permission.FUND_VIEW), sees_donors(request)
    fund = donation.fund
    refunds = list(donation.refunds.select_related("entry"))
    by = [donation.recorded_by, *(ref for refund in refunds for ref in (refund.asked_by, refund.released_by))]
    asked = next((refund for refund in refunds if refund.state == DonationRefund.State.ASKED), None)
    receipts = list(donation.receipts.all())
    is_live, left = not hasattr(donation.entry, "reversed_by"), donation_refunds.left_of(donation)
    context = {
        "fund": fund, "donation": donation, "seen": donor_as_seen(donation, sees), "left": left,
        "is_live": is_live, "refunds": refunds, "asked": asked, "receipts": receipts,
        "has_receipt": any(not receipt.voided_on for receipt in receipts),
        "people": dict(User.objects.filter(ref__in=by).values_list("ref", "name")), "me": request.user.ref,
        "may_keep": can(request, Permission.FUND_KEEP), "sees": sees,
        "crumbs": [
            (_("基金"), reverse("funds:list")), (fund.name, reverse("funds:donations", args=[fund.ref])),
            (f"{donation.received_on}", ""),
        ],
    }  # fmt: skip
    return render(request, "funds/donation.html", context)


@allow(Permission.FUND_KEEP)
def donate(request: MemberRequest, ref: str) -> HttpResponse:
    fund = get_fund(request, ref, Permission.FUND_KEEP)

    def action(data: dict[str, Any]) -> str:
        gift, today = actions.Gift(**data), timezone.localdate()
        donation = actions.record_donation(fund=fund, gift=gift, today=today, by=request.user)
        return reverse("funds:donation", args=[fund.ref, donation.ref])

    initial = {"campaign": request.GET.get("campaign", "")}
    page = FormPage(
        _("登记收入"), _("登记"), _("收入已登记入账。"), reverse("funds:donations", args=[fund.ref]), fund.name
    )
    return handle_form(request, DonationForm(fund, request.POST or None, initial=initial), page, action)
