"""How many grants, people and households a fund's report counts."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from services.clients import actions as clients
from services.clients.models import Client
from services.funds.books import chart
from services.funds.models import Fund
from services.funds.reports import figures
from services.grants.applications.helped import helped
from services.grants.models import Application, Need, Payment, Repayment
from services.ledger.models import Entry
from tests.services.funds.year import fund_of_2026, general, origin, receive
from tests.workroom import Workroom

MAY = (dt.date(2026, 5, 1), dt.date(2026, 5, 31))


@pytest.fixture
def fund(at_north: Workroom) -> Fund:
    made = fund_of_2026()
    receive(general(made), "a", "30000", dt.date(2026, 2, 1))
    return made


def neighbour(room: Workroom, name: str, with_home: bool = True) -> Client:
    said: dict[str, Any] = {"name": name, "site": room.station, "worker": room.wei}
    if with_home:
        said["household"] = room.household
    opened_on = room.client.opened_on
    return clients.open_file(
        file=clients.ClientFile(**said), opened_on=opened_on, today=dt.date(2026, 11, 1), by=room.director
    )


def paid(fund: Fund, room: Workroom, number: str, client: Client | None, day: int = 5, month: int = 5) -> Payment:
    on, amount = dt.date(2026, month, day), Decimal(100)
    need = Need.objects.create(
        number=f"N{number}", kind="person" if client else "activity", client=client, site=room.station,
        title="" if client else "中秋", opened_by="a",
    )  # fmt: skip
    asked = Application.objects.create(
        number=f"A{number}", need=need, fund=fund, purpose=general(fund), asked=amount, applied_by="a"
    )
    said: dict[str, Any] = {"fund": fund, "purpose": general(fund), "amount": amount, "by": None}
    chart.reserve(**said, origin=origin(f"r{number}", on))
    entry: Entry = chart.pay(**said, spent_on="person", origin=origin(f"p{number}", on))
    return Payment.objects.create(
        application=asked, amount=amount, method="bank", seen="", state="paid", prepared_by="a", released_by="b",
        paid_on=on, entry=entry,
    )  # fmt: skip


def test_people_and_households_count_once(fund: Fund, at_north: Workroom) -> None:
    room = at_north
    wang, lone = neighbour(room, "王小小"), neighbour(room, "独一", with_home=False)
    for number, client in enumerate([room.client, room.client, wang, lone, None]):
        paid(fund, room, str(number), client)
    paid(fund, room, "june", lone, month=6)

    assert helped(fund, *MAY) == {"grants": 5, "people": 3, "households": 2}
    assert figures.of_period(fund, *MAY)["people"] == 3


def test_a_merged_file_counts_with_the_one_it_went_to(fund: Fund, at_north: Workroom) -> None:
    twin = neighbour(at_north, "张桂兰")
    paid(fund, at_north, "1", at_north.client)
    paid(fund, at_north, "2", twin)
    assert helped(fund, *MAY)["people"] == 2

    Client.objects.filter(pk=twin.pk).update(merged_into=at_north.client)

    assert helped(fund, *MAY) == {"grants": 2, "people": 1, "households": 1}


def test_what_was_paid_back_in_full_is_no_grant(fund: Fund, at_north: Workroom) -> None:
    payment = paid(fund, at_north, "1", at_north.client)
    said: dict[str, Any] = {"fund": fund, "purpose": general(fund), "spent_on": "person", "by": None}
    for key, amount in (("x", "60"), ("y", "40")):
        assert helped(fund, *MAY)["grants"] == 1
        entry = chart.repaid(**said, amount=Decimal(amount), origin=origin(key, dt.date(2026, 5, 20)))
        Repayment.objects.create(
            application=payment.application, amount=Decimal(amount), reason="x", received_on=dt.date(2026, 5, 20),
            entry=entry, recorded_by="a",
        )  # fmt: skip

    assert helped(fund, *MAY) == {"grants": 0, "people": 0, "households": 0}
