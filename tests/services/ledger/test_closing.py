"""A year is closed once it is over, in order, and takes nothing afterwards."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from services.ledger.closing import CannotCloseYear, close_year, next_year
from services.ledger.models import Account, Book
from services.ledger.posting import CannotPost
from services.ledger.queries import trial_balance
from tenants.models import Tenant
from tests.services.ledger.books import at_commit, book, receive, spend

YEAR = timezone.localdate().year
LAST = dt.date(YEAR - 1, 12, 31)


def two_years() -> Book:
    """Since before last new year: 100 came and 30 went last year, 5 came this year."""
    made = book(days=(timezone.localdate() - LAST).days + 30)
    receive(made, "k1", "100", occurred_on=LAST)
    spend(made, "k2", "30", occurred_on=LAST)
    receive(made, "k3", "5")
    return made


def close(of: Book, year: int) -> object:
    net = of.accounts.get(code="3")
    return close_year(book=of, year=year, net_of=lambda account: net, memo="结账", today=timezone.localdate(), by=None)


def test_income_and_spending_of_the_year_become_net_assets(north: Tenant) -> None:
    one = two_years()

    close(one, YEAR - 1)
    at_commit()

    balance = dict(Account.objects.filter(book=one).values_list("code", "balance"))
    assert (balance["4"], balance["5"], balance["3"]) == (Decimal(-5), Decimal(0), Decimal(-70))
    assert (balance["1"], balance["7"]) == (Decimal(75), Decimal(-75))
    one.refresh_from_db()
    assert one.closed_to == LAST
    assert next_year(one) == YEAR


def test_a_closed_year_takes_nothing(north: Tenant) -> None:
    one = two_years()
    close(one, YEAR - 1)

    with pytest.raises(CannotPost, match="已经结账"):
        receive(one, "late", "1", occurred_on=LAST)
    receive(one, "next day", "1", occurred_on=LAST + dt.timedelta(days=1))


def test_years_are_closed_in_order_and_when_they_are_over(north: Tenant) -> None:
    one = two_years()

    for year in (YEAR - 2, YEAR, YEAR + 1):
        with pytest.raises(CannotCloseYear):
            close(one, year)
    close(one, YEAR - 1)
    for year in (YEAR - 1, YEAR):
        with pytest.raises(CannotCloseYear):
            close(one, year)


def test_a_year_without_movement_closes_without_an_entry(north: Tenant) -> None:
    one = book(days=(timezone.localdate() - LAST).days + 5)

    assert close(one, YEAR - 1) is None
    one.refresh_from_db()
    assert one.closed_to == LAST


def test_the_trial_balance_splits_what_was_before_from_what_moved(north: Tenant) -> None:
    one = two_years()

    lines = {line.account.code: line for line in trial_balance(one, LAST + dt.timedelta(days=1), timezone.localdate())}

    bank = lines["1"]
    assert (bank.opening, bank.debit, bank.credit, bank.closing) == tuple(map(Decimal, (70, 5, 0, 75)))
    assert sum(line.closing for line in lines.values()) == 0
    assert sum(line.debit - line.credit for line in lines.values()) == 0
