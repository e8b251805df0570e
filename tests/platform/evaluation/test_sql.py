"""One statement scores all stations; Python explains each. They must agree to the cent under both rounding rules."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.dates import Period
from evaluation.door import Fact, record_facts
from evaluation.models import Fact as FactRow
from evaluation.queries import totals
from evaluation.scoring import MarkGiven, due_targets, score
from evaluation.sql import Case, score_all
from programmes.loading import DATA, load
from programmes.measures import RECORDED
from programmes.shapes import Programme

REGIONS = Path(__file__).parent.parent / "programmes" / "regions"
JINAN = load(DATA / "370100" / "jinan" / "2026")
HAINING = load(REGIONS / "330481" / "haining" / "2026")
YEAR = Period(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
STATIONS = 4


def cases_of(programme: Programme, as_of: dt.date, random: Random) -> list[Case]:
    hand = [rule for rule in programme.leaves if rule.by_hand]
    cases = []
    for number in range(STATIONS):
        marked = [rule for rule in hand if random.random() < 0.7]
        marks = {rule.code: Decimal(random.randint(0, int(rule.max_score * 100))) / 100 for rule in marked}
        promised = {"home_visits": Decimal(random.randint(1, 90)), "people_served": Decimal(random.randint(1, 30))}
        due = due_targets(programme, YEAR, as_of, promised)
        cases.append(Case("north", [f"N{number:02d}"], YEAR.start, as_of, due, marks))
    return cases


def in_python(programme: Programme, case: Case) -> tuple[Decimal, list[Decimal | None]]:
    found = totals(
        tenant=case.tenant,
        stations=case.stations,
        starts_on=case.starts_on,
        as_of=case.as_of,
        measures=programme.measures,
    )
    marks = {code: MarkGiven(points) for code, points in case.marks.items()}
    card = score(
        programme, totals=found, marks=marks, targets=case.targets, as_of=case.as_of, begun=case.as_of >= case.starts_on
    )
    return card.total, [line.score for line in card.lines]


facts = st.lists(
    st.builds(
        lambda station, measure, day, quantity, subject: (station, measure, day, quantity, subject),
        st.integers(0, STATIONS - 1),
        st.sampled_from(sorted(RECORDED)),
        st.dates(dt.date(2025, 10, 1), dt.date(2027, 1, 31)),
        st.integers(-2, 40) | st.decimals("-1", "400", places=2),
        st.sampled_from(["", "s1", "s2", "s3", "s4"]),
    ),
    max_size=120,
)


@pytest.mark.parametrize("rounding", ["half_up", "half_even"])
@pytest.mark.parametrize("programme", [JINAN, HAINING], ids=["jinan", "haining"])
@given(rows=facts, as_of=st.dates(dt.date(2025, 12, 25), dt.date(2027, 1, 5)), seed=st.integers(0, 10**6))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_sql_and_python_give_the_same_points(
    public: None, programme: Programme, rounding: str, rows: list[tuple], as_of: dt.date, seed: int
) -> None:
    programme = replace(programme, rounding=rounding)
    FactRow.objects.all().delete()
    record_facts(
        tenant="north",
        facts=[
            Fact(f"N{station:02d}", measure, day, Decimal(quantity), f"tests.row:{number}", subject)
            for number, (station, measure, day, quantity, subject) in enumerate(rows)
        ],
    )
    cases = cases_of(programme, as_of, Random(seed))
    for case, result in zip(cases, score_all(programme, cases), strict=True):
        total, lines = in_python(programme, case)
        assert list(result.scores) == lines
        assert result.total == total
        assert result.grade == programme.grade_of(total)


@pytest.mark.parametrize(("rounding", "expected"), [("half_up", "0.63"), ("half_even", "0.62")])
def test_a_tie_goes_the_declared_way(public: None, rounding: str, expected: str) -> None:
    programme = replace(JINAN, rounding=rounding)
    record_facts(tenant="north", facts=[Fact("N00", "home_visits", YEAR.start, 1, "tests.row:1")])
    case = Case("north", ["N00"], YEAR.start, YEAR.end, {"C1.1": Decimal(8)}, {})
    place = [rule.code for rule in programme.leaves].index("C1.1")
    assert score_all(programme, [case])[0].scores[place] == Decimal(expected)
    assert in_python(programme, case)[1][place] == Decimal(expected)


def test_a_veto_and_several_stations(public: None) -> None:
    visits = [Fact(f"N{n:02d}", "home_visits", YEAR.start, 30, f"tests.row:{n}") for n in range(2)]
    record_facts(tenant="north", facts=visits)
    due = due_targets(JINAN, YEAR, YEAR.end, {})
    both = Case("north", ["N00", "N01"], YEAR.start, YEAR.end, due, {"V1": Decimal(0)})
    [result] = score_all(JINAN, [both])
    assert result.total == in_python(JINAN, both)[0] == 17
    assert result.grade.name == "不合格"


def test_no_cases_no_query(public: None, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert score_all(JINAN, []) == []


def test_all_cases_take_one_query(public: None, django_assert_num_queries) -> None:
    cases = cases_of(JINAN, YEAR.end, Random(1))
    with django_assert_num_queries(1):
        assert len(score_all(JINAN, cases)) == STATIONS
