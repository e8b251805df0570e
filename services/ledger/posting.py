"""Post entries: one act of the database, once for each key, and never changed afterwards."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from django.db import DatabaseError, DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.refs import new_ref
from common.refusals import Conflict, Refused
from services.ledger.models import Account, Book, Entry


class NotEnough(Conflict):
    """The entry would take more than the account holds."""


class KeyTaken(Refused):
    """The same key was posted before with other contents."""


class CannotPost(Refused):
    """The day lies in a closed year, in time to come, or before the book."""


class CannotReverse(Conflict):
    """The entry is reversed already, or is itself a reversal."""


@dataclass(frozen=True)
class Posting:
    """What is posted. `lines` are (account, yuan): above zero a debit, below zero a credit; each account once.

    They sum to zero among money accounts and among promises. `source` is "app.model:ref" of the row that caused it,
    `memo` name no person.
    """

    key: str
    kind: str
    occurred_on: dt.date
    lines: tuple[tuple[Account, Decimal], ...]
    source: str
    memo: str = ""


def post(*, book: Book, posting: Posting, by: User | None, reverses: Entry | None = None) -> Entry:
    """Post an entry to a book, in the caller's transaction. The same key with the same contents gives the first back.

    :raises NotEnough: if an asset, a free or a reserved account would fall below nothing.
    :raises KeyTaken: if the key was posted with other contents.
    :raises CannotPost: for a day of a closed year, to come, or before the book was opened.
    :raises ValueError: if the lines do not make an entry: that is the caller's mistake.
    """
    accounts = [account.pk for account, _amount in posting.lines]
    amounts = [amount for _account, amount in posting.lines]
    with _refusals(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_post(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::bigint[], %s::numeric[])",
            [book.pk, new_ref(), posting.key, posting.kind, posting.occurred_on, getattr(by, "ref", ""),
             posting.source, posting.memo, reverses.pk if reverses else None, accounts, amounts],
        )  # fmt: skip
        made = cursor.fetchone()[0]
    return Entry.objects.get(pk=made)


def post_many(*, book: Book, postings: Sequence[Posting], by: User | None) -> list[int]:
    """Post entries one after the other in one statement, all or none; return their ids.

    :raises NotEnough: as `post`; so the others.
    """
    rows = [
        [new_ref(), each.key, each.kind, each.occurred_on.isoformat(), each.source, each.memo,
         [account.pk for account, _amount in each.lines], [str(amount) for _account, amount in each.lines]]
        for each in postings
    ]  # fmt: skip
    with _refusals(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_post_many(%s, %s, %s::jsonb)", [book.pk, getattr(by, "ref", ""), json.dumps(rows)]
        )
        return [row[0] for row in cursor.fetchall()]


def reverse(*, entry: Entry, occurred_on: dt.date, memo: str, by: User | None) -> Entry:
    """Correct an entry by its opposite, dated `occurred_on`; an entry is reversed once.

    :raises CannotReverse: if it is reversed already or is a reversal.
    :raises NotEnough: if what it brought in has been spent since.
    """
    if entry.reverses_id:
        raise CannotReverse(_("冲正凭证不能再冲正，请重新记一笔。"))
    if Entry.objects.filter(reverses=entry).exists():
        raise CannotReverse(_("第 %(number)s 号凭证已经冲正过。") % {"number": entry.number})
    lines = tuple((line.account, -line.amount) for line in entry.lines.select_related("account"))
    posting = Posting(f"reverse:{entry.ref}", "reversal", occurred_on, lines, entry.source, memo)
    try:
        return post(book=entry.book, posting=posting, by=by, reverses=entry)
    except KeyTaken:  # somebody else was first, with other words
        raise CannotReverse(_("第 %(number)s 号凭证已经冲正过。") % {"number": entry.number}) from None


@contextmanager
def _refusals() -> Iterator[None]:
    """Say in words what the database refused."""
    try:
        yield
    except IntegrityError as refusal:
        broken = _told(refusal, "constraint_name")
        if broken == "account_never_below_nothing":
            raise NotEnough(_("余额不足：超出了账上可动用的金额。")) from None
        if broken.startswith("ledger_entry_reverses"):
            raise CannotReverse(_("这张凭证已经冲正过。")) from None
        raise
    except DataError:
        raise CannotPost(_("金额超出了账册能记的范围。")) from None
    except DatabaseError as refusal:
        code = _told(refusal, "sqlstate")
        if code == "LD001":
            raise KeyTaken(_("同一笔业务已经入账，但内容不同。")) from None
        if code == "LD002":
            raise CannotPost(_("该日期所在年度已经结账，请记在当前年度。")) from None
        if code == "LD005":
            raise CannotPost(_("入账日期不能在建账之前，也不能在今天之后。")) from None
        if code in ("LD003", "LD004"):
            raise ValueError(str(refusal)) from refusal
        raise


def _told(no: DatabaseError, what: str) -> str:
    return getattr(getattr(no.__cause__, "diag", None), what, None) or ""
