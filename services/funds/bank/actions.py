"""Bank statements: taken in once, matched to the books by themselves where it is certain, else by hand."""

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Conflict, Refused
from services.funds.bank.statements import Statement, StatementLine, read_statement
from services.funds.books import chart as books
from services.funds.books.chart import BANK, PostingRef
from services.funds.donations import actions as donation_actions
from services.funds.fund.actions import lock
from services.funds.models import BankImport, BankLine, Donation, Fund, Purpose
from services.journal import log
from services.ledger.models import Account, Entry, Line

DAYS: Final = 3
State = BankLine.State
ZERO: Final = Decimal(0)


class CannotImport(Refused):
    """The file was taken in before."""

    page_status = 400


class CannotSettle(Conflict):
    """The line is settled already, or the entry does not fit it."""


@dataclass(frozen=True)
class Taken:
    """What an import did: lines that are new, lines known from before, and how many matched by themselves."""

    statement: BankImport
    new: int
    known: int
    matched: int


@dataclass(frozen=True)
class Reconciliation:
    """Yuan: what the books say is in the bank, what the statements add up to, what is unmatched on each side."""

    books: Decimal
    bank: Decimal
    waiting_lines: int
    waiting_sum: Decimal
    open_entries: int
    open_sum: Decimal

    @property
    def difference(self) -> Decimal:
        return self.books - self.bank


def look(data: bytes, today: dt.date) -> Statement:
    """Return what a file says without taking it in.

    :raises Unreadable: with the sentence to show.
    """
    return read_statement(data, today)


def take_in(*, fund: Fund, file_name: str, data: bytes, today: dt.date, by: User) -> Taken:
    """Take a statement in. The same file is refused, the same line is left out; what is certain is matched at once.

    :raises Unreadable: if it cannot be read.
    :raises CannotImport: as the class says.
    """
    return _keep(fund, file_name, data, look(data, today), by)  # read before the transaction: that takes its time


@transaction.atomic
def _keep(fund: Fund, file_name: str, data: bytes, said: Statement, by: User) -> Taken:
    held = Fund.objects.select_for_update(of=("self",), no_key=True).get(pk=fund.pk)
    digest = hashlib.sha256(data).hexdigest()
    if held.bank_imports.filter(file_digest=digest).exists():
        raise CannotImport(_("这个文件已经导入过。"))
    statement = BankImport.objects.create(fund=held, file_name=file_name[:120], file_digest=digest, imported_by=by.ref)
    before = held.bank_lines.count()
    BankLine.objects.bulk_create(
        [BankLine(statement=statement, fund=held, fingerprint=mark, **vars(line)) for mark, line in _marks(said.lines)],
        ignore_conflicts=True, batch_size=1000,
    )  # fmt: skip
    new = held.bank_lines.count() - before
    matched = match_certain(fund=held, by=by)
    log.write("funds.statement.imported", on=statement, by=by, fund=held.ref, lines=new, matched=matched)
    return Taken(statement, new, len(said.lines) - new, matched)


@transaction.atomic
def match_certain(*, fund: Fund, by: User) -> int:
    """Match waiting lines to open entries of the same amount within three days, where there is exactly one each way.

    A bank reference noted with a donation decides where it is the same, and rules out where it differs.
    """
    lines = list(fund.bank_lines.select_for_update(of=("self",)).filter(state=State.WAITING))
    by_amount: dict[Decimal, list[tuple[Entry, str]]] = defaultdict(list)
    noted = dict(fund.donations.exclude(reference="").values_list("entry_id", "reference"))
    for entry_line in open_entry_lines(fund):
        by_amount[entry_line.amount].append((entry_line.entry, noted.get(entry_line.entry_id, "")))
    fits: dict[int, list[Entry]] = {}
    for line in lines:
        near = [
            (entry, ref) for entry, ref in by_amount[line.amount] if abs((entry.occurred_on - line.on).days) <= DAYS
        ]
        same = [entry for entry, ref in near if ref and ref == line.reference]
        fits[line.pk] = same or [entry for entry, ref in near if not ref or not line.reference]
    wanted = Counter(entry.pk for entries in fits.values() for entry in entries)
    matched = []
    for line in lines:
        entries = fits[line.pk]
        if len(entries) == 1 and wanted[entries[0].pk] == 1:
            line.state, line.entry, line.settled_by = State.MATCHED, entries[0], by.ref
            matched.append(line)
    BankLine.objects.bulk_update(matched, ["state", "entry", "settled_by"], batch_size=500)
    return len(matched)


@transaction.atomic
def match(*, line: BankLine, entry: Entry, by: User) -> None:
    """Match a line to an open entry of the same amount by hand.

    :raises CannotSettle: as the class says.
    """
    held = _waiting(line)
    if not open_entry_lines(held.fund).filter(entry=entry, amount=held.amount).exists():
        raise CannotSettle(_("这张凭证与银行流水金额不同，或已核对、已冲正。"))
    _settle(held, entry, by)


@transaction.atomic
def unmatch(*, line: BankLine, by: User) -> None:
    """Let a settled line wait again; what was booked from it stays in the books.

    :raises CannotSettle: if it waits already.
    """
    held = BankLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if held.state == State.WAITING:
        raise CannotSettle(_("这条流水还没有核对。"))
    held.state, held.entry, held.reason, held.settled_by = State.WAITING, None, "", ""
    held.save(update_fields=["state", "entry", "reason", "settled_by"])
    log.write("funds.bank_line.reopened", on=held, by=by)


