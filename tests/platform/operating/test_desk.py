"""The operator's desk: what agencies use, and whether their schemas are this release's."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import FloorRole, User
from billing.models import UsageDay
from billing.plans import usage
from billing.tasks import measure_usage
from operating import structure, tasks
from tenants.backend.owner import as_owner
from tenants.models import EmergencyAccess, Tenant
from tenants.running import in_public, in_tenant
from tests.cast import PASSWORD, signed_in
from tests.workroom import Workroom


def operator(username: str = "op") -> Client:
    user = User.objects.create_user(username, PASSWORD)
    FloorRole.objects.create(user=user, role="operator")
    return signed_in(user)


def test_a_sound_schema_is_told_from_a_changed_and_a_lagging_one(public: None, north_row: Tenant) -> None:
    assert structure.check(north_row).is_equal

    with in_tenant(north_row), as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE clients_client ADD COLUMN odd integer")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'grants' AND name LIKE '0001%%'")
    row = structure.check(north_row)

    assert not row.is_equal
    assert row.behind == 1
    assert "north" in structure.check_all()


def test_a_schema_that_is_gone_is_reported_and_stops_nothing(public: None, north_row: Tenant) -> None:
    Tenant.objects.filter(pk=north_row.pk).update(schema_name="t_north_gone")

    assert tasks.check_structures() == 1
    north_row.refresh_from_db()
    assert north_row.structure.error


def test_stations_seats_files_and_requests_are_measured(north_room: Workroom) -> None:
    cache.clear()
    wei = signed_in(north_room.wei.user, north_room.host)
    for _each in range(3):
        wei.get("/stations/")
    with in_public():
        measure_usage()
        measure_usage()
        row = UsageDay.objects.get(tenant=north_room.tenant, day=timezone.localdate())

    assert (row.stations, row.seats) == (2, 4)  # the room is no station
    assert row.requests == 4  # signing in was one


def test_bytes_are_those_of_tables_and_files_and_a_new_agency_shows_what_it_has(
    north_room: Workroom, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    tenant = north_room.tenant
    with in_public():
        tables = usage.stored([tenant])[tenant.pk]
        (tmp_path / tenant.schema_name).mkdir()
        (tmp_path / tenant.schema_name / "file").write_bytes(b"x" * 5000)
        assert usage.stored([tenant])[tenant.pk] == tables + 5000
        assert not UsageDay.objects.filter(tenant=tenant).exists()
        [shown] = usage.figures([tenant], days=30, today=timezone.localdate()).values()
    assert tables > 1_000_000
    assert (shown.stations, shown.seats, shown.storage) == (2, 4, tables)


def test_an_emptied_cache_takes_nothing_back(north_room: Workroom) -> None:
    today = timezone.localdate()
    with in_tenant(north_room.tenant):
        cache.set(f"requests:{today}", 40)
        usage.measure(north_room.tenant, day=today)
        cache.clear()
        assert usage.measure(north_room.tenant, day=today).requests == 40


def test_the_desk_shows_them_and_takes_a_fixed_number_of_queries(
    public: None, north_row: Tenant, django_assert_max_num_queries: Any
) -> None:
    today = timezone.localdate()
    for days in range(3):
        UsageDay.objects.create(tenant=north_row, day=today - dt.timedelta(days=days), stations=7, requests=1000)
    desk = operator()
    desk.get("/agencies/")
    with django_assert_max_num_queries(13):  # one for the bell, one for what waits
        page = desk.get("/agencies/").content.decode()

    assert "3000" in page
    assert desk.post("/agencies/north/check/").status_code == 302
    one = desk.get("/agencies/north/").content.decode()
    assert "落后 0 个迁移" in one
    assert desk.get("/agencies/?export=xlsx").status_code == 200


def test_one_asks_and_another_approves_at_the_desk(public: None, north_row: Tenant) -> None:
    first, second = operator("first"), operator("second")
    said = {"reason": "导入卡住，需要核对", "hours": "2"}
    assert first.post("/agencies/north/emergency/", {**said, "hours": "9"}).status_code == 200
    assert first.post("/agencies/north/emergency/", said).status_code == 302
    asked = EmergencyAccess.objects.get()

    first.post(f"/agencies/_/emergencies/{asked.ref}/approve/")
    asked.refresh_from_db()
    assert asked.state == EmergencyAccess.State.ASKED
    assert "批准</button>" not in first.get("/agencies/_/emergencies/").content.decode()
    second.post(f"/agencies/_/emergencies/{asked.ref}/approve/")
    asked.refresh_from_db()
    assert asked.state == EmergencyAccess.State.APPROVED
    first.post(f"/agencies/_/emergencies/{asked.ref}/end/")
    asked.refresh_from_db()
    assert asked.state == EmergencyAccess.State.ENDED


@pytest.mark.parametrize("act", ["approve", "refuse", "end"])
def test_an_unknown_request_is_not_found(public: None, act: str) -> None:
    assert operator().post(f"/agencies/_/emergencies/nobody/{act}/").status_code == 404
