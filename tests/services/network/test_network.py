"""The site tree: any depth, level and label apart, listed publicly."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from directory import door as directory
from programmes import door as programmes
from services.network import actions, queries, rules
from services.network.models import Site
from services.network.programmes import choose, staffing
from services.people import actions as people
from tenants.running import in_tenant
from tests.cast import signed_in
from tests.workroom import Workroom

DAY = dt.date(2026, 3, 1)


def open_site(room: Workroom, code: str, level: str = "station", **changes: Any) -> Site:
    values: dict[str, Any] = {
        "name": f"站点{code}", "label": "社工站", "parent": None, "region": "370102001", "address": "",
        "opened_on": DAY, "agency": room.tenant.name, "today": timezone.localdate(), "by": None,
    }  # fmt: skip
    return actions.open_site(**{**values, "code": code, "level": level, **changes})


def test_a_tree_of_any_depth(at_north: Workroom) -> None:
    hub = open_site(at_north, "a-hub", "hub", label="总站")
    cluster = open_site(at_north, "a-cluster", "cluster", parent=hub, label="片区中心站")
    station = open_site(at_north, "a-station", parent=cluster)
    room = open_site(at_north, "a-room", "room", parent=station, label="社工点")

    assert [site.depth for site in (hub, cluster, station, room)] == [0, 1, 2, 3]
    assert set(Site.objects.under(cluster)) == {cluster, station, room}
    assert queries.counting_site(room) == station


def test_a_station_may_stand_under_a_station_and_a_community(at_north: Workroom) -> None:
    street = open_site(at_north, "street", "hub", label="指导中心")

    assert open_site(at_north, "community", "station", parent=street, label="社区社工站").label == "社区社工站"


@pytest.mark.parametrize(
    ("level", "parent"), [("hub", "station"), ("cluster", "room"), ("station", "room"), ("room", None)]
)
def test_a_level_stands_under_its_own_or_a_higher_one(level: str, parent: str | None) -> None:
    assert rules.site_problems(level=level, parent_level=parent, opened_on=DAY, today=DAY)


def test_a_station_below_a_hub_is_counted_with_itself_and_not_with_the_hub(at_north: Workroom) -> None:
    today = timezone.localdate()
    hub = open_site(at_north, "hub", "hub", label="总站")
    below = open_site(at_north, "below", parent=hub)
    room = open_site(at_north, "below-1", "room", parent=below)
    for name, site in (("总站长", hub), ("站社工", below), ("室社工", room)):
        person = people.take_on(name=name, employment="full_time", started_on=DAY, user=None, by=None)
        people.post(staff=person, site=site, as_post="social_worker", started_on=DAY, by=None)
    programme = programmes.programme("jinan")

    found = {one.code: staffing(programme, [one], today)[one.pk] for one in (hub, below)}
    together = staffing(programme, [hub, below], today)

    assert [checks[0].value for checks in found.values()] == [1, 2]
    assert [together[one.pk][0].value for one in (hub, below)] == [1, 2]


def test_the_page_of_a_hub_opens(north_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        hub = open_site(north_room, "hub", "hub", label="总站")
        open_site(north_room, "below", parent=hub)
        choose(key="jinan", by=None)

    answer = signed_in(north_room.director, north_room.host).get(f"/stations/{hub.ref}/")

    assert answer.status_code == 200


def test_a_site_is_listed_changed_and_delisted(at_north: Workroom) -> None:
    site = open_site(at_north, "n08")
    actions.change_site(site=site, changes={"name": "新名", "address": "1号"}, agency=at_north.tenant.name, by=None)
    (listed,) = directory.stations(tenant="north", codes=["n08"])
    assert (listed.name, listed.address, listed.agency) == ("新名", "1号", at_north.tenant.name)

    actions.close_site(site=site, closed_on=timezone.localdate(), by=None)
    assert directory.stations(tenant="north", codes=["n08"])[0].closed_on == timezone.localdate()
    actions.reopen_site(site=site, agency=at_north.tenant.name, by=None)
    assert directory.stations(tenant="north", codes=["n08"])[0].closed_on is None


def test_a_site_in_use_is_not_closed(at_north: Workroom) -> None:
    with pytest.raises(actions.CannotKeepSite) as refused:
        actions.close_site(site=at_north.station, closed_on=timezone.localdate(), by=None)

    assert len(refused.value.reasons) == 2


def test_a_code_is_taken_once_and_a_region_exists(at_north: Workroom) -> None:
    with pytest.raises(actions.CannotKeepSite):
        open_site(at_north, "n01")
    before = Site.objects.count()
    with pytest.raises(directory.UnknownRegion):
        open_site(at_north, "n77", region="999999")
    with pytest.raises(actions.CannotKeepSite):
        open_site(at_north, "n78", opened_on=timezone.localdate() + dt.timedelta(days=1))
    assert Site.objects.count() == before


def test_the_database_refuses_closing_before_opening(at_north: Workroom) -> None:
    with pytest.raises(IntegrityError, match="site_closes"), transaction.atomic():
        Site.objects.filter(pk=at_north.station.pk).update(closed_on=dt.date(2000, 1, 1))


@pytest.mark.parametrize(
    ("words", "status"), [("370102001", 302), ("历下区", 302), ("没有的地方", 200), ("市中区", 302)]
)
def test_the_form_takes_a_division_by_name_or_code(north_room: Workroom, words: str, status: int) -> None:
    browser = signed_in(north_room.director, north_room.host)

    answer = browser.post(
        "/stations/open/",
        {"code": "f1", "name": "表单站", "level": "station", "label": "站", "region": words, "opened_on": "2026-03-01"},
    )

    assert answer.status_code == status
    if status == 200:
        assert "没有找到这个区划" in answer.content.decode()
        assert 'value="表单站"' in answer.content.decode()
