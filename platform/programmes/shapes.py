"""A programme as data: what its files become once read. Values only, no database, no clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property


@dataclass(frozen=True)
class MethodShape:
    """The words a scoring method takes in an indicator's row: those it needs, and those it may have."""

    needs: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()

    @property
    def words(self) -> frozenset[str]:
        return self.needs | self.may


METHODS = {
    "ratio": MethodShape(frozenset({"measure", "target"}), frozenset({"per", "paced", "by_contract"})),
    "bands": MethodShape(frozenset({"measure", "bands"}), frozenset({"per"})),
    "all_or_nothing": MethodShape(may=frozenset({"measure", "target", "per", "paced", "by_contract"})),
    "marked_by_hand": MethodShape(),
    "deduction": MethodShape(may=frozenset({"measure", "each", "points"})),
    "bonus": MethodShape(may=frozenset({"measure", "each", "points"})),
}


# Who may give marks by hand, as a contract names them (`contracts.ContractParty.Role`).
MARKING_PARTIES = ("evaluator", "purchaser", "supervising_authority")


@dataclass(frozen=True)
class Band:
    """From `at_least` (included) upwards the line is worth `points`."""

    at_least: Decimal
    points: Decimal


@dataclass(frozen=True)
class Indicator:
    """One row of the tree. Only leaves have a `method`; they are the scoring rules.

    `measure` over `per` is what is read; without a measure the line is marked by hand. `target` is in the unit of
    the measure (of the quotient where there is a `per`). `paced` lets the target grow with the elapsed share of the
    contract; `by_contract` lets a deliverable of the contract replace it. `points` are taken or given for every
    full `each` of the measure. Of a line marked by hand, `marked_by` names the one party whose mark counts, if any.
    """

    code: str
    parent: str
    title: str
    max_score: Decimal
    clause: str
    level: int
    sample: bool = False
    method: str = ""
    rule: str = ""
    measure: str = ""
    per: str = ""
    target: Decimal | None = None
    paced: bool = False
    by_contract: bool = False
    bands: tuple[Band, ...] = ()
    each: Decimal = Decimal(1)
    points: Decimal = Decimal(0)
    marked_by: str = ""

    @property
    def is_leaf(self) -> bool:
        return bool(self.method)

    @property
    def by_hand(self) -> bool:
        """True if an officer's or evaluator's mark decides this line."""
        return self.is_leaf and not self.measure


@dataclass(frozen=True)
class Grade:
    """From `lower` points (included) upwards, up to the next grade."""

    code: str
    name: str
    lower: Decimal
    clause: str
    consequence: str = ""


@dataclass(frozen=True)
class MarkRule:
    """Which party's mark counts: of `order` the first one that has a standing mark, with the clause that says so."""

    order: tuple[str, ...]
    clause: str
    sample: bool = False


@dataclass(frozen=True)
class Veto:
    """一票否决: once found, the grade is the lowest whatever the points."""

    code: str
    title: str
    clause: str
    sample: bool = False


@dataclass(frozen=True)
class StaffingRule:
    """A station must hold `measure` (over `per`, if given) at or above `at_least`."""

    code: str
    title: str
    measure: str
    at_least: Decimal
    clause: str
    per: str = ""
    sample: bool = False


@dataclass(frozen=True)
class Service:
    """An entry of the service list (服务内容清单): what may be promised in a contract, counted by `measure`."""

    code: str
    title: str
    measure: str
    clause: str
    sample: bool = False


@dataclass(frozen=True)
class Provision:
    """A single number that the policy sets: hours of notice, days until disclosure, a cap in yuan.

    `scope` says over what a person's yearly cap adds up: each "fund" by itself, or all funds of an "agency". A cap that
    does not say it holds over the agency: it speaks of a person's year, and a person has one. `is_enforced` says that
    the product acts on it; a page that shows another says that nothing does yet.
    """

    code: str
    title: str
    value: Decimal
    unit: str
    clause: str
    sample: bool = False
    scope: str = ""
    is_enforced: bool = False


@dataclass(frozen=True)
class Choice:
    """A rule of publication that is one of several words: `choice` is one of `CHOICES[code]`."""

    code: str
    title: str
    choice: str
    clause: str
    sample: bool = False


DAY_UNITS = ("天", "个工作日")
# What the public sees of a published score, each word with all that the words before it show; and whether the live
# score can be appealed, or a published one only.
CHOICES = {
    "public_view": ("nothing", "total", "lines", "inputs"),
    "appeals_against": ("any", "sheet"),
}


