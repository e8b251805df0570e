"""A fund with money, its committee of five, a monitor and two treasurers; and an application on its way."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from common import clock
from services.clients.models import Client
from services.funds.books import chart
from services.funds.models import CommitteeMember, Fund, Purpose
from services.grants.applications import actions as application_actions
from services.grants.applications.actions import Wanted
from services.grants.decisions import assessment, objections, voting
from services.grants.models import Application, Payment
from services.grants.payments import actions as payment_actions
from tenants.running import in_tenant
from tests import grounds
from tests.cast import member
from tests.grounds import Standing
from tests.services.ledger.books import at_commit
from tests.workroom import ROOMS, Workroom

NAMES = ("钱主委", "孙委员", "李委员", "周委员", "吴委员")


@dataclass
class Foundation:
    """Who and what grants are made by and from."""

    room: Workroom
    fund: Fund
    purpose: Purpose
    committee: list[User]
    monitor: User
    finance: list[User]
    days: list[dt.date] = field(default_factory=list)

    @property
    def worker(self) -> User:
        assert self.room.wei.user
        return self.room.wei.user

    @property
    def head(self) -> User:
        assert self.room.lin.user
        return self.room.lin.user

    def free(self) -> Decimal:
        self.purpose.free.refresh_from_db()
        return self.purpose.free.amount

    def reserved(self) -> Decimal:
        self.purpose.reserved.refresh_from_db()
        return self.purpose.reserved.amount


def found(room: Workroom, code: str = "F1", money: str = "100000") -> Foundation:
    """Make a fund with its people while standing in the agency."""
    opened_on = timezone.localdate() - dt.timedelta(days=366)
    fund, purpose = open_fund(code, money, opened_on)
    people = [
        member(room.tenant, f"{room.tenant.slug}-{code}-c{n}", "fund_committee", name=name)
        for n, name in enumerate(NAMES)
    ]
    monitor = member(room.tenant, f"{room.tenant.slug}-{code}-m", "fund_monitor", name="郑监督")
    finance = [member(room.tenant, f"{room.tenant.slug}-{code}-f{n}", "finance", name=f"财务{n}") for n in "甲乙"]
    for n, person in enumerate(people):
        seat(fund, person, "chair" if n == 0 else "member", opened_on)
    seat(fund, monitor, "monitor", opened_on)
    return Foundation(room, fund, purpose, people, monitor, finance)


def open_fund(code: str, money: str, opened_on: dt.date) -> tuple[Fund, Purpose]:
    book = chart.open_book(name=f"阳光基金{code}", opened_on=opened_on)
    fund = Fund.objects.create(
        code=code, name=f"阳光基金{code}", custodian="历下区慈善总会", programme="jinan-funds", digest="", book=book,
        opening_amount=0, opened_on=opened_on,
    )  # fmt: skip
    free, reserved = chart.open_promises(book=book, name="一般用途")
    purpose = Purpose.objects.create(fund=fund, name="一般用途", is_restricted=False, free=free, reserved=reserved)
    origin = chart.PostingRef(key="donation:first", source="funds.donation:first", on=timezone.localdate())
    chart.receive(fund=fund, purpose=purpose, amount=Decimal(money), origin=origin, by=None)
    at_commit()
    return fund, purpose


def seat(fund: Fund, person: User, duty: str, since: dt.date) -> CommitteeMember:
    return CommitteeMember.objects.create(fund=fund, person=person.ref, name=person.name, role=duty, from_on=since)


def wanted(room: Workroom, client: Client | None = None, **changes: Any) -> Wanted:
    said: dict[str, Any] = {
        "kind": "person", "site": room.station, "story": "独居，上月摔伤住院。", "client": client or room.client,
        "cause": "illness",
    }  # fmt: skip
    return Wanted(**{**said, **changes})


def activity(room: Workroom, **changes: Any) -> Wanted:
    return wanted(room, **{"kind": "activity", "title": "重阳敬老", **changes})


def asked(base: Foundation, amount: str = "3000", what: Wanted | None = None, **changes: Any) -> Application:
    """An application that waits to be assessed."""
    said = {"wanted": what or wanted(base.room), "purpose": base.purpose, "by": base.worker, **changes}
    return application_actions.apply(asked=Decimal(amount), **said)


def assessed(base: Foundation, amount: str = "3000", what: Wanted | None = None) -> Application:
    """An application that waits for the committee."""
    made = asked(base, amount, what)
    return assessment.assess(application=made, amount=Decimal(amount), findings="情况属实。", by=base.head)


def votes(base: Foundation, application: Application, *verdicts: str) -> Application:
    """The first members cast these, as long as it takes; the monitor has said its word before."""
    application.refresh_from_db()
    if not application.opinions.filter(round=application.round).exists():
        voting.opine(application=application, has_no_objection=True, words="", by=base.monitor)
    for person, verdict in zip(base.committee, verdicts, strict=False):
        if voting.is_due(application):
            application = voting.vote(application=application, verdict=verdict, words="已经了解情况", by=person)
    return application


def granted(base: Foundation, amount: str = "3000", what: Wanted | None = None) -> Application:
    """An application on public notice."""
    return votes(base, assessed(base, amount, what), "approve", "approve", "approve")


def payable(base: Foundation, amount: str = "3000", what: Wanted | None = None) -> Application:
    """An application whose notice is over."""
    application = granted(base, amount, what)
    Application.objects.filter(pk=application.pk).update(notice_to=clock.today() - dt.timedelta(days=1))
    application.refresh_from_db()
    return objections.end_due_notice(application)


def prepared(base: Foundation, amount: str = "3000", what: Wanted | None = None) -> Payment:
    """A payment that waits for the second person."""
    return payment_actions.prepare(
        application=payable(base, amount, what), method="bank", payee="张桂兰 工行尾号1234", reference="",
        by=base.finance[0],
    )  # fmt: skip


def paid(base: Foundation, amount: str = "3000", what: Wanted | None = None) -> Payment:
    return payment_actions.approve_payment(payment=prepared(base, amount, what), by=base.finance[1])


def _norths(before: Standing) -> Foundation:
    room: Workroom = before["rooms"]["north"]
    with in_tenant(room.tenant):
        return found(room)


GRANTING = grounds.ground("granting", _norths, on=ROOMS)


@pytest.fixture
def granting(what_stands: Standing) -> Foundation:
    """North's fund F1 with 100,000 yuan; one stands nowhere."""
    made: Foundation = what_stands["granting"]
    return made


@pytest.fixture
def base(at_north: Workroom, granting: Foundation) -> Foundation:
    """Stand in north, where there is a fund with 100,000 yuan."""
    return granting
