"""Pay a grant: one person prepares the payment, another approves it; then the recipient confirms."""

import datetime as dt
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.refusals import Conflict, RefusedFields
from common.texts.names import search_key
from disclosure import door as disclosure
from evaluation import door as evaluation
from services.clients.privacy.sealed import opened, sealed, subject_key
from services.funds.books import chart
from services.grants import rules, telling, workflow
from services.grants.decisions import objections
from services.grants.guards import duties, limits, page_digest, reservations
from services.grants.guards.persons import final_file
from services.grants.models import Application, Need, Payment
from services.journal import log
from services.ledger.models import Entry
from services.ledger.posting import NotEnough
from services.network.queries import counting_site
from tenants.running import current_slug

State = Application.State
LONGEST_PAYEE = 200


class CannotPay(RefusedFields):
    """The payment says too little."""


class PaidAlready(Conflict):
    """The payment is paid, dropped, or another one of the application is under way."""


class NoMoney(Conflict):
    """The bank account or the store holds less than is to be paid."""


@transaction.atomic
def prepare(
    *, application: Application, method: str, payee: str, reference: str, by: User, seen: str | None = None
) -> Payment:
    """Prepare the payment of a grant whose notice is over; somebody else approves it.

    :raises services.grants.workflow.WrongState: before the notice is over.
    :raises services.grants.guards.duties.TwoDuties: for who applied, assessed, voted or monitored.
    :raises services.grants.guards.limits.OverLimit: if the limits no longer hold what was granted.
    :raises PaidAlready: if a payment is under way.
    :raises CannotPay: without a payee.
    """
    objections.end_due_notice(application)
    application = workflow.locked(application, "prepare")
    page_digest.check(seen, page_digest.digest_of(application))
    duties.refuse_double(application, by, "payer")
    if method not in Payment.Method.values:
        raise CannotPay({"method": [_("请选择付款方式。")]})
    if problems := rules.words_problems(payee, least=2, most=LONGEST_PAYEE):
        raise CannotPay({"payee": problems})
    assert application.awarded
    limits.check_held(reservations.held_claims(application, lock=True), application.awarded)
    payment = Payment(application=application, amount=application.awarded, method=method, prepared_by=by.ref)
    payment.reference, payment.payee_sealed = reference.strip(), sealed(payment, "payee", payee.strip())
    payment.seen = page_digest.digest_of_payment(application, payment)
    try:
        with transaction.atomic():
            payment.save()
    except IntegrityError as clash:
        if "payment_one_live" not in str(clash):
            raise
        raise PaidAlready(_("这份申请已有一笔付款在办理，请先复核或撤销。")) from None
    log.write("grants.payment.prepared", on=payment, by=by, application=application.ref)
    return payment


@transaction.atomic
def approve_payment(*, payment: Payment, by: User, seen: str | None = None, reference: str = "") -> Payment:
    """Pay: a second person confirms what the first prepared, and the books, the limits and the facts agree at once.

    :raises services.grants.workflow.WrongState: if the application is no longer to be paid.
    :raises services.grants.guards.duties.TwoDuties: for the preparer and everybody with another duty.
    :raises PaidAlready: if it is paid or dropped.
    :raises services.grants.guards.page_digest.StalePage: if it is not what was prepared or shown.
    :raises services.grants.guards.limits.OverLimit: if the limits no longer hold it.
    :raises NoMoney: if the account holds less.
    """
    application = Application.objects.select_for_update().get(pk=payment.application_id)
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    if payment.state != Payment.State.PREPARED:
        raise PaidAlready(_("这笔付款已经办结（%(state)s）。") % {"state": payment.get_state_display()})
    application = workflow.locked(application, "approve_payment")
    duties.refuse_double(application, by, "approver")
    now_shown = page_digest.digest_of_payment(application, payment)
    page_digest.check(payment.seen, now_shown)
    page_digest.check(seen, now_shown)
    limits.check_held(reservations.held_claims(application, lock=True), payment.amount)
    today = clock.today()
    payment.entry = _pay_out(application, payment, today, by)
    payment.state, payment.released_by, payment.paid_on = Payment.State.PAID, by.ref, today
    payment.reference, payment.problem = reference.strip() or payment.reference, ""
    payment.save()
    application.state = State.PAID
    application.save(update_fields=["state"])
    tell(application, payment, payment.amount)
    disclosure.end_notice(tenant=current_slug(), source=reservations.notice_source(application))
    log.write("grants.payment.released", on=payment, by=by, application=application.ref)
    telling.told_applicant("grant.paid", application, by)
    return payment