# What the product acts on, by the programme's kind and the file: tests/platform/programmes/test_enforced.py.
ENFORCED = {
    ("evaluation", "supervision"): frozenset({"max_gap_days", "group_size", "notice_hours"}),
    ("evaluation", "publication"): frozenset({"notice_days", "appeal_days"}),
    ("funds", "funds"): frozenset({
        "opening_amount", "committee_size", "monitors", "person_year_cap", "activity_cap", "notice_days",
        "dormant_months",
    }),
    ("funds", "disclosure"): frozenset({"quarter_days", "final_months", "year_months"}),
}  # fmt: skip
SCOPES = ("agency", "fund")
SCOPED = frozenset({"person_year_cap"})
DECIDED_BY = ("chair", "majority", "two_thirds")


@dataclass(frozen=True)
class Step:
    """A step of a fund's approval ladder: grants of up to `up_to` yuan (None: any) are decided as `decided_by` says."""

    code: str
    title: str
    decided_by: str
    clause: str
    up_to: Decimal | None = None
    sample: bool = False


GRADE_FROM = Decimal("0.5")
PERIOD = "period"
RANKINGS = ("cumulative", PERIOD)


@dataclass(frozen=True)
class Programme:
    """One edition of a region's programme. `key` names the programme, `digest` (SHA-256 of its files) the edition.

    `kind` is "evaluation" (indicators and grades for stations) or "funds" (rules of community charity funds only).
    A grade is named once the share `grade_from` of the points is known; an edition that does not say it has a half.
    `ranking` of a period is "cumulative" (the contract's work up to its end) or of the "period" alone.
    Without `marks` the latest mark counts, whoever gave it.
    """

    key: str
    title: str
    region: str
    year: int
    issuer: str
    document: str
    valid_from: date
    valid_to: date
    total: Decimal
    rounding: str
    sample: bool
    digest: str
    indicators: tuple[Indicator, ...]
    grades: tuple[Grade, ...]
    vetoes: tuple[Veto, ...] = ()
    staffing: tuple[StaffingRule, ...] = ()
    services: tuple[Service, ...] = ()
    supervision: tuple[Provision, ...] = ()
    funds: tuple[Provision, ...] = ()
    disclosure: tuple[Provision, ...] = ()
    ladder: tuple[Step, ...] = ()
    publication: tuple[Provision, ...] = ()
    choices: tuple[Choice, ...] = ()
    kind: str = "evaluation"
    grade_from: Decimal = GRADE_FROM
    ranking: str = "cumulative"
    marks: MarkRule | None = None

    @cached_property
    def by_code(self) -> dict[str, Indicator]:
        return {indicator.code: indicator for indicator in self.indicators}

    @property
    def provisions(self) -> tuple[Provision, ...]:
        """Every single number of the policy: supervision, funds, disclosure, publication."""
        return self.supervision + self.funds + self.disclosure + self.publication

    @cached_property
    def leaves(self) -> tuple[Indicator, ...]:
        """The scoring rules, in the order of the file."""
        return tuple(indicator for indicator in self.indicators if indicator.is_leaf)

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Every measure that a scoring rule reads, once each."""
        read = (code for leaf in self.leaves for code in (leaf.measure, leaf.per) if code)
        return tuple(dict.fromkeys(read))

    def children(self, parent: str = "") -> Iterator[Indicator]:
        return (indicator for indicator in self.indicators if indicator.parent == parent)

    def veto(self, code: str) -> Veto | None:
        return next((veto for veto in self.vetoes if veto.code == code), None)

    def mark_rank(self, code: str, party: str) -> int | None:
        """Return how early a party's mark on a rule or veto counts: 0 before 1; None if it never does.

        Marks that name no party come after all that do.
        """
        rule = self.by_code.get(code)
        if rule and rule.marked_by:
            return 0 if party == rule.marked_by else None
        if self.marks is None:
            return 0
        return self.marks.order.index(party) if party in self.marks.order else None if party else len(self.marks.order)

    def grade_of(self, total: Decimal, *, vetoed: bool = False) -> Grade:
        """Return the grade that `total` points reach; the lowest if vetoed. Grades stand highest first."""
        if vetoed:
            return self.grades[-1]
        return next((grade for grade in self.grades if total >= grade.lower), self.grades[-1])

    def grade_above(self, grade: Grade) -> Grade | None:
        """Return the next better grade, or None at the top."""
        place = self.grades.index(grade)
        return self.grades[place - 1] if place else None
