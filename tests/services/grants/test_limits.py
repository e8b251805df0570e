"""The caps: the year's edge, merged files, restricted ones, and what a payment checks again."""

import datetime as dt
from decimal import Decimal

import pytest

from common import clock
from disclosure.models import Notice
from evaluation.models import Fact
from services.clients import actions as clients
from services.clients.models import Client
from services.grants.applications import actions as application_actions
from services.grants.applications import merges
from services.grants.guards import limits
from services.grants.guards.limits import OverLimit
from services.grants.guards.persons import final_file
from services.grants.models import Limit
from services.grants.payments import actions as payment_actions
from services.grants.payments import repayments
from tests.services.grants.cast import Foundation, asked, assessed, found, granted, paid, payable, votes, wanted

D = Decimal


def twin(base: Foundation) -> Client:
    """A second file of the same person."""
    file = clients.ClientFile(name="桂兰奶奶", site=base.room.station, worker=base.room.wei)
    today = clock.today()
    return clients.open_file(file=file, opened_on=today, today=today, by=base.worker)


def test_a_new_year_has_a_cap_of_its_own(base: Foundation, monkeypatch: pytest.MonkeyPatch) -> None:
    year = clock.today().year
    old = assessed(base, "5000")
    monkeypatch.setattr(clock, "today", lambda: dt.date(year, 12, 31))
    monkeypatch.setattr("services.grants.decisions.voting._reserve", lambda *_args: None)  # books take no day to come
    assert votes(base, old, "approve", "approve", "approve").cap_year == year

    monkeypatch.setattr(clock, "today", lambda: dt.date(year + 1, 1, 1))
    new = assessed(base, "5000")
    assert votes(base, new, "approve", "approve", "approve").cap_year == year + 1

    rows = Limit.objects.filter(kind="person_year").values_list("year", "used")
    assert set(rows) == {(year, D(5000)), (year + 1, D(5000))}
    assert limits.recount() == []


def test_money_back_in_the_new_year_goes_to_the_old_years_row(base: Foundation) -> None:
    application = paid(base, "3000").application
    Limit.objects.filter(kind="person_year").update(year=clock.today().year - 1)
    type(application).objects.filter(pk=application.pk).update(cap_year=clock.today().year - 1)
    repayments.repay(
        application=application, amount=D(1000), reason="退回", received_on=clock.today(), by=base.finance[0]
    )

    assert Limit.objects.get(kind="person_year").used == D(2000)
    assert limits.recount() == []


def test_two_files_of_one_person_share_one_cap_after_the_merge(base: Foundation) -> None:
    other = twin(base)
    granted(base, "3000")
    granted(base, "4000", wanted(base.room, other))

    over = merges.merge(keep=base.room.client, duplicate=other, by=base.room.director)

    assert over == D(2000)
    row = Limit.objects.get(kind="person_year")
    assert (row.used, row.cap, row.overrun) == (D(7000), D(5000), D(2000))
    assert limits.recount() == []
    with pytest.raises(OverLimit, match="合并档案"):
        asked(base, "1")
    with pytest.raises(application_actions.CannotApply):
        asked(base, "1", wanted(base.room, Client.objects.get(pk=other.pk)))


def test_what_is_over_blocks_every_fund_until_it_is_given_back(base: Foundation) -> None:
    other, second = twin(base), found(base.room, "F2")
    granted(base, "3000")
    extra = granted(base, "4000", wanted(base.room, other))
    merges.merge(keep=base.room.client, duplicate=other, by=base.room.director)
    with pytest.raises(OverLimit):
        asked(second, "1")

    application_actions.withdraw(application=extra, reason="重复申请", by=base.worker)

    row = Limit.objects.get(kind="person_year")
    assert (row.used, row.overrun) == (D(3000), 0)
    asked(second, "1")
    with pytest.raises(OverLimit) as no:
        asked(base, "2000.01")
    assert no.value.extra == {"remaining": "2000.00"}
    assert limits.recount() == []


def test_a_payment_is_not_released_while_the_cap_is_overrun(base: Foundation) -> None:
    other = twin(base)
    granted(base, "4000", wanted(base.room, other))
    application = payable(base, "3000")
    payment = payment_actions.prepare(
        application=application, method="bank", payee="张三", reference="", by=base.finance[0]
    )
    merges.merge(keep=base.room.client, duplicate=other, by=base.room.director)

    with pytest.raises(OverLimit):
        payment_actions.approve_payment(payment=payment, by=base.finance[1])


def test_a_payment_needs_the_limit_it_was_granted_under(base: Foundation) -> None:
    application = payable(base, "3000")
    Limit.objects.filter(kind="person_year").update(used=100)

    with pytest.raises(OverLimit):
        payment_actions.prepare(application=application, method="bank", payee="张三", reference="", by=base.finance[0])

    wrong = limits.recount()
    assert [(row.kind, should) for row, should in wrong] == [("person_year", D(3000))]


def test_the_recount_finds_what_differs(base: Foundation) -> None:
    granted(base, "3000")
    assert limits.recount() == []

    Limit.objects.filter(kind="need").delete()

    assert [row.kind for row, _should in limits.recount()] == ["need"]


def test_merged_files_keep_the_stricter_eye(base: Foundation) -> None:
    other = twin(base)
    clients.restrict(client=other, workers=[base.room.lin], by=base.room.director)

    merges.merge(keep=base.room.client, duplicate=other, by=base.room.director)

    kept, gone = Client.objects.get(pk=base.room.client.pk), Client.objects.get(pk=other.pk)
    assert kept.is_restricted
    assert set(kept.named_workers.all()) == {base.room.lin}
    assert (gone.state, gone.merged_into) == ("closed", kept)
    assert not Fact.objects.filter(source=f"clients.client:{gone.ref}").exists()
    granted(base, "100", wanted(base.room, kept))
    assert (Notice.objects.get().cause, Notice.objects.get().place) == ("other", "")


def test_a_file_is_merged_once_and_not_into_itself(base: Foundation) -> None:
    room, other, third = base.room, twin(base), twin(base)
    for keep, duplicate in ((room.client, room.client), (other, other)):
        with pytest.raises(clients.CannotMerge):
            merges.merge(keep=keep, duplicate=duplicate, by=room.director)
    merges.merge(keep=room.client, duplicate=other, by=room.director)

    for keep, duplicate in ((other, room.client), (third, other), (other, third), (room.client, other)):
        with pytest.raises(clients.CannotMerge):
            merges.merge(keep=keep, duplicate=duplicate, by=room.director)
    with pytest.raises(clients.CannotMerge):
        clients.reopen_file(client=Client.objects.get(pk=other.pk), by=room.director)
    assert final_file(Client.objects.get(pk=other.pk)) == room.client
