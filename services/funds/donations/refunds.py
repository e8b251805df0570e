"""Give a donation back, whole or in part: one person requests it, another approves it."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import User
from common.money import yuan
from common.refusals import Conflict, RefusedFields
from services.funds.access import is_same_person
from services.funds.books import chart
from services.funds.books.chart import PostingRef
from services.funds.models import Donation, DonationRefund
from services.journal import log

State = DonationRefund.State


class CannotAskRefund(RefusedFields):
    """More than is left of the donation or free for its purpose."""


class CannotRefund(Conflict):
    """It was reversed, has a valid receipt or an open refund, or somebody would approve their own request."""


def left_of(donation: Donation) -> Decimal:
    """Return what of a donation was not given back, in yuan."""
    given_back = donation.refunds.filter(state=State.DONE).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return donation.amount - given_back


def lock(donation: Donation) -> Donation:
    """Return the donation with its row held.

    :raises CannotRefund: if its entry was reversed: then nothing came in.
    """
    about = ("fund__book", "purpose__free", "entry", "entry__reversed_by")
    held = Donation.objects.select_for_update(of=("self",)).select_related(*about).get(pk=donation.pk)
    if hasattr(held.entry, "reversed_by"):
        raise CannotRefund(_("这笔收入已经冲正。"))
    return held


@transaction.atomic
def request_refund(*, donation: Donation, amount: Decimal, reason: str, by: User) -> DonationRefund:
    """Ask for a refund; it waits for somebody else.

    :raises CannotAskRefund: for an amount beyond what is left or free.
    :raises CannotRefund: while there is a valid receipt or another refund waits.
    """
    held = lock(donation)
    if held.receipts.filter(voided_on=None).exists():
        raise CannotRefund(_("这笔捐赠已开收据，请先收回并作废收据。"))
    if held.refunds.filter(state=State.ASKED).exists():
        raise CannotRefund(_("已有一笔退款等待复核。"))
    left, free = left_of(held), held.purpose.free.amount
    if amount > left:
        raise CannotAskRefund({"amount": [_("最多可退 %(left)s。") % {"left": yuan(left)}]})
    if amount > free:
        said = _("这个用途可用的只有 %(free)s，其余已承诺或已使用。") % {"free": yuan(free)}
        raise CannotAskRefund({"amount": [said]})
    refund = DonationRefund.objects.create(donation=held, amount=amount, reason=reason, asked_by=by.ref)
    log.write("funds.refund.asked", on=refund, by=by, donation=held.ref, amount=str(amount))
    return refund


@transaction.atomic
def approve_refund(*, refund: DonationRefund, shown: Decimal, today: dt.date, by: User) -> DonationRefund:
    """Let the money go back; the books are posted now.

    :param shown: the amount that stood on the page: another one is not approved.
    :raises CannotRefund: unless it waits for somebody who is neither the asker nor of the asker's name.
    :raises services.ledger.posting.NotEnough: if the money has been used or promised since.
    """
    held, asked = _asked(refund)
    if asked.amount != shown:
        raise CannotRefund(_("退款金额已有变化，请重新核对。"))
    if is_same_person(asked.asked_by, by):
        raise CannotRefund(_("申请人不能复核自己提出的退款，请由另一人复核。"))
    origin = PostingRef(f"give_back:{asked.ref}", f"funds.donationrefund:{asked.ref}", today)
    asked.entry = chart.give_back(
        fund=held.fund, purpose=held.purpose, amount=asked.amount, origin=origin, by=by, kind=held.entry.kind
    )
    asked.state, asked.released_by = State.DONE, by.ref
    asked.save(update_fields=["state", "released_by", "entry"])
    log.write("funds.refund.released", on=asked, by=by, donation=held.ref, amount=str(asked.amount))
    return asked


@transaction.atomic
def withdraw_refund(*, refund: DonationRefund, by: User) -> None:
    """Withdraw a request that was not approved.

    :raises CannotRefund: unless it waits.
    """
    _held, asked = _asked(refund)
    asked.state = State.DROPPED
    asked.save(update_fields=["state"])
    log.write("funds.refund.dropped", on=asked, by=by)


def _asked(refund: DonationRefund) -> tuple[Donation, DonationRefund]:
    held = lock(refund.donation)
    asked = DonationRefund.objects.select_for_update(of=("self",)).get(pk=refund.pk)
    if asked.state != State.ASKED:
        raise CannotRefund(_("这笔退款已经处理过。"))
    return held, asked
