"""What happens where: each street's station with its quality, and how much it does in a year. Pure."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from config.demo.cast import AGENCIES, Agency
from config.demo.dice import Dice
from directory.loading import Division, divisions

DAYS_BACK: Final = 364  # a record may be at most a year old
# A year's work of a station that does exactly what it promised, by kind of record.
USUAL_YEAR: Final = {
    "home_visit": 66,
    "consultation": 34,
    "casework_session": 26,
    "group_session": 12,
    "community_activity": 12,
    "joint_meeting": 6,
    "referral": 5,
    "training": 3,
}
# What a contract promises of it, and two things more that are counted rather than recorded.
PROMISED: Final = {
    "home_visits": 60,
    "consultations": 30,
    "casework_sessions": 24,
    "group_sessions": 12,
    "community_activities": 12,
    "joint_meetings": 6,
    "referrals": 4,
    "people_served": 12,
    "volunteer_hours": 60,
}
TOWN_SCALE: Final = 0.8  # towns are promised less than streets
# Share of stations, least and most work done against the promise, and how good the work is: the four grades.
TIERS: Final = ((0.18, 1.08, 1.3, 0.94), (0.38, 0.9, 1.08, 0.77), (0.33, 0.66, 0.88, 0.62), (0.11, 0.3, 0.5, 0.4))


@dataclass(frozen=True)
class Post:
    """A place where the demo has a station: a street, or a whole district for its hub."""

    agency: Agency
    division: Division
    quality: float
    effort: float

    @property
    def is_hub(self) -> bool:
        return self.division.level < 4

    @property
    def scale(self) -> float:
        """Return the size of the contract against a street's."""
        return 1.0 if self.division.name.endswith("街道") or self.is_hub else TOWN_SCALE

    @property
    def code(self) -> str:
        return f"{self.division.code}000" if self.is_hub else self.division.code

    @property
    def name(self) -> str:
        return f"{self.division.name}社工总站" if self.is_hub else f"{self.division.name}社工站"


def posts() -> list[Post]:
    """Return every hub and station, agency by agency: a hub for each district, a station for each of its streets."""
    dice = Dice("posts")
    found = []
    for agency in AGENCIES:
        for division in divisions():
            if division.code in agency.districts:
                found.append(Post(agency, division, 0.9, 1.0))
            elif division.parent in agency.districts:
                found.append(Post(agency, division, *_tier(dice)))
    return found


def _tier(dice: Dice) -> tuple[float, float]:
    """Return a station's (quality, effort)."""
    _, low, high, quality = dice.random.choices(TIERS, weights=[share for share, *_ in TIERS])[0]
    return min(quality + dice.random.uniform(-0.05, 0.05), 1.0), dice.random.uniform(low, high)


def counts(post: Post, days: int) -> dict[str, int]:
    """Return how many records of each kind the station makes in so many days."""
    dice = Dice(f"counts {post.code}")
    share = post.effort * post.scale * days / 365
    if post.is_hub:
        return {"training": dice.rounded(8 * share), "joint_meeting": dice.rounded(10 * share)}
    return {kind: dice.rounded(year * share * dice.random.uniform(0.92, 1.08)) for kind, year in USUAL_YEAR.items()}


def promised(post: Post) -> dict[str, int]:
    """Return what the station's contract promises over its year, by measure."""
    return {measure: max(round(year * post.scale), 1) for measure, year in PROMISED.items()}


def first_day(today: dt.date) -> dt.date:
    """Return the day the year of work began: the first of the month, eleven whole months before this one."""
    return months_before(today, 11)


def contract_days(post: Post, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and last day of a station's contract: twelve months, of which two or three are still to come."""
    starts_on = months_before(today, 10 if int(post.division.parent) % 2 == 0 else 9)
    return starts_on, months_before(starts_on, -12) - dt.timedelta(days=1)


def months_before(day: dt.date, months: int) -> dt.date:
    """Return the first of the month so many months before `day`'s (after it, for a number below zero)."""
    index = day.year * 12 + day.month - 1 - months
    return dt.date(index // 12, index % 12 + 1, 1)
