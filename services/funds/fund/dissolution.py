"""Transfer what is left of a fund to its custodian before it closes: one person requests it, another approves it."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.money import yuan
from common.refusals import Conflict
from services.funds.access import is_same_person
from services.funds.books import chart
from services.funds.books.chart import PostingRef
from services.funds.fund.actions import lock, refuse_open_business
from services.funds.fund.queries import balances
from services.funds.models import Fund, ResidualTransfer
from services.journal import log

State = ResidualTransfer.State


class CannotTransfer(Conflict):
    """There is nothing to transfer, a request waits already, or somebody would approve their own request."""


@transaction.atomic
def request_transfer(*, fund: Fund, by: User) -> ResidualTransfer:
    """Request that everything the fund has goes to its custodian.

    :raises services.funds.fund.actions.CannotCloseFund: while anything is reserved or a refund is asked for.
    :raises CannotTransfer: if nothing is left, or it was asked for already.
    """
    fund = lock(fund)
    refuse_open_business(fund)
    if fund.residual_transfers.filter(state=State.ASKED).exists():
        raise CannotTransfer(_("已有一笔移交等待复核。"))
    if not (left := balances(fund).balance):
        raise CannotTransfer(_("基金里已经没有资金或物资。"))
    made = ResidualTransfer.objects.create(fund=fund, amount=left, asked_by=by.ref)
    log.write("funds.handover.asked", on=made, by=by, fund=fund.ref, amount=str(left))
    return made


@transaction.atomic
def approve_transfer(*, transfer: ResidualTransfer, shown: Decimal, today: dt.date, by: User) -> ResidualTransfer:
    """Let it go, purpose by purpose; the books are posted now.

    :param shown: the amount that stood on the page, in yuan: another one is not approved.
    :raises CannotTransfer: unless it waits for somebody who is neither the asker nor of the asker's name, or if the
        fund has another balance by now.
    :raises services.funds.fund.actions.CannotCloseFund: while anything is reserved or a refund is asked for.
    """
    fund = lock(transfer.fund)
    asked = _asked(transfer)
    if is_same_person(asked.asked_by, by):
        raise CannotTransfer(_("提出移交的人不能自己复核，请由另一人复核。"))
    refuse_open_business(fund)
    if {asked.amount, shown} != {balances(fund).balance}:
        said = {"then": yuan(asked.amount), "now": yuan(balances(fund).balance)}
        raise CannotTransfer(_("提出移交时余额 %(then)s，现在是 %(now)s；请撤回后重新提出。") % said)
    _post(fund, asked, today, by)
    asked.state, asked.released_by = State.DONE, by.ref
    asked.save(update_fields=["state", "released_by"])
    log.write("funds.handover.released", on=asked, by=by, fund=fund.ref, amount=str(asked.amount))
    return asked


@transaction.atomic
def withdraw_transfer(*, transfer: ResidualTransfer, by: User) -> None:
    """Withdraw a request that was not approved.

    :raises CannotTransfer: unless it waits.
    """
    asked = _asked(transfer)
    asked.state = State.DROPPED
    asked.save(update_fields=["state"])
    log.write("funds.handover.dropped", on=asked, by=by)


def _asked(transfer: ResidualTransfer) -> ResidualTransfer:
    asked = ResidualTransfer.objects.select_for_update(of=("self",)).get(pk=transfer.pk)
    if asked.state != State.ASKED:
        raise CannotTransfer(_("这笔移交已经处理过。"))
    return asked


def _post(fund: Fund, asked: ResidualTransfer, today: dt.date, by: User) -> None:
    here = balances(fund)
    left = {False: here.bank, True: here.goods}
    for purpose in fund.purposes.select_related("free"):
        due = purpose.free.amount
        for goods in (False, True):
            if part := min(due, left[goods]):
                key = f"hand_over:{asked.ref}:{purpose.ref}:{'goods' if goods else 'money'}"
                origin = PostingRef(key, f"funds.handover:{asked.ref}", today, fund.custodian)
                chart.transfer_residual(fund=fund, purpose=purpose, amount=part, origin=origin, by=by, goods=goods)
            due, left[goods] = due - part, left[goods] - part
