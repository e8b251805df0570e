"""A score of a past day beside itself: as known now and as known on the day, line by line, with the reasons."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from contracts import queries
from contracts.known.terms import as_known
from contracts.models import Contract, TermVersion
from evaluation import changes as facts
from evaluation import known as moments
from evaluation.queries import history_since
from evaluation.scoring import Scorecard
from programmes.measures import MEASURES, recorded_by
from programmes.shapes import Indicator

ZERO = Decimal(0)
Kind = TermVersion.Kind


@dataclass(frozen=True)
class Change:
    """One thing that is said otherwise than on the day: of a fact, a mark or a term. `lines` are the codes it moves.

    `before` and `after` are in words, '' for nothing; `source` names a fact's record, else ''.
    """

    lines: tuple[str, ...]
    about: str
    station: str
    occurred_on: dt.date | None
    before: str
    after: str
    why: str
    at: dt.datetime
    source: str = ""


@dataclass(frozen=True)
class MovedLine:
    """A line whose points are others now than on the day; `changes` is how many changes touch it."""

    indicator: Indicator
    then: Decimal | None
    now: Decimal | None
    changes: int

    @property
    def moved(self) -> Decimal:
        return (self.now or ZERO) - (self.then or ZERO)


@dataclass(frozen=True)
class Since:
    """What became of the score of a day. `then` is None if nobody knew of the contract yet.

    `history_since` is the moment before which corrections left no trace, if it lies after the day.
    """

    day: dt.date
    then: Scorecard | None
    now: Scorecard
    changes: Sequence[Change]
    lines: Sequence[MovedLine]
    history_since: dt.datetime | None

    @property
    def is_moved(self) -> bool:
        return bool(self.changes) or self.then is None or self.then.total != self.now.total


def since(contract: Contract, day: dt.date) -> Since:
    """Return the contract's score of `day` as known now and as known then, and all that was said otherwise since.

    The contract was loaded with its history (`queries.loaded`).
    """
    moment = moments.end_of(day)
    now = queries.scorecard(contract, day)
    then_contract = as_known(contract, moment)
    then = queries.scorecard(then_contract, day, moment) if then_contract else None
    found = changes(contract, day, moment)
    begun = history_since()
    return Since(day, then, now, found, _lines(then, now, found), begun if begun and begun > moment else None)


def changes(contract: Contract, day: dt.date, moment: dt.datetime) -> list[Change]:
    """Return everything that is said otherwise than at `moment` and moves the score of `day`; the newest first."""
    edition = contract.edition
    last = queries.last_day(contract, day)
    stations = {station.code: station.name for station in contract.stations.all()}
    reads = {
        rule.code: recorded_by(measure for measure in (rule.measure, rule.per) if measure) for rule in edition.leaves
    }
    found = [
        Change(
            tuple(code for code, measures in reads.items() if one.measure in measures),
            str(MEASURES[one.measure].title), stations.get(one.station, one.station), one.occurred_on,
            _amount(one.before, one.measure), _amount(one.after, one.measure), one.in_words, one.at, one.source,
        )
        for one in facts.changes_since(
            tenant=contract.provider.slug, stations=list(stations), starts_on=contract.starts_on, as_of=last,
            measures=edition.measures, known=moment,
        )
    ]  # fmt: skip
    found += _marks(contract, last, moment)
    found += _terms(contract, moment)
    return sorted(found, key=lambda change: change.at, reverse=True)


def _amount(value: Decimal | None, measure: str) -> str:
    if value is None:
        return ""
    return f"{value.normalize():f} {MEASURES[measure].unit}"


def _marks(contract: Contract, day: dt.date, moment: dt.datetime) -> list[Change]:
    """Return the marks that were given for the time until `day` or taken back since."""
    found = []
    for mark in contract.marks.all():
        if mark.dated > day:
            continue
        stood = mark.given_at < moment and (mark.withdrawn_at is None or mark.withdrawn_at >= moment)
        points = _("%(points)s 分") % {"points": mark.points}
        if stood and mark.withdrawn_at is not None:
            found.append(_marked(mark.code, points, "", mark.withdrawn_reason or _("评分撤回"), mark.withdrawn_at))
        elif not stood and mark.given_at >= moment and mark.withdrawn_at is None:
            found.append(_marked(mark.code, "", points, _("事后评分"), mark.given_at))
    return found


def _marked(code: str, before: str, after: str, why: str, at: dt.datetime) -> Change:
    return Change((code,), _("人工评分"), "", None, before, after, why, at)


def _terms(contract: Contract, moment: dt.datetime) -> list[Change]:
    """Return the terms of the contract that were said otherwise then."""
    live = (
        (Kind.CONTRACT, [contract]),
        (Kind.STATION, contract.stations.all()),
        (Kind.DELIVERABLE, contract.deliverables.all()),
    )
    now = {(kind, row.pk): vars(row) for kind, rows in live for row in rows}
    return [
        Change(
            (), str(version.get_kind_display()), "", None, _term(version.kind, version.said),
            _term(version.kind, now.get((Kind(version.kind), version.row))), _("合同变更"), version.known_until,
        )
        for version in contract.term_versions.all()
        if version.known_from < moment <= version.known_until
        and not (version.kind == Kind.CONTRACT and _only_state(version.said, contract))
    ]  # fmt: skip


def _term(kind: str, said: Mapping[str, Any] | None) -> str:
    """Return a term in words: the contract's days, a station, what is promised of a measure; '' for none."""
    if said is None:
        return ""
    if kind == Kind.CONTRACT:
        return f"{said['starts_on']} – {said['ends_on']}"
    if kind == Kind.STATION:
        return str(said["name"])
    return f"{MEASURES[said['measure']].title} {_amount(Decimal(str(said['target'])), said['measure'])}"


def _only_state(said: dict[str, object], contract: Contract) -> bool:
    """Tell whether a contract's row of then differs in its state alone: that it was closed moves no score."""
    told = ("starts_on", "ends_on", "programme", "digest", "amount", "area")
    return all(str(said.get(name)) == str(getattr(contract, name)) for name in told)


def _lines(then: Scorecard | None, now: Scorecard, found: Sequence[Change]) -> list[MovedLine]:
    """Return the lines that have other points now, or about which something was said since."""
    lines = []
    for line in now.lines:
        code = line.indicator.code
        earlier = then.line(code).score if then else None
        touched = sum(1 for change in found if code in change.lines)
        if touched or line.score != earlier:
            lines.append(MovedLine(line.indicator, earlier, line.score, touched))
    return lines
