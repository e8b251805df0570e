"""Supervision for programs: slots, bookings, sessions, offers; and who may not."""

import datetime as dt

import pytest
from django.utils import timezone

from common.dates import SHANGHAI
from evaluation.models import Fact
from supervision.models import Availability, Booking
from supervision.words import State
from tests.cast import host_of, member, signed_in
from tests.platform.supervision.cast import list_station, offer, supervisor

API = "/api/v1/supervision/"


def tomorrow(hour):
    day = timezone.localdate() + dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(hour), tzinfo=SHANGHAI)


@pytest.fixture
def expert(public):
    who = supervisor()
    offer(who, start=tomorrow(9), end=tomorrow(12), rrule="FREQ=DAILY", now=timezone.now())
    return who


@pytest.fixture
def head(lin, north_row):
    return signed_in(lin, host_of(north_row))


@pytest.fixture
def desk(expert):
    return signed_in(expert.user)


@pytest.fixture
def rival(public, south_row):
    list_station("south", code="S1", region="370103")
    return signed_in(member(south_row, "rival", "station_head"), host_of(south_row))


def request_of(expert, hour=9, **changes):
    return {
        "supervisor": expert.ref, "starts_at": tomorrow(hour).isoformat(), "ends_at": tomorrow(hour + 1).isoformat(),
        "station": "N1", "kind": "individual", "topic": "转介",
    } | changes  # fmt: skip


def post(client, path, body=None, **headers):
    return client.post(API + path, body or {}, content_type="application/json", headers=headers)


def test_slots_are_listed_earliest_first(head, expert):
    found = head.get(API + "slots/", {"to": (tomorrow(0) + dt.timedelta(days=1)).isoformat()}).json()

    assert [slot["starts_at"] for slot in found["results"]] == [tomorrow(hour).isoformat() for hour in (9, 10, 11)]
    assert found["results"][0] == {
        "supervisor": expert.ref, "starts_at": tomorrow(9).isoformat(), "ends_at": tomorrow(10).isoformat(),
        "modality": "onsite", "places": 8,
    }  # fmt: skip
    assert found["next"] is None


def test_slots_take_days_and_come_in_pages(head, expert):
    day = timezone.localdate() + dt.timedelta(days=1)
    asked = {"from": day.isoformat(), "to": (day + dt.timedelta(days=2)).isoformat(), "limit": 4, "minutes": 60}
    first = head.get(API + "slots/", asked).json()
    second = head.get(first["next"]).json()

    assert [len(first["results"]), len(second["results"])] == [4, 2]
    assert second["next"] is None
    assert head.get(second["previous"]).json()["results"] == first["results"]


@pytest.mark.parametrize(
    "query", ["from=never", "to=2999-01-01", "minutes=0", "minutes=x", "modality=telepathy", "limit=-1", "from=%00"]
)
def test_odd_question_about_slots_is_400(head, expert, query):
    assert head.get(f"{API}slots/?{query}").status_code == 400


def test_slots_of_nobody_are_none(head, expert):
    assert head.get(API + "slots/?supervisor=nobody").json()["results"] == []


def test_booking_is_made_and_listed(head, expert, lin):
    answer = post(head, "bookings/", request_of(expert, attendees=[lin.ref]))

    assert answer.status_code == 201
    made = answer.json()
    assert (made["state"], made["station"], made["attendees"]) == ("requested", "N1", [lin.ref])
    assert head.get(API + "bookings/").json()["results"] == [made]


def test_station_may_be_named_by_its_ref(head, expert, north_row):
    from directory import door

    ref = door.stations(tenant="north")[0].ref

    assert post(head, "bookings/", request_of(expert, station=ref)).json()["station"] == "N1"


def test_taken_slot_is_409_with_three_others(head, rival, expert):
    post(head, "bookings/", request_of(expert))

    answer = post(rival, "bookings/", request_of(expert, station="S1"))

    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert len(body["alternatives"]) == 3
    assert set(body["alternatives"][0]) == {"supervisor", "starts_at", "ends_at", "modality", "places"}
    assert body["reasons"]
    taken = body["alternatives"][0]
    retry = request_of(expert, station="S1", starts_at=taken["starts_at"], ends_at=taken["ends_at"])
    assert post(rival, "bookings/", retry).status_code == 201


def test_same_key_books_once_and_another_body_is_refused(head, expert):
    first = post(head, "bookings/", request_of(expert), **{"Idempotency-Key": "k1"})
    again = post(head, "bookings/", request_of(expert), **{"Idempotency-Key": "k1"})
    other = post(head, "bookings/", request_of(expert, hour=10), **{"Idempotency-Key": "k1"})

    assert first.json() == again.json()
    assert again.status_code == 201
    assert other.status_code == 422
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"supervisor": "nobody"}, 400), ({"station": "S1"}, 400), ({"station": ""}, 400), ({"kind": "party"}, 400),
        ({"attendees": ["stranger"]}, 400), ({"attendees": -1}, 400), ({"attendees": {"a": 1}}, 400),
        ({"starts_at": "yesterday"}, 400), ({"topic": "\x00"}, 400), ({"topic": "x" * 101}, 400),
        ({"attendees": 2}, 422),
        ({"starts_at": "2020-01-01T09:00:00+08:00"}, 422), ({"ends_at": "2020-01-01T09:00:00+08:00"}, 422),
        ({"modality": "online"}, 422),
    ],
)  # fmt: skip
def test_odd_booking_is_refused_and_leaves_nothing(head, expert, rival, changes, status):
    assert post(head, "bookings/", request_of(expert, **changes)).status_code == status
    assert not Booking.objects.exists()


