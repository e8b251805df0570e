"""Approve several prepared payments together: each in its own transaction, taken up again after a crash."""

import logging
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.refusals import Refused
from services.grants.models import Payment, PaymentRun
from services.grants.payments import actions
from services.journal import log

logger = logging.getLogger(__name__)
MOST = 200
PREPARED = Payment.State.PREPARED


class NothingToPay(Refused):
    """None of the chosen payments waits to be approved."""


@transaction.atomic
def start(*, payments: Sequence[Payment], by: User) -> PaymentRun:
    """Gather prepared payments into a run; the work itself is `carry_on`, in the background.

    Payments of a run that still goes on are left to it.

    :raises NothingToPay: if nothing is left to approve.
    """
    chosen = [payment.pk for payment in payments[:MOST]]
    waiting = Payment.objects.select_for_update().filter(pk__in=chosen, state=PREPARED).order_by("pk")
    busy = set(PaymentRun.objects.filter(done_at=None).values_list("pk", flat=True))
    mine = [payment.pk for payment in waiting if payment.run_id not in busy]
    if not mine:
        raise NothingToPay(_("没有可以复核的付款，请重新勾选。"))
    run = PaymentRun.objects.create(released_by=by.ref)
    Payment.objects.filter(pk__in=mine).update(run=run, problem="")
    log.write("grants.run.started", on=run, by=by, payments=len(mine))
    return run


def carry_on(run: PaymentRun) -> int:
    """Approve what is left of a run and return how many were paid; safe to do twice, at once, and after a crash.

    A payment that cannot be paid keeps the reason and the others go on.
    """
    by, done = User.objects.get(ref=run.released_by), 0
    for ref in run.payments.filter(state=PREPARED, problem="").order_by("pk").values_list("ref", flat=True):
        try:
            actions.approve_payment(payment=Payment.objects.get(ref=ref), by=by)
        except Refused as refusal:
            why = "；".join(refusal.reasons)[:200]
            Payment.objects.filter(ref=ref, state=PREPARED).update(problem=why)
        except Exception:  # one payment that breaks must not keep the others of this and later runs waiting
            logger.exception("payment %s of run %s", ref, run.ref)
            Payment.objects.filter(ref=ref, state=PREPARED).update(problem=_("系统出错，没有付款；请联系平台运营。"))
        else:
            done += 1
    PaymentRun.objects.filter(pk=run.pk, done_at=None).update(done_at=clock.now())
    return done


def carry_on_all() -> int:
    """Take up every run of this agency that was begun and not finished."""
    return sum(carry_on(run) for run in PaymentRun.objects.filter(done_at=None).order_by("pk"))
