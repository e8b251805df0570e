"""Posting to a fund's books: our database function against pgledger's way, and a hundred in one go against one by one.

The other side takes the steps that pgledger takes, in words of our own: sortable text ids made by functions upon
functions, each account locked by itself, moved one after the other, checked by a call, the transfer and two entries
written, the transfers given back. Ours does more for its time: keys that post once, a chained digest, checks at commit.
Both commit, on the same server with fsync on. The goal holds for transfers that go into one call of our function
against the same number of its calls. Beside it stand, without a goal, one call against one call (there our checks
weigh more than its steps) and one call of a hundred against its own call for a hundred.
"""

import datetime as dt
import json
import statistics
from decimal import Decimal
from itertools import count

from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from bench.ground import Row, at_least, medians, row, seconds
from common.refs import new_ref
from services.funds.books import chart
from services.funds.books.chart import PostingRef
from services.funds.models import Fund, Purpose
from services.ledger.models import Line
from tenants.agencies.actions import give_roles, open_agency
from tenants.running import in_public, in_tenant

TRANSFERS = 400
BATCH = 100
ENTRIES = 100_000
ACCOUNTS = 50
PLAIN = [
    """CREATE FUNCTION plain_has_uuidv7() RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
       SELECT EXISTS (SELECT * FROM pg_proc WHERE proname = 'uuidv7') $$""",
    """CREATE FUNCTION plain_uuid() RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
       DECLARE made uuid;
       BEGIN
           IF plain_has_uuidv7() THEN EXECUTE 'SELECT uuidv7()' INTO made; RETURN made; END IF;
           RETURN gen_random_uuid();
       END $$""",
    """CREATE FUNCTION plain_text(_id uuid) RETURNS text LANGUAGE plpgsql AS $$
       DECLARE
           letters CONSTANT text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
           raw bytea := uuid_send(_id); held int := 0; bits int := 2; place int := 0; said text := '';
       BEGIN
           FOR turn IN 1..26 LOOP
               IF bits < 5 THEN held := held * 256 + get_byte(raw, place); place := place + 1; bits := bits + 8; END IF;
               bits := bits - 5;
               said := said || substr(letters, held / (1 << bits) + 1, 1);
               held := held % (1 << bits);
           END LOOP;
           RETURN said;
       END $$""",
    """CREATE FUNCTION plain_id(prefix text) RETURNS text LANGUAGE sql VOLATILE AS $$
       SELECT prefix || '_' || plain_text(plain_uuid()) $$""",
    """CREATE TABLE plain_account (id text PRIMARY KEY DEFAULT plain_id('a'), balance numeric NOT NULL DEFAULT 0,
           version bigint NOT NULL DEFAULT 0, may_go_below boolean NOT NULL, changed_at timestamptz)""",
    """CREATE TABLE plain_transfer (id text PRIMARY KEY DEFAULT plain_id('t'),
           source text NOT NULL REFERENCES plain_account, target text NOT NULL REFERENCES plain_account,
           amount numeric NOT NULL CHECK (amount > 0 AND source <> target), at timestamptz NOT NULL, details jsonb)""",
    "CREATE INDEX ON plain_transfer (source)",
    "CREATE INDEX ON plain_transfer (target)",
    "CREATE INDEX ON plain_transfer (at)",
    """CREATE TABLE plain_entry (id text PRIMARY KEY DEFAULT plain_id('e'),
           account text NOT NULL REFERENCES plain_account, transfer text NOT NULL REFERENCES plain_transfer,
           amount numeric NOT NULL, before numeric NOT NULL, after numeric NOT NULL, version bigint NOT NULL,
           at timestamptz NOT NULL)""",
    "CREATE INDEX ON plain_entry (account)",
    "CREATE INDEX ON plain_entry (transfer)",
    "CREATE VIEW plain_transfers AS SELECT id, source, target, amount, at, details FROM plain_transfer",
    """CREATE FUNCTION plain_check(one plain_account) RETURNS void LANGUAGE plpgsql AS $$
       BEGIN
           IF NOT one.may_go_below AND one.balance < 0 THEN RAISE EXCEPTION 'below nothing: %', one.id; END IF;
       END $$""",
    "CREATE TYPE plain_request AS (source text, target text, amount numeric)",
    """CREATE FUNCTION plain_move_all(_asked plain_request[], _details jsonb)
       RETURNS SETOF plain_transfers LANGUAGE plpgsql AS $$
       DECLARE
           one plain_request; each text; places text[] := '{}'; made text; all_made text[] := '{}';
           giver plain_account; taker plain_account;
       BEGIN
           FOREACH one IN ARRAY _asked LOOP
               places := array_append(array_append(places, one.source), one.target);
           END LOOP;
           FOREACH each IN ARRAY ARRAY(SELECT DISTINCT x FROM unnest(places) AS x ORDER BY x) LOOP
               PERFORM id FROM plain_account WHERE id = each FOR UPDATE;
           END LOOP;
           FOREACH one IN ARRAY _asked LOOP
               UPDATE plain_account SET balance = balance - one.amount, version = version + 1, changed_at = now()
                WHERE id = one.source RETURNING * INTO giver;
               PERFORM plain_check(giver);
               UPDATE plain_account SET balance = balance + one.amount, version = version + 1, changed_at = now()
                WHERE id = one.target RETURNING * INTO taker;
               PERFORM plain_check(taker);
               INSERT INTO plain_transfer (source, target, amount, at, details)
               VALUES (one.source, one.target, one.amount, now(), _details) RETURNING id INTO made;
               all_made := array_append(all_made, made);
               INSERT INTO plain_entry (account, transfer, amount, before, after, version, at)
               VALUES (one.source, made, -one.amount, giver.balance + one.amount, giver.balance, giver.version, now());
               INSERT INTO plain_entry (account, transfer, amount, before, after, version, at)
               VALUES (one.target, made, one.amount, taker.balance - one.amount, taker.balance, taker.version, now());
           END LOOP;
           RETURN QUERY SELECT * FROM plain_transfers WHERE id = ANY(all_made) ORDER BY id;
       END $$""",
    """CREATE FUNCTION plain_move(_source text, _target text, _amount numeric, _details jsonb)
       RETURNS SETOF plain_transfers LANGUAGE plpgsql AS $$
       BEGIN
           RETURN QUERY SELECT * FROM plain_move_all(ARRAY[(_source, _target, _amount)::plain_request], _details);
       END $$""",
]


