"""Receipts: numbered without gaps in a fund and year; a wrong one is voided, stays, and may be given anew."""

import datetime as dt

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Conflict
from services.funds.donations import refunds
from services.funds.models import Donation, DonationRefund, Receipt
from services.journal import log
from tenants.running import current_slug


class CannotIssue(Conflict):
    """The donation has a valid receipt, a refund on its way, or nothing left of it."""


class CannotVoid(Conflict):
    """The receipt is void already."""


@transaction.atomic
def issue(*, donation: Donation, today: dt.date, by: User) -> Receipt:
    """Give a receipt for what is left of a donation, with the next number of its fund and year.

    :raises CannotIssue: as the class says.
    :raises services.funds.donations.refunds.CannotRefund: if the donation was reversed.
    """
    held = refunds.lock(donation)
    if held.receipts.filter(voided_on=None).exists():
        raise CannotIssue(_("这笔捐赠已有有效收据。"))
    if held.refunds.filter(state=DonationRefund.State.ASKED).exists():
        raise CannotIssue(_("这笔捐赠有退款等待复核，办结后再开收据。"))
    left = refunds.left_of(held)
    if left <= 0:
        raise CannotIssue(_("这笔捐赠已全部退还。"))
    receipt = Receipt.objects.create(
        donation=held, number=_next_number(held, today), amount=left, issued_on=today, issued_by=by.ref
    )
    log.write("funds.receipt.issued", on=receipt, by=by, number=receipt.number, donation=held.ref)
    return receipt


@transaction.atomic
def void(*, receipt: Receipt, reason: str, today: dt.date, by: User, anew: bool = False) -> Receipt:
    """Void a receipt with a reason; with `anew` give another one at once and return that.

    :raises CannotVoid: if it is void already.
    :raises CannotIssue: as `issue`.
    """
    donation = Donation.objects.select_for_update(of=("self",)).get(pk=receipt.donation_id)
    held = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
    if held.voided_on:
        raise CannotVoid(_("这张收据已经作废。"))
    held.voided_on, held.void_reason = today, reason
    held.save(update_fields=["voided_on", "void_reason"])
    log.write("funds.receipt.voided", on=held, by=by, number=held.number)
    return issue(donation=donation, today=today, by=by) if anew else held


def _next_number(donation: Donation, on: dt.date) -> str:
    """Return RH-2026-00017: the fund's code, the year, and the next number; two at once wait for each other."""
    prefix = f"{donation.fund.code}-{on.year}-"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{current_slug()}|receipt|{prefix}"])
    known = Receipt.objects.filter(donation__fund=donation.fund_id, number__startswith=prefix).order_by("-number")
    last = known.values_list("number", flat=True).first()
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:05d}"
