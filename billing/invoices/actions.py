"""Bills by bank transfer: issued, paid, refunded, voided, and the official invoice (发票) noted on them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from billing import rules
from billing.invoices import mail
from billing.models import Account, Bill, BillLine, Channel, Movement, Subscription
from common.money import rounded, yuan
from common.refusals import Conflict, Refused, RefusedFields

DUE_DAYS = 14
NOTHING = Decimal("0.00")


class CannotPay(Conflict):
    """The bill is not open, or the amount is more than what is still owed."""


class CannotRefund(Refused):
    """More than was paid, or nothing was."""


class CannotVoid(Conflict):
    """The bill was paid, at least in part."""


@dataclass(frozen=True)
class Line:
    """`quantity` of something (`kind` of BillLine; `words` name the plan) at `price` yuan."""

    kind: str
    quantity: int
    price: Decimal
    words: str = ""

    @property
    def amount(self) -> Decimal:
        return rounded(self.quantity * self.price)


def lines_of(subscription: Subscription) -> list[Line]:
    """Return what one period of the subscription consists of, before any reduction."""
    plan = subscription.plan_name
    return [
        Line(BillLine.Kind.STATION, subscription.stations, subscription.station_price, plan),
        Line(BillLine.Kind.SEAT, subscription.seats, subscription.seat_price, plan),
    ]


@transaction.atomic
def issue(
    *,
    subscription: Subscription,
    lines: Sequence[Line],
    percent: int = 0,
    period_from: dt.datetime | None = None,
    period_to: dt.datetime | None = None,
    now: dt.datetime,
    by: User | None,
) -> Bill:
    """Issue a bill: the lines, less `percent` of a coupon, less what credit the account has. Nothing to pay is paid.

    One bill for each period: asked again, the first one is returned.
    """
    account = Account.objects.select_for_update().get(pk=subscription.account_id)
    if period_from and (known := _of_period(subscription, period_from)):
        return known
    rows = list(lines)
    if percent:
        off = rules.reduction(sum((line.amount for line in rows), NOTHING), percent)
        rows.append(Line(BillLine.Kind.COUPON, 1, -off, f"-{percent}%"))
    total = sum((line.amount for line in rows), NOTHING)
    used = min(account.credit, total)
    if used:
        rows.append(Line(BillLine.Kind.CREDIT, 1, -used))
        account.credit -= used
        account.save(update_fields=["credit"])
        total -= used
    today = timezone.localdate(now)
    begins = timezone.localdate(period_from) if period_from else today
    bill = Bill.objects.create(
        number=_next_number(today),
        account=account,
        subscription=subscription,
        amount=total,
        tax=tax_in(total),
        credit_used=used,
        issued_on=today,
        due_on=max(today + dt.timedelta(days=DUE_DAYS), begins),
        period_from=period_from,
        period_to=period_to,
        state=Bill.State.OPEN if total else Bill.State.PAID,
        paid_at=None if total else now,
    )
    BillLine.objects.bulk_create(
        BillLine(bill=bill, kind=row.kind, words=row.words, quantity=row.quantity, price=row.price, amount=row.amount)
        for row in rows
    )
    log.write("billing.bill.issued", on=bill, by=by, amount=str(total), account=account.ref)
    if total:
        mail.tell(account, "bill-issued", key=f"bill-issued:{bill.ref}", bill=bill)
        mail.told_of_bill("bill.issued", bill, by, amount=bill.amount, day=bill.due_on)
    return bill


@transaction.atomic
def receive(*, bill: Bill, amount: Decimal, reference: str, on: dt.date, by: User) -> Movement:
    """Record a bank transfer against a bill; once the whole is there the bill is paid.

    :param reference: the bank's own number of the transfer; the same number is recorded once.
    :raises CannotPay: if the bill is not open, or this is more than what is still owed.
    :raises RefusedFields: for a day to come or a number recorded before.
    """
    bill = Bill.objects.select_for_update(of=("self",)).select_related("account", "subscription").get(pk=bill.pk)
    if bill.state != Bill.State.OPEN or bill.channel != Channel.OFFLINE:
        raise CannotPay(_("这张账单不是待付款状态。"))
    owed = bill.amount - paid(bill)
    if amount > owed:
        raise RefusedFields({"amount": [_("超过尚欠金额 %(owed)s。") % {"owed": yuan(owed)}]})
    if on > timezone.localdate():
        raise RefusedFields({"on": [_("到账日期不能晚于今天。")]})
    try:
        with transaction.atomic():
            movement = Movement.objects.create(
                key=f"transfer:{bill.account.ref}:{reference}",
                account=bill.account,
                bill=bill,
                kind=Movement.Kind.PAYMENT,
                amount=amount,
                channel=Channel.OFFLINE,
                method="bank_transfer",
                reference=reference,
                at=_noon(on),
                by=by.ref,
            )
    except IntegrityError:
        raise RefusedFields({"reference": [_("这个流水号已经登记过。")]}) from None
    log.write("billing.bill.payment_recorded", on=bill, by=by, amount=str(amount))
    if amount == owed:
        bill.state, bill.paid_at = Bill.State.PAID, timezone.now()
        bill.save(update_fields=["state", "paid_at"])
        mail.tell(bill.account, "bill-paid", key=f"bill-paid:{bill.ref}", bill=bill)
        mail.told_of_bill("bill.paid", bill, by)
        if bill.subscription:
            settle(bill.subscription, now=timezone.now())
    return movement


@transaction.atomic
def refund(*, bill: Bill, amount: Decimal, reference: str, reason: str, by: User) -> Movement:
    """Record that money of a bill went back to the payer. The subscription is not changed by it.

    :raises CannotRefund: if this is more than what was paid on the bill.
    :raises RefusedFields: for a number recorded before.
    """
    bill = Bill.objects.select_for_update(of=("self",)).select_related("account").get(pk=bill.pk)
    if bill.channel != Channel.OFFLINE or amount > paid(bill):
        raise CannotRefund(_("最多可退 %(paid)s。") % {"paid": yuan(paid(bill))})
    try:
        with transaction.atomic():
            movement = Movement.objects.create(
                key=f"transfer-back:{bill.account.ref}:{reference}",
                account=bill.account,
                bill=bill,
                kind=Movement.Kind.REFUND,
                amount=-amount,
                channel=Channel.OFFLINE,
                method="bank_transfer",
                reference=reference,
                note=reason,
                at=timezone.now(),
                by=by.ref,
            )
    except IntegrityError:
        raise RefusedFields({"reference": [_("这个流水号已经登记过。")]}) from None
    log.write("billing.bill.refunded", on=bill, by=by, amount=str(amount))
    return movement


@transaction.atomic
def void(*, bill: Bill, by: User | None) -> None:
    """Take back a bill nobody has paid on; credit it had used up is there again.

    :raises CannotVoid: if something was paid, or the bill is not open.
    """
    account = Account.objects.select_for_update().get(pk=bill.account_id)
    bill = Bill.objects.select_for_update().get(pk=bill.pk)
    if bill.state != Bill.State.OPEN or paid(bill):
        raise CannotVoid(_("这张账单已有付款，不能作废。"))
    account.credit += bill.credit_used
    account.save(update_fields=["credit"])
    bill.state = Bill.State.VOID
    bill.save(update_fields=["state"])
    log.write("billing.bill.voided", on=bill, by=by)


@transaction.atomic
def note_fapiao(*, bill: Bill, number: str, on: dt.date, by: User) -> None:
    """Note the official invoice issued for a bill: 8 or 20 digits.

    :raises RefusedFields: for another number of digits, a number noted before, or a day to come.
    """
    if not number.isascii() or not number.isdigit() or len(number) not in (8, 20):
        raise RefusedFields({"number": [_("发票号码为 8 位或 20 位数字。")]})
    if on > timezone.localdate():
        raise RefusedFields({"on": [_("开票日期不能晚于今天。")]})
    if Bill.objects.filter(fapiao_number=number).exclude(pk=bill.pk).exists():
        raise RefusedFields({"number": [_("这个发票号码已登记在另一张账单上。")]})
    bill.fapiao_number, bill.fapiao_on = number, on
    bill.save(update_fields=["fapiao_number", "fapiao_on"])
    log.write("billing.bill.fapiao_noted", on=bill, by=by)


@transaction.atomic
def keep_invoice_data(*, account: Account, said: Mapping[str, Any], by: User) -> None:
    """Keep what the payer's official invoices shall say; the next invoice is issued by it."""
    for name, value in said.items():
        setattr(account, name, value)
    account.save(update_fields=list(said))
    log.write("billing.account.invoice_data_kept", on=account, by=by)


