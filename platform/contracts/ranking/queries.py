"""All stations of an area by their contract's score, with ties, and what moved since the period before."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import QuerySet

from contracts import queries
from contracts.models import Contract, ContractStation, ScoreSheet
from contracts.queries import Scored
from contracts.ranking.periods import ScorePeriod
from evaluation.scoring import ranks

MOVES = 2


@dataclass(frozen=True)
class Move:
    """A rule whose points changed since the period before."""

    code: str
    title: str
    change: Decimal


@dataclass(frozen=True)
class Row:
    """A station's place. Stations of one contract share its score. `before` is None where there was no score yet."""

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
    rank: int = 0
    rank_before: int | None = None
    district_rank: int = 0

    @property
    def change(self) -> Decimal | None:
        return None if self.before is None else self.total - self.before

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
) -> list[Row]:
    """Return the stations of these contracts under one programme, best first; equal totals share a rank.

    Scores are those of the period's last day, or of today while it runs. A published sheet of that very day counts
    as it was frozen. `districts` are names by six-digit code. The number of queries does not depend on the contracts.
    """
    as_of = min(period.end, today)
    running = contracts.filter(programme=programme, starts_on__lte=as_of, ends_on__gte=min(period.start, as_of))
    found = list(queries.loaded(running))
    if not found:
        return []
    now, before = queries.scores(found, as_of, period.before)
    frozen = _frozen(found, as_of)
    rows = [
        _row(station, one, earlier, frozen.get(one.contract.pk), districts)
        for one, earlier in zip(now, before, strict=True)
        for station in one.contract.stations.all()
    ]
    return _ranked(rows)


def _frozen(contracts: list[Contract], as_of: dt.date) -> dict[int, ScoreSheet]:
    sheets = ScoreSheet.objects.filter(contract__in=contracts, as_of__lte=as_of).defer("lines", "quantities")
    ends = {contract.pk: queries.last_day(contract, as_of) for contract in contracts}
    return {sheet.contract_id: sheet for sheet in sheets if sheet.as_of == ends[sheet.contract_id]}


def _row(
    station: ContractStation, one: Scored, earlier: Scored, sheet: ScoreSheet | None, districts: Mapping[str, str]
) -> Row:
    contract = one.contract
    named = one.grade
    grade = sheet.grade if sheet else named.code if named else ""
    started = earlier.as_of >= contract.starts_on
    return Row(
        station=station.name,
        station_code=station.code,
        region=station.region,
        district=districts.get(station.region[:6], ""),
        agency=contract.provider.name,
        contract=contract.ref,
        total=sheet.total if sheet else one.total,
        grade=grade,
        grade_name=sheet.grade_name if sheet else named.name if named else "",
        grade_lower=next((each.lower for each in contract.edition.grades if each.code == grade), Decimal(0)),
        is_published=sheet is not None,
        before=earlier.total if started else None,
        moves=_moves(one, earlier) if started else (),
    )


def _moves(one: Scored, earlier: Scored) -> tuple[Move, ...]:
    """Return the rules that moved most, largest change first."""
    zero = Decimal(0)
    pairs = zip(one.contract.edition.leaves, one.result.scores, earlier.result.scores, strict=True)
    moved = [Move(rule.code, rule.title, (now or zero) - (then or zero)) for rule, now, then in pairs]
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
