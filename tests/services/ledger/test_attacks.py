"""Direct SQL against the books, as the role the product itself uses: every way in ends with a refusal (AT-18)."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from services.ledger import verification
from services.ledger.models import Account, Book, Entry, Line
from services.ledger.posting import reverse
from tenants.backend.owner import as_owner
from tenants.models import Tenant
from tests.services.ledger.books import at_commit, book, receive, spend, unguarded

ENTRY = """
    INSERT INTO ledger_entry (ref, book_id, number, key, kind, occurred_on, recorded_at, posted_by, source, words, size,
                              digest)
    VALUES ('attack', %(book)s, %(number)s, 'attack', 'donation', current_date, now(), '', 'x:1', '', %(size)s,
            %(digest)s)
    RETURNING id
"""
LEG = """
    INSERT INTO ledger_leg (entry_id, account_id, position, amount, balance_after, version)
    SELECT %(entry)s, a.id, %(position)s, %(amount)s, a.balance + %(amount)s, a.moves + 1
      FROM ledger_account a WHERE a.book_id = %(book)s AND a.code = %(code)s
"""


@pytest.fixture
def one(north: Tenant) -> Book:
    """A book with two entries, in a transaction that is rolled back."""
    made = book()
    receive(made, "k1", "100")
    spend(made, "k2", "40")
    at_commit()
    return made


def sql(text: str, **values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchone()[0] if cursor.description else None


@contextmanager
def refused(why: str) -> Iterator[None]:
    """The attack, at the latest at its commit, is refused for `why`."""
    with pytest.raises(DatabaseError, match=why), transaction.atomic():
        yield
        at_commit()


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_leg", "ledger_anchor"])
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_is_written_is_never_changed(one: Book, table: str, act: str) -> None:
    from services.ledger.anchors import anchor

    anchor(one, dt.date(2026, 3, 2))
    at_commit()
    with refused("append-only|permission denied"):
        sql(act.format(table))
    with as_owner(), refused("append-only"):  # the guard holds by itself, too
        sql(act.format(table))


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE ledger_leg SET amount = 1 WHERE position = 1",
        "UPDATE ledger_entry SET occurred_on = current_date - 1",
        "UPDATE ledger_entry SET reverses_id = NULL",
        "DELETE FROM ledger_account",
        "DELETE FROM ledger_book",
        "TRUNCATE ledger_book CASCADE",
        "UPDATE ledger_account SET kind = 'net' WHERE code = '1'",
        "UPDATE ledger_account SET code = '99' WHERE code = '1'",
        "UPDATE ledger_book SET opened_on = current_date",
    ],
)
def test_no_part_of_it_either(one: Book, act: str) -> None:
    with refused("append-only|permission denied"):
        sql(act)
    with as_owner(), refused("append-only"):
        sql(act)


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE ledger_account SET balance = balance + 1000 WHERE code = '1'",
        "UPDATE ledger_account SET moves = moves + 1 WHERE code = '1'",
        "UPDATE ledger_account SET balance = 0, moves = 0",
        "INSERT INTO ledger_account (ref, book_id, code, name, kind, balance, moves) "
        "SELECT 'attack', id, '77', 'x', 'asset', 5, 0 FROM ledger_book",
        "UPDATE ledger_book SET entries = entries + 1",
        "UPDATE ledger_book SET head = repeat('1', 64)",
    ],
)
def test_a_balance_no_leg_says_does_not_last(one: Book, act: str) -> None:
    with refused("no leg says|other entries"):
        sql(act)


def header(one: Book, size: int = 2) -> int:
    made: int = sql(ENTRY, book=one.pk, number=3, size=size, digest="1" * 64)
    return made


def line(one: Book, entry: int, code: str, amount: str, position: int) -> None:
    sql(LEG, entry=entry, book=one.pk, code=code, amount=amount, position=position)
    sql("UPDATE ledger_account SET balance = balance + %(a)s, moves = moves + 1 WHERE book_id = %(b)s AND code = %(c)s",
        a=amount, b=one.pk, c=code)  # fmt: skip


def test_a_header_without_legs(one: Book) -> None:
    with refused("does not continue"):
        header(one)


def test_one_leg(one: Book) -> None:
    with refused("balance"):
        line(one, header(one), "1", "5", 1)


def test_unequal_legs(one: Book) -> None:
    with refused("balance"):
        entry = header(one)
        sql(
            """INSERT INTO ledger_leg (entry_id, account_id, position, amount, balance_after, version)
               SELECT %(e)s, a.id, CASE a.code WHEN '1' THEN 1 ELSE 2 END, CASE a.code WHEN '1' THEN 5 ELSE -4 END,
                      0, a.moves + 1 FROM ledger_account a WHERE a.book_id = %(b)s AND a.code IN ('1', '4')""",
            e=entry, b=one.pk,
        )  # fmt: skip


@pytest.mark.parametrize("amount", ["0", "'NaN'"])
def test_legs_of_nothing(one: Book, amount: str) -> None:
    with refused("leg_moves_something|balance|follow"):
        sql(
            f"""INSERT INTO ledger_leg (entry_id, account_id, position, amount, balance_after, version)
                SELECT %(e)s, a.id, a.code::int, {amount}, {amount}, a.moves + 1
                  FROM ledger_account a WHERE a.book_id = %(b)s AND a.code IN ('1', '4')""",
            e=header(one), b=one.pk,
        )  # fmt: skip


def test_legs_added_to_an_old_entry(one: Book) -> None:
    old = Entry.objects.filter(book=one).earliest("number")
    with refused("legs already"):
        sql(
            """WITH moved AS (UPDATE ledger_account a SET balance = a.balance + x.amount, moves = a.moves + 1
                                FROM (VALUES ('1', 5), ('4', -5)) AS x(code, amount)
                               WHERE a.code = x.code AND a.book_id = %(b)s
                           RETURNING a.id, x.amount, a.balance, a.moves)
               INSERT INTO ledger_leg (entry_id, account_id, position, amount, balance_after, version)
               SELECT %(e)s, id, 9 + row_number() OVER (), amount, balance, moves FROM moved""",
            e=old.pk, b=one.pk,
        )  # fmt: skip


@pytest.mark.parametrize(("number", "digest"), [(3, "1" * 64), (7, "0" * 64)])
def test_a_balanced_entry_that_does_not_continue_the_book(one: Book, number: int, digest: str) -> None:
    with refused("does not continue|other entries"):
        entry = sql(ENTRY, book=one.pk, number=number, size=2, digest=digest)
        sql(
            """WITH moved AS (UPDATE ledger_account a SET balance = a.balance + x.amount, moves = a.moves + 1
                                FROM (VALUES ('1', 5), ('4', -5)) AS x(code, amount)
                               WHERE a.code = x.code AND a.book_id = %(b)s
                           RETURNING a.id, x.amount, a.balance, a.moves)
               INSERT INTO ledger_leg (entry_id, account_id, position, amount, balance_after, version)
               SELECT %(e)s, id, row_number() OVER (), amount, balance, moves FROM moved""",
            e=entry, b=one.pk,
        )  # fmt: skip


def test_a_leg_that_jumps_over_the_last_balance(one: Book) -> None:
    with refused("follow"):
        entry = header(one)
        sql(
            """INSERT INTO ledger_leg (entry_id, account_id, position, amount, balance_after, version)
               SELECT %(e)s, a.id, CASE a.code WHEN '1' THEN 1 ELSE 2 END, CASE a.code WHEN '1' THEN 5 ELSE -5 END,
                      1000, a.moves + 1 FROM ledger_account a WHERE a.book_id = %(b)s AND a.code IN ('1', '4')""",
            e=entry, b=one.pk,
        )  # fmt: skip


def test_a_second_reversal(one: Book) -> None:
    last = Entry.objects.filter(book=one).latest("number")
    reverse(entry=last, occurred_on=last.occurred_on, memo="", by=None)
    with refused("reverses"):
        sql(
            "INSERT INTO ledger_entry (ref, book_id, number, key, kind, occurred_on, recorded_at, posted_by, source, "
            "words, size, digest, reverses_id) VALUES ('attack', %(b)s, 4, 'z', 'reversal', current_date, now(), '', "
            "'x:1', '', 2, '', %(r)s)",
            b=one.pk, r=last.pk,
        )  # fmt: skip


def test_a_day_of_a_closed_year(one: Book) -> None:
    Book.objects.filter(pk=one.pk).update(closed_to=dt.date(2020, 12, 31))
    with refused("append-only"):
        Book.objects.filter(pk=one.pk).update(closed_to=None)
    with refused("append-only"):
        Book.objects.filter(pk=one.pk).update(closed_to=dt.date(2019, 12, 31))


def test_the_book_is_in_order_after_all_of_it(one: Book) -> None:
    one.refresh_from_db()

    assert verification.findings(one) == []
    assert (one.entries, Line.objects.filter(account__book=one).count()) == (2, 8)
    assert sum(Account.objects.filter(book=one, code__in="1345").values_list("balance", flat=True)) == 0


UNSEEN = [
    ("UPDATE ledger_leg SET amount = amount + 1 WHERE entry_id = %(e)s AND position = 1", {"unbalanced", "running"}),
    ("UPDATE ledger_leg SET amount = amount * 2, balance_after = balance_after * 2 WHERE entry_id = %(e)s", {"digest"}),
    ("UPDATE ledger_entry SET occurred_on = occurred_on - 1 WHERE id = %(e)s", {"digest"}),
    ("UPDATE ledger_entry SET words = 'x' WHERE id = %(e)s", {"digest"}),
    ("UPDATE ledger_entry SET posted_by = 'x' WHERE id = %(e)s", {"digest"}),
    ("DELETE FROM ledger_leg WHERE entry_id = %(e)s AND position = 1", {"legs"}),
    ("WITH l AS (DELETE FROM ledger_leg WHERE entry_id = %(e)s) DELETE FROM ledger_entry WHERE id = %(e)s", {"gap"}),
    ("UPDATE ledger_account SET balance = balance + 9 WHERE code = '1'", {"balance", "promises"}),
    ("UPDATE ledger_book SET entries = 9", {"head"}),
]


@pytest.mark.parametrize(("act", "found"), UNSEEN)
def test_what_an_owner_of_the_server_changes_is_found(one: Book, act: str, found: set[str]) -> None:
    """With the triggers switched off, as only the tables' owner or a superuser can."""
    first = Entry.objects.filter(book=one).earliest("number")
    with unguarded():
        sql(act, e=first.pk)

    wrong = verification.findings(one)

    assert found <= {each.wrong for each in wrong}
    if found & {"digest", "legs", "unbalanced"}:
        assert wrong[0].where == str(first.number)


