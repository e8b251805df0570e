"""How a fund's business becomes entries: the chart of accounts, and one function for each kind of movement.

Every function posts in the caller's transaction and gives the entry; the key makes it once. Money entries and promise
entries go together: what comes in is free for its purpose, a grant reserves it, a payment takes the reserved money out.
What changes the fund's resources is published at the same moment (disclosure), without persons.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Max, Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from disclosure import door as disclosure
from services.funds.models import Fund, Purpose
from services.ledger import posting
from services.ledger.models import Account, Book, Entry
from tenants.running import current_slug

Kind = Account.Kind
BANK, GOODS, RESOURCES = "1002", "1201", "9001"
NET: Final = {False: "3101", True: "3102"}
# Income and spending, each general (…01) and restricted (…02): a year's end closes them to net assets of their own.
INCOME: Final = {"donation": "4101", "in_kind": "4201", "grant": "4301", "interest": "4401"}
SPENDING: Final = {"person": "5101", "activity": "5201", "service": "5301", "fee": "5401", "hand_over": "5501"}
PROMISES_FROM: Final = 9100


@dataclass(frozen=True)
class PostingRef:
    """Why an entry is posted: its key, its source row, its day and its memo (no person in them).

    `giver` is published with money that came in: an organisation, or a person who agreed to be named.
    """

    key: str
    source: str
    on: dt.date
    memo: str = ""
    giver: str = ""


def open_book(*, name: str, opened_on: dt.date) -> Book:
    """Open a fund's book with its chart of accounts."""
    book = Book.objects.create(name=name, opened_on=opened_on)
    with translation.override("zh-hans"):  # the books speak the language of their law, whoever opens them
        chart = _chart()
    Account.objects.bulk_create(Account(book=book, code=code, name=title, kind=kind) for code, title, kind in chart)
    return book


def open_promises(*, book: Book, name: str) -> tuple[Account, Account]:
    """Open the two accounts of a purpose: what is free for it, and what is reserved."""
    taken = book.accounts.filter(kind__in=[Kind.FREE, Kind.RESERVED]).count()
    free, reserved = str(PROMISES_FROM + taken + 1), str(PROMISES_FROM + taken + 2)
    with translation.override("zh-hans"):
        titles = _("可用"), _("已承诺")
    return (
        Account.objects.create(book=book, code=free, name=f"{titles[0]}·{name}", kind=Kind.FREE),
        Account.objects.create(book=book, code=reserved, name=f"{titles[1]}·{name}", kind=Kind.RESERVED),
    )


def receive(
    *, fund: Fund, purpose: Purpose, amount: Decimal, origin: PostingRef, by: User | None, kind: str = "donation"
) -> Entry:
    """Money came in, or goods (`kind` in_kind); a `grant` is a government's, `interest` the bank's."""
    holds = GOODS if kind == "in_kind" else BANK
    return _post(fund, kind, origin, by, (
        (holds, amount), (_of(INCOME[kind], purpose), -amount), (RESOURCES, amount), (purpose.free, -amount),
    ))  # fmt: skip


def give_back(
    *, fund: Fund, purpose: Purpose, amount: Decimal, origin: PostingRef, by: User | None, kind: str = "donation"
) -> Entry:
    """Money or goods go back to who gave them, out of what is still free for the purpose."""
    holds = GOODS if kind == "in_kind" else BANK
    return _post(fund, "give_back", origin, by, (
        (holds, -amount), (_of(INCOME[kind], purpose), amount), (RESOURCES, -amount), (purpose.free, amount),
    ))  # fmt: skip


def reserve(*, fund: Fund, purpose: Purpose, amount: Decimal, origin: PostingRef, by: User | None) -> Entry:
    """Set money aside for a grant that was approved.

    :raises services.ledger.posting.NotEnough: if less is free for the purpose.
    """
    return _post(fund, "reserve", origin, by, ((purpose.free, amount), (purpose.reserved, -amount)))


def release_reservation(*, fund: Fund, purpose: Purpose, amount: Decimal, origin: PostingRef, by: User | None) -> Entry:
    """Let go of money that was set aside and is not paid."""
    return _post(fund, "release", origin, by, ((purpose.reserved, amount), (purpose.free, -amount)))


def pay(
    *,
    fund: Fund,
    purpose: Purpose,
    amount: Decimal,
    spent_on: str,
    origin: PostingRef,
    by: User | None,
    goods: bool = False,
) -> Entry:
    """Pay reserved money out. `spent_on` is person, activity or service; `goods` are handed out instead of money."""
    return _post(fund, "pay", origin, by, (
        (_of(SPENDING[spent_on], purpose), amount), (GOODS if goods else BANK, -amount),
        (purpose.reserved, amount), (RESOURCES, -amount),
    ))  # fmt: skip


def repaid(
    *,
    fund: Fund,
    purpose: Purpose,
    amount: Decimal,
    spent_on: str,
    origin: PostingRef,
    by: User | None,
    goods: bool = False,
) -> Entry:
    """A recipient gave money back: it is free for the purpose again."""
    return _post(fund, "repaid", origin, by, (
        (GOODS if goods else BANK, amount), (_of(SPENDING[spent_on], purpose), -amount),
        (RESOURCES, amount), (purpose.free, -amount),
    ))  # fmt: skip


