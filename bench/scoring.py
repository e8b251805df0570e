"""The score of 161 stations by 37 rules: one statement for all, against a loop that asks the database rule by rule.

Both sides load the contracts and give the same total for every station to the cent; that is checked first.
"""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from random import Random

from django.db.models import Q, Sum

from bench.ground import Row, at_least, interleaved
from common.money import rounded
from contracts import queries
from contracts.actions import Site, Terms, sign_contract
from contracts.marks.actions import give_mark
from contracts.marks.rules import FoundCase, has_cases
from contracts.models import Contract
from evaluation.door import Fact, record_facts
from evaluation.methods import METHODS, Reading
from evaluation.models import Fact as FactRow
from evaluation.sql import Case
from programmes.measures import FLOW, LEVEL, MEASURES
from programmes.shapes import Indicator
from tenants.agencies.actions import open_agency
from tenants.models import Tenant
from tenants.running import in_public

GOAL = 8.0
STATIONS = 161
ROUNDS = 3
FIRST, TODAY, LAST = dt.date(2026, 1, 1), dt.date(2026, 9, 30), dt.date(2026, 12, 31)


def measure() -> list[Row]:
    """Return the best seconds of scoring every station: ours in one statement, theirs rule by rule."""
    with in_public():
        prepare()
        if all_at_once() != rule_by_rule():
            raise AssertionError("the two sides give different totals")
        ours, theirs = interleaved(all_at_once, rule_by_rule, rounds=ROUNDS)
    return [at_least("score_161_stations_x_37_rules", ours, theirs, GOAL)]


def prepare() -> Tenant:
    """Return the agency whose stations are scored; the first call signs, marks and records."""
    known = Tenant.objects.filter(slug="scorers").first()
    if known:
        return known
    agency = open_agency(slug="scorers", name="评分社会工作服务中心")
    _contracts(agency)
    record_facts(tenant=agency.slug, facts=_facts(Random(37)))
    return agency


def all_at_once() -> list[Decimal]:
    """Return every station's total, as the ranking makes it."""
    (scored,) = queries.scores(list(_loaded()), TODAY)
    return [one.total for one in scored]


def rule_by_rule() -> list[Decimal]:
    """Return the same by asking for each rule's numbers on their own, the way one would first write it."""
    totals = []
    for contract in _loaded():
        case = queries.case_of(contract, TODAY)
        rules = contract.edition.leaves
        totals.append(sum((_points(contract, case, rule) for rule in rules), Decimal("0.00")))
    return totals


def _points(contract: Contract, case: Case, rule: Indicator) -> Decimal:
    reading = Reading(
        value=_sum(case, rule.measure) if rule.measure else None,
        per=_sum(case, rule.per) if rule.per else Decimal(1),
        target=case.targets.get(rule.code),
        mark=case.marks.get(rule.code) if rule.by_hand else None,
    )
    points = METHODS[rule.method](rule, reading).score
    return Decimal(0) if points is None else rounded(points, contract.edition.rounding)


def _sum(case: Case, code: str) -> Decimal | None:
    measure = MEASURES[code]
    facts = FactRow.objects.filter(tenant=case.tenant, station__in=case.stations, occurred_on__lte=case.as_of)
    if measure.kind != LEVEL:
        facts = facts.filter(occurred_on__gte=case.starts_on)
    if measure.bases:
        people = facts.filter(~Q(subject_key=""), measure__in=measure.bases)
        return Decimal(people.values("subject_key").distinct().count()) or None
    found: Decimal | None = facts.filter(measure=code).aggregate(all=Sum("quantity"))["all"]
    return found


def _loaded() -> Iterator[Contract]:
    return iter(queries.loaded(Contract.objects.filter(provider__slug="scorers").order_by("number")))


def _contracts(agency: Tenant) -> None:
    for number in range(STATIONS):
        terms = Terms(
            number=f"BENCH-{number:03d}",
            title=f"第{number}站项目",
            programme="jinan",
            provider=agency,
            area="370102002",
            starts_on=FIRST,
            ends_on=LAST,
            amount=Decimal(200_000),
            stations=[Site(f"B{number:03d}", f"第{number}站", "370102002")],
            deliverables={"home_visits": Decimal(60), "consultations": Decimal(24)},
        )
        contract = sign_contract(terms=terms, by=None)
        for rule in contract.edition.leaves:
            if rule.by_hand:
                points = rule.max_score if number % 3 else Decimal(0)
                owed = points if rule.method == "bonus" else rule.max_score - points
                cases = [FoundCase(FIRST, "查阅", owed)] if has_cases(rule) and owed else []
                give_mark(
                    contract=contract, code=rule.code, points=points, reason="查阅", party="evaluator", cases=cases,
                    today=FIRST, by=None,
                )  # fmt: skip


def _facts(random: Random) -> Iterator[Fact]:
    """About 280 facts a station: a year's flows and what stood at its beginning."""
    for number in range(STATIONS):
        for place, measure in enumerate(code for code, one in MEASURES.items() if one.kind in (FLOW, LEVEL)):
            times = random.randint(5, 16) if MEASURES[measure].kind == FLOW else random.randint(1, 12)
            for time in range(times):
                day = FIRST + dt.timedelta(days=random.randint(0, 300))
                source = f"bench.row:{number}x{place}x{time}"
                yield Fact(f"B{number:03d}", measure, day, random.randint(1, 3), source, f"s{random.randint(1, 14)}")
