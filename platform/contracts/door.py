"""What an agency's pages may ask about its contracts: scores of its stations, and what lags. Dataclasses only."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from contracts import queries
from contracts.models import Contract
from contracts.rules import Progress
from evaluation.raising import Step, to_next_grade
from evaluation.scoring import Scorecard


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


@dataclass(frozen=True)
class Overview:
    """An agency's contracts in numbers."""

    contracts: int
    average: Decimal | None
    behind: int
    by_grade: dict[str, int]


def station_scores(*, tenant: str, as_of: dt.date, stations: Sequence[str] | None = None) -> list[StationScore]:
    """Return the live scores of the agency's running contracts, of these stations' if given.

    Five queries, however many contracts there are.
    """
    found = _running(tenant, as_of, stations)
    (scored,) = queries.scores(found, as_of) if found else ([],)
    return [_station_score(one) for one in scored]


def scorecards(
    *, tenant: str, as_of: dt.date, stations: Sequence[str] | None = None
) -> list[tuple[StationScore, Scorecard, tuple[Step, ...]]]:
    """Return the explained scorecards of the same contracts, with what would raise each grade.

    One query for the totals of each contract: ask for the stations of a page, not for all.
    """
    found = _running(tenant, as_of, stations)
    (scored,) = queries.scores(found, as_of) if found else ([],)
    cards = [queries.scorecard(contract, as_of) for contract in found]
    return [(_station_score(one), card, to_next_grade(card)) for one, card in zip(scored, cards, strict=True)]


def overview(*, tenant: str, as_of: dt.date) -> Overview:
    """Return how the agency stands: contracts, average total (two decimals), how many lag, how many of each grade."""
    scores = station_scores(tenant=tenant, as_of=as_of)
    grades: dict[str, int] = {}
    for one in scores:
        grades[one.grade_name] = grades.get(one.grade_name, 0) + 1
    average = round(sum((one.total for one in scores), Decimal(0)) / len(scores), 2) if scores else None
    return Overview(len(scores), average, sum(1 for one in scores if one.behind), grades)


def _running(tenant: str, as_of: dt.date, stations: Sequence[str] | None) -> list[Contract]:
    found = Contract.objects.filter(operator__slug=tenant, starts_on__lte=as_of, ends_on__gte=as_of)
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
        grade=one.result.grade.code,
        grade_name=one.result.grade.name,
        progress=one.progress,
    )
