"""What may be booked, moved and written down, in words."""

import datetime as dt

import pytest

from supervision import rules
from supervision.policy import Policy, policy_of
from supervision.words import State
from tests.platform.supervision.cast import NOW, at

POLICY = Policy(max_gap_days=21, group_size=8, notice_hours=24)


def booking_problems(**changes):
    asked = {
        "starts_at": at(24, 9), "ends_at": at(24, 10), "kind": "individual", "places": 1, "capacity": 8,
        "policy": POLICY, "now": NOW,
    } | changes  # fmt: skip
    return rules.booking_problems(asked.pop("starts_at"), asked.pop("ends_at"), **asked)


def test_offered_time_ahead_can_be_booked():
    assert booking_problems() == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ends_at": at(24, 9)}, "结束时间须晚于开始时间。"),
        ({"ends_at": at(24, 9, 10)}, "一次督导须在 15 分钟到 8 小时之间。"),
        ({"starts_at": at(20, 9), "ends_at": at(20, 10)}, "不能预约已经过去的时间。"),
        ({"capacity": 0}, "督导没有开放这段时间。"),
        ({"places": 2}, "个别督导只能一人参加，多人请选团体督导。"),
        ({"kind": "group", "places": 5, "capacity": 4}, "这个时段最多 4 人参加。"),
        ({"kind": "group", "places": 9, "capacity": 20}, "按规定一次督导不超过 8 人。"),
    ],
)
def test_booking_is_refused_with_its_reason(changes, reason):
    assert booking_problems(**changes) == [reason]


@pytest.mark.parametrize(("state", "to"), [
    (State.REQUESTED, State.CONFIRMED), (State.REQUESTED, State.DECLINED), (State.REQUESTED, State.CANCELLED),
    (State.CONFIRMED, State.CANCELLED), (State.CONFIRMED, State.COMPLETED), (State.REQUESTED, State.EXPIRED),
])  # fmt: skip
def test_booking_moves_forward(state, to):
    assert rules.move_problems(state, to) == []


@pytest.mark.parametrize("state", [State.DECLINED, State.CANCELLED, State.COMPLETED, State.EXPIRED])
def test_booking_that_is_over_stays_over(state):
    assert all(rules.move_problems(state, to) for to in rules.MOVES)


def complete_problems(state=State.CONFIRMED, minutes=60, today=dt.date(2026, 11, 24)):
    return rules.completion_problems(
        state, at(24, 9), at(24, 10), minutes, today=today, session_day=dt.date(2026, 11, 24)
    )


def test_session_is_written_down_from_its_day_on():
    assert complete_problems() == []
    assert complete_problems(today=dt.date(2026, 11, 23)) == ["督导当天起才能填写记录。"]


@pytest.mark.parametrize("minutes", [-5, 0, 121])
def test_session_lasts_a_believable_time(minutes):
    assert complete_problems(minutes=minutes) == ["实际时长须在 1 到 120 分钟之间。"]


def test_request_waits_two_days_and_never_past_its_start():
    assert rules.answer_by(at(30, 9), NOW) == NOW + dt.timedelta(hours=48)
    assert rules.answer_by(at(22, 9), NOW) == at(22, 9)


def test_clock_runs_from_the_last_session_or_from_the_opening():
    today, opened = dt.date(2026, 11, 21), dt.date(2026, 11, 1)

    assert rules.days_left(None, opened, 21, today) == 1
    assert rules.days_left(dt.date(2026, 11, 20), opened, 21, today) == 20
    assert rules.days_left(dt.date(2026, 10, 30), opened, 21, today) == -1


def test_policy_comes_from_the_programme_of_the_region():
    assert policy_of("370102001", dt.date(2026, 6, 1)).max_gap_days == 21
    assert policy_of("330481", dt.date(2026, 6, 1)) == Policy()
    assert policy_of("", dt.date(2026, 6, 1)) == Policy()
