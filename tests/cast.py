"""The fixed cast: agencies north and south; Lin heads a station, Wei works there, Zhou is from the bureau."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client
from pytest_django.plugin import blocking_manager_key

from accounts.models import FloorRole, User
from tenants.agencies import actions as agencies
from tenants.models import Tenant
from tenants.places import Place
from tenants.running import in_public, in_tenant
from tests import grounds
from tests.grounds import Standing

PASSWORD = "a long enough password"


def _two_agencies(_before: Standing) -> None:
    call_command("upgrade", verbosity=0)
    call_command("load_regions", within=["370100", "330481", "320100", "441900"])
    with in_public():
        agencies.open_agency(slug="north", name="北方社会工作服务中心", region="370102")
        agencies.open_agency(slug="south", name="南方社会工作服务中心", region="370103")


BARE = grounds.ground("template", _two_agencies)
GROUNDS_OF_FILES = {"stage", "demo"}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Choose the database before Django opens a transaction in it."""
    fixtures = _fixtures(item)
    if "django_db_setup" in fixtures or item.get_closest_marker("django_db"):
        with item.config.stash[blocking_manager_key].unblock():
            grounds.stand_on(grounds.needed(fixtures) or BARE)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files with browsers and the demo come first: a long one at the end would leave the other processes idle."""
    long = {
        item.path for item in items if item.get_closest_marker("browser") or GROUNDS_OF_FILES & set(_fixtures(item))
    }
    items.sort(key=lambda item: item.path not in long)


def _fixtures(item: pytest.Item) -> tuple[str, ...]:
    return tuple(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def django_db_setup() -> Iterator[None]:
    """The databases are made as they are needed. At the end none may hold what a test left behind."""
    yield
    connections.close_all()
    strange = grounds.strange()
    assert not strange, f"a test committed and left behind: {strange}"


@pytest.fixture
def what_stands() -> Standing:
    """A fresh copy of what stands on the test's ground."""
    return grounds.what_stands()


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
    """Really commit: for threads and constraints at commit. The database is put back as it was afterwards."""
    with django_db_blocker.unblock():
        yield
        grounds.put_back()
