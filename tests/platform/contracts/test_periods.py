"""Periods of a ranking, and what makes a contract worrying."""

import datetime as dt
from decimal import Decimal

import pytest

from common.dates import Period
from contracts.ranking import periods
from contracts.rules import progress_of, risks
from programmes.door import programme

GRADES = programme("jinan").grades
YEAR = Period(dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@pytest.mark.parametrize(
    ("text", "start", "end", "before"),
    [
        ("2026", "2026-01-01", "2026-12-31", "2025-12-31"),
        ("2026-Q1", "2026-01-01", "2026-03-31", "2025-12-31"),
        ("2026-Q4", "2026-10-01", "2026-12-31", "2026-09-30"),
        ("2024-02", "2024-02-01", "2024-02-29", "2024-01-31"),
        ("2026-12", "2026-12-01", "2026-12-31", "2026-11-30"),
    ],
)
def test_a_period_is_read(text: str, start: str, end: str, before: str) -> None:
    period = periods.parse(text)
    assert (f"{period.start}", f"{period.end}", f"{period.before}") == (start, end, before)
    assert period.title.startswith(text[:4])


@pytest.mark.parametrize("text", ["", "26", "2026-13", "2026-Q5", "2026-1", "1999", "２０２６", "2026-01-01"])
def test_anything_else_is_no_period(text: str) -> None:
    with pytest.raises(ValueError, match="not a period"):
        periods.parse(text)


def test_the_filter_offers_twelve_months_their_quarters_and_years() -> None:
    texts = [one.text for one in periods.offered(dt.date(2026, 2, 3))]
    assert texts[:3] == ["2026-02", "2026-01", "2025-12"]
    assert texts[12:] == ["2026-Q1", "2025-Q4", "2025-Q3", "2025-Q2", "2025-Q1", "2026", "2025"]


def test_what_is_due_grows_with_the_days() -> None:
    half = progress_of("home_visits", Decimal(73), Decimal(36), YEAR, dt.date(2026, 7, 2), Decimal(99))
    assert (half.due, half.verified, half.is_behind, half.is_met) == (Decimal("36.60"), 36, False, False)
    early = progress_of("home_visits", Decimal(73), Decimal(0), YEAR, dt.date(2025, 12, 31), Decimal(0))
    assert (early.due, early.is_behind) == (0, False)
    late = progress_of("home_visits", Decimal(73), Decimal(74), YEAR, dt.date(2028, 1, 1), Decimal(0))
    assert (late.due, late.is_met) == (73, True)


def test_the_worst_risk_stands_first() -> None:
    lagging = progress_of("home_visits", Decimal(60), Decimal(1), YEAR, dt.date(2026, 12, 20), Decimal(0))
    found = risks([lagging], grade=GRADES[3], lowest=GRADES[3], fallen_from=GRADES[2], days_left=11, unsupervised=3)
    assert [risk.code for risk in found] == ["grade", "falling", "behind", "ending", "supervision"]
    assert "入户走访" in next(risk.text for risk in found if risk.code == "behind")
    assert risks([], grade=GRADES[0], lowest=GRADES[3], fallen_from=None, days_left=200) == []
