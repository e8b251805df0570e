"""Posting: once for each key, never below nothing, never on a closed or coming day; corrections by reversal only."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.utils import timezone

from services.ledger import verification
from services.ledger.models import Account, Book, Entry, Line
from services.ledger.posting import CannotPost, CannotReverse, KeyTaken, NotEnough, Posting, post, post_many, reverse
from tenants.models import Tenant
from tests.services.ledger.books import at_commit, book, lines, receive, spend

TODAY = timezone.localdate


def balances(of: Book) -> dict[str, Decimal]:
    return dict(Account.objects.filter(book=of).values_list("code", "balance"))


def test_an_entry_moves_its_accounts_and_carries_their_balance(north: Tenant) -> None:
    one = book()

    first, second = receive(one, "k1", "100.50"), receive(one, "k2", "20")
    at_commit()

    assert [first.number, second.number] == [1, 2]
    assert balances(one)["1"] == Decimal("120.50")
    assert balances(one)["7"] == Decimal("-120.50")
    said = second.lines.values_list("account__code", "amount", "balance_after", "version")
    assert said[0] == ("1", Decimal(20), Decimal("120.50"), 2)


def test_the_same_key_posts_once(north: Tenant) -> None:
    one = book()

    assert receive(one, "k", "7") == receive(one, "k", "7")
    with pytest.raises(KeyTaken):
        receive(one, "k", "8")

    assert Entry.objects.filter(book=one).count() == 1
    assert balances(one)["1"] == 7


def test_what_is_not_there_cannot_be_spent(north: Tenant) -> None:
    one = book()
    receive(one, "in", "99.99")

    with pytest.raises(NotEnough):
        spend(one, "out", "100")

    assert balances(one)["1"] == Decimal("99.99")
    assert Entry.objects.filter(book=one).count() == 1


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("0.001", ValueError), ("NaN", CannotPost), ("0", IntegrityError), ("1000000000000", CannotPost)],
)
def test_what_is_no_money_makes_no_entry(north: Tenant, amount: str, expected: type[Exception]) -> None:
    one = book()

    with pytest.raises(expected):
        receive(one, "k", amount)

    assert not Entry.objects.filter(book=one).exists()


def test_legs_must_balance_in_money_and_in_promises(north: Tenant) -> None:
    one = book()

    for moved in (
        lines(one, a1="5", a4="-4"),
        lines(one, a1="5", a7="-5"),
        (*lines(one, a1="5", a4="-5"), *lines(one, a1="5", a4="-5")),
    ):
        with pytest.raises(ValueError, match=r"balance|twice"):
            receive(one, "k", lines=moved)
    with pytest.raises(ValueError, match="balance"):
        receive(one, "k", lines=lines(one, a1="5"))

    assert not Line.objects.filter(account__book=one).exists()


def test_accounts_of_another_book_are_refused(north: Tenant) -> None:
    one, other = book(), book("另一只基金")

    with pytest.raises(ValueError, match="unknown"):
        receive(one, "k", lines=(*lines(one, a1="5"), *lines(other, a4="-5")))


def test_no_day_to_come_and_none_before_the_book(north: Tenant) -> None:
    one = book(days=10)

    for on in (TODAY() + dt.timedelta(days=1), TODAY() - dt.timedelta(days=11)):
        with pytest.raises(CannotPost):
            receive(one, "k", occurred_on=on)


def test_a_mistake_is_reversed_once(north: Tenant) -> None:
    one = book()
    wrong = receive(one, "k", "30")

    right = reverse(entry=wrong, occurred_on=TODAY(), memo="金额录错", by=None)
    at_commit()

    assert right.reverses == wrong
    assert set(balances(one).values()) == {Decimal(0)}
    with pytest.raises(CannotReverse):
        reverse(entry=wrong, occurred_on=TODAY(), memo="再冲", by=None)
    with pytest.raises(CannotReverse):
        reverse(entry=right, occurred_on=TODAY(), memo="冲回", by=None)


def test_money_spent_since_cannot_be_reversed_away(north: Tenant) -> None:
    one = book()
    came = receive(one, "in", "30")
    spend(one, "out", "10")

    with pytest.raises(NotEnough):
        reverse(entry=came, occurred_on=TODAY(), memo="", by=None)


def test_many_go_in_at_once_or_not_at_all(north: Tenant) -> None:
    one = book()
    moved = lines(one, a1="1", a4="-1", a6="1", a7="-1")
    rows = [Posting(f"k{number}", "donation", TODAY(), moved, "tests.row:1") for number in range(30)]

    assert len(post_many(book=one, postings=rows, by=None)) == 30
    at_commit()
    assert balances(one)["1"] == 30
    with pytest.raises(NotEnough):
        out = lines(one, a5="29", a1="-29", a7="29", a6="-29")
        post_many(book=one, postings=[Posting(f"o{n}", "pay", TODAY(), out, "tests.row:1") for n in range(2)], by=None)
    assert balances(one)["1"] == 30


def test_a_post_says_who_and_when(north: Tenant) -> None:
    one = book()
    before = timezone.now()

    entry = receive(one, "k", memo="九月捐款")

    assert entry.memo == "九月捐款"
    assert before <= entry.recorded_at <= timezone.now()
    again = post(
        book=one,
        posting=Posting("k2", "donation", TODAY(), lines(one, a1="1", a4="-1"), "tests.row:1"),
        by=None,
    )
    assert again.recorded_at > entry.recorded_at


@pytest.mark.parametrize(
    ("came", "went"),
    [({"a1": "5", "a4": "-5"}, {"a5": "5", "a1": "-5"}), ({"a6": "5", "a7": "-5"}, {"a7": "5", "a8": "-5"})],
)
def test_no_entry_of_a_batch_lives_on_a_later_one(north: Tenant, came: dict[str, str], went: dict[str, str]) -> None:
    """Of money, and of promises."""
    one = book()
    into, out = lines(one, **came), lines(one, **went)
    rows = [Posting("out", "pay", TODAY(), out, "tests.row:1"), Posting("in", "donation", TODAY(), into, "tests.row:1")]

    with pytest.raises(NotEnough):
        post_many(book=one, postings=rows, by=None)
    assert len(post_many(book=one, postings=rows[::-1], by=None)) == 2
    at_commit()


def test_a_batch_sent_again_posts_only_what_is_new(north: Tenant) -> None:
    one = book()
    moved = lines(one, a1="1", a4="-1", a6="1", a7="-1")
    rows = [Posting(f"k{number}", "donation", TODAY(), moved, "tests.row:1") for number in range(5)]

    first = post_many(book=one, postings=rows[:3], by=None)
    again = post_many(book=one, postings=rows, by=None)

    assert again[:3] == first
    assert balances(one)["1"] == 5
    with pytest.raises(KeyTaken):
        post_many(book=one, postings=[*rows, Posting("k0", "grant", TODAY(), moved, "tests.row:1")], by=None)
    for odd in (lines(one, a1="1", a4="-2"), lines(one, a1="0.001", a4="-0.001"), ()):
        with pytest.raises(ValueError, match=r"balance|money|without"):
            post_many(book=one, postings=[Posting("odd", "donation", TODAY(), odd, "tests.row:1")], by=None)
    at_commit()
    assert verification.findings(one) == []