def settle(subscription: Subscription, *, now: dt.datetime) -> None:
    """Bring a subscription's state in line with its bills: overdue since the oldest open bill fell due, or not."""
    if subscription.state not in (Subscription.State.ACTIVE, Subscription.State.PAST_DUE):
        return
    oldest = (
        subscription.bills.filter(state=Bill.State.OPEN, due_on__lt=timezone.localdate(now))
        .order_by("due_on")
        .values_list("due_on", flat=True)
        .first()
    )
    since = _midnight(oldest + dt.timedelta(days=1)) if oldest else None
    state = Subscription.State.PAST_DUE if since else Subscription.State.ACTIVE
    if (subscription.state, subscription.unpaid_since) != (state, since):
        subscription.state, subscription.unpaid_since = state, since
        subscription.save(update_fields=["state", "unpaid_since"])


def paid(bill: Bill) -> Decimal:
    """Return what was paid on the bill, less what went back, in yuan."""
    return bill.movements.aggregate(sum=Sum("amount"))["sum"] or NOTHING


def tax_in(amount: Decimal) -> Decimal:
    """Return how much of a price is tax: prices hold it (settings.TAX_PERCENT)."""
    return rounded(amount - amount * 100 / (100 + settings.TAX_PERCENT))


def _of_period(subscription: Subscription, period_from: dt.datetime) -> Bill | None:
    return subscription.bills.filter(period_from=period_from).exclude(state=Bill.State.VOID).first()


def _next_number(today: dt.date) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('billing_bill_number')")
        return f"LD{today:%Y%m}-{cursor.fetchone()[0]:06d}"


def _noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), timezone.get_current_timezone())


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), timezone.get_current_timezone())
