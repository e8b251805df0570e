"""How well a fund's resources are used (YS-17): for each purpose what came, what is promised, used, idle, in stock."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import DecimalField, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from services.funds.books.chart import GOODS, INCOME
from services.funds.models import Donation, DonationRefund, Fund, Pledge, Purpose
from services.ledger.models import Account, Line

ZERO: Final = Decimal(0)


@dataclass(frozen=True)
class Use:
    """A purpose of a fund in yuan, since the fund was opened. `raised` is less what was given back to donors.

    `used` is what was paid out less what came back; `idle` counts whole months since money was last paid out (or came
    in, where none was) while something is free. `goods` is what lies in stock and `goods_since` the day its oldest part
    came, first in first out. `matching` is what pledges still owe for what was raised.
    """

    fund: Fund
    purpose: Purpose
    raised: Decimal = ZERO
    reserved: Decimal = ZERO
    used: Decimal = ZERO
    free: Decimal = ZERO
    last_used_on: dt.date | None = None
    idle: int | None = None
    goods: Decimal = ZERO
    goods_since: dt.date | None = None
    matching: Decimal = ZERO

    @property
    def fund_name(self) -> str:
        return self.fund.name

    @property
    def purpose_name(self) -> str:
        return self.purpose.name

    @property
    def share(self) -> Decimal | None:
        """Return how much of what was raised is used, in per cent with one decimal; None if nothing was raised."""
        return (self.used * 100 / self.raised).quantize(Decimal("0.1")) if self.raised > 0 else None


def uses(funds: Sequence[Fund], today: dt.date) -> list[Use]:
    """Return every purpose of these funds, in their order: a fixed number of queries, however many there are."""
    purposes = list(Purpose.objects.filter(fund__in=funds).order_by("fund__code", "is_restricted", "pk"))
    by_fund = {fund.pk: fund for fund in funds}
    owner = {account: one.pk for one in purposes for account in (one.free_id, one.reserved_id)}
    sums, days = _moved(owner)
    stock = _stock(funds, owner)
    due = outstanding(purposes)
    found = []
    for one in purposes:
        mine = sums.get(one.pk, {})
        last = days.get((one.pk, True))
        began = last or days.get((one.pk, False))
        goods = stock.get(one.pk, [])
        found.append(Use(
            fund=by_fund[one.fund_id], purpose=one, raised=mine.get("raised", ZERO),
            reserved=mine.get("reserved", ZERO), used=mine.get("used", ZERO), free=mine.get("free", ZERO),
            last_used_on=last, idle=_months(began, today) if began and mine.get("free") else None,
            goods=sum((amount for _day, amount in goods), ZERO), goods_since=goods[0][0] if goods else None,
            matching=due.get(one.pk, ZERO),
        ))  # fmt: skip
    return found


def outstanding(purposes: Sequence[Purpose]) -> dict[int, Decimal]:
    """Return what pledges still owe, by the purpose of their campaign: for what was raised, up to their ceiling."""
    cash = Donation.objects.filter(campaign=OuterRef("campaign"), pledge=None)
    back = Donation.objects.filter(campaign=OuterRef("campaign"), pledge=None, refunds__state=DonationRefund.State.DONE)
    pledges = Pledge.objects.filter(campaign__purpose__in=purposes).annotate(
        raised=_sum(cash, "amount"), returned=_sum(back, "refunds__amount"),
        came=Coalesce(Sum("donations__amount"), ZERO),
    )  # fmt: skip
    owed: dict[int, Decimal] = {}
    for pledge in pledges.select_related("campaign"):
        promised = min(pledge.ceiling, ((pledge.raised - pledge.returned) * pledge.rate).quantize(Decimal("0.01")))
        purpose = pledge.campaign.purpose_id
        owed[purpose] = owed.get(purpose, ZERO) + max(promised - pledge.came, ZERO)
    return owed


def _sum(rows: Any, field: str) -> Any:
    yuan: DecimalField[Any, Any] = DecimalField(max_digits=16, decimal_places=2)
    sums = rows.order_by().values("campaign").annotate(sum=Sum(field)).values("sum")
    return Coalesce(Subquery(sums, output_field=yuan), ZERO, output_field=yuan)


def _moved(owner: dict[int, int]) -> tuple[dict[int, dict[str, Decimal]], dict[tuple[int, bool], dt.date]]:
    """Return sums by purpose, and by (purpose, was it paid out?) the last day."""
    what = Coalesce("entry__reverses__kind", "entry__kind")
    rows = (
        Line.objects.filter(account__in=owner)
        .values("account_id", "account__kind", what=what)
        .annotate(sum=Sum("amount"), last=Max("entry__occurred_on", filter=Q(entry__reverses=None)))
        .order_by()
    )
    sums: dict[int, dict[str, Decimal]] = {}
    days: dict[tuple[int, bool], dt.date] = {}
    for row in rows:
        purpose, amount, kind = owner[row["account_id"]], -row["sum"], row["what"]
        mine = sums.setdefault(purpose, {"raised": ZERO, "used": ZERO, "free": ZERO, "reserved": ZERO})
        mine["free" if row["account__kind"] == Account.Kind.FREE else "reserved"] += amount
        if kind in (*INCOME, "give_back"):
            mine["raised"] += amount
        elif kind not in ("reserve", "release"):
            mine["used"] -= amount
        if row["last"] and (kind in INCOME or kind == "pay"):
            key = (purpose, kind == "pay")
            days[key] = max(days.get(key, row["last"]), row["last"])
    return sums, days


def _stock(funds: Sequence[Fund], owner: dict[int, int]) -> dict[int, list[tuple[dt.date, Decimal]]]:
    """Return what lies in stock for each purpose, oldest first, as (day it came, yuan): first in, first out."""
    holding = Account.objects.filter(book__in=[fund.book_id for fund in funds], code=GOODS, balance__gt=0)
    moves = list(
        Line.objects.filter(account__in=holding)
        .order_by("entry__occurred_on", "entry__number")
        .values_list("entry_id", "entry__occurred_on", "amount")
    )
    promised = Line.objects.filter(entry__in=[entry for entry, _day, _amount in moves], account__in=owner)
    purpose_of = {entry: owner[account] for entry, account in promised.values_list("entry_id", "account_id")}
    piles: dict[int, list[tuple[dt.date, Decimal]]] = {}
    for entry, day, amount in moves:
        pile = piles.setdefault(purpose_of.get(entry, 0), [])
        if amount > 0:
            pile.append((day, amount))
        else:
            _take(pile, -amount)
    return piles


def _take(pile: list[tuple[dt.date, Decimal]], amount: Decimal) -> None:
    while pile and amount > 0:
        day, first = pile[0]
        if first > amount:
            pile[0] = (day, first - amount)
            return
        pile.pop(0)
        amount -= first


def _months(since: dt.date, today: dt.date) -> int:
    passed = (today.year - since.year) * 12 + today.month - since.month
    return max(passed - (today.day < since.day), 0)
