"""Close a year: income and spending go to net assets in one entry, and no day of the year takes another one."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Conflict
from services.ledger.models import Account, Book, Entry
from services.ledger.posting import Posting, post
from services.ledger.queries import balances_on


class CannotCloseYear(Conflict):
    """The year is not over, is closed already, or an earlier one is still open."""


def next_year(book: Book) -> int:
    """Return the year that is to be closed next: the one after the last closed, at first the book's first."""
    return book.closed_to.year + 1 if book.closed_to else book.opened_on.year


@transaction.atomic
def close_year(
    *, book: Book, year: int, net_of: Callable[[Account], Account], memo: str, today: dt.date, by: User | None
) -> Entry | None:
    """Close `year` and return the closing entry, or None if nothing moved in it.

    :param net_of: the account of net assets that an account of income or spending is closed to.
    :raises CannotCloseYear: unless the year is over and the next in line.
    """
    book = Book.objects.select_for_update().get(pk=book.pk)
    if year != next_year(book):
        raise CannotCloseYear(_("请按年度顺序结账：下一个待结账年度是 %(year)d。") % {"year": next_year(book)})
    end = dt.date(year, 12, 31)
    if today <= end:
        raise CannotCloseYear(_("%(year)d 年还没有结束，不能结账。") % {"year": year})
    moved: dict[Account, Decimal] = {}
    for account, amount in balances_on(book, end, [Account.Kind.INCOME, Account.Kind.EXPENSE]):
        moved[account] = -amount
        net = net_of(account)
        moved[net] = moved.get(net, Decimal(0)) + amount
    lines = tuple((account, amount) for account, amount in moved.items() if amount)
    entry = None
    if lines:
        posting = Posting(f"close:{year}", "closing", end, lines, f"ledger.book:{book.ref}", memo)
        entry = post(book=book, posting=posting, by=by)
    Book.objects.filter(pk=book.pk).update(closed_to=end)
    return entry