def charge(*, fund: Fund, purpose: Purpose, amount: Decimal, origin: PostingRef, by: User | None) -> Entry:
    """The bank or the custodian took a fee, out of what is free for the purpose."""
    return _post(fund, "fee", origin, by, (
        (_of(SPENDING["fee"], purpose), amount), (BANK, -amount), (purpose.free, amount), (RESOURCES, -amount),
    ))  # fmt: skip


def transfer_residual(
    *, fund: Fund, purpose: Purpose, amount: Decimal, origin: PostingRef, by: User | None, goods: bool = False
) -> Entry:
    """What is left of a fund goes to its custodian before it closes, out of what is free for the purpose."""
    return _post(fund, "hand_over", origin, by, (
        (_of(SPENDING["hand_over"], purpose), amount), (GOODS if goods else BANK, -amount),
        (purpose.free, amount), (RESOURCES, -amount),
    ))  # fmt: skip


def last_day(fund: Fund) -> dt.date | None:
    """Return the day of the fund's latest entry, None if it has none."""
    found: dt.date | None = Entry.objects.filter(book_id=fund.book_id).aggregate(day=Max("occurred_on"))["day"]
    return found


def reverse(*, fund: Fund, entry: Entry, on: dt.date, memo: str, by: User | None) -> Entry:
    """Correct an entry of a fund by its opposite; what was published is taken back by a movement of its own.

    :raises services.ledger.posting.CannotReverse: if it is reversed already or is a reversal.
    :raises services.ledger.posting.NotEnough: if what it brought in has been used since.
    """
    made = posting.reverse(entry=entry, occurred_on=on, memo=memo, by=by)
    lines = [(line.account, line.amount) for line in made.lines.select_related("account")]
    _publish(fund, made, lines, "correction", "")
    return made


def net_account(book: Book, income_or_spending: Account) -> Account:
    """Return the net assets an account of income or spending is closed to: general or restricted."""
    return book.accounts.get(code=NET[income_or_spending.code.endswith("02")])


def _post(
    fund: Fund, kind: str, origin: PostingRef, by: User | None, lines: tuple[tuple[str | Account, Decimal], ...]
) -> Entry:
    codes = [account for account, _amount in lines if isinstance(account, str)]
    known = {account.code: account for account in Account.objects.filter(book_id=fund.book_id, code__in=codes)}
    named = tuple((known[account] if isinstance(account, str) else account, amount) for account, amount in lines)
    said = posting.Posting(origin.key, kind, origin.on, named, origin.source, origin.memo)
    made = posting.post(book=fund.book, posting=said, by=by)
    _publish(fund, made, named, _category(kind, named), origin.giver)
    return made


def _publish(fund: Fund, made: Entry, lines: Sequence[tuple[Account, Decimal]], category: str, giver: str) -> None:
    """Publish an entry that changed the fund's resources: how much, for what, when."""
    change = sum((amount for account, amount in lines if account.kind == Kind.RESOURCE), Decimal(0))
    if change:
        promised = [account for account, _amount in lines if account.kind in (Kind.FREE, Kind.RESERVED)]
        purpose = Purpose.objects.filter(Q(free__in=promised) | Q(reserved__in=promised)).first()
        disclosure.publish_movement(
            tenant=current_slug(), fund=fund.ref, source=made.ref, occurred_on=made.occurred_on, amount=change,
            category=category, purpose=purpose.name if purpose else "", giver=giver,
        )  # fmt: skip


def _category(kind: str, lines: Sequence[tuple[Account, Decimal]]) -> str:
    """Return what the public reads of an entry: a payment is what it was spent on, else the kind itself."""
    spent = {account.code[:2]: name for account, _amount in lines for name, code in SPENDING.items()
             if account.code[:2] == code[:2]}  # fmt: skip
    return next(iter(spent.values()), kind) if kind == "pay" else kind


def _of(code: str, purpose: Purpose) -> str:
    return f"{code[:3]}2" if purpose.is_restricted else code


def _chart() -> list[tuple[str, str, str]]:
    general, restricted = _("非限定性"), _("限定性")
    pairs = [
        (INCOME["donation"], _("捐赠收入"), Kind.INCOME),
        (INCOME["in_kind"], _("实物捐赠收入"), Kind.INCOME),
        (INCOME["grant"], _("政府补助与配捐收入"), Kind.INCOME),
        (INCOME["interest"], _("利息收入"), Kind.INCOME),
        (SPENDING["person"], _("困难救助支出"), Kind.EXPENSE),
        (SPENDING["activity"], _("活动资助支出"), Kind.EXPENSE),
        (SPENDING["service"], _("购买服务支出"), Kind.EXPENSE),
        (SPENDING["fee"], _("手续费支出"), Kind.EXPENSE),
        (SPENDING["hand_over"], _("移交托管方支出"), Kind.EXPENSE),
    ]
    rows: list[tuple[str, str, str]] = [
        (BANK, _("银行存款（慈善组织代管）"), Kind.ASSET),
        (GOODS, _("库存物资"), Kind.ASSET),
        (NET[False], _("非限定性净资产"), Kind.NET),
        (NET[True], _("限定性净资产"), Kind.NET),
        (RESOURCES, _("资源总额"), Kind.RESOURCE),
    ]
    for code, title, kind in pairs:
        rows.append((code, f"{title}·{general}", kind))
        rows.append((f"{code[:3]}2", f"{title}·{restricted}", kind))
    return rows
