"""The agency host's API as outside programs use it."""

import base64
import datetime as dt
import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from evaluation.models import Fact
from services.clients.models import Reveal
from services.records.models import ServiceRecord
from tenants.running import in_public, in_tenant
from tests.cast import PASSWORD
from tests.workroom import Workroom


class Program:
    """A program with a token of one person on one host."""

    def __init__(self, username: str, host: str) -> None:
        self.client = Client(HTTP_HOST=host)
        answer = self.post("/api/v1/auth/token/", {"username": username, "password": PASSWORD})
        assert answer.status_code == 201
        assert set(answer.json()) == {"token", "expires_at"}
        self.headers = {"Authorization": f"Token {answer.json()['token']}"}

    headers: dict[str, str] = {}

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path, query, headers=self.headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.post(path, body, content_type="application/json", headers={**self.headers, **headers})

    def patch(self, path: str, body: Any) -> Any:
        return self.client.patch(path, body, content_type="application/json", headers=self.headers)


@pytest.fixture
def wei(north_room: Workroom) -> Program:
    assert north_room.wei.user
    return Program(north_room.wei.user.username, north_room.host)


@pytest.fixture
def director(north_room: Workroom) -> Program:
    return Program(north_room.director.username, north_room.host)


def visit_body(room: Workroom, **changes: Any) -> dict[str, Any]:
    held_at = timezone.now() - dt.timedelta(hours=3)
    body = {
        "client": room.client.ref, "station": room.station.ref, "held_at": held_at.isoformat(), "minutes": 35,
        "kind": "home_visit", "note": "一切安好",
    }  # fmt: skip
    return {**body, **changes}


def test_a_visit_is_recorded_with_its_facts(wei: Program, north_room: Workroom) -> None:
    answer = wei.post("/api/v1/visits/", visit_body(north_room))

    assert answer.status_code == 201, answer.json()
    said = answer.json()
    assert {"ref", "client", "station", "held_at", "minutes", "kind", "note"} <= set(said)
    assert said["note"] == "一切安好"
    with in_public():
        assert Fact.objects.filter(source=f"records.record:{said['ref']}", measure="home_visits").count() == 1
    assert wei.get("/api/v1/visits/").json()["results"][0]["ref"] == said["ref"]


def test_asking_twice_records_once(wei: Program, north_room: Workroom) -> None:
    key, body = {"Idempotency-Key": str(uuid.uuid4())}, visit_body(north_room)

    first = wei.post("/api/v1/visits/", body, **key)
    again = wei.post("/api/v1/visits/", body, **key)
    other = wei.post("/api/v1/visits/", {**body, "minutes": 20}, **key)

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.content == again.content
    assert other["Content-Type"] == "application/problem+json"
    assert other.json()["reasons"]
    with in_tenant(north_room.tenant):
        assert ServiceRecord.objects.filter(minutes=35).count() == 1
        assert ServiceRecord.objects.filter(minutes=20).count() == 0


def test_a_refused_request_may_be_mended_under_its_key(wei: Program, north_room: Workroom) -> None:
    key = {"Idempotency-Key": "the-same"}
    assert wei.post("/api/v1/visits/", visit_body(north_room, minutes=0), **key).status_code == 400
    assert wei.post("/api/v1/visits/", visit_body(north_room), **key).status_code == 201


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"minutes": -5}, "minutes"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": "ten"}, "minutes"),
        ({"held_at": "2999-01-01T00:00:00+08:00"}, "held_at"),
        ({"held_at": "yesterday"}, "held_at"),
        ({"client": "nobody"}, "client"),
        ({"client": None}, "client"),
        ({"client": {"a": 1}}, "client"),
        ({"station": None}, "station"),
        ({"kind": "party"}, "kind"),
        ({"note": "a\x00b"}, "note"),
        ({"others": 3}, "others"),
    ],
)
def test_bad_input_is_named_at_its_field(
    wei: Program, north_room: Workroom, changes: dict[str, Any], field: str
) -> None:
    answer = wei.post("/api/v1/visits/", visit_body(north_room, **changes))

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert field in answer.json()["errors"]


