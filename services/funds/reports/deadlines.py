"""Which reports a fund owes and when each is due (1C-15). Pure: values in, values out, no database and no clock."""

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from services.funds.rules import FundRules

QUARTER, FINAL, YEAR = "quarter", "final", "year"


@dataclass(frozen=True)
class Campaigned:
    """A campaign as far as its final report is concerned."""

    ref: str
    name: str
    starts_on: dt.date
    ends_on: dt.date


@dataclass(frozen=True)
class DueReport:
    """A report owed: of `from_on` to `to_on`, both included, published by the end of `due_on`.

    `period` names it in an address: 2026Q3, 2026, or the campaign's ref.
    """

    kind: str
    period: str
    from_on: dt.date
    to_on: dt.date
    due_on: dt.date
    title: str

    @property
    def campaign(self) -> str:
        return self.period if self.kind == FINAL else ""

    def is_overdue(self, today: dt.date) -> bool:
        return today > self.due_on


def due_reports(
    *,
    opened_on: dt.date,
    closed_on: dt.date | None,
    rules: FundRules,
    campaigns: Iterable[Campaigned],
    today: dt.date,
) -> list[DueReport]:
    """Return every report owed so far, the latest due first: of each quarter, year and campaign that is over."""
    last = min(closed_on or today, today)
    found = [*_quarters(opened_on, last, rules, today), *_years(opened_on, last, rules, today)]
    for one in campaigns:
        if one.ends_on < today:
            due_on = months_after(one.ends_on, rules.final_months)
            title = _("%(campaign)s总结报告") % {"campaign": one.name}
            found.append(DueReport(FINAL, one.ref, one.starts_on, one.ends_on, due_on, title))
    return sorted(found, key=lambda due: (due.due_on, due.kind, due.period), reverse=True)


def months_after(day: dt.date, months: int) -> dt.date:
    """Return the same day so many months later, or the month's last where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _quarters(opened_on: dt.date, last: dt.date, rules: FundRules, today: dt.date) -> Iterator[DueReport]:
    year, quarter = opened_on.year, (opened_on.month - 1) // 3 + 1
    while (start := dt.date(year, quarter * 3 - 2, 1)) <= last:
        end = months_after(start, 3) - dt.timedelta(days=1)
        if end < today:
            title = _("%(year)d 年第 %(quarter)d 季度收支报告") % {"year": year, "quarter": quarter}
            due_on = end + dt.timedelta(days=rules.quarter_days)
            yield DueReport(QUARTER, f"{year}Q{quarter}", max(start, opened_on), end, due_on, title)
        year, quarter = (year, quarter + 1) if quarter < 4 else (year + 1, 1)


def _years(opened_on: dt.date, last: dt.date, rules: FundRules, today: dt.date) -> Iterator[DueReport]:
    for year in range(opened_on.year, last.year + 1):
        end = dt.date(year, 12, 31)
        if end < today:
            title = _("%(year)d 年度报告") % {"year": year}
            start = max(dt.date(year, 1, 1), opened_on)
            yield DueReport(YEAR, f"{year}", start, end, months_after(end, rules.year_months), title)
