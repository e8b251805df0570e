"""A year of service records of one agency, with the facts that recording each would tell."""

import datetime as dt
from collections.abc import Iterator
from typing import Final

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from common.dates import SHANGHAI, local_day
from config.demo.agency import Station
from config.demo.dice import Dice
from config.demo.plan import counts
from evaluation.door import Fact
from services.clients.models import Client
from services.clients.privacy.sealed import sealed
from services.people.models import Staff
from services.records import actions, rules
from services.records.models import Attendance, ServiceRecord

# When a service begins; each ends before the next one, so that nobody is in two places at once.
STARTS: Final = (dt.time(8, 30), dt.time(10, 35), dt.time(13, 30), dt.time(15, 40))
LONGEST: Final = 120
SUNDAY: Final = 6
WAITING_DAYS: Final = 12  # an intern's newest records wait for the head's countersign
NOTES: Final = {
    "home_visit": (
        "了解近期身体和用药情况，提醒按时复诊。",
        "协助核对补贴到账，近况平稳。",
        "陪伴聊天，约定下次走访时间。",
    ),
    "casework_session": ("回顾目标进展，商定下一步。", "情绪较上次平稳，继续支持。"),
    "referral": ("已联系对接单位，约定一周后回访结果。",),
}


class Diary:
    """Who is already busy when: a worker's half-days that are taken. Nothing is in it that is not over by `now`."""

    def __init__(self, first: dt.date, now: dt.datetime) -> None:
        self.first, self.last, self.now = first, local_day(now), now
        self.taken: set[tuple[int, dt.date, dt.time]] = set()

    def book(self, dice: Dice, worker: Staff, not_before: dt.date) -> dt.datetime | None:
        """Take a free start of the worker's working days; None if none was found in a few tries."""
        for _ in range(40):
            day = dice.day(max(self.first, not_before), self.last)
            start = dice.one_of(STARTS)
            held_at = dt.datetime.combine(day, start, SHANGHAI)
            is_over = held_at + dt.timedelta(minutes=LONGEST) <= self.now
            if is_over and day.weekday() != SUNDAY and (worker.pk, day, start) not in self.taken:
                self.taken.add((worker.pk, day, start))
                return held_at
        return None


def record_year(stations: list[Station], first: dt.date, now: dt.datetime) -> tuple[int, list[Fact]]:
    """Write the year's records from `first` until `now`; return how many, and their facts."""
    diary = Diary(first, now)
    records: list[ServiceRecord] = []
    attendances: dict[str, list[Attendance]] = {}
    for station in stations:
        dice = Dice(f"work {station.post.code}")
        for kind, count in counts(station.post, (diary.last - first).days + 1).items():
            for _ in range(count):
                for record, present in _record(dice, diary, station, kind):
                    records.append(record)
                    attendances[record.ref] = [
                        Attendance(ref=dice.ref(), record=record, client=client) for client in present
                    ]
    ServiceRecord.objects.bulk_create(records, batch_size=2000)
    Attendance.objects.bulk_create((each for present in attendances.values() for each in present), batch_size=5000)
    counted = [record for record in records if record.state == ServiceRecord.State.COUNTED]
    return len(records), [fact for record in counted for fact in actions.facts(record, attendances[record.ref])]


def _record(dice: Dice, diary: Diary, station: Station, kind: str) -> Iterator[tuple[ServiceRecord, list[Client]]]:
    """Yield one record with who was there, or nothing when the worker's diary is full."""
    worker = dice.one_of(station.staff)
    present = _present(dice, station, kind)
    since = max((client.opened_on for client in present), default=diary.first)
    held_at = diary.book(dice, worker, since)
    if held_at is None:
        return
    minutes = min(max(rules.USUAL_MINUTES[kind] + dice.between(-2, 3) * 5, 10), LONGEST)
    late = not dice.chance(0.72 + 0.28 * station.post.quality)
    record = ServiceRecord(
        ref=dice.ref(), kind=kind, site=station.site, worker=worker, held_at=held_at, minutes=minutes,
        during=DateTimeTZRange(held_at, held_at + dt.timedelta(minutes=minutes), "[)"),
        setting=_setting(dice, kind), others=_others(dice, kind), recorded_by=_login(worker),
        recorded_at=_recorded_at(dice, diary, held_at, late),
    )  # fmt: skip
    if worker.employment == Staff.Employment.INTERN:
        if (diary.last - held_at.date()).days <= WAITING_DAYS:
            record.state = ServiceRecord.State.WAITING
        else:
            record.countersigned_by = _login(station.staff[0])
    if kind in NOTES:
        record.note_sealed = sealed(record, "note", dice.one_of(NOTES[kind]))
    yield record, present


def _login(staff: Staff) -> str:
    """Return the reference of who writes for this person: their account, or their file where the demo made none."""
    return staff.user.ref if staff.user else staff.ref


def _recorded_at(dice: Dice, diary: Diary, held_at: dt.datetime, late: bool) -> dt.datetime:
    """Return when it was written down: within three days, or a week or two later; never later than now."""
    written = held_at + dt.timedelta(days=dice.between(5, 14) if late else dice.between(0, 2), minutes=150)
    return min(written, diary.now)


def _present(dice: Dice, station: Station, kind: str) -> list[Client]:
    if kind in rules.NO_CLIENTS or kind == "training" or not station.clients:
        return []
    if kind in rules.KNOWN_ONLY:
        return [dice.one_of(station.clients)]
    if kind == "consultation":
        return [dice.one_of(station.clients)] if dice.chance(0.7) else []
    return dice.some(station.clients, dice.between(3, 7))


def _others(dice: Dice, kind: str) -> int:
    spread = {"group_session": (0, 4), "community_activity": (4, 30), "training": (8, 25), "joint_meeting": (5, 12)}
    low, high = spread.get(kind, (0, 0))
    return dice.between(low, high)


def _setting(dice: Dice, kind: str) -> str:
    if kind in ("consultation", "casework_session"):
        return dice.one_of(("office", "office", "community", "online"))
    return rules.USUAL_SETTING[kind]
