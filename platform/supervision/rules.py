"""What is allowed: values in, reasons out. Now comes in as an argument."""

import datetime as dt

from django.utils.translation import gettext as _

from supervision.policy import Policy
from supervision.words import Kind, State

SHORTEST = dt.timedelta(minutes=15)
LONGEST = dt.timedelta(hours=8)
LONGEST_WINDOW = dt.timedelta(hours=16)
FARTHEST = dt.timedelta(days=730)
ANSWER_WITHIN = dt.timedelta(hours=48)

MOVES: dict[str, frozenset[str]] = {
    State.CONFIRMED: frozenset({State.REQUESTED}),
    State.DECLINED: frozenset({State.REQUESTED}),
    State.EXPIRED: frozenset({State.REQUESTED}),
    State.CANCELLED: frozenset({State.REQUESTED, State.CONFIRMED}),
    State.COMPLETED: frozenset({State.CONFIRMED}),
}


def move_problems(state: str, to: str) -> list[str]:
    """Say why a booking in `state` cannot become `to`."""
    if state in MOVES[to]:
        return []
    return [_("这次督导%(state)s，不能再这样处理。") % {"state": State(state).label}]


def window_problems(starts_at: dt.datetime, ends_at: dt.datetime, capacity: int, now: dt.datetime) -> list[str]:
    """Say why a time cannot be offered."""
    problems = []
    if abs(starts_at - now) > FARTHEST:
        return [_("开始时间须在两年之内。")]
    if ends_at <= starts_at:
        problems.append(_("结束时间须晚于开始时间。"))
    elif not SHORTEST <= ends_at - starts_at <= LONGEST_WINDOW:
        problems.append(_("每次可约时间须在 15 分钟到 16 小时之间。"))
    if not 1 <= capacity <= 50:
        problems.append(_("最多人数须在 1 到 50 之间。"))
    return problems


def booking_problems(
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    *,
    kind: str,
    places: int,
    capacity: int,
    policy: Policy,
    now: dt.datetime,
) -> list[str]:
    """Say why this time cannot be booked, apart from others having booked it.

    :param places: how many people come.
    :param capacity: how many the supervisor takes at that time, 0 if the supervisor offers no such time.
    """
    problems = []
    if ends_at <= starts_at:
        problems.append(_("结束时间须晚于开始时间。"))
    elif not SHORTEST <= ends_at - starts_at <= LONGEST:
        problems.append(_("一次督导须在 15 分钟到 8 小时之间。"))
    if starts_at <= now:
        problems.append(_("不能预约已经过去的时间。"))
    if not problems and not capacity:
        problems.append(_("督导没有开放这段时间。"))
    if kind == Kind.INDIVIDUAL and places > 1:
        problems.append(_("个别督导只能一人参加，多人请选团体督导。"))
    elif capacity and places > capacity:
        problems.append(_("这个时段最多 %(n)s 人参加。") % {"n": capacity})
    if policy.group_size and places > policy.group_size:
        problems.append(_("按规定一次督导不超过 %(n)s 人。") % {"n": policy.group_size})
    return problems


def completion_problems(
    state: str, starts_at: dt.datetime, ends_at: dt.datetime, minutes: int, *, today: dt.date, session_day: dt.date
) -> list[str]:
    """Say why a session cannot be written down as done: before its day, or for longer than twice its time."""
    problems = move_problems(state, State.COMPLETED)
    if session_day > today:
        problems.append(_("督导当天起才能填写记录。"))
    longest = int((ends_at - starts_at).total_seconds() // 60) * 2
    if not 1 <= minutes <= longest:
        problems.append(_("实际时长须在 1 到 %(n)s 分钟之间。") % {"n": longest})
    return problems


def answer_by(starts_at: dt.datetime, now: dt.datetime) -> dt.datetime:
    """Return until when a request is held: two days, and never past its start."""
    return min(now + ANSWER_WITHIN, starts_at)


def is_short_notice(starts_at: dt.datetime, policy: Policy, now: dt.datetime) -> bool:
    """Tell whether an act on a session comes later than the programme's notice allows."""
    return starts_at - now < dt.timedelta(hours=policy.notice_hours or 0)


def days_left(last_on: dt.date | None, opened_on: dt.date, max_gap: int, today: dt.date) -> int:
    """Return how many days a station still has before its next session is overdue; negative when it is."""
    return max_gap - (today - (last_on or opened_on)).days


def nothing_ahead() -> str:
    """Say that a rule gives no time at all."""
    return _("这条规则在今后 26 周里没有任何时间。")
