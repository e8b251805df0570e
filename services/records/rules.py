"""What may be recorded, and the facts a record makes. Pure: the policy in words."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

LONGEST_MINUTES = 720  # twelve hours: what is longer is a slip of the finger or several services
OLDEST_DAYS = 366  # a year, also one with a leap day
ON_TIME_DAYS = 3  # days after the service; a record written later is not in `records_on_time`

MEASURE_OF_KIND = {
    "home_visit": "home_visits",
    "consultation": "consultations",
    "casework_session": "casework_sessions",
    "group_session": "group_sessions",
    "community_activity": "community_activities",
    "joint_meeting": "joint_meetings",
    "training": "trainings",
    "referral": "referrals",
}
# Who took part is also counted under the kind itself.
ATTENDANCE_OF_KIND = {
    "group_session": "group_attendances",
    "community_activity": "activity_attendances",
    "training": "training_attendances",
}
# Kinds that are a service to one known client, to the members of one household, and to people of whom some are known.
NEEDS_ONE_CLIENT = frozenset({"casework_session", "referral"})
ONE_HOME = frozenset({"home_visit"})
KNOWN_ONLY = NEEDS_ONE_CLIENT | ONE_HOME
NEEDS_PEOPLE = frozenset({"group_session", "community_activity", "training"})
# An activity is one record; a group goes over several sessions and is not recorded as a whole yet.
ITSELF_A_THING = frozenset({"community_activity", "training"})
NO_CLIENTS = frozenset({"joint_meeting"})
USUAL_SETTING = {
    "home_visit": "home",
    "consultation": "office",
    "casework_session": "office",
    "group_session": "community",
    "community_activity": "community",
    "joint_meeting": "office",
    "training": "office",
    "referral": "office",
}
USUAL_MINUTES = {
    "home_visit": 40,
    "consultation": 20,
    "casework_session": 50,
    "group_session": 90,
    "community_activity": 120,
    "joint_meeting": 90,
    "training": 120,
    "referral": 30,
}
OUTREACH = frozenset({"home", "community"})
LEAST_MINUTES = 15  # a shorter gap between two services is the way from one to the other


@dataclass(frozen=True)
class RecordFact:
    """One fact a record makes: a measure, how much, under which part of the record, about which client (by ref)."""

    measure: str
    quantity: Decimal
    part: str
    client: str


def record_problems(
    *,
    kind: str,
    held_at: dt.datetime,
    minutes: int,
    setting: str,
    clients: int,
    homes: int,
    others: int,
    now: dt.datetime,
    busy: Sequence[tuple[dt.datetime, dt.datetime]],
) -> dict[str, list[str]]:
    """Return what is wrong, by field name. The clients live in so many `homes`; `busy` are the times the worker has
    already recorded."""
    problems: dict[str, list[str]] = {}
    ends_at = held_at + dt.timedelta(minutes=max(minutes, 0))
    if not 1 <= minutes <= LONGEST_MINUTES:
        problems["minutes"] = [_("时长应在 1 至 %(n)d 分钟之间。") % {"n": LONGEST_MINUTES}]
    if held_at > now:
        problems["held_at"] = [_("开始时间还没有到，不能记录将来的服务。")]
    elif held_at < now - dt.timedelta(days=OLDEST_DAYS):
        problems["held_at"] = [_("只能补记一年以内的服务。")]
    elif any(start < ends_at and held_at < end for start, end in busy):
        problems["held_at"] = [_("这段时间您已记录过另一项服务，请核对时间。")]
    problems |= _people_problems(kind, clients, homes, others)
    if kind == "home_visit" and setting != "home":
        problems["setting"] = [_("入户走访的地点是家中。")]
    return problems


def _people_problems(kind: str, clients: int, homes: int, others: int) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    if kind in NEEDS_ONE_CLIENT and clients != 1:
        problems["clients"] = [_("请选择一名服务对象。")]
    if kind in ONE_HOME and clients < 1:
        problems["clients"] = [_("请选择服务对象。")]
    if kind in ONE_HOME and homes > 1:
        problems["clients"] = [_("一次入户走访只登记同一个家庭的成员，不同家庭请分开记录。")]
    if kind in NO_CLIENTS and clients:
        problems["clients"] = [_("联席会议不登记服务对象。")]
    if kind in KNOWN_ONLY and others:
        problems["others"] = [_("这类服务只登记有档案的服务对象，不填其他人数。")]
    elif not 0 <= others <= 5000:
        problems["others"] = [_("其他参加人数应在 0 至 5000 之间。")]
    elif kind in NEEDS_PEOPLE and not clients + others:
        problems["others"] = [_("没有人参加的活动不能计入。请选择服务对象，或填写其他参加人数。")]
    return problems


def usual_time(
    minutes: int, now: dt.datetime, busy: Sequence[tuple[dt.datetime, dt.datetime]]
) -> tuple[dt.datetime, int]:
    """Return when a service of the usual `minutes` that is over by `now` most likely began, and how long it was.

    After the last of `busy` where there is room for it, else before it: never over another, never in the future.
    """
    end = now - dt.timedelta(minutes=now.minute % 5, seconds=now.second, microseconds=now.microsecond)
    length, least = dt.timedelta(minutes=minutes), dt.timedelta(minutes=min(minutes, LEAST_MINUTES))
    for began, until in sorted(busy, reverse=True):
        free_from = _to_the_minute(until)
        if end - free_from >= least:
            start = max(free_from, end - length)
            return start, int((end - start).total_seconds() // 60)
        end = min(end, began.replace(second=0, microsecond=0))
    return end - length, minutes


def _to_the_minute(moment: dt.datetime) -> dt.datetime:
    """Return the moment, or the next full minute after it."""
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + dt.timedelta(minutes=1)


def facts_of(
    *,
    kind: str,
    held_on: dt.date,
    recorded_on: dt.date,
    minutes: int,
    setting: str,
    attendances: Sequence[tuple[str, str]],
    others: int,
) -> list[RecordFact]:
    """Return the facts of one record. `attendances` are (ref of the attendance, ref of the client).

    人次 (service_contacts) counts everybody each time; 人 is counted later from who the facts are about. A group or
    an activity in which nobody took part makes none.
    """
    if kind in NEEDS_PEOPLE and not attendances and not others:
        return []
    alone = attendances[0][1] if len(attendances) == 1 else ""
    facts = [
        RecordFact(MEASURE_OF_KIND[kind], Decimal(1), "", alone),
        RecordFact("service_records", Decimal(1), "", ""),
        RecordFact("service_minutes", Decimal(minutes), "", ""),
    ]
    if setting in OUTREACH:
        facts.append(RecordFact("outreach_minutes", Decimal(minutes), "", ""))
    if (recorded_on - held_on).days <= ON_TIME_DAYS:
        facts.append(RecordFact("records_on_time", Decimal(1), "", ""))
    counted = ["service_contacts", *([ATTENDANCE_OF_KIND[kind]] if kind in ATTENDANCE_OF_KIND else [])]
    for measure in counted:
        facts += [RecordFact(measure, Decimal(1), part, client) for part, client in attendances]
        if others:
            facts.append(RecordFact(measure, Decimal(others), "others", ""))
    return facts
