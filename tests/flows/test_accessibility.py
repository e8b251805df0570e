"""Every main page, on a desk and on a phone: no fault that axe knows, nothing wider than the screen, no complaint.

Axe, the slow one, looks at each page once a day, at every other page of a role on the phone; nightly at both sizes.
"""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from billing.models import Bill
from disclosure.models import PublishedReport
from tenants.emergency import actions as emergency
from tenants.running import in_public
from tests.billing.payers import on_trial, open_bill, taken_up
from tests.flows.conftest import Stage, Visitor
from tests.nights import long_at_night

pytestmark = pytest.mark.browser
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}


def public(stage: Stage) -> list[str]:
    station = stage.north.station.ref
    return [
        "/",
        "/?q=qfs",
        "/?q=zzzz",
        f"/stations/{station}/",
        "/programmes/",
        "/programmes/jinan/",
        "/programmes/jinan-funds/",
        "/accounts/login/",
        "/join/",
        "/funds/",
        "/funds/?q=zzzz",
        *(f"/funds/{stage.charity.fund.ref}/{page}" for page in ("", "movements/", "books/")),
        f"/funds/{stage.charity.fund.ref}/reports/{public_report(stage)}/",
    ]


def public_report(stage: Stage) -> str:
    with in_public():
        return PublishedReport.objects.get(source=f"funds.report:{stage.charity.report.ref}").ref


def of_officer(stage: Stage) -> list[str]:
    one = f"/contracts/{stage.contract.ref}/"
    appeal = f"appeals/{stage.appeal.ref}/"
    pages = [
        "",
        appeal,
        f"{appeal}answer/",
        "scorecard/",
        "scorecard/C1.1/",
        "marks/",
        "marks/A3.1/",
        "sheets/",
        "close/",
    ]
    lists = ["/contracts/", "/contracts/all/?state=active", "/contracts/appeals/", "/contracts/ranking/"]
    lists += ["/contracts/invitations/", "/contracts/invitations/new/"]
    return [*lists, *(one + page for page in pages)]


def of_supervisor(stage: Stage) -> list[str]:
    return ["/supervision/", "/supervision/calendar/", "/supervision/availability/"]


@pytest.fixture(scope="module")
def owed(stage: Stage) -> Bill:
    """North is on trial, south has an open bill, and somebody asks to look into north."""
    with in_public():
        on_trial(stage.north.tenant)
        emergency.ask(tenant=stage.north.tenant, reason="核对导入的数据", hours=2, by=stage.zhou)
        return open_bill(taken_up(stage.south.tenant, now=timezone.now()).account)


def of_operator(stage: Stage) -> list[str]:
    with in_public():
        bill = Bill.objects.select_related("account").get()
    one, account = f"/payers/bills/{bill.ref}/", f"/payers/{bill.account.ref}/"
    return ["/agencies/", "/agencies/north/", "/agencies/north/emergency/", "/agencies/_/people/",
            "/agencies/_/people/new/", "/agencies/_/emergencies/", "/letters/", "/payers/", account,
            f"{account}choose/", "/payers/bureaus/new/", "/payers/bills/", one, f"{one}receive/",
            f"{one}fapiao/", "/payers/coupons/", "/payers/coupons/new/", "/payers/stripe/events/",
            "/payers/stripe/comparisons/"]  # fmt: skip


def of_director(stage: Stage) -> list[str]:
    room, score = stage.north, f"/scores/{stage.contract.ref}/"
    fund = f"/funds/{stage.charity.fund.ref}/"
    client, record, staff = f"/clients/{room.client.ref}/", f"/records/{room.record.ref}/", f"/staff/{room.wei.ref}/"
    return [
        "/", "/me/", "/plan/", "/records/", "/records/?q=zzzz", record, f"{record}correct/", f"{record}withdraw/",
        "/clients/", client, f"{client}change/", f"{client}reveal/phone/", f"{client}category/", "/clients/new/",
        "/households/", f"/households/{room.household.ref}/", "/stations/", f"/stations/{room.station.ref}/",
        "/stations/open/", "/staff/", staff, "/staff/new/", f"{staff}certificate/", "/volunteers/",
        f"/volunteers/{room.volunteer.ref}/", "/volunteers/hours/", "/volunteers/new/", "/members/", "/scores/",
        "/scores/appeals/", score, f"{score}C1.1/", f"{score}C1.2/appeal/", f"{score}appeals/{stage.appeal.ref}/",
        "/records/?kind=home_visit&until=2026-01-01",
        "/funds/utilisation/", f"{fund}reports/", f"{fund}reports/{stage.charity.report.ref}/",
        f"{fund}reports/new/quarter/2026Q2/", f"{fund}ledger/", f"{fund}ledger/trial/", "/funds/", "/funds/new/",
        fund, f"{fund}change/", f"{fund}close/", f"{fund}campaigns/new/", f"{fund}seats/", f"{fund}seats/new/",
        "/plan/", "/plan/choose/", "/plan/invoice-data/", "/platform-access/", "/leaving/", "/leaving/exports/",
        "/leaving/exports/new/", "/rights/", "/rights/new/?q=张", f"/rights/new/client/{room.client.ref}/",
        f"/rights/consents/client/{room.client.ref}/", f"/rights/consents/client/{room.client.ref}/withdraw/",
        "/start/", "/start/stations/?district=lixia", "/start/stations/sheet/", "/members/invitations/new/",
        "/supervision/", f"/supervision/week/?supervisor={stage.sun.ref}",
    ]  # fmt: skip


