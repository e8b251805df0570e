"""What may be recorded, read like the policy."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from services.records import rules

NOON = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)


def problems(**changes: Any) -> dict[str, list[str]]:
    values: dict[str, Any] = {
        "kind": "home_visit", "held_at": NOON, "minutes": 40, "setting": "home", "clients": 1, "others": 0,
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
        ({"clients": 2}, "clients"),
        ({"others": 3}, "others"),
        ({"setting": "office"}, "setting"),
        ({"kind": "joint_meeting", "setting": "office"}, "clients"),
        ({"kind": "group_session", "setting": "community", "others": 5001}, "others"),
    ],
)
def test_each_breach_is_named_at_its_field(changes: dict[str, Any], field: str) -> None:
    assert list(problems(**changes)) == [field]


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
