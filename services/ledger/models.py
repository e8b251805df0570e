"""Double-entry books: a book's accounts, its entries, their lines, and the anchors that hold each day fast.

Amounts are yuan, `numeric(14,2)`: above zero a debit, below zero a credit. Two sets of accounts stand side by side
and each entry balances in both (平行记账): *money* says what the book owns and how it came and went, *promises* says
what is free for a purpose and what is reserved. Entries and lines are never changed or deleted; the database refuses it
(sql/), and a mistake is a second entry that reverses the first (promises P4, P5).
"""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from common.refs import new_ref
from common.retention import Retention

EMPTY = "0" * 64
BOOKS_LAW = _("会计凭证和账簿保存 30 年（会计档案管理办法）")


class Book(models.Model):
    """One set of accounts. `entries` counts what was posted, `head` is the digest of the last entry.

    `closed_to` is the last day of the last closed year: nothing is posted on or before it.
    """

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    name = models.CharField(_("账套"), max_length=100)
    opened_on = models.DateField(_("建账日期"))
    closed_to = models.DateField(_("已结账至"), null=True, blank=True)
    entries = models.BigIntegerField(default=0, editable=False)
    head = models.CharField(max_length=64, default=EMPTY, editable=False)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "ref", "name", "opened_on", "closed_to", "entries", "head"])
    retention: ClassVar[Retention] = Retention(
        kind="books", why=BOOKS_LAW, fields=["id", "ref", "name", "opened_on", "closed_to", "entries", "head"]
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """An account. `balance` is debits less credits, `moves` counts its lines; both are kept by the posting itself.

    What a book owns, what is free and what is reserved can never fall below nothing.
    """

    class Kind(models.TextChoices):
        ASSET = "asset", _("资产")
        NET = "net", _("净资产")
        INCOME = "income", _("收入")
        EXPENSE = "expense", _("支出")
        RESOURCE = "resource", _("资源总额")
        FREE = "free", _("可用额度")
        RESERVED = "reserved", _("已承诺额度")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="accounts")
    code = models.CharField(_("科目编号"), max_length=20)
    name = models.CharField(_("科目"), max_length=80)
    kind = models.CharField(_("类别"), max_length=8, choices=Kind)
    balance = models.DecimalField(_("余额"), max_digits=14, decimal_places=2, default=0, editable=False)
    moves = models.BigIntegerField(default=0, editable=False)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "ref", "book", "code", "name", "kind", "balance", "moves"])
    retention: ClassVar[Retention] = Retention(
        kind="books", why=BOOKS_LAW, fields=["id", "ref", "book", "code", "name", "kind", "balance", "moves"]
    )

    class Meta:
        ordering = ["book", "code"]
        constraints = [
            models.UniqueConstraint(fields=["book", "code"], name="account_code_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["net", "income", "expense"])
                | Q(kind__in=["asset", "resource"], balance__gte=0)
                | Q(kind__in=["free", "reserved"], balance__lte=0),
                name="account_never_below_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def label(self) -> str:
        """Return code and name in the reader's language; what stands after the dot may be a purpose's own name."""
        title, dot, rest = self.name.partition("·")
        return f"{self.code} {gettext(title)}{dot}{gettext(rest) if rest else ''}"

    @property
    def rises_by_debit(self) -> bool:
        return self.kind in (self.Kind.ASSET, self.Kind.EXPENSE, self.Kind.RESOURCE)

    @property
    def amount(self) -> Decimal:
        """Return the balance as people say it: above nothing on the account's own side."""
        return self.balance if self.rises_by_debit else -self.balance


class Entry(models.Model):
    """One posting. `number` runs without gaps in its book, `key` is what the poster calls it: the same key posts once.

    `source` names the row that caused it ("funds.donation:ref"), `memo` says what it is for and names no person.
    `digest` covers the entry, its lines and the digest before it, so that a changed entry breaks the chain.

    Only one index begins with the book: on a young table the planner would else walk a whole book to find one number.
    """

    ref = models.CharField(max_length=16, default=new_ref, editable=False)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.BigIntegerField(_("凭证号"))
    key = models.CharField(max_length=100)
    kind = models.CharField(_("事项"), max_length=20)
    occurred_on = models.DateField(_("日期"))
    recorded_at = models.DateTimeField(_("入账时间"))
    posted_by = models.CharField(max_length=32)
    source = models.CharField(max_length=80)
    memo = models.CharField(_("摘要"), max_length=200, blank=True, db_column="words")
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by", editable=False
    )
    size = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "book", "number", "key", "kind", "occurred_on", "recorded_at", "posted_by", "source",
              "memo", "reverses", "size", "digest"]
    )  # fmt: skip
    retention: ClassVar[Retention] = Retention(
        kind="books", why=BOOKS_LAW, text=["memo"],
        fields=["id", "ref", "book", "number", "key", "kind", "occurred_on", "recorded_at", "posted_by", "source",
                "memo", "reverses", "size", "digest"],
    )  # fmt: skip

    class Meta:
        ordering = ["book", "number"]
        constraints = [
            models.UniqueConstraint(fields=["ref"], name="entry_ref_once"),
            models.UniqueConstraint(fields=["book", "number"], name="entry_number_once"),
            models.UniqueConstraint(fields=["key", "book"], name="entry_key_once"),
            models.CheckConstraint(condition=Q(size__gte=2), name="entry_has_two_legs"),
        ]
        indexes = [
            models.Index(fields=["occurred_on", "book"], name="entry_day"),
            models.Index(fields=["source"], name="entry_source"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class Line(models.Model):
    """What an entry moves on one account; `balance_after` and `version` are the account's right after it.

    The unique constraints are the only indexes: each is written with every line.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="lines", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField()
    amount = models.DecimalField(_("金额"), max_digits=14, decimal_places=2)
    balance_after = models.DecimalField(_("余额"), max_digits=14, decimal_places=2)
    version = models.BigIntegerField()

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "entry", "account", "position", "amount", "balance_after", "version"]
    )
    retention: ClassVar[Retention] = Retention(
        kind="books", why=BOOKS_LAW,
        fields=["id", "entry", "account", "position", "amount", "balance_after", "version"],
    )  # fmt: skip

    class Meta:
        ordering = ["entry", "position"]
        db_table = "ledger_leg"
        constraints = [
            models.UniqueConstraint(fields=["account", "version"], name="leg_version_once"),
            models.UniqueConstraint(fields=["entry", "position"], name="leg_position_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="leg_moves_something"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}.{self.position}"


class Anchor(models.Model):
    """Where a book stood at the end of a day: how many entries, and the digest of the last. Published elsewhere too."""

    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="anchors")
    on = models.DateField()
    entries = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "book", "on", "entries", "digest"])
    retention: ClassVar[Retention] = Retention(
        kind="books", why=BOOKS_LAW, fields=["id", "book", "on", "entries", "digest"]
    )

    class Meta:
        ordering = ["book", "-on"]
        constraints = [models.UniqueConstraint(fields=["book", "on"], name="anchor_once_a_day")]

    def __str__(self) -> str:
        return f"{self.book_id} {self.on}"


class Check(models.Model):
    """What the verifier found when it recomputed a book; an empty list is a book in order."""

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="checks")
    at = models.DateTimeField()
    entries = models.BigIntegerField()
    findings = models.JSONField(default=list)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "book", "at", "entries", "findings"])

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.book_id} {self.at}"