def of_finance(stage: Stage) -> list[str]:
    charity = stage.charity
    fund = f"/funds/{charity.fund.ref}/"
    donation, receipt = f"{fund}donations/{charity.donation.ref}/", f"{fund}receipts/{charity.receipt.ref}/"
    return [
        fund, f"{fund}donations/", f"{fund}donations/?q=zzzz", f"{fund}donations/new/", donation, f"{donation}refund/",
        receipt, f"{receipt}void/", f"{fund}purposes/new/", f"{fund}hand-over/", f"{fund}ledger/close/",
        f"{fund}ledger/checks/", f"{fund}campaigns/", f"{fund}bank/", f"{fund}bank/import/",
    ]  # fmt: skip


def of_committee(stage: Stage) -> list[str]:
    grants = stage.charity.grants
    return ["/", "/grants/", "/grants/?queue=mine", *(grants.path("assessed", page) for page in ("", "vote/")),
            grants.path("notice")]  # fmt: skip


def of_monitor(stage: Stage) -> list[str]:
    grants = stage.charity.grants
    return ["/grants/?queue=mine", *(grants.path("assessed", page) for page in ("", "opinion/"))]


def of_payer(stage: Stage) -> list[str]:
    grants = stage.charity.grants
    return ["/grants/payments/", f"/grants/payments/{grants.payment.ref}/release/",
            *(grants.path("payable", page) for page in ("", "pay/")), grants.path("paid", "repay/")]  # fmt: skip


def of_worker(stage: Stage) -> list[str]:
    new = "/records/new/"
    client = stage.north.client.ref
    return ["/", new, f"{new}?kind=home_visit", f"{new}?kind=home_visit&client={client}", f"{new}?kind=group_session",
            "/grants/", "/grants/new/", f"/grants/new/?kind=person&client={client}", "/grants/new/?kind=activity",
            "/grants/new/?kind=service", *(stage.charity.grants.path("submitted", page) for page in ("", "withdraw/")),
            *(stage.charity.grants.path("paid", page) for page in ("", "confirm/"))]  # fmt: skip


GUESTS: dict[str, tuple[str, str, Callable[[Stage], list[str]]]] = {
    "anybody": ("", "", public),
    "officer": ("zhou", "", of_officer),
    "supervisor": ("sun", "", of_supervisor),
    "operator": ("operator", "", of_operator),
    "director": ("n-director", "north", of_director),
    "finance": ("n-finance", "north", of_finance),
    "committee": ("north-F1-c4", "north", of_committee),
    "monitor": ("north-F1-m", "north", of_monitor),
    "payer": ("north-F1-f乙", "north", of_payer),
    "head": ("n-lin", "north", lambda stage: [stage.charity.grants.path("submitted", "assess/")]),
    "worker": ("n-wei", "north", of_worker),
}


@pytest.mark.parametrize("sizes", long_at_night(1, 2))
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("guest", GUESTS)
def test_pages_are_open_to_everybody(
    stage: Stage, owed: Bill, visitors: Callable[..., Visitor], guest: str, phone: bool, sizes: int
) -> None:
    username, tenant, pages = GUESTS[guest]
    visitor = visitors(phone=phone)
    if username:
        visitor.sign_in(stage.url("/accounts/login/", tenant), username)
    faults = []
    for number, path in enumerate(pages(stage)):
        faults += _faults(visitor, stage.url(path, tenant), path, with_axe=sizes == 2 or (number % 2 == 1) == phone)

    assert not faults, "\n".join(faults)


def _faults(visitor: Visitor, url: str, path: str, *, with_axe: bool) -> list[str]:
    """Return what is wrong with a page, each as "path: fault"."""
    answer = visitor.page.goto(url)
    assert answer
    if answer.status != 200:
        return [f"{path}: {answer.status}"]
    found = []
    if visitor.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append(f"{path}: wider than the screen")
    if not with_axe:
        return found
    width = visitor.page.viewport_size["width"]  # type: ignore[index]
    height = visitor.page.evaluate("document.documentElement.scrollHeight")
    visitor.page.set_viewport_size({"width": width, "height": max(height, 800)})  # a form's bar then lies over nothing
    for violation in Axe().run(visitor.page, options=RULES).response["violations"]:
        where = violation["nodes"][0]
        found.append(f"{path}: {violation['id']} at {where['target']}: {where['html'][:160]}")
    return found
