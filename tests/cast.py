"""The fixed cast: agencies north and south; Lin heads a station, Wei works there, Zhou is from the bureau."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from filelock import FileLock

from accounts.models import FloorRole, User
from tenants.agencies import actions as agencies
from tenants.models import Tenant
from tenants.places import Place
from tenants.running import in_public, in_tenant
from tests import database

PASSWORD = "a long enough password"


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Make the template database once a run (migrations, two agencies), then this process's copy of it."""
    address = os.environ["TEST_ADDRESS"]
    mine = address.rpartition("/")[2]
    home = Path(os.environ["DATA_DIR"])
    settings_dict = connections["default"].settings_dict
    with django_db_blocker.unblock():
        with FileLock(home / "template.lock"):
            if not (home / "template.done").exists():
                database.recreate(address, database.TEMPLATE)
                settings_dict["NAME"] = database.TEMPLATE
                call_command("upgrade", verbosity=0)
                call_command("load_regions", within=["370100", "330481", "320100", "441900"])
                with in_public():
                    agencies.open_agency(slug="north", name="北方社会工作服务中心", region="370102")
                    agencies.open_agency(slug="south", name="南方社会工作服务中心", region="370103")
                connection.close()
                (home / "template.done").touch()
            database.recreate(address, mine, database.TEMPLATE)
        settings_dict["NAME"] = mine
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture
def public(db: None) -> Iterator[None]:
    """Stand on the shared floor."""
    with in_public():
        yield


@pytest.fixture
def rows(db: None) -> dict[str, Tenant]:
    """The rows of both agencies by slug, read from the shared floor."""
    with in_public():
        return {tenant.slug: tenant for tenant in Tenant.objects.all()}


@pytest.fixture
def north_row(rows: dict[str, Tenant]) -> Tenant:
    return rows["north"]


@pytest.fixture
def south_row(rows: dict[str, Tenant]) -> Tenant:
    return rows["south"]


@pytest.fixture
def north(rows: dict[str, Tenant], north_row: Tenant) -> Iterator[Tenant]:
    """Stand in north's schema."""
    with in_tenant(north_row):
        yield north_row


@pytest.fixture
def south(rows: dict[str, Tenant], south_row: Tenant) -> Iterator[Tenant]:
    """Stand in south's schema."""
    with in_tenant(south_row):
        yield south_row


def member(tenant: Tenant, username: str, *roles: str, name: str = "") -> User:
    """Make a person with roles in an agency."""
    user = User.objects.create_user(username, PASSWORD, name=name or username)
    agencies.give_roles(user=user, tenant=tenant, roles=roles, by=None)
    return user


def officer(username: str, role: str, area: str = "", name: str = "") -> User:
    """Make a person with a role on the shared floor."""
    user = User.objects.create_user(username, PASSWORD, name=name or username)
    FloorRole.objects.create(user=user, role=role, area=area)
    return user


def signed_in(user: User | None, host: str = "localhost", **extra: Any) -> Client:
    """Return a browser on `host`, signed in as `user` the way the sign-in page does it (the seal included)."""
    client = Client(HTTP_HOST=host, headers=extra.pop("headers", None), **extra)
    if user is not None:
        answer = client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
        assert answer.status_code == 302, answer.content.decode()[:2000]
    return client


def host_of(tenant: Tenant | Place) -> str:
    return f"{tenant.slug}.localhost"


@pytest.fixture
def commits(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Really commit: for threads and constraints at commit. The process's database is made anew afterwards."""
    address = os.environ["TEST_ADDRESS"]
    with django_db_blocker.unblock():
        yield
        connections.close_all()
        with FileLock(Path(os.environ["DATA_DIR"]) / "template.lock"):
            database.recreate(address, address.rpartition("/")[2], database.TEMPLATE)
