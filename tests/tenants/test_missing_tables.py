"""AT-02: an agency whose schema or table is gone answers with one clear error, and nothing is read from elsewhere."""

from typing import Any

import pytest
from django.db import ProgrammingError, connection
from django.test import Client

from tenants.backend.owner import as_owner
from tenants.middleware import HostMiddleware
from tenants.models import Tenant
from tenants.places import SchemaMissing
from tenants.running import HEADER, in_public, in_tenant
from tests import wire
from tests.cast import signed_in
from tests.services.test_api import Program, visit_body
from tests.tenants.test_breaks import kill
from tests.tenants.test_tasks import note, request_of
from tests.workroom import Workroom


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    HostMiddleware.known.clear()


def on_the_floor(statement: str) -> list[Any]:
    with in_public(), as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def drop_schema(room: Workroom) -> None:
    on_the_floor(f'DROP SCHEMA "{room.tenant.schema_name}" CASCADE')


def floor_rows() -> dict[str, int]:
    """Return how many rows each table of the shared floor holds."""
    tables = on_the_floor("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
    return {name: on_the_floor(f'SELECT count(*) FROM "{name}"')[0][0] for (name,) in tables}


@pytest.mark.threads
def test_without_its_schema_pages_and_calls_break_with_our_page(committed: dict[str, Workroom]) -> None:
    north_room, south_room = committed["north"], committed["south"]
    browser = signed_in(north_room.wei.user, north_room.host)
    assert north_room.wei.user
    program = Program(north_room.wei.user.username, north_room.host)
    for client in (browser, program.client):
        client.raise_request_exception = False
    drop_schema(north_room)
    before = floor_rows()

    pages = [browser.get(path) for path in ("/", "/clients/", "/records/new/", f"/clients/{south_room.client.ref}/")]
    written = browser.post("/clients/new/", {"name": "写到哪里", "site": north_room.station.ref})
    calls = [program.get("/api/v1/clients/"), program.post("/api/v1/visits/", visit_body(north_room))]
    stranger = Client(HTTP_HOST=north_room.host, raise_request_exception=False).get("/accounts/login/")

    for page in [*pages, written, stranger]:
        assert page.status_code == 500
        assert "系统出了问题" in page.content.decode()
        assert south_room.client.name not in page.content.decode()
    for call in calls:
        assert call.status_code == 500
        assert call["Content-Type"] == "application/problem+json"
    assert floor_rows() == before
    assert signed_in(south_room.wei.user, south_room.host).get("/clients/").status_code == 200


@pytest.mark.threads
def test_without_one_table_nothing_is_read_from_the_shared_floor(committed: dict[str, Workroom]) -> None:
    room = committed["north"]
    browser = signed_in(room.wei.user, room.host)
    browser.raise_request_exception = False
    with in_tenant(room.tenant), as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE clients_client CASCADE")
    before = floor_rows()

    answer = browser.post("/clients/new/", {"name": "写到哪里", "site": room.station.ref})
    page = browser.get("/clients/")

    assert (answer.status_code, page.status_code) == (500, 500)
    assert "系统出了问题" in page.content.decode()
    assert floor_rows() == before
    south = committed["south"]
    assert south.client.name in signed_in(south.wei.user, south.host).get("/clients/").content.decode()


@pytest.mark.threads
def test_after_a_killed_connection_the_next_request_is_served(committed: dict[str, Workroom]) -> None:
    room = committed["north"]
    cookie = wire.cookies(signed_in(room.wei.user, room.host))
    kill()

    for _ in range(3):
        answer = wire.ask("GET", "/clients/", room.host, cookie=cookie)
        assert answer.status == 200
        assert room.client.name in answer.text


@pytest.mark.threads
def test_a_task_of_an_agency_without_its_schema_fails(committed: dict[str, Workroom]) -> None:
    north_room = committed["north"]
    drop_schema(north_room)

    with pytest.raises(SchemaMissing):
        request_of(count_clients, {HEADER: "north"}, tenant="north")
    with pytest.raises(SchemaMissing), in_tenant(north_room.tenant):
        Tenant.objects.count()


def test_a_table_of_agencies_is_unknown_on_the_shared_floor(public: None) -> None:
    from services.clients.models import Client as ClientFile

    with pytest.raises(ProgrammingError, match="does not exist"):
        ClientFile.objects.count()


@note.app.task
def count_clients(*, tenant: str) -> int:
    from services.clients.models import Client as ClientFile

    return ClientFile.objects.count()
