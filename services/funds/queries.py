"""What a fund has: balances of the whole fund and of each purpose, from the accounts themselves."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max, Sum

from services.funds.books import BANK, GOODS
from services.funds.models import Fund
from services.ledger.models import Account, Entry

ZERO = Decimal(0)


@dataclass(frozen=True)
class Standing:
    """Yuan: `balance` is all the fund has (`bank` and `goods`), of it `reserved` for grants, the rest `available`."""

    bank: Decimal = ZERO
    goods: Decimal = ZERO
    reserved: Decimal = ZERO
    available: Decimal = ZERO

    @property
    def balance(self) -> Decimal:
        return self.bank + self.goods


def standings(funds: Iterable[Fund]) -> dict[int, Standing]:
    """Return where funds stand, by primary key: one query for all."""
    by_book = {fund.book_id: fund.pk for fund in funds}
    found: dict[int, dict[str, Decimal]] = {fund: {} for fund in by_book.values()}
    sums = (
        Account.objects.filter(book_id__in=by_book, kind__in=["asset", "free", "reserved"])
        .values("book_id", "kind", "code")
        .annotate(sum=Sum("balance"))
        .order_by()
    )
    for row in sums:
        name = {BANK: "bank", GOODS: "goods"}.get(row["code"], "available" if row["kind"] == "free" else "reserved")
        mine = found[by_book[row["book_id"]]]
        mine[name] = mine.get(name, ZERO) + abs(row["sum"])
    return {fund: Standing(**amounts) for fund, amounts in found.items()}


def standing(fund: Fund) -> Standing:
    """Return where one fund stands."""
    return standings([fund])[fund.pk]


def last_moved(funds: Iterable[Fund]) -> dict[int, dt.date]:
    """Return the day of each fund's last entry by primary key; a fund without entries is left out."""
    by_book = {fund.book_id: fund.pk for fund in funds}
    days = Entry.objects.filter(book_id__in=by_book).values("book_id").annotate(day=Max("occurred_on")).order_by()
    return {by_book[row["book_id"]]: row["day"] for row in days}
