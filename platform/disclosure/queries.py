"""What is asked about published funds: which there are, what came in, what went out and for what."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, DecimalField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from directory.models import Region
from disclosure.models import Movement, Notice, PublicFund
from disclosure.words import INCOME, OTHER, SPENDING, category
from tenants.models import Tenant

ZERO: Final = Decimal(0)


@dataclass(frozen=True)
class CategoryTotal:
    """One line of a fund's totals, in yuan; `amount` stands above zero on its own side of the balance."""

    label: Any
    amount: Decimal
    count: int


@dataclass(frozen=True)
class ByPurpose:
    """What came in for a purpose, what went out and what is left, in yuan."""

    name: str
    came_in: Decimal = ZERO
    went_out: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        return self.came_in - self.went_out


@dataclass(frozen=True)
class Totals:
    """A fund's totals. `came_in` less `went_out` is what it has; corrections stand on the side they correct."""

    income: tuple[CategoryTotal, ...]
    spending: tuple[CategoryTotal, ...]
    purposes: tuple[ByPurpose, ...]

    @property
    def came_in(self) -> Decimal:
        return sum((line.amount for line in self.income), ZERO)

    @property
    def went_out(self) -> Decimal:
        return sum((line.amount for line in self.spending), ZERO)

    @property
    def balance(self) -> Decimal:
        return self.came_in - self.went_out


def funds(words: str = "") -> "QuerySet[PublicFund]":
    """Return the funds that answer to a name, an agency, a place or pinyin, each with `came_in` and `went_out`."""
    found = PublicFund.objects.public().annotate(
        came_in=_sum(Q(category__in=INCOME) | Q(category__in=OTHER, amount__gt=0)),
        went_out=-_sum(Q(category__in=SPENDING) | Q(category__in=OTHER, amount__lt=0)),
    )
    return _matching(found, words) if (words := "".join(words.split())) else found


def _matching(found: "QuerySet[PublicFund]", words: str) -> "QuerySet[PublicFund]":
    places = Region.objects.matching(words) if words.isascii() else Region.objects.filter(full_name__contains=words)
    within = Q(area__in=places.values("code"))
    for code, level in places.filter(level__lt=Region.Level.STREET).values_list("code", "level")[:60]:
        within |= Q(area__startswith=code[: 2 * level])
    if not words.isascii():
        return found.filter(within | Q(name__contains=words) | Q(agency__contains=words) | Q(custodian__contains=words))
    spelt = words.lower()
    return found.filter(within | Q(pinyin__startswith=spelt) | Q(initials__startswith=spelt))


def _sum(which: Q) -> Any:
    moved = Movement.objects.filter(which, fund=OuterRef("fund")).order_by().values("fund")
    sums = moved.annotate(sum=Sum("amount")).values("sum")
    yuan: DecimalField[Any, Any] = DecimalField(max_digits=16, decimal_places=2)
    return Coalesce(Subquery(sums, output_field=yuan), Value(ZERO), output_field=yuan)


def totals(fund: str) -> Totals:
    """Return a fund's totals by category and by purpose: one query."""
    rows = (
        Movement.objects.filter(fund=fund)
        .order_by()
        .values("category", "purpose")
        .annotate(
            plus=Coalesce(Sum("amount", filter=Q(amount__gt=0)), ZERO),
            minus=Coalesce(Sum("amount", filter=Q(amount__lt=0)), ZERO),
            pluses=Count("id", filter=Q(amount__gt=0)),
            count=Count("id"),
        )
    )
    income: dict[str, tuple[Decimal, int]] = {}
    spending: dict[str, tuple[Decimal, int]] = {}
    purposes: dict[str, ByPurpose] = {}
    for row in rows:
        code, came, went = row["category"], ZERO, ZERO
        if code in SPENDING:
            went = -(row["plus"] + row["minus"])
            _add(spending, code, went, row["count"])
        elif code in OTHER:
            came, went = row["plus"], -row["minus"]
            _add(income, code, came, row["pluses"])
            _add(spending, code, went, row["count"] - row["pluses"])
        else:
            came = row["plus"] + row["minus"]
            _add(income, code, came, row["count"])
        before = purposes.get(row["purpose"], ByPurpose(row["purpose"]))
        purposes[row["purpose"]] = ByPurpose(row["purpose"], before.came_in + came, before.went_out + went)
    return Totals(
        _lines(income, [*INCOME, *OTHER]),
        _lines(spending, [*SPENDING, *OTHER]),
        tuple(sorted(purposes.values(), key=lambda total: -total.came_in)),
    )


def _add(side: dict[str, tuple[Decimal, int]], code: str, amount: Decimal, count: int) -> None:
    before = side.get(code, (ZERO, 0))
    side[code] = (before[0] + amount, before[1] + count)


def _lines(side: dict[str, tuple[Decimal, int]], order: list[str]) -> tuple[CategoryTotal, ...]:
    ranks = {code: place for place, code in enumerate(order)}
    ranked = sorted(side.items(), key=lambda item: ranks.get(item[0], len(ranks)))
    return tuple(CategoryTotal(category(code), amount, count) for code, (amount, count) in ranked if count)


def running_notices(funds: Iterable[str], today: dt.date) -> "QuerySet[Notice]":
    """Return the notices of these funds that run on `today`."""
    return Notice.objects.filter(fund__in=list(funds), state=Notice.State.RUNNING, to_on__gte=today)


def published_notices(*, agency: str = "", month: dt.date | None = None) -> "QuerySet[Notice]":
    """Return notices that were not taken down: of an agency, and of those that began in `month`'s month."""
    confirmed = Tenant.objects.confirmed().values("slug")
    found = Notice.objects.filter(tenant__in=confirmed).exclude(state=Notice.State.WITHDRAWN)
    if agency:
        found = found.filter(tenant=agency)
    if month:
        found = found.filter(from_on__year=month.year, from_on__month=month.month)
    return found
