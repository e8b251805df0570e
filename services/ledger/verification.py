"""Recompute a book from its lines and say where it is not what it should be (promise P5).

Triggers stop everybody who works through the database; somebody who owns the server can switch them off. What such a
hand changes breaks the chain, the running balances or an anchor that was kept elsewhere, and is found here by number.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.ledger.models import Book, Check

Anchored = tuple[dt.date, int, str]

# What is wrong, in words; each finding names the entry's number, or the account's code, or the anchor's day.
WORDS = {
    "gap": _("凭证号不连续，有凭证被删去或改号"),
    "legs": _("分录的数目与凭证不符"),
    "unbalanced": _("借贷不平"),
    "digest": _("凭证内容与当时的摘要值不符，被改动过"),
    "running": _("分录的余额与前一笔接不上"),
    "balance": _("科目余额与分录合计不符"),
    "below": _("科目余额低于零"),
    "head": _("账套的末笔与凭证不符"),
    "promises": _("资源总额与资产、额度不等"),
    "anchor": _("与留存在外的日终摘要不符：账簿在这一天之前被改写"),
}

ENTRIES = """
    WITH chain AS (
        SELECT e.*, lag(e.digest, 1, repeat('0', 64)) OVER w AS before, lag(e.number, 1, 0::bigint) OVER w AS previous
          FROM ledger_entry e WHERE e.book_id = %(book)s WINDOW w AS (ORDER BY e.number)
    ), said AS (
        SELECT l.entry_id, count(*) AS legs, array_agg(l.account_id ORDER BY l.position) AS accounts,
               array_agg(l.amount ORDER BY l.position) AS amounts,
               array_agg(l.balance_after ORDER BY l.position) AS balances,
               array_agg(l.version ORDER BY l.position) AS versions,
               coalesce(sum(l.amount) FILTER (WHERE a.kind IN ('asset', 'net', 'income', 'expense')), 0) AS money,
               coalesce(sum(l.amount) FILTER (WHERE a.kind IN ('resource', 'free', 'reserved')), 0) AS promises
          FROM ledger_leg l JOIN ledger_account a ON a.id = l.account_id JOIN chain c ON c.id = l.entry_id
         GROUP BY l.entry_id
    ), judged AS (
        SELECT c.number, CASE
            WHEN c.number <> c.previous + 1 THEN 'gap'
            WHEN s.legs IS DISTINCT FROM c.size THEN 'legs'
            WHEN s.money <> 0 OR s.promises <> 0 THEN 'unbalanced'
            WHEN c.digest <> ledger_digest(c.before, c.number, c.ref, c.key, c.kind, c.occurred_on, c.recorded_at,
                c.posted_by, c.source, c.words, c.reverses_id, s.accounts, s.amounts, s.balances, s.versions)
            THEN 'digest' END AS wrong
          FROM chain c LEFT JOIN said s ON s.entry_id = c.id
    )
    SELECT wrong, number::text FROM judged WHERE wrong IS NOT NULL ORDER BY number
"""
LEGS = """
    SELECT 'running', e.number::text FROM (
        SELECT l.entry_id, l.version, l.balance_after - l.amount AS came,
               lag(l.balance_after, 1, 0::numeric) OVER w AS before, lag(l.version, 1, 0::bigint) OVER w AS previous
          FROM ledger_leg l JOIN ledger_account a ON a.id = l.account_id
         WHERE a.book_id = %(book)s WINDOW w AS (PARTITION BY l.account_id ORDER BY l.version)
    ) x JOIN ledger_entry e ON e.id = x.entry_id
     WHERE x.came <> x.before OR x.version <> x.previous + 1 ORDER BY e.number
"""
ACCOUNTS = """
    SELECT CASE WHEN a.balance <> coalesce(s.sum, 0) OR a.moves <> coalesce(s.legs, 0) THEN 'balance'
                ELSE 'below' END, a.code
      FROM ledger_account a
      LEFT JOIN (SELECT l.account_id, sum(l.amount) AS sum, count(*) AS legs FROM ledger_leg l
                   JOIN ledger_account o ON o.id = l.account_id AND o.book_id = %(book)s GROUP BY l.account_id) s
        ON s.account_id = a.id
     WHERE a.book_id = %(book)s
       AND (a.balance <> coalesce(s.sum, 0) OR a.moves <> coalesce(s.legs, 0)
            OR (a.kind IN ('asset', 'resource') AND a.balance < 0)
            OR (a.kind IN ('free', 'reserved') AND a.balance > 0))
     ORDER BY a.code
"""
HEAD = """
    SELECT 'head', b.entries::text FROM ledger_book b
      LEFT JOIN LATERAL (SELECT count(*) AS n, max(number) AS last FROM ledger_entry WHERE book_id = b.id) e ON true
      LEFT JOIN ledger_entry l ON l.book_id = b.id AND l.number = e.last
     WHERE b.id = %(book)s AND (b.entries <> e.n OR b.head <> coalesce(l.digest, repeat('0', 64)))
"""
PROMISES = """
    SELECT 'promises', '' FROM (
        SELECT sum(balance) FILTER (WHERE kind = 'asset') AS assets,
               sum(balance) FILTER (WHERE kind = 'resource') AS resources,
               -sum(balance) FILTER (WHERE kind IN ('free', 'reserved')) AS promised
          FROM ledger_account WHERE book_id = %(book)s
    ) s WHERE s.resources IS NOT NULL AND (s.assets <> s.resources OR s.resources <> s.promised)
"""


@dataclass(frozen=True)
class Finding:
    """`wrong` is a code of WORDS, `where` an entry's number, an account's code or a day."""

    wrong: str
    where: str

    @property
    def words(self) -> Any:
        return WORDS[self.wrong]


def findings(book: Book, kept: Iterable[Anchored] = ()) -> list[Finding]:
    """Return everything that is wrong with a book, the first entry first; an empty list is a book in order.

    :param kept: anchors kept outside the books: (day, number of entries, digest of the last).
    """
    found: list[Finding] = []
    with connection.cursor() as cursor:
        for query in (ENTRIES, LEGS, ACCOUNTS, HEAD, PROMISES):
            cursor.execute(query, {"book": book.pk})
            found += [Finding(wrong, where) for wrong, where in cursor.fetchall()]
        cursor.execute("SELECT number, digest FROM ledger_entry WHERE book_id = %s", [book.pk])
        digests = dict(cursor.fetchall())
    anchors = {(on, entries, digest) for on, entries, digest in kept}
    anchors |= set(book.anchors.values_list("on", "entries", "digest"))
    found += [
        Finding("anchor", f"{on:%Y-%m-%d}")
        for on, entries, digest in sorted(anchors)
        if entries and digests.get(entries) != digest
    ]
    return found


def check(book: Book, kept: Iterable[Anchored] = ()) -> Check:
    """Verify a book and keep what was found."""
    found = findings(book, kept)
    book.refresh_from_db(fields=["entries"])
    return Check.objects.create(
        book=book, at=timezone.now(), entries=book.entries, findings=[asdict(each) for each in found]
    )
