"""A station's public page says how to reach it, what is offered when, and how many of each post work there."""

import datetime as dt

from django.test import Client
from django.utils import timezone

from services.network import actions as network
from services.people import actions as people
from tenants.running import in_tenant
from tests.cast import signed_in
from tests.workroom import Workroom


def test_the_public_reads_phone_hours_services_and_people_by_post(north_room: Workroom) -> None:
    room = north_room
    director = signed_in(room.director, room.host)
    given = {
        "name": room.station.name, "label": room.station.label, "region": room.station.region, "address": "棋盘街1号",
        "phone": "0531-88001234", "hours": "周一至周五 9:00–17:00", "services": "日间照料 周一上午\n\n入户走访 下午",
    }  # fmt: skip
    refused = director.post(f"/stations/{room.station.ref}/change/", {**given, "phone": "<b>打我</b>"})
    assert refused.status_code == 200
    assert director.post(f"/stations/{room.station.ref}/change/", given).status_code == 302

    page = Client(HTTP_HOST="localhost").get(f"/stations/{room.station.ref}/").content.decode()

    for said in ("0531-88001234", "周一至周五 9:00–17:00", "日间照料 周一上午", "入户走访 下午", "工作人员"):
        assert said in page
    assert "卫社工" not in page
    before = page.count(" 人</dd>")
    with in_tenant(room.tenant):
        people.end_posting(
            posting=room.posting,
            ended_on=timezone.localdate() - dt.timedelta(days=1),
            by=room.director,
        )
    page = Client(HTTP_HOST="localhost").get(f"/stations/{room.station.ref}/").content.decode()
    assert page.count(" 人</dd>") == before - 1
    with in_tenant(room.tenant):
        room.station.refresh_from_db()
        network.change_site(site=room.station, changes={"hours": ""}, agency=room.tenant.name, by=room.director)
    assert "周一至周五" not in Client(HTTP_HOST="localhost").get(f"/stations/{room.station.ref}/").content.decode()
