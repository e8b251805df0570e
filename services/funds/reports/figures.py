"""A period's figures out of the books, as they are published: yuan as text with two decimals, counts as numbers.

Everything is read by the day an entry is dated. Corrections and what was given back are entries of their own, dated
when they were made: they change the period they fall in, not the one they mend.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from services.funds.books.chart import BANK, GOODS, INCOME, SPENDING
from services.funds.models import Campaign, Donation, DonationRefund, Fund
from services.ledger.models import Account, Line

ZERO: Final = Decimal(0)
CLOSING: Final = "closing"
Helped = Callable[[Fund, dt.date, dt.date], dict[str, int]]
# Who counts the people helped from `start` to `end`: the rooms above, which know whom a grant went to, put it in here.
helped: list[Helped] = []


def of_period(fund: Fund, start: dt.date, end: dt.date) -> dict[str, Any]:
    """Return a quarter's or a year's figures: how the fund stood, what came in and went out, for what, for how many."""
    accounts = _accounts(fund, start, end)
    income = _by_code(accounts, INCOME, -1)
    spending = _by_code(accounts, SPENDING, 1)
    holds = [row for row in accounts if row["account__kind"] == Account.Kind.ASSET]
    opening = sum((row["before"] for row in holds), ZERO)
    ends = {row["account__code"]: row["before"] + row["moved"] + row["closed"] for row in accounts}
    reserved = [row for row in accounts if row["account__kind"] == Account.Kind.RESERVED]
    return {
        "opening": _text(opening),
        "income": {code: _text(amount) for code, amount in income.items()},
        "income_total": _text(sum(income.values(), ZERO)),
        "spending": {code: _text(amount) for code, amount in spending.items()},
        "spending_total": _text(sum(spending.values(), ZERO)),
        "closing": _text(ends.get(BANK, ZERO) + ends.get(GOODS, ZERO)),
        "bank": _text(ends.get(BANK, ZERO)),
        "goods": _text(ends.get(GOODS, ZERO)),
        "reserved": _text(-sum((row["before"] + row["moved"] for row in reserved), ZERO)),
        "purposes": _purposes(fund, start, end),
        "donations": fund.donations.filter(received_on__range=(start, end)).count(),
        **_helped(fund, start, end),
    }


def of_campaign(campaign: Campaign, today: dt.date) -> dict[str, Any]:
    """Return a campaign's figures: what was raised and matched, less what was given back, and its purpose to date."""
    given = Donation.objects.filter(campaign=campaign).aggregate(
        raised=Coalesce(Sum("amount", filter=Q(pledge=None)), ZERO),
        matched=Coalesce(Sum("amount", filter=Q(pledge__isnull=False)), ZERO),
        count=Count("id"),
    )
    back = Donation.objects.filter(campaign=campaign, refunds__state=DonationRefund.State.DONE).aggregate(
        raised=Coalesce(Sum("refunds__amount", filter=Q(pledge=None)), ZERO),
        matched=Coalesce(Sum("refunds__amount", filter=Q(pledge__isnull=False)), ZERO),
    )
    purposes = _purposes(campaign.fund, campaign.fund.opened_on, today)
    return {
        "target": _text(campaign.target),
        "raised": _text(given["raised"] - back["raised"]),
        "matched": _text(given["matched"] - back["matched"]),
        "donations": given["count"],
        "output": campaign.output,
        "output_done": campaign.output_done,
        "output_target": campaign.output_target,
        "output_unit": campaign.output_unit,
        "as_of": today.isoformat(),
        "purposes": [row for row in purposes if row["name"] == campaign.purpose.name],
    }


def same(before: dict[str, Any], now: dict[str, Any]) -> bool:
    """Tell whether figures say the same, apart from the day a campaign's purpose was read."""
    return {**before, "as_of": "", "corrects": ""} == {**now, "as_of": "", "corrects": ""}


def _accounts(fund: Fund, start: dt.date, end: dt.date) -> list[dict[str, Any]]:
    """Return code, kind, and yuan `before` the period, `moved` in it and `closed` by a year's end, of each account."""
    inside, closes = Q(entry__occurred_on__gte=start), Q(entry__kind=CLOSING)
    rows = (
        Line.objects.filter(account__book=fund.book_id, entry__occurred_on__lte=end)
        .values("account__code", "account__kind")
        .annotate(
            before=Coalesce(Sum("amount", filter=~inside), ZERO),
            moved=Coalesce(Sum("amount", filter=inside & ~closes), ZERO),
            closed=Coalesce(Sum("amount", filter=inside & closes), ZERO),
        )
        .order_by("account__code")
    )
    return [dict(row) for row in rows]


def _by_code(accounts: list[dict[str, Any]], codes: dict[str, str], sign: int) -> dict[str, Decimal]:
    """Return what moved by category, general and restricted together; categories without movement are left out."""
    found: dict[str, Decimal] = {}
    for name, code in codes.items():
        amount = sum((row["moved"] for row in accounts if row["account__code"][:3] == code[:3]), ZERO)
        if amount:
            found[name] = sign * amount
    return found


def _purposes(fund: Fund, start: dt.date, end: dt.date) -> list[dict[str, str]]:
    """Return for each purpose what came in and went out in the period, and what was left at its end."""
    came: dict[int, Decimal] = {}
    went: dict[int, Decimal] = {}
    left: dict[int, Decimal] = {}
    rows = (
        Line.objects.filter(
            account__book=fund.book_id,
            account__kind__in=[Account.Kind.FREE, Account.Kind.RESERVED],
            entry__occurred_on__lte=end,
        )
        .values("account_id", is_inside=Q(entry__occurred_on__gte=start), what=_kind())
        .annotate(sum=Sum("amount"))
        .order_by()
    )
    purposes = list(fund.purposes.all())
    owner = {account: one.pk for one in purposes for account in (one.free_id, one.reserved_id)}
    for row in rows:
        purpose, amount = owner[row["account_id"]], -row["sum"]
        left[purpose] = left.get(purpose, ZERO) + amount
        if row["is_inside"]:
            if row["what"] in (*INCOME, "give_back"):
                came[purpose] = came.get(purpose, ZERO) + amount
            else:
                went[purpose] = went.get(purpose, ZERO) - amount
    return [
        {"name": one.name, "came_in": _text(came.get(one.pk, ZERO)), "went_out": _text(went.get(one.pk, ZERO)),
         "left": _text(left.get(one.pk, ZERO))}
        for one in purposes
        if one.pk in left
    ]  # fmt: skip


def _kind() -> Any:
    """A correction counts on the side of what it corrects."""
    return Coalesce(F("entry__reverses__kind"), F("entry__kind"))


def _helped(fund: Fund, start: dt.date, end: dt.date) -> dict[str, int]:
    return {name: count for counts in helped for name, count in counts(fund, start, end).items()}


def _text(amount: Decimal) -> str:
    return f"{amount:.2f}"
