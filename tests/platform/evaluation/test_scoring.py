"""A scorecard: its sum, its grade, what is due by a day, and what would raise it."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.dates import Period
from evaluation.improvement import to_next_grade
from evaluation.scoring import MarkGiven, Scorecard, Total, due_targets, ranks, score
from programmes.door import programme

JINAN = programme("jinan")
YEAR = Period(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
END = YEAR.end


def full_marks() -> dict[str, MarkGiven]:
    return {rule.code: MarkGiven(rule.max_score) for rule in JINAN.leaves if rule.by_hand}


def full_totals() -> dict[str, Total]:
    return {code: Total(Decimal(10 if code == "staff_employed" else 100_000), 3) for code in JINAN.measures}


def card(
    totals: dict[str, Total] | None = None, marks: dict[str, MarkGiven] | None = None, as_of: dt.date = END
) -> Scorecard:
    targets = due_targets(JINAN, YEAR, as_of, {})
    return score(
        JINAN,
        totals=full_totals() if totals is None else totals,
        marks=full_marks() if marks is None else marks,
        targets=targets,
        as_of=as_of,
    )


def test_everything_done_is_100_points_and_the_best_grade() -> None:
    best = card()
    assert best.total == 100
    assert best.grade.name == "优秀"
    assert (best.gap, to_next_grade(best)) == (0, ())
    assert best.subtotals["A"] == 20
    assert best.subtotals["C1"] == 15


def test_nothing_recorded_is_pending_not_zero() -> None:
    blank = card({}, {})
    assert blank.line("C1.1").is_pending
    assert "待录入" in blank.line("C1.1").reason
    assert "未评" in blank.line("D1.1").reason
    assert blank.line("B1.2").score == 3
    assert blank.total == sum((line.points for line in blank.lines), Decimal(0)) == 12


def test_a_veto_makes_the_grade_the_lowest_and_leaves_the_points() -> None:
    vetoed = card(marks={**full_marks(), "V1": MarkGiven(Decimal(0), "编造记录")})
    assert vetoed.total == 100
    assert vetoed.grade.name == "不合格"
    assert [veto.code for veto in vetoed.vetoes] == ["V1"]


def test_a_mark_on_a_measured_line_changes_nothing() -> None:
    assert card(marks={**full_marks(), "C1.1": MarkGiven(Decimal(0))}).total == 100


def test_targets_grow_with_the_days_and_follow_the_contract() -> None:
    due = due_targets(JINAN, YEAR, dt.date(2026, 7, 2), {"home_visits": Decimal(365), "people_visited": Decimal(365)})
    assert due["C1.1"] == 183
    assert due["C1.2"] == Decimal("5.01")
    assert due["A1.1"] == 4
    assert due_targets(JINAN, YEAR, dt.date(2025, 12, 31), {})["C1.1"] == 0
    assert due_targets(JINAN, YEAR, dt.date(2030, 1, 1), {})["C1.1"] == 60


def test_before_the_first_day_nothing_is_due() -> None:
    early = card(as_of=dt.date(2025, 12, 31))
    assert early.line("C1.1").is_pending
    assert "尚未开始" in early.line("C1.1").reason


def test_lines_show_inputs_target_and_evidence() -> None:
    line = card({"records_on_time": Total(Decimal(17), 17), "service_records": Total(Decimal(20), 20)}).line("A3.4")
    assert [(one.measure.code, one.value) for one in line.inputs] == [("records_on_time", 17), ("service_records", 20)]
    assert line.evidence_count == 37
    assert line.score == 2
    assert "85%" in line.reason


def test_steps_to_the_next_grade_stand_by_gain_and_say_how() -> None:
    totals = {**full_totals(), "home_visits": Total(Decimal(48), 48), "records_on_time": Total(Decimal(80_000), 3)}
    marks = full_marks()
    del marks["D1.1"], marks["B1.1"], marks["E2.1"]
    steps = to_next_grade(card(totals, marks))
    assert [(step.code, step.gain) for step in steps] == [
        ("B1.1", Decimal(4)),
        ("D1.1", Decimal(4)),
        ("E2.1", Decimal(3)),
        ("A3.4", Decimal(1)),
        ("C1.1", Decimal(1)),
    ]
    assert "12 次" in steps[4].how
    assert "85%" in steps[3].how
    assert steps[0].enough
    assert not steps[2].enough


def test_ties_share_a_rank() -> None:
    assert ranks([Decimal(90), Decimal(88), Decimal(88), Decimal("87.5")]) == [1, 2, 2, 4]
    assert ranks([]) == []


sums = st.dictionaries(
    st.sampled_from(JINAN.measures), st.builds(Total, st.decimals(-5, 500, places=2), st.integers(1, 9))
)
given_marks = st.dictionaries(
    st.sampled_from([rule.code for rule in JINAN.leaves]), st.builds(MarkGiven, st.decimals(0, 5, places=2))
)


@given(sums, given_marks, st.dates(dt.date(2025, 12, 1), dt.date(2027, 2, 1)))
def test_any_scorecard_adds_up(totals: dict[str, Total], marks: dict[str, MarkGiven], day: dt.date) -> None:
    any_card = card(totals, marks, day)
    assert any_card.total == sum((line.points for line in any_card.lines), Decimal(0))
    assert any_card.total == sum((any_card.subtotals[root.code] for root in JINAN.children()), Decimal(0))
    assert 0 <= any_card.total <= 100
    assert all(line.points == round(line.points, 2) and line.reason for line in any_card.lines)
    steps = to_next_grade(any_card)
    assert all(step.gain > 0 and step.how for step in steps)
    assert [step.gain for step in steps] == sorted((step.gain for step in steps), reverse=True)


def test_an_unknown_line_is_an_error() -> None:
    with pytest.raises(KeyError):
        card().line("Z9")
