"""Days and periods of the Shanghai calendar. No clock in here: today comes in as an argument."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both included."""

    start: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"period ends {self.end} before it starts {self.start}")

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def elapsed_share(self, on: dt.date) -> float:
        """Return how much of the period has passed at the end of `on`: 0.0 to 1.0."""
        passed = (min(max(on, self.start - dt.timedelta(days=1)), self.end) - self.start).days + 1
        return passed / self.days

    def __contains__(self, day: dt.date) -> bool:
        return self.start <= day <= self.end


def local_day(moment: dt.datetime) -> dt.date:
    """Return the Shanghai day of an aware moment."""
    return moment.astimezone(SHANGHAI).date()