def test_booking_is_cancelled_by_who_booked_and_by_heads_only(head, expert, north_row, lin):
    ref = post(head, "bookings/", request_of(expert)).json()["ref"]
    colleague = signed_in(member(north_row, "wei", "worker"), host_of(north_row))

    assert post(colleague, f"bookings/{ref}/cancel/", {"reason": "x"}).status_code == 403
    assert post(head, f"bookings/{ref}/cancel/", {"reason": ""}).status_code == 400
    assert post(head, f"bookings/{ref}/cancel/", {"reason": "值班"}).json()["state"] == "cancelled"
    assert post(head, f"bookings/{ref}/cancel/", {"reason": "值班"}).status_code == 409


def test_another_agencys_booking_is_not_there(head, rival, expert):
    ref = post(head, "bookings/", request_of(expert)).json()["ref"]

    assert post(rival, f"bookings/{ref}/cancel/", {"reason": "x"}).status_code == 404
    assert rival.get(API + "bookings/").json()["results"] == []


def test_finance_sees_bookings_and_makes_none(expert, lin, north_row):
    qiu = signed_in(member(north_row, "qiu", "finance"), host_of(north_row))

    assert qiu.get(API + "bookings/").status_code == 200
    assert post(qiu, "bookings/", request_of(expert)).status_code == 403


def held_today(expert, head, state=State.CONFIRMED):
    ref = post(head, "bookings/", request_of(expert)).json()["ref"]
    start = timezone.now() - dt.timedelta(hours=1)
    Booking.objects.filter(ref=ref).update(state=state, during=(start, start + dt.timedelta(hours=1)))
    return ref


def test_completed_session_counts_once(head, desk, expert, lin):
    ref = held_today(expert, head)
    body = {"minutes": 50, "summary": "讨论转介", "attendees": [lin.ref]}

    first = post(desk, f"sessions/{ref}/complete/", body, **{"Idempotency-Key": "done"})
    again = post(desk, f"sessions/{ref}/complete/", body, **{"Idempotency-Key": "done"})

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["state"] == "completed"
    assert desk.get(API + "sessions/").json()["results"][0]["minutes"] == 50
    assert sorted(Fact.objects.values_list("tenant", "measure", "quantity")) == [
        ("north", "supervision_minutes", 50), ("north", "supervision_sessions", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ({"minutes": -5}, 400), ({"minutes": 500}, 422), ({"minutes": 30, "attendees": ["nobody"]}, 400)],
)
def test_odd_completion_is_refused(head, desk, expert, body, status):
    ref = held_today(expert, head)

    assert post(desk, f"sessions/{ref}/complete/", body).status_code == status
    assert not Fact.objects.exists()


def test_head_count_is_enough(head, desk, expert):
    ref = held_today(expert, head)

    assert post(desk, f"sessions/{ref}/complete/", {"minutes": 30, "attendees": 5}).json()["places"] == 5


def test_session_ahead_cannot_be_completed(head, desk, expert):
    ref = post(head, "bookings/", request_of(expert)).json()["ref"]

    assert post(desk, f"sessions/{ref}/complete/", {"minutes": 30}).status_code == 422


def test_another_supervisors_session_is_not_there(head, expert):
    ref = held_today(expert, head)
    other = signed_in(supervisor("qian", "钱老师").user)

    assert post(other, f"sessions/{ref}/complete/", {"minutes": 30}).status_code == 404


def test_offer_is_made_listed_and_withdrawn(desk, expert):
    body = {
        "starts_at": tomorrow(14).isoformat(),
        "ends_at": tomorrow(17).isoformat(),
        "rrule": "FREQ=WEEKLY",
        "modality": "online",
        "capacity": 4,
    }
    made = post(desk, "availability/", body)

    assert made.status_code == 201
    ref = made.json()["ref"]
    assert ref in {one["ref"] for one in desk.get(API + "availability/").json()["results"]}
    other = signed_in(supervisor("qian", "钱老师").user)
    assert other.delete(f"{API}availability/{ref}/").status_code == 404
    assert desk.delete(f"{API}availability/{ref}/").status_code == 204
    assert not Availability.objects.filter(ref=ref).exists()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"rrule": "FREQ=SECONDLY"}, 422), ({"modality": "x"}, 400), ({"capacity": 0}, 400), ({"starts_at": None}, 400),
        ({"ends_at": "2020-01-01T00:00:00Z"}, 422), ({"starts_at": "0001-01-01T00:00:00Z"}, 422),
        ({"starts_at": "9999-12-31T23:00:00Z", "ends_at": "9999-12-31T23:59:00Z"}, 400), ({"rrule": "x" * 201}, 400),
    ],
)  # fmt: skip
def test_odd_offer_is_refused(desk, changes, status):
    body = {"starts_at": tomorrow(14).isoformat(), "ends_at": tomorrow(17).isoformat(), "modality": "online"}

    answer = post(desk, "availability/", body | changes)

    assert answer.status_code == status, answer.content


def test_new_supervisor_may_offer_at_once(public):
    from tests.cast import officer

    newcomer = signed_in(officer("newcomer", "supervisor"))
    body = {"starts_at": tomorrow(14).isoformat(), "ends_at": tomorrow(17).isoformat(), "modality": "online"}

    assert post(newcomer, "availability/", body).status_code == 201


def test_officer_has_no_desk(public):
    from tests.cast import officer

    zhou = signed_in(officer("zhou", "district_officer", "370102"))

    assert zhou.get(API + "sessions/").status_code == 403
    assert zhou.get(API + "availability/").status_code == 403
