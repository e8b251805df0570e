"""From totals and marks to a scorecard whose every line explains itself. Pure: no database, no clock."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from common.dates import Period
from common.money import FEN, rounded
from evaluation.methods import METHODS, NOT_BEGUN, SCORED, UNMARKED, UNRECORDED, ZERO, Reading, not_begun
from evaluation.words import ONE
from programmes.measures import BASES_OF, MEASURES, Measure
from programmes.shapes import Grade, Indicator, Programme, Veto


@dataclass(frozen=True)
class Total:
    """What a contract's stations sum up to for one measure, how many facts stand behind it, and how many of these
    name a person."""

    quantity: Decimal
    facts: int = 0
    named: int = 0


@dataclass(frozen=True)
class MarkGiven:
    """Points by hand for one rule, with the reason the officer or evaluator wrote."""

    points: Decimal
    reason: str = ""


@dataclass(frozen=True)
class Input:
    """A number that a line reads: `value` in the measure's unit, None if nothing was recorded."""

    measure: Measure
    value: Decimal | None


@dataclass(frozen=True)
class Line:
    """One scored rule. `score` is rounded by the programme's rule; None is "not yet" and adds nothing: why not, `state`
    says (`evaluation.methods`)."""

    indicator: Indicator
    score: Decimal | None
    reason: str
    inputs: tuple[Input, ...]
    target: Decimal | None
    evidence_count: int
    mark: MarkGiven | None = None
    state: str = SCORED

    @property
    def is_pending(self) -> bool:
        return self.score is None

    @property
    def points(self) -> Decimal:
        return self.score if self.score is not None else rounded(ZERO)

    @property
    def lost(self) -> Decimal:
        return self.indicator.max_score - self.points


@dataclass(frozen=True)
class Standing:
    """What a total is worth while some lines are not known: it ends between `at_least` and `at_most` points.

    `known` is the share of the programme's points that are known, 0 to 1. `grade` is None until the programme names
    one: it then lies between `lowest` and `highest`.
    """

    at_least: Decimal
    at_most: Decimal
    known: Decimal
    lowest: Grade
    highest: Grade
    grade: Grade | None


def standing(programme: Programme, scores: Sequence[Decimal | None], *, vetoed: bool) -> Standing:
    """Return what the line scores, in the order of the leaves, are worth; None among them is "not yet".

    A grade is named once the programme's share of the points is known, if it is the same either way, or by a veto.
    """
    open_points = sum((rule.max_score for rule, one in zip(programme.leaves, scores, strict=True) if one is None), ZERO)
    full = sum((rule.max_score for rule in programme.leaves), ZERO)
    at_least = sum((one for one in scores if one is not None), rounded(ZERO))
    known = 1 - open_points / full
    lowest = programme.grade_of(at_least, vetoed=vetoed)
    highest = programme.grade_of(at_least + open_points, vetoed=vetoed)
    is_named = lowest == highest or known >= programme.grade_from
    return Standing(at_least, at_least + open_points, known, lowest, highest, lowest if is_named else None)


@dataclass(frozen=True)
class Scorecard:
    """All lines in the order of the programme. `total` is the sum of the lines, by one rounding rule."""

    programme: Programme
    as_of: date
    lines: tuple[Line, ...]
    vetoes: tuple[Veto, ...] = ()

    @cached_property
    def total(self) -> Decimal:
        return sum((line.points for line in self.lines), rounded(ZERO))

    @property
    def vetoed(self) -> bool:
        return bool(self.vetoes)

    @property
    def grade(self) -> Grade:
        """The grade of the points that are known; whether it is named yet, `standing` says."""
        return self.programme.grade_of(self.total, vetoed=self.vetoed)

    @cached_property
    def standing(self) -> Standing:
        return standing(self.programme, [line.score for line in self.lines], vetoed=self.vetoed)

    @property
    def waiting(self) -> list[tuple[str, int]]:
        """Why lines have no points yet, and how many of each; what waits for a person first."""
        counts = Counter(line.state for line in self.pending)
        return [(state, counts[state]) for state in (UNMARKED, UNRECORDED, NOT_BEGUN) if counts[state]]

    @property
    def is_begun(self) -> bool:
        return any(line.state != NOT_BEGUN for line in self.lines)

    @property
    def next_grade(self) -> Grade | None:
        return self.programme.grade_above(self.grade)

    @property
    def gap(self) -> Decimal:
        """Points still missing to the next grade; 0 at the top."""
        above = self.next_grade
        return max(above.lower - self.total, ZERO) if above else ZERO

    @property
    def pending(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_pending)

    @cached_property
    def subtotals(self) -> dict[str, Decimal]:
        """Points of every code of the tree: leaves and the groups above them."""
        sums: dict[str, Decimal] = {}
        for line in self.lines:
            code = line.indicator.code
            while code:
                sums[code] = sums.get(code, ZERO) + line.points
                code = self.programme.by_code[code].parent
        return sums

    def line(self, code: str) -> Line:
        """Return one line.

        :raises KeyError: if the programme has no such rule.
        """
        return self._by_code[code]

    @cached_property
    def _by_code(self) -> dict[str, Line]:
        return {line.indicator.code: line for line in self.lines}


