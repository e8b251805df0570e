"""AT-01: the exact Host decides, and nothing else."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from common.refusals import Refused
from tenants.agencies import actions as agencies
from tenants.middleware import HostMiddleware
from tenants.models import Tenant
from tenants.running import in_public
from tests.cast import host_of, signed_in
from tests.workroom import Workroom


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    HostMiddleware.known.clear()
    yield
    HostMiddleware.known.clear()


def page(host: str, path: str = "/accounts/login/", **headers: str) -> int:
    return Client(headers=headers or None).get(path, HTTP_HOST=host).status_code


def test_an_agency_answers_on_its_host(north_row: Tenant) -> None:
    assert page("north.localhost") == 200
    assert page("north.localhost:8000") == 200
    assert page("NORTH.localhost") == 200


@pytest.mark.parametrize(
    "host",
    ["west.localhost", "north.localhost.", "north.localhost.evil.com", "x.north.localhost", "127.0.0.1", "[::1]", "",
     "north_localhost", "north.localhost:99999999", "nörth.localhost", "north.localhost/../", "a" * 300],
)  # fmt: skip
def test_other_hosts_are_not_found(db: None, host: str) -> None:
    assert page(host) == 404


@pytest.mark.parametrize(
    "header", ["x-forwarded-host", "forwarded", "x-tenant", "x-host", "x-original-host", "x-forwarded-server"]
)
def test_no_header_moves_a_request(north_room: Workroom, south_row: Tenant, header: str) -> None:
    browser = signed_in(north_room.director, "north.localhost")

    value = "host=south.localhost" if header == "forwarded" else "south.localhost"
    answer = browser.get("/?tenant=south", headers={header: value})

    assert north_room.tenant.name in answer.content.decode()
    assert south_row.name not in answer.content.decode()


def test_the_shared_host_has_no_workroom(north_room: Workroom) -> None:
    assert page("localhost", "/clients/") == 404
    assert page("north.localhost", "/agencies/") == 404


def test_probes_answer_on_any_host(db: None) -> None:
    assert page("10.0.0.7", "/healthz") == 200
    assert page("10.0.0.7", "/readyz") == 200


def test_a_suspended_agency_is_closed_and_opens_again(north_row: Tenant) -> None:
    with in_public():
        agencies.suspend(tenant=north_row, reason="欠费", by=None)
    assert page("north.localhost") == 503

    HostMiddleware.known.clear()
    with in_public():
        agencies.restore(tenant=north_row, by=None)
    assert page("north.localhost") == 200


@pytest.mark.parametrize(
    "slug", ["public", "pg_x", "pgx", "a','b", "A1", "a b", "x" * 64, "", "-x", "x--y", "www", "ab"]
)
@pytest.mark.usefixtures("public")
def test_odd_names_are_refused(slug: str) -> None:
    with pytest.raises(Refused):
        agencies.open_agency(slug=slug, name="某机构")


@pytest.mark.parametrize("schema", ["public", "pg_x", "a','b", "A1", "x" * 64, "a b", "information_schema", 'a"b'])
@pytest.mark.usefixtures("public")
def test_odd_schemas_are_refused_by_the_database(schema: str) -> None:
    with pytest.raises(Exception, match=r"tenant_schema_name_plain|too long"), transaction.atomic():
        Tenant.objects.create(slug="fine", schema_name=schema, name="某机构")


@pytest.mark.usefixtures("public")
def test_a_taken_name_is_refused_by_act_and_database() -> None:
    with pytest.raises(agencies.CannotOpen):
        agencies.open_agency(slug="north", name="另一家")
    with pytest.raises(IntegrityError), transaction.atomic():
        Tenant.objects.create(slug="other", schema_name=Tenant.objects.get(slug="north").schema_name, name="另一家")


def test_the_connection_stands_nowhere_after_a_request(north_room: Workroom) -> None:
    signed_in(north_room.director, host_of(north_room.tenant)).get("/clients/")

    assert connection.place is None  # type: ignore[attr-defined]


def test_the_page_of_a_suspended_agency_says_why_and_whom_to_ask_and_has_its_looks(
    north_row: Tenant, settings: Any
) -> None:
    settings.SUPPORT = "0531-1234 5678"
    with in_public():
        agencies.suspend(tenant=north_row, reason="等待补交登记证书", by=None)

    answer = Client().get("/", HTTP_HOST="north.localhost")
    text = answer.content.decode()

    assert answer.status_code == 503
    assert "原因：等待补交登记证书" in text
    assert "0531-1234 5678" in text
    styles = re.findall(r'(?:href|src)="(/static/[^"]+)"', text)
    assert styles
    for path in styles:
        looks = Client().get(path, HTTP_HOST="north.localhost")
        assert looks.status_code == 200, path
        looks.close()
    assert page("north.localhost", "/static/nothing.css") == 404
    assert page("north.localhost", "/clients/") == 503
