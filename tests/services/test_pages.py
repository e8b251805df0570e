"""Every page of the workroom opens for whom it is meant."""

import pytest
from django.urls import reverse

from tests.cast import signed_in
from tests.workroom import Workroom

URLCONF = "config.urls_tenant"


def pages(room: Workroom) -> list[str]:
    def at(name: str, *args: str) -> str:
        return reverse(name, urlconf=URLCONF, args=args)

    return [
        at("home"), at("me"),
        at("network:stations"), at("network:station", room.station.ref), at("network:open"),
        at("network:change", room.station.ref), at("network:close", room.room.ref),
        at("people:list"), at("people:staff", room.wei.ref), at("people:new"), at("people:post", room.wei.ref),
        at("people:end_posting", room.wei.ref, room.posting.ref), at("people:certificate", room.wei.ref),
        at("people:leave", room.wei.ref),
        at("clients:list"), at("clients:client", room.client.ref), at("clients:new"),
        at("clients:change", room.client.ref), at("clients:reveal", room.client.ref, "phone"),
        at("clients:category", room.client.ref), at("clients:restrict", room.client.ref),
        at("households:list"), at("households:household", room.household.ref), at("households:new"),
        at("records:list"), at("records:record", room.record.ref), at("records:new"),
        at("records:correct", room.record.ref), at("records:withdraw", room.record.ref),
        at("volunteers:list"), at("volunteers:volunteer", room.volunteer.ref), at("volunteers:new"),
        at("volunteers:new_team"), at("volunteers:hours"), at("volunteers:training", room.volunteer.ref),
        at("volunteers:record_hours", room.volunteer.ref), at("volunteers:leave", room.volunteer.ref),
        at("volunteers:refuse", room.hours.ref),
        at("members:list"), at("members:new"),
    ]  # fmt: skip


def test_the_director_opens_every_page(north_room: Workroom) -> None:
    browser = signed_in(north_room.director, north_room.host)

    answers = {page: browser.get(page).status_code for page in pages(north_room)}

    assert {page: status for page, status in answers.items() if status != 200} == {}


@pytest.mark.parametrize("name", ["network:stations", "people:list", "clients:list", "records:list", "volunteers:list"])
def test_lists_are_exported(north_room: Workroom, name: str) -> None:
    browser = signed_in(north_room.director, north_room.host)

    answer = browser.get(reverse(name, urlconf=URLCONF), {"export": "xlsx"})

    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"
