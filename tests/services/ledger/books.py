"""A small book for tests: what it owns, how it came and went, and what is promised."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from services.ledger.models import Account, Book, Entry
from services.ledger.posting import Posting, post
from tenants.backend.owner import as_owner

CHART = {
    "1": "asset", "3": "net", "4": "income", "5": "expense", "6": "resource", "7": "free", "8": "reserved",
}  # fmt: skip


def book(name: str = "阳光基金", days: int = 400) -> Book:
    made = Book.objects.create(name=name, opened_on=timezone.localdate() - dt.timedelta(days=days))
    Account.objects.bulk_create(Account(book=made, code=code, name=kind, kind=kind) for code, kind in CHART.items())
    return made


def lines(of: Book, **amounts: str) -> tuple[tuple[Account, Decimal], ...]:
    """lines(book, a4="-10", a1="10"): accounts by their code after an "a"."""
    known = {account.code: account for account in of.accounts.all()}
    return tuple((known[code[1:]], Decimal(amount)) for code, amount in amounts.items())


def receive(of: Book, key: str, amount: str = "100", **changes: Any) -> Entry:
    moved = lines(of, a1=amount, a4=f"-{amount}", a6=amount, a7=f"-{amount}")
    values = {"kind": "donation", "occurred_on": timezone.localdate(), "source": "tests.row:1", "lines": moved}
    return post(book=of, posting=Posting(key=key, **{**values, **changes}), by=None)


def spend(of: Book, key: str, amount: str = "100", **changes: Any) -> Entry:
    moved = lines(of, a5=amount, a1=f"-{amount}", a7=amount, a6=f"-{amount}")
    return receive(of, key, amount, **{"kind": "pay", "lines": moved, **changes})


def at_commit() -> None:
    """Let the checks of commit happen now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def unguarded() -> Iterator[None]:
    """Switch the books' triggers off, as only the tables' owner or a superuser can, and on again."""
    at_commit()
    tables = ("ledger_book", "ledger_account", "ledger_entry", "ledger_leg", "ledger_anchor")
    with as_owner(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
