"""What is asked about contracts: scorecards, progress, and the scores of many at once."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from common.pages import tones
from contracts import rules
from contracts.decisions.queries import settled_on
from contracts.decisions.rules import settled_card, settled_result
from contracts.marks.rules import counting, stands
from contracts.models import Appeal, Contract, Mark, ScoreSheet
from contracts.rules import Progress
from evaluation import queries as facts
from evaluation.models import EverSaid, Fact
from evaluation.scoring import MarkGiven, Scorecard, due_targets, score
from evaluation.sql import Case, Result, score_all
from programmes.shapes import Grade

ZERO = Decimal(0)
Confirmed = Mapping[int, Mapping[str, Decimal]]


@dataclass(frozen=True)
class Scored:
    """A contract with its score on a day: total, grade, line scores, and the progress of its deliverables."""

    contract: Contract
    as_of: dt.date
    result: Result
    progress: tuple[Progress, ...]

    @property
    def state(self) -> Contract.State:
        return self.contract.state_on(self.as_of)

    @property
    def total(self) -> Decimal:
        return self.result.total

    @property
    def behind(self) -> tuple[Progress, ...]:
        return tuple(one for one in self.progress if one.is_behind)

    @property
    def is_begun(self) -> bool:
        return self.as_of >= self.contract.starts_on

    @property
    def grade(self) -> Grade | None:
        """The grade, once enough is known to name it."""
        return self.result.standing.grade if self.is_begun else None

    @property
    def grade_words(self) -> str:
        """The grade's name, or which of the two it is that there is none yet."""
        if self.grade:
            return _(self.grade.name)
        return _("暂不评定等级") if self.is_begun else _("尚未开始")

    @property
    def grade_tone(self) -> str:
        return tones.tone_of(self.grade.code) if self.grade else tones.QUIET


def loaded(contracts: QuerySet[Contract], *, history: bool = False) -> QuerySet[Contract]:
    """Return the contracts with everything that scoring reads: five queries for any number of them.

    With `history` also what scoring at a past moment reads: marks that were withdrawn since, and earlier terms.
    """
    marks = Mark.objects.all() if history else Mark.objects.filter(withdrawn_at=None)
    found = contracts.select_related("provider").prefetch_related(
        "stations", "deliverables", "decisions", Prefetch("marks", marks)
    )
    return found.prefetch_related("term_versions") if history else found


def last_day(contract: Contract, as_of: dt.date) -> dt.date:
    """Return the day up to which the contract's facts count: not after its end."""
    return min(as_of, contract.ends_on)


def marks_on(contract: Contract, as_of: dt.date, known: dt.datetime | None = None) -> dict[str, MarkGiven]:
    """Return the marks that count on a day, by code: whose they are is the programme's rule (`counting`).

    With `known` they are those that stood at that moment.
    """
    standing = [mark for mark in contract.marks.all() if mark.dated <= as_of and stands(mark, known)]
    counted = counting(standing, contract.edition)
    return {code: MarkGiven(mark.points, mark.reason) for code, mark in counted.items()}


def case_of(contract: Contract, as_of: dt.date, known: dt.datetime | None = None, since: dt.date | None = None) -> Case:
    """Return what one statement needs to know of a contract (`evaluation.sql`); with `known` one of that moment.

    With `since` only what happened from that day on counts, against what fell due from then on.
    """
    day = last_day(contract, as_of)
    promised = {one.measure: one.target for one in contract.deliverables.all()}
    due = due_targets(contract.edition, contract.period, day, promised)
    first = max(since or contract.starts_on, contract.starts_on)
    if first > contract.starts_on:
        before = due_targets(contract.edition, contract.period, first - dt.timedelta(days=1), promised)
        due |= {rule.code: due[rule.code] - before[rule.code] for rule in contract.edition.leaves if rule.paced}
    return Case(
        tenant=contract.provider.slug,
        stations=[station.code for station in contract.stations.all()],
        starts_on=first,
        as_of=day,
        targets=due,
        marks={code: mark.points for code, mark in marks_on(contract, day, known).items()},
    )


def scores(
    contracts: Sequence[Contract],
    *days: dt.date,
    verified: Confirmed | None = None,
    known: dt.datetime | None = None,
    since: dt.date | None = None,
) -> list[list[Scored]]:
    """Return, for each of `days`, the scores of all `contracts` in their order.

    `verified` is what `confirmed` returns, where the progress has to show it. With `known` the scores are those of that
    moment; the contracts are then as `contracts.known.terms` gives them. With `since` only what happened from that day
    on counts.

    One statement for every edition of a programme among them, however many contracts and days there are.
    """
    editions: dict[str, list[Contract]] = {}
    for contract in contracts:
        editions.setdefault(contract.digest, []).append(contract)
    found: dict[tuple[int, dt.date], Result] = {}
    for group in editions.values():
        asked = [(contract, day) for day in days for contract in group]
        promised = {one.measure for contract in group for one in contract.deliverables.all()}
        cases = [case_of(contract, day, known, since) for contract, day in asked]
        results = score_all(group[0].edition, cases, promised, known)
        for (contract, day), case, result in zip(asked, cases, results, strict=True):
            settled = settled_on(contract, case.as_of, known)
            found[contract.pk, day] = settled_result(result, settled, programme=contract.edition, marked=case.marks)
    confirmed_by = verified or {}

    def scored(contract: Contract, day: dt.date) -> Scored:
        result = found[contract.pk, day]
        sums = _progress(contract, day, result.quantities.get, confirmed_by.get(contract.pk, {}))
        return Scored(contract, day, result, sums)

    return [[scored(contract, day) for contract in contracts] for day in days]


