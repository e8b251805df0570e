"""The today page asks few questions of any role, and as many of three funds and stations as of one."""

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from services.people import actions as people
from tenants.running import in_public, in_tenant
from tests.cast import member, signed_in
from tests.services.funds.ground import bare_fund
from tests.workroom import Workroom

# With one fund and one record, and nothing that a click earlier left to be read (the session's agency is known).
QUERIES = {
    "agency_director": 20,
    "station_head": 16,
    "worker": 16,
    "intern": 11,
    "finance": 10,
    "fund_committee": 6,
    "fund_monitor": 6,
    "volunteer_coordinator": 6,
}


def who(room: Workroom, role: str) -> User:
    staff = {"station_head": room.lin, "worker": room.wei, "intern": room.an}
    if role == "agency_director":
        return room.director
    if role in staff:
        found = staff[role].user
        assert found
        return found
    with in_public():
        return member(room.tenant, f"n-{role}", role)


def asked(browser: Browser) -> int:
    """Return how often the database is asked once what is remembered for some seconds is: a slow machine forgets."""
    browser.get("/")
    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as found:
            assert browser.get("/").status_code == 200
        counts.append(len(found))
    return min(counts)


@pytest.mark.parametrize("role", QUERIES)
def test_each_roles_day_takes_few_questions_and_no_more_for_more(north_room: Workroom, role: str) -> None:
    with in_tenant(north_room.tenant):
        bare_fund("T1")
    browser = signed_in(who(north_room, role), north_room.host)
    few = asked(browser)
    assert few <= QUERIES[role]

    with in_tenant(north_room.tenant):
        for code in ("T2", "T3"):
            bare_fund(code)
        for person in (north_room.lin, north_room.wei, north_room.an):
            people.post(
                staff=person, site=north_room.other_station, as_post="social_worker",
                started_on=north_room.posting.started_on, by=north_room.director,
            )  # fmt: skip
    assert asked(browser) == few