def due_targets(
    programme: Programme, period: Period, as_of: date, promised: Mapping[str, Decimal]
) -> dict[str, Decimal]:
    """Return the target of every rule on the day `as_of`, in the measure's unit, two decimals (half up).

    A rule `by_contract` takes the contract's promise for its measure where there is one; a `paced` rule is due in
    proportion to the days of the period that have passed. Before the first day nothing is due.
    """
    passed = (min(as_of, period.end) - period.start).days + 1
    due: dict[str, Decimal] = {}
    for rule in programme.leaves:
        target = promised.get(rule.measure, rule.target) if rule.by_contract else rule.target
        if target is not None:
            due[rule.code] = rounded(target * max(passed, 0) / period.days) if rule.paced else target
    return due


def score(
    programme: Programme,
    *,
    totals: Mapping[str, Total],
    marks: Mapping[str, MarkGiven],
    targets: Mapping[str, Decimal],
    as_of: date,
    begun: bool = True,
) -> Scorecard:
    """Return the scorecard of one contract on the day `as_of`; before its first day (not `begun`) nothing is known.

    `totals` by measure code (absent = nothing recorded), `marks` by indicator code (a mark on a veto's code is the
    veto), `targets` by indicator code as `due_targets` returns them.
    """
    lines = tuple(_line(programme, rule, totals, marks.get(rule.code), targets, begun) for rule in programme.leaves)
    vetoes = tuple(veto for veto in programme.vetoes if veto.code in marks)
    return Scorecard(programme, as_of, lines, vetoes)


def _line(
    programme: Programme,
    rule: Indicator,
    totals: Mapping[str, Total],
    mark: MarkGiven | None,
    targets: Mapping[str, Decimal],
    begun: bool,
) -> Line:
    read = [code for code in (rule.measure, rule.per) if code]
    known = {code: totals[code] for code in read if code in totals}
    reading = Reading(
        value=known[rule.measure].quantity if rule.measure in known else None,
        per=(known[rule.per].quantity if rule.per in known else None) if rule.per else ONE,
        target=targets.get(rule.code),
        mark=mark.points if mark and rule.by_hand else None,
    )
    outcome = METHODS[rule.method](rule, reading) if begun else not_begun()
    return Line(
        indicator=rule,
        score=None if outcome.score is None else rounded(outcome.score, programme.rounding, FEN),
        reason=outcome.reason,
        inputs=tuple(Input(MEASURES[code], known[code].quantity if code in known else None) for code in read),
        target=reading.target,
        evidence_count=_evidence(read, totals),
        mark=mark if rule.by_hand else None,
        state=outcome.state,
    )


def _evidence(read: Sequence[str], totals: Mapping[str, Total]) -> int:
    """Return how many facts count for these measures, each once: the same as the rows of the line's evidence.

    A people measure counts the persons whom the facts of its flows name.
    """
    flows = [code for code in read if code not in BASES_OF]
    bases = {base for code in read for base in BASES_OF.get(code, ())}.difference(flows)
    nothing = Total(ZERO)
    return sum(totals.get(code, nothing).facts for code in flows) + sum(
        totals.get(code, nothing).named for code in bases
    )


def ranks(totals: Sequence[Decimal]) -> list[int]:
    """Return the rank of every total, given best first: equal totals share a rank (1, 2, 2, 4)."""
    places: list[int] = []
    for place, total in enumerate(totals, 1):
        tied = place > 1 and total == totals[place - 2]
        places.append(places[-1] if tied else place)
    return places
