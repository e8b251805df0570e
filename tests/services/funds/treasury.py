"""A fund opened by the acts themselves, with its director, its treasurer and a second one."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from services.funds.donations import actions as donation_actions
from services.funds.fund import actions as fund_actions
from services.funds.fund import dissolution
from services.funds.models import Donation, Fund, Purpose
from tenants.running import in_tenant
from tests import grounds
from tests.cast import member
from tests.grounds import Standing
from tests.workroom import ROOMS, Workroom


@dataclass
class Treasury:
    """One stands in the agency that has it."""

    room: Workroom
    fund: Fund
    general: Purpose
    director: User
    qian: User
    sun: User

    def gift(self, **changes: Any) -> donation_actions.Gift:
        values: dict[str, Any] = {
            "kind": "cash", "giver": "person", "donor": "王建国", "amount": Decimal("1000.00"),
            "purpose": self.general, "received_on": timezone.localdate(),
        }  # fmt: skip
        return donation_actions.Gift(**{**values, **changes})

    def donate(self, **changes: Any) -> Donation:
        return donation_actions.record_donation(
            fund=self.fund, gift=self.gift(**changes), today=timezone.localdate(), by=self.qian
        )


def hand_over(fund: Fund, asker: User, releaser: User) -> Decimal:
    """Hand all of the fund over by two people; return the yuan."""
    asked = dissolution.request_transfer(fund=fund, by=asker)
    done = dissolution.approve_transfer(transfer=asked, shown=asked.amount, today=timezone.localdate(), by=releaser)
    return done.amount


def new_fund(**changes: Any) -> fund_actions.NewFund:
    values: dict[str, Any] = {
        "name": "人和社区公益基金", "custodian": "济南市慈善总会", "programme": "jinan-funds", "code": "RH",
        "opened_on": timezone.localdate(), "area": "370102002",
    }  # fmt: skip
    return fund_actions.NewFund(**{**values, **changes})


def treasury(room: Workroom, **changes: Any) -> Treasury:
    fund = fund_actions.open_fund(
        new=new_fund(**changes), agency=room.tenant.name, today=timezone.localdate(), by=room.director
    )
    qian = member(room.tenant, "n-qian", "finance", name="钱会计")
    sun = member(room.tenant, "n-sun", "finance", name="孙出纳")
    return Treasury(room, fund, fund.purposes.get(is_restricted=False), room.director, qian, sun)


def _norths(before: Standing) -> Treasury:
    room: Workroom = before["rooms"]["north"]
    with in_tenant(room.tenant):
        return treasury(room)


FUNDED = grounds.ground("funded", _norths, on=ROOMS)


@pytest.fixture
def funded(db: None, what_stands: Standing) -> Treasury:
    """North's fund RH; one stands nowhere."""
    found: Treasury = what_stands["funded"]
    return found
