"""What may be recorded, read like the policy."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from services.records import rules

NOON = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)


def problems(**changes: Any) -> dict[str, list[str]]:
    values: dict[str, Any] = {
        "kind": "home_visit", "held_at": NOON, "minutes": 40, "setting": "home", "clients": 1, "homes": 1, "others": 0,
        "now": NOON + dt.timedelta(hours=1), "busy": [],
    }  # fmt: skip
    return rules.record_problems(**{**values, **changes})


def test_a_plain_visit_is_fine() -> None:
    assert problems() == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"minutes": 0}, "minutes"),
        ({"minutes": -5}, "minutes"),
        ({"minutes": 721}, "minutes"),
        ({"held_at": NOON + dt.timedelta(hours=2)}, "held_at"),
        ({"held_at": NOON - dt.timedelta(days=400)}, "held_at"),
        ({"busy": [(NOON + dt.timedelta(minutes=39), NOON + dt.timedelta(minutes=80))]}, "held_at"),
        ({"clients": 0}, "clients"),
        ({"clients": 2, "homes": 2}, "clients"),
        ({"kind": "casework_session", "setting": "office", "clients": 2}, "clients"),
        ({"others": 3}, "others"),
        ({"setting": "office"}, "setting"),
        ({"kind": "joint_meeting", "setting": "office"}, "clients"),
        ({"kind": "group_session", "setting": "community", "others": 5001}, "others"),
        ({"kind": "group_session", "setting": "community", "clients": 0, "homes": 0}, "others"),
        ({"kind": "community_activity", "setting": "community", "clients": 0, "homes": 0}, "others"),
        ({"kind": "training", "setting": "office", "clients": 0, "homes": 0}, "others"),
    ],
)
def test_each_breach_is_named_at_its_field(changes: dict[str, Any], field: str) -> None:
    assert list(problems(**changes)) == [field]


def test_a_couple_is_visited_together_and_a_group_may_be_of_people_without_files() -> None:
    assert problems(clients=2, homes=1) == {}
    assert problems(kind="group_session", setting="community", clients=0, homes=0, others=3) == {}


def at(hour: int, minute: int = 0, second: int = 0) -> dt.datetime:
    return NOON.replace(hour=hour, minute=minute, second=second)


@pytest.mark.parametrize(
    ("busy", "began", "minutes"),
    [
        ([], at(11, 20), 40),
        ([(at(9), at(10))], at(11, 20), 40),
        ([(at(11), at(11, 30))], at(11, 30), 30),  # after the last, as long as there was time
        ([(at(11), at(11, 30, 20))], at(11, 31), 29),
        ([(at(11, 20), at(12))], at(10, 40), 40),  # no time since the last: before it
        ([(at(11, 20), at(12)), (at(10, 40), at(11, 20))], at(10), 40),
        ([(at(11, 20), at(12, 30))], at(10, 40), 40),
        ([(at(11, 20), at(12)), (at(10, 40), at(11))], at(11), 20),
    ],
)
def test_the_time_offered_is_free_and_not_in_the_future(
    busy: list[tuple[dt.datetime, dt.datetime]], began: dt.datetime, minutes: int
) -> None:
    now = NOON + dt.timedelta(minutes=3)

    assert rules.usual_time(40, now, busy) == (began, minutes)
    assert problems(held_at=began, minutes=minutes, busy=busy, now=now) == {}


def test_one_service_may_follow_another_at_once() -> None:
    assert (
        problems(
            busy=[
                (NOON - dt.timedelta(minutes=30), NOON),
                (NOON + dt.timedelta(minutes=40), NOON + dt.timedelta(hours=2)),
            ]
        )
        == {}
    )


def facts(**changes: Any) -> dict[tuple[str, str], Decimal]:
    values: dict[str, Any] = {
        "kind": "home_visit", "held_on": dt.date(2026, 11, 20), "recorded_on": dt.date(2026, 11, 21), "minutes": 40,
        "setting": "home", "attendances": [("a1", "client1")], "others": 0,
    }  # fmt: skip
    return {(one.measure, one.part): one.quantity for one in rules.facts_of(**{**values, **changes})}


def test_a_visit_makes_its_facts() -> None:
    assert facts() == {
        ("home_visits", ""): 1,
        ("service_records", ""): 1,
        ("service_minutes", ""): 40,
        ("outreach_minutes", ""): 40,
        ("records_on_time", ""): 1,
        ("service_contacts", "a1"): 1,
    }


def test_a_late_record_in_the_office_counts_less() -> None:
    said = facts(kind="consultation", setting="office", recorded_on=dt.date(2026, 11, 24))

    assert not {("outreach_minutes", ""), ("records_on_time", "")} & said.keys()


def test_a_group_counts_people_and_contacts_apart() -> None:
    said = facts(kind="group_session", setting="community", attendances=[("a1", "c1"), ("a2", "c2")], others=9)

    assert said[("group_sessions", "")] == 1
    assert [said[("group_attendances", part)] for part in ("a1", "a2", "others")] == [1, 1, 9]
    assert sum(value for (measure, _), value in said.items() if measure == "service_contacts") == 11


def test_every_kind_has_its_measure_in_the_catalogue() -> None:
    from programmes.measures import RECORDED
    from services.records.models import Kind

    assert set(rules.MEASURE_OF_KIND) == set(Kind.values) == set(rules.USUAL_SETTING) == set(rules.USUAL_MINUTES)
    assert set(rules.MEASURE_OF_KIND.values()) | set(rules.ATTENDANCE_OF_KIND.values()) <= RECORDED


@pytest.mark.parametrize("kind", sorted(rules.NEEDS_PEOPLE))
def test_an_activity_without_anybody_makes_no_fact(kind: str) -> None:
    assert facts(kind=kind, attendances=[], others=0) == {}
    assert facts(kind=kind, attendances=[], others=1)
