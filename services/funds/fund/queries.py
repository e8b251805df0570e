"""What a fund has: balances of the whole fund and of each purpose, from the accounts themselves."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Prefetch, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from services.funds.books.chart import BANK, GOODS
from services.funds.books.labels import KINDS
from services.funds.models import Campaign, DonationRefund, Fund, Pledge, Receipt
from services.funds.reports.utilisation import Use, uses
from services.funds.rules import matching_due
from services.ledger.models import Account, Entry, Line

ZERO = Decimal(0)
Kind = Account.Kind


@dataclass(frozen=True)
class Balances:
    """Yuan: `balance` is all the fund has (`bank` and `goods`), of it `reserved` for grants, the rest `available`."""

    bank: Decimal = ZERO
    goods: Decimal = ZERO
    reserved: Decimal = ZERO
    available: Decimal = ZERO

    @property
    def balance(self) -> Decimal:
        return self.bank + self.goods


def balances_of(funds: Iterable[Fund]) -> dict[int, Balances]:
    """Return the balances of funds by primary key: one query for all."""
    by_book = {fund.book_id: fund.pk for fund in funds}
    found: dict[int, dict[str, Decimal]] = {fund: {} for fund in by_book.values()}
    sums = (
        Account.objects.filter(book_id__in=by_book, kind__in=[Kind.ASSET, Kind.FREE, Kind.RESERVED])
        .values("book_id", "kind", "code")
        .annotate(sum=Sum("balance"))
        .order_by()
    )
    for row in sums:
        name = {BANK: "bank", GOODS: "goods"}.get(row["code"], "available" if row["kind"] == Kind.FREE else "reserved")
        mine = found[by_book[row["book_id"]]]
        mine[name] = mine.get(name, ZERO) + abs(row["sum"])
    return {fund: Balances(**amounts) for fund, amounts in found.items()}


def balances(fund: Fund) -> Balances:
    """Return the balances of one fund."""
    return balances_of([fund])[fund.pk]


def last_moved(funds: Iterable[Fund]) -> dict[int, dt.date]:
    """Return the day of each fund's last entry by primary key; a fund without entries is left out."""
    by_book = {fund.book_id: fund.pk for fund in funds}
    days = Entry.objects.filter(book_id__in=by_book).values("book_id").annotate(day=Max("occurred_on")).order_by()
    return {by_book[row["book_id"]]: row["day"] for row in days}


def purposes(fund: Fund) -> list[Use]:
    """Return the fund's purposes: what came in for each, what of that is gone, and what is left."""
    return uses([fund], timezone.localdate())


def donations(fund: Fund) -> QuerySet[Any]:
    """Return the fund's donations; `has_receipt` tells a valid one, `left` what was not given back (yuan)."""
    given_back = (
        DonationRefund.objects.filter(donation=OuterRef("pk"), state=DonationRefund.State.DONE)
        .values("donation")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    return fund.donations.select_related("purpose", "campaign", "entry", "entry__reversed_by").annotate(
        has_receipt=Exists(Receipt.objects.filter(donation=OuterRef("pk"), voided_on=None)),
        left=F("amount") - Coalesce(given_back, ZERO),
    )


def live(fund: Fund) -> QuerySet[Any]:
    """Return the donations that still count: those whose entry was not reversed."""
    return donations(fund).filter(entry__reversed_by=None)


@dataclass(frozen=True)
class Moved:
    """An entry that changed what the fund has: `change` in yuan, above zero it came in."""

    entry: Entry
    change: Decimal

    @property
    def title(self) -> object:
        return KINDS.get(self.entry.kind, self.entry.kind)


def latest(fund: Fund, size: int = 5) -> list[Moved]:
    """Return the latest entries that changed what the fund has, the latest day first; two queries."""
    lines = Prefetch("lines", queryset=Line.objects.filter(account__kind=Account.Kind.RESOURCE), to_attr="moving")
    entries = Entry.objects.filter(book_id=fund.book_id, lines__account__kind=Account.Kind.RESOURCE)
    return [
        Moved(entry, entry.moving[0].amount)
        for entry in entries.order_by("-occurred_on", "-number").prefetch_related(lines)[:size]
    ]


@dataclass(frozen=True)
class PledgeSums:
    """Yuan of one pledge: what is `due` for what was raised, what of it `came`."""

    pledge: Pledge
    due: Decimal
    came: Decimal

    @property
    def outstanding(self) -> Decimal:
        return max(self.due - self.came, ZERO)


@dataclass(frozen=True)
class CampaignSums:
    """Yuan of a campaign: `raised` from donors, `matched` by pledges; refunds and reversals do not count."""

    raised: Decimal
    matched: Decimal
    pledges: list[PledgeSums]

    @property
    def total(self) -> Decimal:
        return self.raised + self.matched


def campaign_sums(fund: Fund, campaigns: Iterable[Campaign]) -> dict[int, CampaignSums]:
    """Return what campaigns of a fund raised, by primary key: two queries for all."""
    asked = [campaign.pk for campaign in campaigns]
    came: dict[tuple[int, int | None], Decimal] = {}
    for row in live(fund).filter(campaign__in=asked).values("campaign", "pledge").annotate(sum=Sum("left")).order_by():
        came[row["campaign"], row["pledge"]] = row["sum"]
    found = {pk: CampaignSums(came.get((pk, None), ZERO), ZERO, []) for pk in asked}
    for each in Pledge.objects.filter(campaign__in=asked):
        of, got = found[each.campaign_id], came.get((each.campaign_id, each.pk), ZERO)
        due = matching_due(raised=of.raised, rate=each.rate, ceiling=each.ceiling)
        pledges = [*of.pledges, PledgeSums(each, due, got)]
        found[each.campaign_id] = CampaignSums(of.raised, of.matched + got, pledges)
    return found
