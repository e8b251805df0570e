"""Every address x every role x "another agency's ref": signed out, without the right, of another agency, with it."""

from collections.abc import Iterable, Iterator
from itertools import compress
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.permissions import Permission
from accounts.roles import AGENCY_ROLES, BY_SLUG, SHARED_ROLES, Role
from services.people.actions import post, take_on
from tenants.running import in_tenant
from tests.cast import member, officer, signed_in
from tests.house.permissions import AGENCY, ANYONE, MEMBER, SHARED
from tests.nights import long_at_night
from tests.workroom import Workroom

HOSTS = {"config.urls_tenant": AGENCY, "config.urls_public": SHARED}
# allauth's own pages: signing in and out, passwords, second factors. They ask for a person, not for a role.
OTHERS = ("account_", "mfa_")
CHANGES = {"POST", "PATCH", "DELETE"}


def patterns(found: Any, names: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in found:
        if hasattr(pattern, "url_patterns"):
            inner = f"{names}{pattern.namespace}:" if pattern.namespace else names
            yield from patterns(pattern.url_patterns, inner)
        else:
            yield f"{names}{pattern.name}", pattern


def addresses(urlconf: str) -> dict[str, Any]:
    return {name: each for name, each in patterns(get_resolver(urlconf).url_patterns) if not name.startswith(OTHERS)}


@pytest.mark.parametrize("urlconf", HOSTS)
def test_every_address_has_a_row_and_every_row_an_address(urlconf: str) -> None:
    assert set(addresses(urlconf)) == set(HOSTS[urlconf])


@pytest.mark.parametrize("urlconf", HOSTS)
def test_every_view_is_guarded_as_the_table_says(urlconf: str) -> None:
    for name, pattern in addresses(urlconf).items():
        row, view = HOSTS[urlconf][name], pattern.callback
        if not isinstance(row, Permission | dict):
            continue
        said = getattr(getattr(view, "cls", view), "permission", None)
        if isinstance(row, dict):
            said = {method: said.get(method, said.get("*")) if isinstance(said, dict) else said for method in row}
        assert said == row, name


def refs(room: Workroom) -> dict[str, dict[str, str]]:
    """The arguments of the agency host's addresses, by the first part of their names."""
    station, client = {"ref": room.station.ref}, {"ref": room.client.ref}
    return {
        "network": station, "people": {"ref": room.wei.ref, "posting": room.posting.ref},
        "clients": {**client, "field": "phone", "category": room.client.categories.get().ref},
        "households": {"ref": room.household.ref}, "records": {"ref": room.record.ref},
        "volunteers": {"ref": room.volunteer.ref}, "hours": {"ref": room.hours.ref},
        "members": {"ref": room.lin.user.memberships.get().ref if room.lin.user else ""},
        "api-station": station, "api-client": client, "api-reveal": client,
    }  # fmt: skip


def path_of(name: str, pattern: Any, known: dict[str, dict[str, str]], urlconf: str) -> str | None:
    wanted = pattern.pattern.converters.keys()
    about = "hours" if name in ("volunteers:verify", "volunteers:refuse") else name.partition(":")[0]
    values = known.get(about, {})
    if not set(wanted) <= set(values):
        return None
    return reverse(name, urlconf=urlconf, kwargs={key: values[key] for key in wanted})


def asked(row: Any, callback: Any) -> list[tuple[str, Any]]:
    """The (method, permission) pairs to try: an API's methods, and GET and POST of a page."""
    if isinstance(row, dict):
        return list(row.items())
    return [("GET", row), ("POST", row)]


def ask(browser: Client, method: str, path: str) -> int:
    kwargs = {"content_type": "application/json", "data": "{}"} if path.startswith("/api/") and method != "GET" else {}
    return int(browser.generic(method, path, **kwargs).status_code)  # type: ignore[arg-type]


def agency_rows(room: Workroom) -> list[tuple[str, str, str, Any]]:
    """(name, method, path, permission) of every guarded address of the agency host that the workroom has a ref for."""
    found = []
    known = refs(room)
    for name, pattern in addresses("config.urls_tenant").items():
        row = AGENCY[name]
        if row in (ANYONE, MEMBER) if isinstance(row, str) and not isinstance(row, Permission) else False:
            continue
        if path := path_of(name, pattern, known, "config.urls_tenant"):
            found += [(name, method, path, permission) for method, permission in asked(row, pattern.callback)]
    return found


def test_signed_out_nobody_gets_in(north_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        rows = agency_rows(north_room)
    browser = Client(HTTP_HOST=north_room.host)

    got = {(method, path): ask(browser, method, path) for _, method, path, _ in rows}

    wrong = {key: status for key, status in got.items() if status not in ((401,) if "/api/" in key[1] else (302, 405))}
    assert wrong == {}
    assert len(rows) > 90


def asked_by(role: str, permissions: list[Any], roles: Iterable[Role]) -> list[bool]:
    """Tell of each address, by the permission it asks for, whether a role has to try it.

    Who may tries it: a page shows more or less to each. One of those who may not tries it, another one at each
    address: the refusal is the same for all of them. And each is refused once for each permission they lack.
    """
    told, refused = [], set()
    for number, needed in enumerate(permissions):
        without = [each.slug for each in roles if needed not in each.permissions]
        told.append(role not in without or without[number % len(without)] == role or needed not in refused)
        if role in without:
            refused.add(needed)
    return told


@pytest.mark.parametrize("whole", long_at_night(False, True))
@pytest.mark.parametrize("role", [role.slug for role in AGENCY_ROLES])
def test_each_role_gets_what_the_table_says(north_room: Workroom, role: str, whole: bool) -> None:
    """Refused with 403 without the permission; with it never 403, 500 or sign-in (404 where a site is out of reach)."""

    with in_tenant(north_room.tenant):
        user = member(north_room.tenant, f"somebody-{role}", role)
        since = north_room.station.opened_on
        person = take_on(name="某人", employment="full_time", started_on=since, user=user, by=None)
        post(staff=person, site=north_room.station, as_post="social_worker", started_on=since, by=None)
        rows = agency_rows(north_room)
    if not whole:
        rows = list(compress(rows, asked_by(role, [row[3] for row in rows], AGENCY_ROLES)))
    browser = signed_in(user, north_room.host)
    granted = BY_SLUG[role].permissions

    wrong = []
    for name, method, path, permission in sorted(rows, key=lambda row: row[1] != "GET"):
        if name in ("members:close", "members:change", "people:leave", "network:close") and method == "POST":
            continue  # would take away what the next rows need; their refusals are tried by the other roles
        status = ask(browser, method, path)
        may = permission in granted
        fine = status not in (401, 403, 500) if may else status in (403, 405)
        if not fine and not (may and status == 403 and name.startswith("records:")):
            wrong.append((name, method, path, status))
    assert wrong == []


@pytest.mark.parametrize("role", ["agency_director", "worker"])
def test_another_agencys_ref_is_not_found(north_room: Workroom, south_room: Workroom, role: str) -> None:
    with in_tenant(south_room.tenant):
        rows = [row for row in agency_rows(south_room) if any(ref in row[2] for ref in all_refs(south_room))]
    user = north_room.director if role == "agency_director" else north_room.wei.user
    browser = signed_in(user, north_room.host)
    granted = BY_SLUG[role].permissions

    got = {(method, path): ask(browser, method, path) for _, method, path, needed in rows if needed in granted}

    assert {key: status for key, status in got.items() if status not in (404, 405)} == {}
    assert len(got) > (60 if role == "agency_director" else 25)


def all_refs(room: Workroom) -> set[str]:
    return {value for values in refs(room).values() for key, value in values.items() if key != "field"}


@pytest.mark.parametrize("role", [role.slug for role in SHARED_ROLES])
def test_each_shared_role_gets_what_the_table_says(public: None, north_row: Any, role: str) -> None:
    user = officer(f"somebody-{role}", role, "370100")
    browser = signed_in(user, "localhost")
    granted = BY_SLUG[role].permissions
    known = {"tenants": {"slug": "north"}}

    wrong = []
    for name, pattern in addresses("config.urls_public").items():
        row = SHARED[name]
        if row in (ANYONE, MEMBER):
            continue
        path = path_of(name, pattern, known, "config.urls_public") or unknown_path(pattern, name)
        for method, permission in asked(row, pattern.callback):
            if name in ("tenants:suspend", "tenants:ask_to_delete") and method == "POST":
                continue
            status = ask(browser, method, path)
            fine = status not in (401, 403, 500) if permission in granted else status in (403, 405)
            if not fine:
                wrong.append((name, method, path, status))
    assert wrong == []


def unknown_path(pattern: Any, name: str) -> str:
    """The address with refs of nothing: the right comes before the object."""
    return reverse(name, urlconf="config.urls_public", kwargs=dict.fromkeys(pattern.pattern.converters, "nothing"))