def test_a_chain_forged_to_its_end_is_found_by_an_anchor_kept_elsewhere(one: Book) -> None:
    one.refresh_from_db()
    kept = [(dt.date(2026, 3, 2), one.entries, one.head)]
    with unguarded(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET words = 'x' WHERE book_id = %s", [one.pk])
        for entry in Entry.objects.filter(book=one).order_by("number"):
            cursor.execute(
                """UPDATE ledger_entry e SET digest = ledger_digest(
                       coalesce((SELECT p.digest FROM ledger_entry p WHERE p.book_id = e.book_id
                                    AND p.number = e.number - 1), repeat('0', 64)),
                       e.number, e.ref, e.key, e.kind, e.occurred_on, e.recorded_at, e.posted_by, e.source, e.words,
                       e.reverses_id, s.accounts, s.amounts, s.balances, s.versions)
                     FROM (SELECT array_agg(account_id ORDER BY position) AS accounts,
                                  array_agg(amount ORDER BY position) AS amounts,
                                  array_agg(balance_after ORDER BY position) AS balances,
                                  array_agg(version ORDER BY position) AS versions
                             FROM ledger_leg WHERE entry_id = %s) s WHERE e.id = %s""",
                [entry.pk, entry.pk],
            )
        cursor.execute(
            "UPDATE ledger_book SET head = (SELECT digest FROM ledger_entry WHERE book_id = %s ORDER BY number DESC "
            "LIMIT 1) WHERE id = %s", [one.pk, one.pk],
        )  # fmt: skip

    assert verification.findings(one) == []
    assert [each.wrong for each in verification.findings(one, kept)] == ["anchor"]
