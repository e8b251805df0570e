"""A stranger asks a station for help, follows it by a number, and its people take it up; all of it sealed."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from notifications.queries import sentence
from services.help_requests import actions
from services.help_requests.models import HelpRequest
from services.journal.models import JournalEntry, Notification
from tenants.models import Tenant
from tenants.running import in_public, in_tenant
from tests.cast import signed_in
from tests.workroom import Workroom

GIVEN = {"name": "高阿姨", "phone": "13777770001", "topic": "care", "words": "老伴需要照护"}


@pytest.fixture
def stranger() -> Client:
    return Client(HTTP_HOST="localhost")


def asked(stranger: Client, room: Workroom) -> str:
    """Return the address of the page that follows the request."""
    answer = stranger.post(f"/stations/{room.station.ref}/help/", GIVEN)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return str(answer.headers["Location"])


def test_it_is_kept_sealed_told_and_followed_by_its_number(north_room: Workroom, stranger: Client) -> None:
    room = north_room
    assert "向这个站点求助" in stranger.get(f"/stations/{room.station.ref}/").content.decode()
    follow = asked(stranger, room)

    with in_tenant(room.tenant):
        row = HelpRequest.objects.get()
        assert room.lin.user
        told = Notification.objects.get(user=room.lin.user.ref, kind="help.asked")
        assert not any(word in sentence(told) + str(told.words) for word in GIVEN.values())
        with connection.cursor() as cursor:
            cursor.execute("SELECT h::text FROM help_requests_helprequest h")
            (stored,) = cursor.fetchone()
        assert not any(word in stored for word in ("高阿姨", "13777770001", "照护"))
        assert JournalEntry.objects.filter(act="help_requests.request.made").exists()
    page = stranger.get(follow).content.decode()
    assert row.ref in page
    assert "待联系" in page
    assert not any(word in page for word in ("高阿姨", "13777770001", "老伴"))


def test_a_worker_takes_it_up_and_closes_it_with_an_outcome(north_room: Workroom, stranger: Client) -> None:
    room = north_room
    follow = asked(stranger, room)
    with in_tenant(room.tenant):
        ref = HelpRequest.objects.get().ref
    worker = signed_in(room.wei.user, room.host)
    assert "照护与陪伴" in worker.get("/help-requests/").content.decode()
    assert "待联系的求助" in worker.get("/").content.decode()  # among what waits
    assert "高阿姨" not in worker.get("/help-requests/").content.decode()
    page = worker.get(f"/help-requests/{ref}/").content.decode()
    assert "高阿姨" in page
    assert "13777770001" in page

    assert "请先受理" in worker.post(f"/help-requests/{ref}/", {"outcome": "helped"}).content.decode()
    worker.post(f"/help-requests/{ref}/take/")
    assert "已有人受理" in worker.post(f"/help-requests/{ref}/take/", follow=True).content.decode()
    assert worker.post(f"/help-requests/{ref}/", {"outcome": "gone"}).status_code == 200
    assert worker.post(f"/help-requests/{ref}/", {"outcome": "helped"}).status_code == 302

    assert "已办结" in stranger.get(follow).content.decode()
    with in_tenant(room.tenant):
        assert HelpRequest.objects.get().outcome == "helped"
        acts = set(JournalEntry.objects.filter(object_ref=ref).values_list("act", flat=True))
        assert acts == {f"help_requests.request.{done}" for done in ("made", "read", "taken", "closed")}
        HelpRequest.objects.update(closed_at="2020-01-01T00:00:00Z")
        assert actions.forget() == 1
        assert HelpRequest.objects.get().phone_sealed is None


def test_numbers_are_not_walked_and_lead_to_no_other_station(
    north_room: Workroom, south_room: Workroom, stranger: Client
) -> None:
    follow = asked(stranger, north_room)
    ref = follow.rstrip("/").rpartition("/")[2]

    assert stranger.get(f"/stations/{south_room.station.ref}/help/{ref}/").status_code == 404
    assert stranger.get(f"/stations/{north_room.other_station.ref}/help/{ref}/").status_code == 404
    codes = [stranger.get(f"/stations/{north_room.station.ref}/help/aaaaaaaaaaa{n}/").status_code for n in range(70)]
    assert set(codes) == {404, 429}
    south = signed_in(south_room.director, south_room.host)
    assert south.get(f"/help-requests/{ref}/").status_code == 404
    elsewhere = signed_in(north_room.an.user, north_room.host)
    assert elsewhere.get(f"/help-requests/{ref}/").status_code == 403


@pytest.mark.parametrize("changes", [{"phone": "<b>"}, {"name": ""}, {"topic": "x"}, {"words": "长" * 301}])
def test_bad_input_is_said_and_nothing_kept(north_room: Workroom, stranger: Client, changes: dict[str, Any]) -> None:
    page = stranger.post(f"/stations/{north_room.station.ref}/help/", {**GIVEN, **changes})
    assert page.status_code == 200
    assert "has-error" in page.content.decode()
    with in_tenant(north_room.tenant):
        assert not HelpRequest.objects.exists()


def test_the_sixth_in_an_hour_waits_and_a_closed_or_unconfirmed_station_takes_none(
    north_room: Workroom, stranger: Client
) -> None:
    for _time in range(5):
        asked(stranger, north_room)
    assert stranger.post(f"/stations/{north_room.station.ref}/help/", GIVEN).status_code == 429
    with in_tenant(north_room.tenant):
        assert HelpRequest.objects.count() == 5
    with in_public():
        Tenant.objects.filter(pk=north_room.tenant.pk).update(confirmed_at=None)
    assert stranger.get(f"/stations/{north_room.station.ref}/help/").status_code == 404
