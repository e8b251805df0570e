"""Every address of a fund x every role x another agency: the right comes first, then the ref."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import compress
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import AGENCY_ROLES, BY_SLUG
from services.funds.bank import actions as bank_actions
from services.funds.donations import receipts, refunds
from services.funds.fund import committee
from tenants.models import Membership
from tenants.running import in_tenant
from tests import grounds
from tests.cast import member, signed_in
from tests.grounds import Standing
from tests.house.permissions import AGENCY
from tests.house.test_permissions import addresses, asked_by
from tests.nights import long_at_night
from tests.services.funds.test_banking import HEADS, one, text
from tests.services.funds.test_campaigning import homes
from tests.services.funds.treasury import FUNDED, Treasury
from tests.workroom import Workroom

URLCONF = "config.urls_tenant"


def refs(rh: Treasury) -> dict[str, str]:
    """Make one of everything a fund's addresses name; one stands in the agency."""
    today = timezone.localdate()
    user = member(rh.room.tenant, f"{rh.room.director.username[0]}-chair", "fund_committee", name="周主任")
    seat = committee.appoint(
        fund=rh.fund, member=Membership.objects.get(user=user), role="chair", background="", from_on=today,
        today=today, by=None,
    )  # fmt: skip
    refunded, campaign = rh.donate(), homes(rh)
    bank_actions.take_in(fund=rh.fund, file_name="a.csv", data=text([HEADS, one("5")]), today=today, by=rh.qian)
    return {
        "ref": rh.fund.ref, "purpose_ref": campaign.purpose.ref, "member_ref": seat.ref,
        "campaign_ref": campaign.ref, "donation_ref": refunded.ref,
        "receipt_ref": receipts.issue(donation=rh.donate(), today=today, by=rh.qian).ref,
        "refund_ref": refunds.request_refund(donation=refunded, amount=Decimal(1), reason="多汇", by=rh.qian).ref,
        "line_ref": rh.fund.bank_lines.get().ref, "entry_ref": refunded.entry.ref,
    }  # fmt: skip


def paths(known: dict[str, str]) -> dict[str, str]:
    found = {}
    for name, pattern in addresses(URLCONF).items():
        wanted = pattern.pattern.converters.keys()
        if name.startswith("funds:") and set(wanted) <= set(known):
            found[name] = reverse(name, urlconf=URLCONF, kwargs={key: known[key] for key in wanted})
    return found


def asked(browser: Client, path: str) -> set[int]:
    """The answers to looking and to an empty sending. What an empty sending may do is done by tests of its own."""
    return {browser.get(path).status_code, browser.post(path, {"page": "none"}).status_code}


def _one_of_each(before: Standing) -> dict[str, str]:
    rh: Treasury = before["funded"]
    with in_tenant(rh.room.tenant):
        return paths(refs(rh))


FUND_DOORS = grounds.ground("fund_doors", _one_of_each, on=FUNDED)


@pytest.fixture
def fund_doors(what_stands: Standing) -> dict[str, str]:
    """The addresses of north's fund by their names."""
    found: dict[str, str] = what_stands["fund_doors"]
    return found


@pytest.mark.parametrize("whole", long_at_night(False, True))
@pytest.mark.parametrize("role", [role.slug for role in AGENCY_ROLES])
def test_each_role_gets_what_the_table_says(
    north_room: Workroom, fund_doors: dict[str, str], role: str, whole: bool
) -> None:
    with in_tenant(north_room.tenant):
        somebody = member(north_room.tenant, f"somebody-{role}", role)
    browser = signed_in(somebody, north_room.host)
    doors: Iterable[tuple[str, str]] = fund_doors.items()
    if not whole:
        doors = compress(doors, asked_by(role, [AGENCY[name] for name in fund_doors], AGENCY_ROLES))

    wrong: dict[str, Any] = {}
    for name, path in doors:
        got, may = asked(browser, path), AGENCY[name] in BY_SLUG[role].permissions
        if not (got <= {200, 302, 400, 404, 405} if may else got <= {403, 405}):
            wrong[name] = got
    assert wrong == {}
    assert len(fund_doors) > 35


def test_another_agencys_ref_is_not_found(fund_doors: dict[str, str], south_room: Workroom) -> None:
    with in_tenant(south_room.tenant):
        both = member(south_room.tenant, "s-both", "agency_director", "finance")
    browser = signed_in(both, south_room.host)

    wrong = {
        name: got
        for name, path in fund_doors.items()
        if fund_doors["funds:fund"] in path and not (got := asked(browser, path)) <= {404, 405}
    }
    assert wrong == {}
