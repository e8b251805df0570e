"""Questions to a book: its trial balance of a period, and what moved in it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Prefetch, QuerySet, Sum
from django.db.models.functions import Coalesce

from services.ledger.models import Account, Book, Entry, Line

ZERO = Decimal(0)
TRIAL = """
    SELECT a.id, coalesce(sum(l.amount) FILTER (WHERE e.occurred_on < %(start)s), 0),
           coalesce(sum(l.amount) FILTER (WHERE e.occurred_on >= %(start)s AND l.amount > 0), 0),
           coalesce(-sum(l.amount) FILTER (WHERE e.occurred_on >= %(start)s AND l.amount < 0), 0)
      FROM ledger_account a
      LEFT JOIN (ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id AND e.occurred_on <= %(end)s)
        ON l.account_id = a.id
     WHERE a.book_id = %(book)s GROUP BY a.id ORDER BY a.code
"""


@dataclass(frozen=True)
class TrialLine:
    """An account in a period: yuan at its start and end (above zero a debit), and what was debited and credited."""

    account: Account
    opening: Decimal
    debit: Decimal
    credit: Decimal

    @property
    def closing(self) -> Decimal:
        return self.opening + self.debit - self.credit


def trial_balance(book: Book, start: dt.date, end: dt.date) -> list[TrialLine]:
    """Return every account of the book from `start` to `end`, by code; two queries."""
    accounts = {account.pk: account for account in book.accounts.all()}
    with connection.cursor() as cursor:
        cursor.execute(TRIAL, {"book": book.pk, "start": start, "end": end})
        return [TrialLine(accounts[pk], *amounts) for pk, *amounts in cursor.fetchall()]


def entries(book: Book) -> QuerySet[Entry]:
    """Return the entries of a book with their lines and accounts; `resources` is what the entry changed of them."""
    lines = Prefetch("lines", queryset=Line.objects.select_related("account").order_by("position"))
    return Entry.objects.filter(book=book).select_related("reverses", "reversed_by").prefetch_related(lines)


def balances_on(book: Book, day: dt.date, kinds: list[str]) -> list[tuple[Account, Decimal]]:
    """Return the balance at the end of `day` of every account of these kinds that has one; debits above zero."""
    accounts = {account.pk: account for account in book.accounts.filter(kind__in=kinds)}
    rows = (
        Line.objects.filter(account__in=accounts, entry__occurred_on__lte=day)
        .values("account_id")
        .annotate(sum=Coalesce(Sum("amount"), ZERO))
        .order_by("account__code")
    )
    return [(accounts[row["account_id"]], row["sum"]) for row in rows if row["sum"]]