def test_lone_surrogates_and_broken_json_are_400(wei: Program, north_room: Workroom) -> None:
    broken = wei.client.post(
        "/api/v1/visits/", b'{"note": "\\ud800"}', content_type="application/json", headers=wei.headers
    )
    half = wei.client.post("/api/v1/visits/", b'{"note": ', content_type="application/json", headers=wei.headers)
    listed = wei.client.post("/api/v1/visits/", b"[1]", content_type="application/json", headers=wei.headers)

    assert [answer.status_code for answer in (broken, half, listed)] == [400, 400, 400]
    assert "note" in broken.json()["errors"]


@pytest.mark.parametrize("said", ["p=1", "p=\x00", "p=99999-99-99", "p=9999999999999-01-01T00:00:00", "r=1&p=x", "o=x"])
def test_a_cursor_that_no_page_gave_out_is_404_or_a_page(director: Program, said: str) -> None:
    cursor = base64.b64encode(said.encode()).decode()

    for path in ("clients", "visits", "stations", "staff", "funds", "bookings", "fund-applications"):
        assert director.get(f"/api/v1/{path}/", cursor=cursor).status_code in (200, 404), path


def test_a_body_nested_without_end_is_400(wei: Program) -> None:
    for depth in (40, 900, 100_000):
        for path in ("/api/v1/auth/token/", "/api/v1/visits/"):
            body = '{"note": ' + "[" * depth + "]" * depth + "}"
            answer = wei.client.post(
                path, body, content_type="application/json", headers={**wei.headers, "Idempotency-Key": "deep"}
            )
            assert answer.status_code == 400, (path, depth)
            assert answer["Content-Type"] == "application/problem+json"


def test_another_agencys_client_is_no_client_here(wei: Program, north_room: Workroom, south_room: Workroom) -> None:
    answer = wei.post("/api/v1/visits/", visit_body(north_room, client=south_room.client.ref))

    assert answer.status_code == 400
    assert wei.get(f"/api/v1/clients/{south_room.client.ref}/").status_code == 404


def test_a_client_is_opened_masked_and_revealed(wei: Program, north_room: Workroom) -> None:
    body = {
        "name": "买买提·吐尔逊", "id_number": "37010219881112301x", "phone": "13864100009",
        "station": north_room.station.ref, "categories": ["living_alone"], "registered_region": "370102",
        "living_region": "370102002",
    }  # fmt: skip
    wrong = wei.post("/api/v1/clients/", body)
    assert wrong.status_code == 400
    assert list(wrong.json()["errors"]) == ["id_number"]

    opened = wei.post("/api/v1/clients/", {**body, "id_number": "370102198811123011"})
    if opened.status_code == 400:
        opened = wei.post("/api/v1/clients/", {**body, "id_number": ""})
    assert opened.status_code == 201, opened.json()
    said = opened.json()
    assert said["name"] == "买买提·吐尔逊"
    assert said["phone_masked"] == "*********09"
    assert said["categories"] == ["living_alone"]
    assert not {"phone", "id_number", "address"} & set(said)

    page = f"/api/v1/clients/{said['ref']}/reveal/"
    assert wei.post(page, {"field": "phone", "reason": "x"}).status_code == 400
    shown = wei.post(page, {"field": "phone", "reason": "核实联系方式"})
    assert shown.json() == {"value": "+8613864100009"}
    assert shown["Cache-Control"] == "no-store"
    with in_tenant(north_room.tenant):
        assert Reveal.objects.count() == 1


def test_a_known_id_number_is_a_conflict(wei: Program, north_room: Workroom) -> None:
    answer = wei.post(
        "/api/v1/clients/",
        {"name": "另一人", "id_number": "370102194903071222", "station": north_room.station.ref},
    )

    assert answer.status_code == 409
    assert answer.json()["reasons"]


def test_a_file_is_changed_and_keeps_the_rest(wei: Program, north_room: Workroom) -> None:
    answer = wei.patch(f"/api/v1/clients/{north_room.client.ref}/", {"name": "张桂蘭"})

    assert answer.status_code == 200
    assert answer.json()["name"] == "张桂蘭"
    assert answer.json()["phone_masked"] == "*********01"


