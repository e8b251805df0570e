"""Eight universities, 23 supervisors, when they can be had, a year of sessions held, and the next weeks' bookings."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.models import FloorRole, User
from common.dates import SHANGHAI, local_day
from config.demo.cast import CITY
from config.demo.dice import Dice
from config.demo.plan import Post, first_day
from directory.loading import divisions
from directory.models import Organisation
from evaluation.door import record_facts
from supervision import rules
from supervision.availability import actions as offering
from supervision.bookings import answers
from supervision.models import Attendance, Booking, OpenWindow, Supervisor
from supervision.words import Function, Kind, Modality, State

UNIVERSITIES: Final = (
    "济水大学", "历山师范大学", "泉源理工大学", "岱岳学院", "齐川大学", "鲁中社会学院", "明湖政法大学", "黄台民政学院",
)  # fmt: skip
SUPERVISORS: Final = 23
TOPICS: Final = ("个案工作", "小组工作", "社区工作", "儿童服务", "老年服务", "社会救助", "情绪支持", "项目管理")
STARTS: Final = (dt.time(9, 0), dt.time(14, 0), dt.time(16, 0))
MINUTES: Final = 90
SUMMARIES: Final = (
    "讨论两个走访中的困难情形，明确下一步目标与分工。",
    "梳理小组计划，调整带领方式，约定下次带录音讨论。",
    "回顾近期压力来源，商定同伴支持安排。",
)
WANTED: Final = ("高龄独居老人走访", "小组带领技巧", "个案目标与评估", "转介后的跟进", "团队情绪支持")
SUNDAY: Final = 6


@dataclass
class Tutor:
    """A supervisor with the districts they are paired with and the times that are taken."""

    supervisor: Supervisor
    districts: tuple[str, ...]
    taken: set[tuple[dt.date, dt.time]] = field(default_factory=set)


def enrol(account: User, secret: str, now: dt.datetime) -> list[Tutor]:
    """Make the supervisors; `account` is the first of them. Each university pairs with two districts (JN-04)."""
    dice = Dice("supervisors")
    codes = [division.code for division in divisions() if division.parent == CITY]
    names = [f"{university}（示例）" for university in UNIVERSITIES]
    Organisation.objects.bulk_create(
        Organisation(ref=dice.ref(), name=name, kind=Organisation.Kind.UNIVERSITY, area=CITY) for name in names
    )
    tutors = []
    for number in range(SUPERVISORS):
        home = number % len(names)
        paired = (codes[2 * home % len(codes)], codes[(2 * home + 1) % len(codes)])
        user = account if number == 0 else _person(dice, number, secret)
        supervisor = offering.enrol_supervisor(
            user=user, university=names[home], topics=dice.some(TOPICS, 3), regions=paired,
            confirms_at_once=number % 3 == 1, by=None,
        )  # fmt: skip
        _offer(dice, supervisor, number, now)
        tutors.append(Tutor(supervisor, paired))
    return tutors


def _person(dice: Dice, number: int, secret: str) -> User:
    user = User.objects.create(
        ref=dice.ref(), username=f"supervisor{number + 1:02d}", password=secret, name=dice.name(dice.gender())
    )
    FloorRole.objects.create(user=user, role="supervisor", area="")
    return user


def _offer(dice: Dice, supervisor: Supervisor, number: int, now: dt.datetime) -> None:
    """Offer a morning a week on site and an afternoon a week online, each for a small group."""
    monday = local_day(now) - dt.timedelta(days=local_day(now).weekday())
    offers = ((number % 5, dt.time(9, 0), Modality.ONSITE), ((number + 2) % 5, dt.time(14, 0), Modality.ONLINE))
    for weekday, start, modality in offers:
        starts_at = dt.datetime.combine(monday + dt.timedelta(days=weekday), start, SHANGHAI)
        offering.offer_availability(
            supervisor=supervisor, starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=3),
            rrule="FREQ=WEEKLY", modality=modality, capacity=dice.between(2, 6), now=now, by=supervisor.user,
        )  # fmt: skip


def hold_sessions(plan: list[Post], tutors: list[Tutor], heads: dict[str, User], now: dt.datetime) -> int:
    """Write a year of sessions held with every station, and the facts of them; return how many."""
    first, last = first_day(local_day(now)), local_day(now) - dt.timedelta(days=1)
    held = []
    for post in plan:
        dice = Dice(f"sessions {post.code}")
        near = [tutor for tutor in tutors if post.division.parent in tutor.districts]
        for _ in range(0 if post.is_hub else dice.rounded(12.5 * post.effort)):
            session = _session(dice, post, dice.one_of(near), heads[post.agency.slug], first, last)
            if session:
                held.append(session)
    Booking.objects.bulk_create(held, batch_size=1000)
    Attendance.objects.bulk_create(Attendance(booking=one, user=one.booked_by) for one in held)
    for slug in heads:
        record_facts(tenant=slug, facts=[fact for one in held if one.tenant == slug for fact in answers.facts(one)])
    return len(held)


def _session(dice: Dice, post: Post, tutor: Tutor, head: User, first: dt.date, last: dt.date) -> Booking | None:
    """Return a session at a time that its supervisor has free; None if none was found in a few tries."""
    for _ in range(20):
        day, start = dice.day(first, last), dice.one_of(STARTS)
        if day.weekday() == SUNDAY or (day, start) in tutor.taken:
            continue
        tutor.taken.add((day, start))
        booking = _booking(dice, post, tutor.supervisor, head, dt.datetime.combine(day, start, SHANGHAI))
        booking.state, booking.minutes = State.COMPLETED, MINUTES + dice.between(-2, 4) * 5
        booking.summary = dice.one_of(SUMMARIES)
        return booking
    return None


def _booking(dice: Dice, post: Post, supervisor: Supervisor, head: User, starts_at: dt.datetime) -> Booking:
    asked_at = starts_at - dt.timedelta(days=dice.between(3, 9))
    return Booking(
        ref=dice.ref(), supervisor=supervisor, tenant=post.agency.slug, station=post.code, station_name=post.name,
        during=DateTimeTZRange(starts_at, starts_at + dt.timedelta(minutes=MINUTES)),
        kind=Kind.INDIVIDUAL, function=dice.one_of(list(Function)), topic=dice.one_of(WANTED),
        modality=dice.one_of(list(Modality)), booked_by=head, booked_at=asked_at,
        answer_by=rules.answer_by(starts_at, asked_at),
    )  # fmt: skip


def book_ahead(plan: list[Post], tutors: list[Tutor], heads: dict[str, User], now: dt.datetime) -> int:
    """Book two of each supervisor's next windows, one still to be answered; some owe the notes of last evening."""
    dice = Dice("ahead")
    evening = dt.datetime.combine(local_day(now) - dt.timedelta(days=1), dt.time(18, 30), SHANGHAI)
    ahead = []
    for tutor in tutors:
        near = [post for post in plan if post.division.parent in tutor.districts and not post.is_hub]
        windows = OpenWindow.objects.filter(
            supervisor=tutor.supervisor, during__startswith__gte=now + dt.timedelta(hours=30)
        )
        for window, state in zip(windows.order_by("during")[:4:2], (State.REQUESTED, State.CONFIRMED), strict=False):
            post = dice.one_of(near)
            booking = _booking(dice, post, tutor.supervisor, heads[post.agency.slug], window.during.lower)
            booking.state, booking.modality, booking.booked_at = state, window.modality, now
            booking.answer_by = rules.answer_by(window.during.lower, now)
            ahead.append(booking)
        if tutor in tutors[::4]:
            post = dice.one_of(near)
            ahead.append(_booking(dice, post, tutor.supervisor, heads[post.agency.slug], evening))
            ahead[-1].state = State.CONFIRMED
    Booking.objects.bulk_create(ahead)
    Attendance.objects.bulk_create(Attendance(booking=one, user=one.booked_by) for one in ahead)
    return len(ahead)
