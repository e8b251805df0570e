"""Reports on the clock: each ended quarter, year and campaign owes one by its day."""

import datetime as dt

import pytest

from services.funds.reports.deadlines import Campaigned, DueReport, due_reports, months_after
from services.funds.rules import rules_of

DAY = dt.date


def owed(
    opened_on: dt.date, today: dt.date, closed_on: dt.date | None = None, *campaigns: Campaigned
) -> list[DueReport]:
    rules = rules_of("jinan-funds")
    return due_reports(opened_on=opened_on, closed_on=closed_on, rules=rules, campaigns=campaigns, today=today)


def test_each_ended_quarter_and_year_since_opening() -> None:
    found = owed(DAY(2025, 8, 20), DAY(2026, 4, 1))

    assert [(one.kind, one.period, one.from_on, one.to_on, one.due_on) for one in found] == [
        ("quarter", "2026Q1", DAY(2026, 1, 1), DAY(2026, 3, 31), DAY(2026, 4, 15)),
        ("year", "2025", DAY(2025, 8, 20), DAY(2025, 12, 31), DAY(2026, 3, 31)),
        ("quarter", "2025Q4", DAY(2025, 10, 1), DAY(2025, 12, 31), DAY(2026, 1, 15)),
        ("quarter", "2025Q3", DAY(2025, 8, 20), DAY(2025, 9, 30), DAY(2025, 10, 15)),
    ]


@pytest.mark.parametrize(
    ("today", "count"),
    [(DAY(2026, 3, 31), 0), (DAY(2026, 4, 1), 1), (DAY(2026, 6, 30), 1), (DAY(2026, 7, 1), 2)],
)
def test_a_quarter_is_owed_from_the_day_after_its_end(today: dt.date, count: int) -> None:
    assert len(owed(DAY(2026, 1, 1), today)) == count


@pytest.mark.parametrize(("today", "late"), [(DAY(2026, 4, 15), False), (DAY(2026, 4, 16), True)])
def test_it_is_late_after_its_last_day(today: dt.date, late: bool) -> None:
    (one,) = owed(DAY(2026, 2, 1), today)

    assert one.is_overdue(today) is late


def test_a_closed_fund_owes_nothing_for_what_came_after() -> None:
    found = owed(DAY(2024, 11, 1), DAY(2026, 9, 1), DAY(2025, 2, 3))

    assert [one.period for one in found] == ["2025", "2025Q1", "2024", "2024Q4"]


def test_a_campaign_owes_a_final_report_in_three_months() -> None:
    day = Campaigned("ref1", "99公益日", DAY(2025, 9, 1), DAY(2025, 11, 30))
    running = Campaigned("ref2", "暖冬", DAY(2025, 12, 1), DAY(2026, 1, 10))

    found = [one for one in owed(DAY(2025, 1, 1), DAY(2026, 1, 10), None, day, running) if one.kind == "final"]

    assert [(one.period, one.campaign, one.due_on, one.title) for one in found] == [
        ("ref1", "ref1", DAY(2026, 2, 28), "99公益日总结报告")
    ]


def test_months_after_the_end_of_a_month() -> None:
    assert months_after(DAY(2025, 11, 30), 3) == DAY(2026, 2, 28)
    assert months_after(DAY(2023, 11, 30), 3) == DAY(2024, 2, 29)
    assert months_after(DAY(2025, 12, 31), 3) == DAY(2026, 3, 31)