def test_stations_and_staff(director: Program, wei: Program, north_room: Workroom) -> None:
    body = {
        "code": "n09", "name": "文化东路社工站", "level": "station", "label": "社工站", "region": "370102003",
        "opened_on": "2026-01-05",
    }  # fmt: skip
    assert wei.post("/api/v1/stations/", body).status_code == 403
    opened = director.post("/api/v1/stations/", body)
    assert opened.status_code == 201, opened.json()
    assert director.post("/api/v1/stations/", body).status_code == 422
    changed = director.patch(f"/api/v1/stations/{opened.json()['ref']}/", {"address": "文化东路9号"})
    assert changed.json()["address"] == "文化东路9号"
    assert wei.get("/api/v1/stations/", limit=1).json()["next"]

    hired = director.post(
        "/api/v1/staff/",
        {"name": "何新人", "station": opened.json()["ref"], "post": "social_worker", "employment": "full_time",
         "certificate": "assistant", "started_on": "2026-02-01"},
    )  # fmt: skip
    assert hired.status_code == 201, hired.json()
    assert hired.json()["certificate"] == "assistant"
    assert hired.json()["station"] == opened.json()["ref"]


def test_lists_are_paged_by_cursor_and_limited(wei: Program, north_room: Workroom) -> None:
    page = wei.get("/api/v1/visits/", limit=200).json()
    assert set(page) >= {"results", "next", "previous"}
    assert wei.get("/api/v1/visits/", cursor="nonsense").status_code == 404
    for wrong in ("x", "null", "", "0", "-1", "201", "100000", "1.5", "１"):
        refused = wei.get("/api/v1/visits/", limit=wrong)
        assert refused.status_code == 400, wrong
        assert "limit" in refused.json()["errors"]


def test_the_next_page_repeats_no_parameter(wei: Program, north_room: Workroom) -> None:
    addresses = {
        "/api/v1/stations/?limit=2&limit=1&q=a&q=站": {"limit": ["1"], "q": ["站"]},
        "/api/v1/supervision/slots/?limit=2&limit=1&offset=0&offset=1": {"limit": ["1"], "offset": ["0"]},
    }
    for address, kept in addresses.items():
        page = wei.get(address).json()
        said = parse_qs(urlsplit(page["next"] or page["previous"]).query)
        said.pop("cursor", None)
        assert said == kept


def test_errors_are_problem_documents(north_room: Workroom) -> None:
    stranger = Client(HTTP_HOST=north_room.host)
    for answer, status in (
        (stranger.get("/api/v1/clients/"), 401),
        (stranger.get("/api/v1/nothing/"), 404),
        (stranger.get("/api/v1/clients/", headers={"Authorization": "Token wrong"}), 401),
        (
            stranger.post("/api/v1/auth/token/", {"username": "x", "password": "y"}, content_type="application/json"),
            401,
        ),
    ):
        assert answer.status_code == status
        assert answer["Content-Type"] == "application/problem+json"
        assert {"type", "title", "status", "detail"} <= set(answer.json())


def test_a_list_takes_as_many_queries_with_many_rows_as_with_few(
    wei: Program, north_room: Workroom, django_assert_max_num_queries: Any
) -> None:
    from tests.workroom import visit

    wei.get("/api/v1/visits/")  # the agency's key is read once a process, its host every few seconds
    with django_assert_max_num_queries(10) as few:
        wei.get("/api/v1/visits/")
    with in_tenant(north_room.tenant):
        for hours in range(40, 64):
            visit(north_room.wei, north_room.client, north_room.station, hours_ago=hours)
    wei.get("/api/v1/visits/")
    with django_assert_max_num_queries(10) as many:
        assert len(wei.get("/api/v1/visits/").json()["results"]) == 25
    assert len(few) == len(many)


def test_head_and_options_give_nothing_away(north_room: Workroom) -> None:
    stranger = Client(HTTP_HOST=north_room.host)

    assert stranger.head("/api/v1/clients/").status_code == 401
    assert stranger.options("/api/v1/clients/").status_code == 401
    assert stranger.delete("/api/v1/clients/").status_code in (401, 405)
