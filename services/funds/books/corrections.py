"""Correct what was booked by hand: by reversal, with a reason, and only where no other act stands behind the entry."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Conflict
from services.funds.books import chart
from services.funds.books.labels import REVERSIBLE
from services.funds.models import BankLine, Donation, DonationRefund, Fund
from services.journal import log
from services.ledger.models import Entry


class CannotCorrect(Conflict):
    """Another act stands behind the entry, or a receipt was given for it."""


@transaction.atomic
def reverse_entry(*, fund: Fund, entry: Entry, occurred_on: dt.date, memo: str, by: User) -> Entry:
    """Reverse an entry; a bank line that was matched to it waits again.

    :raises CannotCorrect: for an entry of a grant or refund, or of a donation with a valid receipt or a refund.
    :raises services.ledger.posting.CannotReverse: if it is reversed already.
    :raises services.ledger.posting.NotEnough: if the money has been used since.
    """
    if entry.kind not in REVERSIBLE:
        raise CannotCorrect(_("这张凭证由资助、退款或结账产生，请在原业务中办理，不能直接冲正。"))
    donation = Donation.objects.select_for_update().filter(entry=entry).first()
    if donation and donation.receipts.filter(voided_on=None).exists():
        raise CannotCorrect(_("这笔捐赠已开收据，请先作废收据。"))
    if donation and donation.refunds.exclude(state=DonationRefund.State.DROPPED).exists():
        raise CannotCorrect(_("这笔捐赠有退款，不能冲正。"))
    made = chart.reverse(fund=fund, entry=entry, on=occurred_on, memo=memo, by=by)
    BankLine.objects.filter(entry=entry).update(state=BankLine.State.WAITING, entry=None, settled_by="")
    log.write("funds.entry.reversed", on=entry, by=by, number=entry.number, by_number=made.number)
    return made
