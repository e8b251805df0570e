"""The periods a ranking may ask for: a year, a quarter or a month, and the one before it. No clock."""

import datetime as dt
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

YEAR = re.compile(r"(20[0-9]{2})")
QUARTER = re.compile(r"(20[0-9]{2})-Q([1-4])")
MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class ScorePeriod:
    """`text` is how it is written: 2026, 2026-Q3 or 2026-07; days from `start` to `end`, both included."""

    text: str
    start: dt.date
    end: dt.date

    @property
    def before(self) -> dt.date:
        """The last day of the period before: what a change is measured against."""
        return self.start - dt.timedelta(days=1)

    @property
    def title(self) -> str:
        """Return 2026年, 2026年第三季度 or 2026年7月."""
        if QUARTER.fullmatch(self.text):
            number = (_("一"), _("二"), _("三"), _("四"))[int(self.text[-1]) - 1]
            return _("%(year)s年第%(number)s季度") % {"year": self.start.year, "number": number}
        if MONTH.fullmatch(self.text):
            return _("%(year)s年%(month)s月") % {"year": self.start.year, "month": self.start.month}
        return _("%(year)s年") % {"year": self.start.year}


def parse(text: str) -> ScorePeriod:
    """Return the period written as 2026, 2026-Q3 or 2026-07.

    :raises ValueError: for anything else.
    """
    if match := QUARTER.fullmatch(text):
        return _months(text, int(match[1]), int(match[2]) * 3 - 2, 3)
    if match := MONTH.fullmatch(text):
        return _months(text, int(match[1]), int(match[2]), 1)
    if match := YEAR.fullmatch(text):
        return _months(text, int(match[1]), 1, 12)
    raise ValueError(f"not a period: {text!r}")


def month_with(day: dt.date) -> ScorePeriod:
    return parse(f"{day:%Y-%m}")


def previous(period: ScorePeriod) -> ScorePeriod:
    """Return the year, quarter or month before."""
    last = period.before
    if MONTH.fullmatch(period.text):
        return month_with(last)
    return parse(f"{last.year}-Q{(last.month + 2) // 3}" if QUARTER.fullmatch(period.text) else str(last.year))


def offered(today: dt.date) -> list[ScorePeriod]:
    """Return what the filter offers: this month and the eleven before, the quarters of those, and the two years."""
    months = [month_with(today)]
    while len(months) < 12:
        months.append(month_with(months[-1].before))
    quarters = dict.fromkeys(f"{one.start.year}-Q{(one.start.month + 2) // 3}" for one in months)
    years = dict.fromkeys(str(one.start.year) for one in months)
    return [*months, *(parse(text) for text in quarters), *(parse(text) for text in years)]


def _months(text: str, year: int, month: int, count: int) -> ScorePeriod:
    start = dt.date(year, month, 1)
    following = month + count
    end = dt.date(year + (following - 1) // 12, (following - 1) % 12 + 1, 1) - dt.timedelta(days=1)
    return ScorePeriod(text, start, end)