@transaction.atomic
def set_aside(*, line: BankLine, reason: str, by: User) -> None:
    """Say that a line is none of the fund's, and why.

    :raises CannotSettle: if it is settled already.
    """
    held = _waiting(line)
    held.state, held.reason, held.settled_by = State.SET_ASIDE, reason, by.ref
    held.save(update_fields=["state", "reason", "settled_by"])
    log.write("funds.bank_line.set_aside", on=held, by=by)


@transaction.atomic
def donate(*, line: BankLine, gift: donation_actions.Gift, today: dt.date, by: User) -> Donation:
    """Record the donation that a line is.

    :raises CannotSettle: if money went out, the gift is of another amount, or the line is settled already.
    """
    lock(line.fund)
    held = _waiting(line)
    if held.amount <= 0 or gift.amount != held.amount:
        raise CannotSettle(_("只有收入流水可以登记为捐赠，金额须相同。"))
    made = donation_actions.record_donation(fund=held.fund, gift=gift, today=today, by=by)
    _settle(held, made.entry, by)
    return made


@transaction.atomic
def book_fee(*, line: BankLine, purpose: Purpose, by: User) -> Entry:
    """Book a line as a fee of the bank, out of what is free for the purpose.

    :raises CannotSettle: if money came in or the line is settled already.
    :raises services.ledger.posting.NotEnough: if less is free for the purpose.
    """
    lock(line.fund)
    held = _waiting(line)
    if held.amount >= 0:
        raise CannotSettle(_("只有支出流水可以记为手续费。"))
    entry = books.charge(fund=held.fund, purpose=purpose, amount=-held.amount, origin=_origin(held), by=by)
    _settle(held, entry, by)
    return entry


@transaction.atomic
def book_interest(*, line: BankLine, purpose: Purpose, by: User) -> Entry:
    """Book a line as interest, free for the purpose.

    :raises CannotSettle: if money went out or the line is settled already.
    """
    lock(line.fund)
    held = _waiting(line)
    if held.amount <= 0:
        raise CannotSettle(_("只有收入流水可以记为利息。"))
    origin = _origin(held)
    entry = books.receive(fund=held.fund, purpose=purpose, amount=held.amount, origin=origin, by=by, kind="interest")
    _settle(held, entry, by)
    return entry


def open_entry_lines(fund: Fund) -> QuerySet[Line]:
    """Return what entries moved in the bank account and no line is matched to; reversed ones cancel out."""
    taken = BankLine.objects.filter(entry=OuterRef("entry"))
    moved = Line.objects.filter(account__book_id=fund.book_id, account__code=BANK)
    return moved.filter(~Exists(taken), entry__reversed_by=None, entry__reverses=None).select_related("entry")


def reconciliation(fund: Fund) -> Reconciliation:
    """Return how the books and the statements of a fund agree; four queries."""
    lines = fund.bank_lines.exclude(state=State.SET_ASIDE)
    waiting = list(lines.filter(state=State.WAITING).values_list("amount", flat=True))
    entry_lines = list(open_entry_lines(fund).values_list("amount", flat=True))
    return Reconciliation(
        books=Account.objects.get(book_id=fund.book_id, code=BANK).balance,
        bank=lines.aggregate(sum=Sum("amount"))["sum"] or ZERO,
        waiting_lines=len(waiting), waiting_sum=sum(waiting, ZERO), open_entries=len(entry_lines),
        open_sum=sum(entry_lines, ZERO),
    )  # fmt: skip


def _marks(lines: Iterable[StatementLine]) -> Iterable[tuple[str, StatementLine]]:
    """Return each line with its fingerprint: day, amount and the bank's reference, whatever else an export says of it.

    Without a reference its words count too, and lines alike in all are told apart by their number.
    """
    seen: Counter[StatementLine] = Counter()
    for line in lines:
        seen[line] += 1
        said = [line.on.isoformat(), f"{line.amount:.2f}", line.reference]
        if not line.reference:
            said += [line.counterparty, line.summary, str(seen[line])]
        yield hashlib.sha256("\x1f".join(said).encode()).hexdigest(), line


def _waiting(line: BankLine) -> BankLine:
    held = BankLine.objects.select_for_update(of=("self",)).select_related("fund__book").get(pk=line.pk)
    if held.state != State.WAITING:
        raise CannotSettle(_("这条流水已经处理过。"))
    return held


def _settle(line: BankLine, entry: Entry, by: User) -> None:
    line.state, line.entry, line.settled_by = State.MATCHED, entry, by.ref
    line.save(update_fields=["state", "entry", "settled_by"])
    log.write("funds.bank_line.matched", on=line, by=by, entry=entry.number)


def _origin(line: BankLine) -> PostingRef:
    """Return the cause of an entry booked from a line: once, and again only after the first was reversed.

    :raises CannotSettle: while an entry booked from it is not reversed.
    """
    source = f"funds.bankline:{line.ref}"
    booked = list(Entry.objects.filter(source=source, reverses=None).select_related("reversed_by"))
    if live := next((entry for entry in booked if not hasattr(entry, "reversed_by")), None):
        said = _("这条流水已记为第 %(number)d 号凭证，请与它核对。") % {"number": live.number}
        raise CannotSettle(said)
    return PostingRef(f"bank_line:{line.ref}:{len(booked)}", source, line.on)
