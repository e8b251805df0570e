"""Recording step by step: who is picked, when it was, where it counts."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from evaluation.models import Fact
from services.clients import actions as clients
from services.clients.models import Client
from services.network.models import Site
from services.people import actions as people
from services.records.models import ServiceRecord
from services.records.views_record import SHOWN
from tenants.running import in_public, in_tenant
from tests.cast import signed_in
from tests.workroom import Workroom


@pytest.fixture
def wei(north_room: Workroom) -> Browser:
    return signed_in(north_room.wei.user, north_room.host)


def open_files(room: Workroom, *names: str, household: Any = None) -> list[Client]:
    today = timezone.localdate()
    with in_tenant(room.tenant):
        return [
            clients.open_file(
                file=clients.ClientFile(name=name, site=room.station, worker=room.wei, household=household),
                opened_on=today, today=today, by=room.director,
            )
            for name in names
        ]  # fmt: skip


def page(browser: Browser, query: str) -> str:
    answer = browser.get(f"/records/new/?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def ticked(text: str) -> set[str]:
    return set(re.findall(r'name="client" value="(\w+)" checked', text))


def offered(text: str) -> set[str]:
    return set(re.findall(r'name="client" value="(\w+)"', text))


def filled_in(text: str) -> dict[str, str]:
    return {name: re.search(rf'name="{name}" value="([^"]*)"', text)[1] for name in ("held_at", "minutes")}  # type: ignore[index]


def test_who_is_ticked_stays_ticked_while_one_searches(north_room: Workroom, wei: Browser) -> None:
    one, two = open_files(north_room, "李秀兰", "王建国")
    chosen = f"client={one.ref}&client={two.ref}"

    text = page(wei, f"kind=group_session&{chosen}&q=zgl&find=1")

    assert ticked(text) == {one.ref, two.ref}
    assert north_room.client.ref in offered(text)
    form = page(wei, f"kind=group_session&{chosen}&client={north_room.client.ref}&q=zgl&none=1")
    assert all(name in form for name in ("李秀兰", "王建国", "张桂兰"))


def test_everybody_can_be_reached_without_searching(north_room: Workroom, wei: Browser) -> None:
    open_files(north_room, *(f"服务对象{number}" for number in range(SHOWN + 5)))

    first = page(wei, "kind=group_session")
    more = re.search(r'name="more"\s+value="(\d+)"', first)
    assert more
    assert len(offered(first)) == SHOWN
    some = offered(first).pop()
    rest = page(wei, f"kind=group_session&client={some}&more={more[1]}")

    assert len(offered(rest)) == SHOWN + 6
    assert ticked(rest) == {some}
    assert page(wei, "kind=group_session&more=nonsense")


def test_a_group_with_nobody_is_refused_and_counts_for_nothing(north_room: Workroom, wei: Browser) -> None:
    began = timezone.localtime() - dt.timedelta(hours=5)
    said = {"held_at": f"{began:%Y-%m-%dT%H:%M}", "minutes": "60", "setting": "community"}
    said["site"] = north_room.station.ref
    with in_public():
        before = Fact.objects.count()

    answer = wei.post("/records/new/?kind=group_session&none=1", {**said, "others": "0"})

    assert answer.status_code == 200
    assert "没有人参加的活动不能计入" in answer.content.decode()
    with in_public():
        assert Fact.objects.count() == before
    assert wei.post("/records/new/?kind=group_session&none=1", {**said, "others": "3"}).status_code == 302


def test_a_second_visit_is_taken_with_the_time_offered(north_room: Workroom, wei: Browser) -> None:
    address = f"kind=home_visit&client={north_room.client.ref}"
    for _visit in range(3):
        said = filled_in(page(wei, address)) | {"site": north_room.station.ref, "note": "平安。"}
        answer = wei.post(f"/records/new/?{address}", said)
        assert answer.status_code == 302, answer.content.decode()


def test_a_couple_is_recorded_in_one_visit(north_room: Workroom, wei: Browser) -> None:
    (husband,) = open_files(north_room, "张大爷", household=north_room.household)
    (stranger,) = open_files(north_room, "外人")
    address = f"/records/new/?kind=home_visit&client={north_room.client.ref}"
    text = wei.get(address).content.decode()
    assert "张大爷" in text
    assert "外人" not in text
    said = filled_in(text) | {"site": north_room.station.ref, "together": husband.ref}

    assert wei.post(address, said).status_code == 302
    with in_tenant(north_room.tenant):
        made = ServiceRecord.objects.latest("pk")
        assert {each.client_id for each in made.attendances.all()} == {north_room.client.pk, husband.pk}
        told = Fact.objects.filter(source__startswith=f"records.record:{made.ref}")
        assert sum(fact.quantity for fact in told.filter(measure="home_visits")) == 1
        assert told.filter(measure="service_contacts").values("subject_key").distinct().count() == 2
    answer = wei.post(f"{address}&client={stranger.ref}", filled_in(wei.get(address).content.decode()) | said)
    assert "不同家庭请分开记录" in answer.content.decode()


def test_without_a_client_the_station_is_ones_own(north_room: Workroom) -> None:
    since = timezone.localdate()
    with in_tenant(north_room.tenant):
        Site.objects.filter(pk=north_room.other_station.pk).update(level="hub")
        person = people.take_on(
            name="赵主任", employment="full_time", started_on=since, user=north_room.director, by=north_room.director
        )
        people.post(staff=person, site=north_room.station, as_post="head", started_on=since, by=north_room.director)

    director = signed_in(north_room.director, north_room.host)

    text = page(director, "kind=joint_meeting")
    assert re.search(rf'<option value="{north_room.station.ref}" selected', text)
    week = director.get("/supervision/").content.decode()
    assert "&amp;station=n02" not in week
