"""Every page of the workroom opens for whom it is meant."""

import pytest
from django.urls import reverse

from tenants.models import Membership
from tenants.running import in_public
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


def test_a_colleagues_record_is_read_and_not_changed(north_room: Workroom) -> None:
    """A worker of the same station sees the record; correcting, withdrawing and undoing are its own worker's."""
    browser = signed_in(north_room.an.user, north_room.host)
    path = f"/records/{north_room.record.ref}/"

    assert browser.get(path).status_code == 200
    for act in ("correct/", "withdraw/"):
        assert browser.get(path + act).status_code == 403
    for act in ("correct/", "withdraw/", "undo/", "restore/"):
        assert browser.post(path + act, {"reason": "不是我的"}).status_code == 403


def test_the_last_director_stays(north_room: Workroom) -> None:
    browser = signed_in(north_room.director, north_room.host)
    with in_public():
        mine = Membership.objects.get(user=north_room.director)

    page = browser.post(f"/members/{mine.ref}/", {"roles": ["worker"]})
    closed = browser.post(f"/members/{mine.ref}/close/")

    assert "至少要有一名负责人" in page.content.decode()
    assert closed.status_code in (200, 302)
    with in_public():
        mine.refresh_from_db()
        assert mine.roles == ["agency_director"]
        assert mine.is_active
