"""What an agency's pages may ask about its contracts: scores of its stations, and what lags. Dataclasses only."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from contracts import queries
from contracts.models import Contract
from contracts.rules import Progress
from contracts.telling import actions as telling


@dataclass(frozen=True)
class StationScore:
    """A contract as its agency sees it: live total of `full` points, grade by code and name, and its deliverables."""

    contract: str
    number: str
    title: str
    stations: tuple[str, ...]
    starts_on: dt.date
    ends_on: dt.date
    total: Decimal
    full: Decimal
    grade: str
    grade_name: str
    progress: tuple[Progress, ...]

    @property
    def behind(self) -> tuple[Progress, ...]:
        return tuple(one for one in self.progress if one.is_behind)


def station_scores(*, tenant: str, as_of: dt.date, stations: Sequence[str] | None = None) -> list[StationScore]:
    """Return the live scores of the agency's running contracts, of these stations' if given.

    Five queries, however many contracts there are.
    """
    found = _running(tenant, as_of, stations)
    (scored,) = queries.scores(found, as_of) if found else ([],)
    return [_station_score(one) for one in scored]


def has_contract(*, tenant: str) -> bool:
    """Tell whether the agency has ever signed a contract here."""
    return Contract.objects.filter(provider__slug=tenant).exists()


def _running(tenant: str, as_of: dt.date, stations: Sequence[str] | None) -> list[Contract]:
    found = Contract.objects.filter(provider__slug=tenant, starts_on__lte=as_of, ends_on__gte=as_of)
    if stations is not None:
        found = found.filter(stations__code__in=list(stations)).distinct()
    return list(queries.loaded(found).order_by("number"))


def _station_score(one: queries.Scored) -> StationScore:
    contract = one.contract
    return StationScore(
        contract=contract.ref,
        number=contract.number,
        title=contract.title,
        stations=tuple(station.code for station in contract.stations.all()),
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        total=one.total,
        full=contract.edition.total,
        grade=one.grade.code if one.grade else "",
        grade_name=one.grade_words,
        progress=one.progress,
    )


@dataclass(frozen=True)
class Ending:
    """A running contract and its last day."""

    ref: str
    number: str
    ends_on: dt.date


def ending(*, tenant: str, today: dt.date, within: int) -> list[Ending]:
    """Return the agency's contracts that run out within so many days, soonest first."""
    last = today + dt.timedelta(days=within)
    rows = Contract.objects.filter(provider__slug=tenant, starts_on__lte=today, ends_on__range=(today, last))
    return [Ending(*row) for row in rows.order_by("ends_on", "number").values_list("ref", "number", "ends_on")]


def tell_of_end(ref: str) -> int:
    """Tell an agency and its purchaser that a contract runs out; return how many were told."""
    return telling.told_contract_ending(contract=Contract.objects.select_related("provider").get(ref=ref))