def measure() -> list[Row]:
    """Return seconds of one transfer both ways, of one in a batch, and the queries of a long statement's page."""
    with in_public():
        tenant = open_agency(slug="bench-ledger", name="测量")
        user = User.objects.create_user("bench-ledger", "measured all day long")
        give_roles(user=user, tenant=tenant, roles=("finance",), by=None)
    with in_tenant(tenant):
        fund = _fund()
        rows = [_single(fund), *_together(fund), _batch(fund)]
        _fill(fund)
        total = sum(Line.objects.filter(account__book=fund.book_id).values_list("amount", flat=True))
        rows.append(row("ledger_sum_of_all_legs", float(total), 0, float(total), 0, total == 0))
    rows.append(_statement(fund))
    return rows


def _fund() -> Fund:
    book = chart.open_book(name="测量基金", opened_on=timezone.localdate())
    fund = Fund.objects.create(
        code="B1", name="测量基金", custodian="慈善会", programme="jinan-funds", digest="", book=book, opening_amount=0,
        opened_on=timezone.localdate(),
    )  # fmt: skip
    free, reserved = chart.open_promises(book=book, name="一般")
    purpose = Purpose.objects.create(fund=fund, name="一般", is_restricted=False, free=free, reserved=reserved)
    origin = PostingRef(key="in", source="bench.row:1", on=timezone.localdate())
    chart.receive(fund=fund, purpose=purpose, amount=Decimal(10_000_000), origin=origin, by=None)
    return fund


def _accounts(fund: Fund) -> tuple[int, int]:
    purpose = fund.purposes.get()
    return purpose.free_id, purpose.reserved_id