def scorecard(contract: Contract, as_of: dt.date, known: dt.datetime | None = None) -> Scorecard:
    """Return the explained score of one contract on a day; one query for all the totals it reads.

    With `known` it is the score as it was known at that moment; the contract is then as `contracts.known.terms` gives
    it. What is asked for today and kept for later is the same number.
    """
    case = case_of(contract, as_of, known)
    edition = contract.edition
    totals = facts.totals(
        tenant=case.tenant,
        stations=case.stations,
        starts_on=case.starts_on,
        as_of=case.as_of,
        measures=edition.measures,
        known=known,
    )
    marks = marks_on(contract, case.as_of, known)
    begun = case.as_of >= case.starts_on
    card = score(edition, totals=totals, marks=marks, targets=case.targets, as_of=case.as_of, begun=begun)
    return settled_card(card, settled_on(contract, case.as_of, known))


def progress(contract: Contract, as_of: dt.date, known: dt.datetime | None = None) -> tuple[Progress, ...]:
    """Return the progress of every deliverable on a day; one query for all the totals, one for what is verified.

    With `known` it is what was done as known at that moment.
    """
    day = last_day(contract, as_of)
    totals = facts.totals(
        tenant=contract.provider.slug,
        stations=[station.code for station in contract.stations.all()],
        starts_on=contract.starts_on,
        as_of=day,
        measures=[one.measure for one in contract.deliverables.all()],
        known=known,
    )
    done = {code: total.quantity for code, total in totals.items()}
    return _progress(contract, day, done.get, confirmed([contract]).get(contract.pk, {}))


# What was done at all, beside what was promised: how often, for how many, and how long.
WORK = ("service_records", "service_contacts", "people_served", "service_minutes")


def work_done(contract: Contract, as_of: dt.date) -> dict[str, Decimal]:
    """Return how often the contract's stations served, whom counted each time and once, and for how many minutes."""
    totals = facts.totals(
        tenant=contract.provider.slug,
        stations=[station.code for station in contract.stations.all()],
        starts_on=contract.starts_on,
        as_of=last_day(contract, as_of),
        measures=WORK,
    )
    return {measure: totals[measure].quantity if measure in totals else ZERO for measure in WORK}


def _progress(
    contract: Contract, day: dt.date, done: Callable[[str], Decimal | None], verified: Mapping[str, Decimal]
) -> tuple[Progress, ...]:
    return tuple(
        rules.progress_of(
            one.measure,
            one.target,
            max(done(one.measure) or ZERO, ZERO),
            contract.period,
            day,
            verified.get(one.measure, ZERO),
        )
        for one in contract.deliverables.all()
    )


def confirmed(contracts: Sequence[Contract]) -> Confirmed:
    """Return what the newest published sheet of each contract, in its newest version, has confirmed: quantities by
    contract id and measure."""
    newest = ScoreSheet.objects.filter(contract__in=contracts).order_by("contract", "-as_of", "-version")
    newest = newest.distinct("contract")
    return {
        pk: {measure: Decimal(quantity) for measure, quantity in quantities.items()}
        for pk, quantities in newest.values_list("contract", "quantities")
    }


def evidence(
    contract: Contract, code: str, as_of: dt.date, known: dt.datetime | None = None
) -> QuerySet[Fact] | QuerySet[EverSaid]:
    """Return the de-identified facts behind one line, newest first; with `known` those of that moment.

    :raises KeyError: if the programme has no such rule.
    """
    rule = contract.edition.by_code[code]
    return facts.evidence(
        tenant=contract.provider.slug,
        stations=[station.code for station in contract.stations.all()],
        starts_on=contract.starts_on,
        as_of=last_day(contract, as_of),
        measures=[measure for measure in (rule.measure, rule.per) if measure],
        known=known,
    )


def latest_appeals(contract: Contract) -> dict[str, Appeal]:
    """Return the newest appeal of every line that has one, by code."""
    return {appeal.code: appeal for appeal in contract.appeals.order_by("made_at", "pk")}


def open_appeals(contracts: QuerySet[Contract]) -> int:
    """Return how many appeals of these contracts wait for an answer."""
    return Appeal.objects.filter(contract__in=contracts, state=Appeal.State.OPEN).count()
