"""One agency's workroom: a station and a room, Lin heads it, Wei works there, An is an intern, and their people."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from services.clients import actions as clients
from services.clients.models import Client, Household
from services.network import actions as network
from services.network.models import Site
from services.people import actions as people
from services.people.models import Posting, Staff
from services.records import actions as records
from services.records.models import ServiceRecord
from services.volunteers import actions as volunteers
from services.volunteers.models import HourRecord, Volunteer
from tenants.models import Tenant
from tenants.running import in_public, in_tenant
from tests import grounds
from tests.cast import BARE, member
from tests.grounds import Standing


@dataclass
class Workroom:
    """What stands in one agency. Everything here is made by the acts themselves."""

    tenant: Tenant
    station: Site
    room: Site
    other_station: Site
    director: User
    lin: Staff
    wei: Staff
    an: Staff
    household: Household
    client: Client
    record: ServiceRecord
    volunteer: Volunteer
    hours: HourRecord
    posting: Posting

    @property
    def host(self) -> str:
        return f"{self.tenant.slug}.localhost"


def furnish(tenant: Tenant, region: str, letter: str) -> Workroom:
    """Furnish an agency while standing in it."""
    today = timezone.localdate()
    since = today - dt.timedelta(days=400)
    director = member(tenant, f"{letter}-director", "agency_director", name="赵主任")

    def site(code: str, name: str, level: str, parent: Site | None) -> Site:
        return network.open_site(
            code=code, name=name, level=level, label="社工站" if level == "station" else "社工室", parent=parent,
            region=region, address="", opened_on=since, agency=tenant.name, today=today, by=director,
        )  # fmt: skip

    station = site(f"{letter}01", "千佛山社工站", "station", None)
    other_station = site(f"{letter}02", "趵突泉社工站", "station", None)
    room = site(f"{letter}01-1", "棋盘社工室", "room", station)

    def staff(name: str, username: str, role: str, employment: str, post: str) -> Staff:
        user = member(tenant, f"{letter}-{username}", role, name=name)
        person = people.take_on(name=name, employment=employment, started_on=since, user=user, by=director)
        people.post(staff=person, site=station, as_post=post, started_on=since, by=director)
        return person

    lin = staff("林站长", "lin", "station_head", "full_time", "head")
    wei = staff("卫社工", "wei", "worker", "full_time", "social_worker")
    an = staff("安实习", "an", "intern", "intern", "intern")
    assert wei.user
    household = clients.open_household(title="张家", site=station, address="棋盘街1号", opened_on=since, by=wei.user)
    client = clients.open_file(
        file=clients.ClientFile(
            name="张桂兰", site=station, household=household, worker=wei, id_number="370102194903071222",
            phone="13864100001", address="棋盘街1号2单元301", remark="听力不好", categories=("minimum_living",),
        ),
        opened_on=since, today=today, by=wei.user,
    )  # fmt: skip
    record = visit(wei, client, station, hours_ago=30)
    volunteer = volunteers.register(
        name="孙志远", phone="13864100002", skills="理发", site=station, teams=[], registered_on=since, today=today,
        by=director,
    )  # fmt: skip
    assert lin.user
    hours = volunteers.record_hours(
        volunteer=volunteer, site=station, served_on=today, minutes=90, activity="陪伴老人", today=today, by=lin.user
    )
    return Workroom(
        tenant, station, room, other_station, director, lin, wei, an, household, client, record, volunteer, hours,
        wei.postings.get(),
    )  # fmt: skip


def service(worker: Staff, client: Client | None, site: Site, hours_ago: float = 2, **changes: Any) -> records.Service:
    """Return what a worker says of a home visit, with `changes`."""
    values: dict[str, Any] = {
        "kind": "home_visit", "site": site, "worker": worker, "minutes": 40, "setting": "home",
        "held_at": timezone.now() - dt.timedelta(hours=hours_ago), "clients": (client,) if client else (),
        "note": "老人精神不错，血压平稳。",
    }  # fmt: skip
    return records.Service(**{**values, **changes})


def visit(worker: Staff, client: Client, site: Site, hours_ago: float = 2, **changes: Any) -> ServiceRecord:
    assert worker.user
    return records.record_service(
        service=service(worker, client, site, hours_ago, **changes), now=timezone.now(), by=worker.user
    )


def _both(_before: Standing) -> dict[str, Workroom]:
    with in_public():
        tenants = {tenant.slug: tenant for tenant in Tenant.objects.all()}
    rooms = {}
    for slug, region in (("north", "370102002"), ("south", "370103002")):
        with in_tenant(tenants[slug]):
            rooms[slug] = furnish(tenants[slug], region, slug[0])
    return rooms


ROOMS = grounds.ground("rooms", _both, on=BARE)


@pytest.fixture
def rooms(what_stands: Standing) -> dict[str, Workroom]:
    """Both workrooms by slug, with the same serial ids."""
    found: dict[str, Workroom] = what_stands["rooms"]
    return found


@pytest.fixture
def north_room(db: None, rooms: dict[str, Workroom]) -> Workroom:
    """North's workroom; one stands nowhere."""
    return rooms["north"]


@pytest.fixture
def south_room(db: None, rooms: dict[str, Workroom]) -> Workroom:
    """South's workroom; one stands nowhere."""
    return rooms["south"]


@pytest.fixture
def at_north(north_room: Workroom) -> Iterator[Workroom]:
    """Stand in north's furnished workroom."""
    with in_tenant(north_room.tenant):
        yield north_room


@pytest.fixture
def committed(commits: None, rooms: dict[str, Workroom]) -> dict[str, Workroom]:
    """Both workrooms, really committed, for threads and broken connections; one stands nowhere."""
    return rooms
