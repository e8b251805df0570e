"""A recipient gives money back after it was paid: all of it or a part."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from accounts.models import User
from common import clock
from common.refs import new_ref
from common.refusals import RefusedFields
from services.funds.books import chart
from services.grants import rules, workflow
from services.grants.guards import limits, reservations
from services.grants.models import Application, Payment, Repayment
from services.grants.payments import actions
from services.journal import log


class CannotRepay(RefusedFields):
    """More than was paid, a day that cannot be, or no reason."""


def left_of(application: Application) -> Decimal:
    """Return what was paid and not given back yet, in yuan."""
    paid = application.payments.filter(state=Payment.State.PAID).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    back = application.repayments.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return Decimal(paid - back)


@transaction.atomic
def repay(*, application: Application, amount: Decimal, reason: str, received_on: dt.date, by: User) -> Repayment:
    """Take money back into the purpose it came from; the limits of its year and the facts become less.

    :raises services.grants.workflow.WrongState: before it was paid.
    :raises CannotRepay: with the reasons by field.
    """
    application = workflow.locked(application, "repay")
    payment = application.payments.get(state=Payment.State.PAID)
    assert payment.paid_on
    left = left_of(application)
    problems = rules.repayment_problems(
        amount=amount, left=left, received_on=received_on, paid_on=payment.paid_on, today=clock.today()
    )
    if said := rules.words_problems(reason, least=2, most=200):
        problems["reason"] = said
    if problems:
        raise CannotRepay(problems)
    limits.give_back(reservations.held_claims(application, lock=True), amount)
    ref = new_ref()
    origin = chart.PostingRef(
        key=f"repaid:{ref}", source=f"grants.repayment:{ref}", on=received_on, memo=application.number
    )
    entry = chart.repaid(
        fund=application.fund, purpose=application.purpose, amount=amount, spent_on=application.need.kind,
        origin=origin, by=by, goods=payment.method == Payment.Method.GOODS,
    )  # fmt: skip
    repayment = Repayment.objects.create(
        ref=ref, application=application, amount=amount, reason=reason.strip(), received_on=received_on, entry=entry,
        recorded_by=by.ref,
    )  # fmt: skip
    actions.tell(application, payment, left - amount)
    log.write("grants.repayment.recorded", on=repayment, by=by, application=application.ref, amount=str(amount))
    return repayment
