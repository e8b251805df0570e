"""经过 of a station: its head's own, every one for the director, nobody else's."""

from typing import Any

from common.logs import chain
from services.clients import actions as clients
from services.journal.models import JournalEntry
from services.records.models import ServiceRecord
from tenants.running import in_tenant
from tests.cast import signed_in
from tests.workroom import Workroom


def test_a_head_reads_the_lines_of_the_own_station(north_room: Workroom, django_assert_max_num_queries: Any) -> None:
    room = north_room
    browser = signed_in(room.lin.user, room.host)
    address = f"/stations/{room.station.ref}/history/"
    browser.get(address)
    with django_assert_max_num_queries(15):
        page = browser.get(address).content.decode()

    for said in (
        "服务记录条目 · 已记录",
        "服务对象档案 · 已打开",
        "志愿时长 · 已记录",
        "任职 · 已提交",
        "卫社工（社工）",
    ):
        assert said in page
    assert "张桂兰" not in page.partition("<main")[2]
    assert browser.get(f"/stations/{room.other_station.ref}/history/").status_code == 404
    assert browser.get(f"/stations/{room.other_station.ref}/history/verify/").status_code == 404


def test_a_director_reads_each_and_a_worker_none(north_room: Workroom) -> None:
    room = north_room
    director = signed_in(room.director, room.host)
    page = director.get(f"/stations/{room.other_station.ref}/history/").content.decode()
    assert "站点 · 已打开" in page
    assert "服务记录条目 · 已记录" not in page.partition("<table")[2]
    worker = signed_in(room.wei.user, room.host)
    assert worker.get(f"/stations/{room.station.ref}/history/").status_code == 403


def test_another_agencys_station_is_not_found(north_room: Workroom, south_room: Workroom) -> None:
    director = signed_in(north_room.director, north_room.host)
    assert director.get(f"/stations/{south_room.station.ref}/history/").status_code == 404


def test_it_is_verified_on_the_spot(north_room: Workroom) -> None:
    room = north_room
    with in_tenant(room.tenant):
        chain.seal_open("journal")
    director = signed_in(room.director, room.host)
    page = director.get(f"/stations/{room.station.ref}/history/verify/").content.decode()
    assert "首尾相接" in page


def test_a_restricted_file_is_betrayed_by_no_line(north_room: Workroom) -> None:
    """Who is not named for it learns neither that it is there nor who looks at it when: head and director alike."""
    room = north_room
    with in_tenant(room.tenant):
        clients.restrict(client=room.client, workers=[room.wei], by=room.director)
        hidden = [
            room.client.ref,
            *ServiceRecord.objects.filter(attendances__client=room.client).values_list("ref", flat=True),
        ]
        assert JournalEntry.objects.filter(object_ref__in=hidden).exists()
    for person in (room.lin.user, room.director):
        page = signed_in(person, room.host).get(f"/stations/{room.station.ref}/history/?size=100").content.decode()
        assert "任职 · 已提交" in page
        assert not any(ref in page for ref in hidden)