@transaction.atomic
def drop(*, payment: Payment, by: User) -> None:
    """Drop a prepared payment; the grant waits to be paid again.

    :raises PaidAlready: if it is paid or dropped already.
    """
    workflow.locked(payment.application, "prepare")
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    if payment.state != Payment.State.PREPARED:
        raise PaidAlready(_("这笔付款已经办结（%(state)s）。") % {"state": payment.get_state_display()})
    payment.state = Payment.State.DROPPED
    payment.save(update_fields=["state"])
    log.write("grants.payment.dropped", on=payment, by=by)


def same_payee(payment: Payment, method: str, payee: str) -> bool:
    """Tell whether somebody asks for the very payment that is prepared."""
    return payment.method == method and opened(payment, "payee") == payee.strip()


@transaction.atomic
def confirm(*, application: Application, words: str, confirmed_on: dt.date, by: User) -> None:
    """Note how the recipient confirmed, or that a service was accepted (验收); not by the two who paid.

    :raises services.grants.guards.duties.TwoDuties: for who prepared or approved the payment.
    :raises CannotPay: for a day before the payment or to come, or without words.
    """
    application = workflow.locked(application, "confirm")
    payment = application.payments.get(state=Payment.State.PAID)
    names = duties.names_of([payment.prepared_by, payment.released_by])
    mine = search_key(by.name)
    if by.ref in names or (mine and mine in {search_key(name) for name in names.values()}):
        raise duties.TwoDuties(_("付款的两个人不能登记受助人的确认。"))
    problems: dict[str, list[str]] = {}
    if not (payment.paid_on and payment.paid_on <= confirmed_on <= clock.today()):
        problems["confirmed_on"] = [_("确认日期须在付款日期之后，且不晚于今天。")]
    if said := rules.words_problems(words, least=2, most=500):
        problems["words"] = said
    if problems:
        raise CannotPay(problems)
    application.confirmed_on, application.confirmed_by = confirmed_on, by.ref
    application.confirmation_sealed = sealed(application, "confirmation", words.strip())
    application.state = State.CONFIRMED
    application.save(update_fields=["confirmed_on", "confirmed_by", "confirmation_sealed", "state"])
    log.write("grants.application.confirmed", on=application, by=by)


def tell(application: Application, payment: Payment, amount: Decimal) -> None:
    """Tell evaluation what a payment gave: `amount` yuan stand after repayments; nothing is told of nothing."""
    facts = [*payment_facts(application, payment, amount)] if amount else []
    evaluation.replace_facts(tenant=current_slug(), source_prefix=_source(payment), facts=facts)


def payment_facts(application: Application, payment: Payment, amount: Decimal) -> list[evaluation.Fact]:
    """Return the facts of a payment: the amount, that it happened, and for a person the household helped."""
    need = application.need
    assert payment.paid_on
    station, source = counting_site(need.site).code, _source(payment)
    facts = [
        evaluation.Fact(station, "granted_amount", payment.paid_on, amount, source),
        evaluation.Fact(station, "grants_paid", payment.paid_on, 1, source),
    ]
    if need.kind == Need.Kind.PERSON and need.client:
        person = final_file(need.client)
        subject = subject_key(person.household.ref if person.household else person.ref)
        facts.append(evaluation.Fact(station, "grant_households", payment.paid_on, 1, source, subject))
    return facts


def _pay_out(application: Application, payment: Payment, today: dt.date, by: User) -> Entry:
    origin = chart.PostingRef(key=f"pay:{payment.ref}", source=_source(payment), on=today, memo=application.number)
    try:
        with transaction.atomic():
            return chart.pay(
                fund=application.fund, purpose=application.purpose, amount=payment.amount,
                spent_on=application.need.kind, origin=origin, by=by, goods=payment.method == Payment.Method.GOODS,
            )  # fmt: skip
    except NotEnough:
        held = _("库存物资") if payment.method == Payment.Method.GOODS else _("银行存款")
        raise NoMoney(_("%(held)s不足以支付这笔款项。") % {"held": held}) from None


def _source(payment: Payment) -> str:
    return f"grants.payment:{payment.ref}"
