"""One act on many ticked rows: each by itself, with a word on what was done and what was refused and why."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from evaluation.models import Fact
from services.records import actions as records
from services.records.models import ServiceRecord
from services.volunteers import actions as volunteers
from services.volunteers.models import HourRecord
from tenants.running import in_tenant
from tests.cast import signed_in
from tests.workroom import Workroom, service


@pytest.fixture
def entries(north_room: Workroom) -> list[str]:
    """Three entries of hours by Lin and one by the director; refs."""
    today = timezone.localdate()
    made = [north_room.hours.ref]
    with in_tenant(north_room.tenant):
        for days, by in ((1, north_room.lin.user), (2, north_room.lin.user), (3, north_room.director)):
            assert by
            entry = volunteers.record_hours(
                volunteer=north_room.volunteer, site=north_room.station, served_on=today - dt.timedelta(days=days),
                minutes=60, activity="巡防", today=today, by=by,
            )  # fmt: skip
            made.append(entry.ref)
    return made


@pytest.fixture
def waiting(north_room: Workroom) -> list[str]:
    """Three records of the intern that wait for a countersign; refs."""
    made = []
    with in_tenant(north_room.tenant):
        user = north_room.an.user
        assert user
        for hours in (3, 6, 9):
            said = service(north_room.an, north_room.client, north_room.station, hours_ago=hours)
            found = records.record_service(service=said, now=timezone.now(), by=user, needs_countersign=True)
            made.append(found.ref)
    return made


def states(room: Workroom, model: type[HourRecord] | type[ServiceRecord], refs: list[str]) -> list[str]:
    with in_tenant(room.tenant):
        by_ref = dict(model.objects.filter(ref__in=refs).values_list("ref", "state"))
    return [by_ref[ref] for ref in refs]


def test_hours_are_verified_together_and_ones_own_are_refused(north_room: Workroom, entries: list[str]) -> None:
    browser = signed_in(north_room.director, north_room.host)
    page = browser.get("/volunteers/hours/?state=waiting").content.decode()
    assert page.count('name="ref"') == 3
    assert "csrfmiddlewaretoken" in page.partition('id="batch"')[2].partition("</form>")[0]
    assert f'value="{entries[3]}"' not in page

    answer = browser.post("/volunteers/hours/verify/?state=waiting", {"ref": entries}, follow=True)

    text = answer.content.decode()
    assert answer.redirect_chain == [("/volunteers/hours/?state=waiting", 302)]
    assert "已核实 3 条时长" in text
    assert "1 条没有办成" in text
    assert "不能核实自己登记的时长" in text
    assert states(north_room, HourRecord, entries) == ["verified", "verified", "verified", "waiting"]
    with in_tenant(north_room.tenant):
        assert Fact.objects.filter(measure="volunteer_hours").count() == 3
    again = browser.post("/volunteers/hours/verify/", {"ref": entries[:2]}, follow=True).content.decode()
    assert "2 条没有办成" in again
    assert "已经处理过" in again


def test_records_are_countersigned_together(north_room: Workroom, waiting: list[str]) -> None:
    browser = signed_in(north_room.lin.user, north_room.host)
    page = browser.get("/records/").content.decode()
    assert page.count('name="ref"') == 3
    with in_tenant(north_room.tenant):
        records.withdraw_record(
            record=ServiceRecord.objects.get(ref=waiting[2]), reason="写错了", by=north_room.director
        )

    answer = browser.post("/records/countersign/", {"ref": [*waiting, "nobodyknows"]}, follow=True).content.decode()

    assert "已签核 2 条记录" in answer
    assert "1 条没有办成" in answer
    assert "已撤回" in answer
    assert states(north_room, ServiceRecord, waiting) == ["counted", "counted", "withdrawn"]


def test_nothing_ticked_is_said(north_room: Workroom) -> None:
    browser = signed_in(north_room.director, north_room.host)
    for address in ("/records/countersign/", "/volunteers/hours/verify/"):
        assert "请先勾选" in browser.post(address, follow=True).content.decode()
        assert browser.get(address).status_code == 405


def test_rows_of_another_agency_or_out_of_reach_stay_as_they_are(
    north_room: Workroom, south_room: Workroom, waiting: list[str]
) -> None:
    director = signed_in(south_room.director, south_room.host)
    for address, ref in (("/records/countersign/", waiting[0]), ("/volunteers/hours/verify/", north_room.hours.ref)):
        assert "请先勾选" in director.post(address, {"ref": ref}, follow=True).content.decode()
    assert states(north_room, ServiceRecord, waiting) == ["waiting"] * 3
    assert states(north_room, HourRecord, [north_room.hours.ref]) == ["waiting"]


def test_who_may_not_sees_no_boxes(north_room: Workroom, waiting: list[str]) -> None:
    browser: Client = signed_in(north_room.wei.user, north_room.host)

    assert 'name="ref"' not in browser.get("/records/").content.decode()
    assert 'name="ref"' not in browser.get("/volunteers/hours/").content.decode()
    assert browser.post("/records/countersign/", {"ref": waiting}).status_code == 403
    assert browser.post("/volunteers/hours/verify/", {"ref": north_room.hours.ref}).status_code == 403