def _single(fund: Fund) -> Row:
    free, reserved = _accounts(fund)
    today, turns = timezone.localdate(), count(1)
    with connection.cursor() as cursor:
        for statement in PLAIN:
            cursor.execute(statement)
        cursor.execute("INSERT INTO plain_account (may_go_below) SELECT true FROM generate_series(1, %s)", [ACCOUNTS])
        cursor.execute("SELECT id FROM plain_account LIMIT 2")
        (source,), (target,) = cursor.fetchall()

    def ours() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT ledger_post(%s, %s, %s, 'reserve', %s, '', 's:1', '', NULL, %s::bigint[], %s::numeric[])",
                [fund.book_id, new_ref(), f"s{next(turns)}", today, [free, reserved], [Decimal(1), Decimal(-1)]],
            )

    def theirs() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM plain_move(%s, %s, 1, '{}')", [source, target])
            cursor.fetchall()

    for _ in range(30):
        ours()
        theirs()
    mine, other = medians(ours, theirs, count=TRANSFERS)
    return row("ledger_one_transfer_pgledgers_way_no_goal", mine, other, other / mine, 0, True)


def _together(fund: Fund) -> list[Row]:
    """A hundred transfers between our two accounts and among fifty of theirs, each in one call."""
    accounts, today, turns = _accounts(fund), timezone.localdate(), count(0, BATCH)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM plain_account ORDER BY id")
        places = [place for (place,) in cursor.fetchall()]
    asked = [(places[turn % ACCOUNTS], places[(turn * 7 + 1) % ACCOUNTS], 1) for turn in range(BATCH)]
    asked = [each for each in asked if each[0] != each[1]] or asked
    told = "ARRAY[" + ",".join(f"('{source}','{target}',{amount})" for source, target, amount in asked) + "]"

    def ours() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT ledger_post_many(%s, '', %s::jsonb)",
                [fund.book_id, _rows(300_000_000 + next(turns), BATCH, today, accounts)],
            )

    def theirs() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM plain_move_all({told}::plain_request[], '{{}}')")
            cursor.fetchall()

    def alone() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM plain_move(%s, %s, 1, '{}')", places[:2])
            cursor.fetchall()

    ours()
    theirs()
    mine, other = medians(ours, theirs, count=15)
    mine, other = mine / BATCH, other / len(asked)
    one = statistics.median(seconds(alone) for _ in range(BATCH))
    return [
        at_least("ledger_transfers_in_one_function_pgledgers_way", mine, one, 2.0),
        row("ledger_hundred_pgledgers_hundred_no_goal", mine, other, other / mine, 0, True),
    ]


def _rows(first: int, size: int, today: dt.date, accounts: tuple[int, int]) -> str:
    return json.dumps([
        [new_ref(), f"b{first + number}", "reserve", today.isoformat(), "bench.row:1", "", list(accounts), ["1", "-1"]]
        for number in range(size)
    ])  # fmt: skip


def _batch(fund: Fund) -> Row:
    accounts, today, turns = _accounts(fund), timezone.localdate(), count(0, BATCH)

    def together() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT ledger_post_many(%s, '', %s::jsonb)",
                [fund.book_id, _rows(next(turns), BATCH, today, accounts)],
            )

    def alone() -> None:
        for _ in range(BATCH):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT ledger_post_many(%s, '', %s::jsonb)",
                    [fund.book_id, _rows(100_000_000 + next(turns), 1, today, accounts)],
                )

    together()
    alone()
    return at_least("ledger_batch_of_hundred_one_by_one", *medians(together, alone, count=7), 3.0)


def _fill(fund: Fund) -> None:
    """Bring the book to 100,000 entries."""
    fund.book.refresh_from_db()
    accounts, today = _accounts(fund), timezone.localdate()
    for start in range(fund.book.entries, ENTRIES, 2000):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM ledger_post_many(%s, '', %s::jsonb)",
                [fund.book_id, _rows(200_000_000 + start, min(2000, ENTRIES - start), today, accounts)],
            )


def _statement(fund: Fund) -> Row:
    browser = Browser(HTTP_HOST="bench-ledger.localhost")
    browser.post("/accounts/login/", {"login": "bench-ledger", "password": "measured all day long"})
    address = f"/funds/{fund.ref}/ledger/"
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(address)
    assert answer.status_code == 200
    return row("ledger_statement_queries_100000_entries", len(asked), 10, len(asked) / 10, 1, len(asked) <= 10)
