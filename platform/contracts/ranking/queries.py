"""All stations of an area by their contract's score, with ties, and what moved since the period before."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import QuerySet

from contracts import queries
from contracts.kept.queries import Kept, kept_of, scores_of
from contracts.known.terms import as_known
from contracts.models import Contract, ContractStation, ScoreSheet
from contracts.ranking import periods
from contracts.ranking.periods import ScorePeriod
from evaluation.known import end_of
from evaluation.scoring import ranks
from programmes import door as programmes
from programmes.shapes import PERIOD, Programme

MOVES = 2


@dataclass(frozen=True)
class Move:
    """A rule whose points changed since the period before."""

    code: str
    title: str
    change: Decimal


@dataclass(frozen=True)
class Row:
    """A station's place. Stations of one contract share its score. `before` is None where there was no score yet.

    `other` is the total by the other knowledge, of now or of then, where a past period is shown beside itself.
    """

    station: str
    station_code: str
    region: str
    district: str
    agency: str
    contract: str
    total: Decimal
    grade: str
    grade_name: str
    grade_lower: Decimal
    is_published: bool
    before: Decimal | None
    moves: tuple[Move, ...]
    other: Decimal | None = None
    rank: int = 0
    rank_before: int | None = None
    district_rank: int = 0

    @property
    def change(self) -> Decimal | None:
        return None if self.before is None else self.total - self.before

    @property
    def is_moved(self) -> bool:
        return self.other is not None and self.other != self.total

    @property
    def dropped(self) -> int:
        return -self.climbed

    @property
    def climbed(self) -> int:
        """Places won since the period before; below 0 if lost."""
        return 0 if self.rank_before is None else self.rank_before - self.rank


def ranking(
    contracts: QuerySet[Contract],
    *,
    programme: str,
    period: ScorePeriod,
    districts: Mapping[str, str],
    today: dt.date,
    then: bool = False,
) -> list[Row]:
    """Return the stations of these contracts under one programme, best first; equal totals share a rank.

    Scores are those of the period's last day, or of today while it runs. A published sheet of that very day counts
    as it was frozen. With `then` they are as they were known on the days themselves. Where the edition ranks a period
    by its own work, nothing of before counts. `districts` are names by six-digit code. The number of queries does not
    depend on the contracts.
    """
    as_of = min(period.end, today)
    running = contracts.filter(programme=programme, starts_on__lte=as_of, ends_on__gte=min(period.start, as_of))
    stations = _stations(running)
    if not stations:
        return []
    started = [one for one in stations if one.starts_on <= period.before]
    now = _scores(stations, as_of, period, then=then)
    before = _scores(started, period.before, periods.previous(period), then=then)
    frozen = {} if then else _frozen(stations, as_of)
    rows = [
        _row(one, now[one.contract], before.get(one.contract), frozen.get(one.contract), districts)
        for one in stations
        if one.contract in now
    ]
    return _ranked(rows)


def beside(rows: Sequence[Row], others: Sequence[Row]) -> list[Row]:
    """Return the rows, each with its total by the other knowledge."""
    totals = {(one.contract, one.station_code): one.total for one in others}
    return [replace(row, other=totals.get((row.contract, row.station_code))) for row in rows]


@dataclass(frozen=True)
class _Station:
    """A station of a contract, as little of both as a ranking needs."""

    contract: int
    ref: str
    code: str
    name: str
    region: str
    agency: str
    programme: str
    digest: str
    starts_on: dt.date
    ends_on: dt.date

    @property
    def edition(self) -> Programme:
        return programmes.programme(self.programme, self.digest)


def _stations(running: QuerySet[Contract]) -> list[_Station]:
    rows = ContractStation.objects.filter(contract__in=running).order_by("contract", "code").values_list(
        "contract", "contract__ref", "code", "name", "region", "contract__provider__name", "contract__programme",
        "contract__digest", "contract__starts_on", "contract__ends_on",
    )  # fmt: skip
    return [_Station(*row) for row in rows]


def _scores(stations: Sequence[_Station], day: dt.date, period: ScorePeriod, *, then: bool) -> dict[int, Kept]:
    """Return the scores of the stations' contracts by id: what is kept, but for those asked for otherwise.

    A contract that nobody knew of then has none.
    """
    alone = {one.contract for one in stations if one.edition.ranking == PERIOD}
    kept = list(dict.fromkeys(one.contract for one in stations if one.contract not in alone))
    if then:
        return _live(kept, day, end_of(day), None) | _live(alone, day, end_of(day), period.start)
    found = scores_of(kept, day, lines=True) if kept else {}
    return found | _live(alone, day, None, period.start)


def _live(
    contracts: Collection[int], day: dt.date, known: dt.datetime | None, since: dt.date | None
) -> dict[int, Kept]:
    if not contracts:
        return {}
    loaded = queries.loaded(Contract.objects.filter(pk__in=contracts), history=known is not None)
    found = [told for one in loaded if (told := as_known(one, known))]
    (scored,) = queries.scores(found, day, known=known, since=since)
    return {one.contract.pk: kept_of(one) for one in scored}


def _frozen(stations: Sequence[_Station], as_of: dt.date) -> dict[int, ScoreSheet]:
    ends = {one.contract: min(as_of, one.ends_on) for one in stations}
    sheets = ScoreSheet.objects.filter(contract__in=ends, as_of__lte=as_of, replaced_by=None)
    sheets = sheets.defer("lines", "quantities", "appeals", "changes", "head")
    return {sheet.contract_id: sheet for sheet in sheets if sheet.as_of == ends[sheet.contract_id]}


def _row(
    station: _Station, one: Kept, earlier: Kept | None, sheet: ScoreSheet | None, districts: Mapping[str, str]
) -> Row:
    grades = {each.code: each for each in station.edition.grades}
    grade = sheet.grade if sheet else one.grade
    return Row(
        station=station.name,
        station_code=station.code,
        region=station.region,
        district=districts.get(station.region[:6], ""),
        agency=station.agency,
        contract=station.ref,
        total=sheet.total if sheet else one.total,
        grade=grade,
        grade_name=sheet.grade_name if sheet else grades[grade].name if grade else "",
        grade_lower=grades[grade].lower if grade in grades else Decimal(-1),
        is_published=sheet is not None,
        before=earlier.total if earlier else None,
        moves=_moves(station.edition, one, earlier) if earlier else (),
    )


def _moves(edition: Programme, one: Kept, earlier: Kept) -> tuple[Move, ...]:
    """Return the rules that moved most, largest change first."""
    zero = Decimal(0)
    pairs = zip(edition.leaves, one.scores, earlier.scores, strict=True)
    moved = [Move(rule.code, rule.title, (now or zero) - (then or zero)) for rule, now, then in pairs if now != then]
    largest = sorted((move for move in moved if move.change), key=lambda move: (-abs(move.change), move.code))
    return tuple(largest[:MOVES])


def _ranked(rows: list[Row]) -> list[Row]:
    """Return the rows best first, each with its rank, the rank before, and the rank in its own district."""
    rows.sort(key=lambda row: (-row.total, row.region, row.station_code))
    then = sorted((row.before for row in rows if row.before is not None), reverse=True)
    rank_then = dict(zip(then, ranks(then), strict=True))
    in_district = {
        code: iter(ranks([row.total for row in rows if row.region[:6] == code])) for code in _districts(rows)
    }
    return [
        replace(
            row,
            rank=rank,
            rank_before=None if row.before is None else rank_then[row.before],
            district_rank=next(in_district[row.region[:6]]),
        )
        for row, rank in zip(rows, ranks([row.total for row in rows]), strict=True)
    ]


def _districts(rows: Iterable[Row]) -> set[str]:
    return {row.region[:6] for row in rows}
