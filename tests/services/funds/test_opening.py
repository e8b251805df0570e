"""A fund is opened under its rules, changed, wound up and closed; the public sees each."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from disclosure.models import Movement, PublicFund
from services.funds.books import chart
from services.funds.donations import refunds
from services.funds.fund import actions as fund_actions
from services.funds.fund import committee, dissolution
from services.funds.fund import purposes as fund_purposes
from services.funds.fund.queries import balances, purposes
from services.funds.models import CommitteeMember, Fund
from services.funds.rules import committee_problems, rules_of
from services.journal.models import JournalEntry
from tenants.models import Membership
from tenants.running import in_tenant
from tests.cast import member, signed_in
from tests.services.funds.treasury import Treasury, hand_over, new_fund, treasury
from tests.services.ledger.books import at_commit
from tests.workroom import Workroom

TODAY = timezone.localdate()


def open_one(room: Workroom, **changes: Any) -> Fund:
    return fund_actions.open_fund(new=new_fund(**changes), agency=room.tenant.name, today=TODAY, by=room.director)


def test_a_fund_opens_with_what_its_rules_ask(rh: Treasury) -> None:
    assert balances(rh.fund).available == Decimal("30000.00")
    assert rh.fund.donations.get().donor == "济南市慈善总会"
    assert [each.purpose.name for each in purposes(rh.fund)] == ["一般用途"]
    face = PublicFund.objects.get(fund=rh.fund.ref)
    assert (face.name, face.agency) == ("人和社区公益基金", rh.room.tenant.name)
    assert any("¥5,000.00" in rule and "第九条" in rule for rule in face.rules)
    assert Movement.objects.get(fund=rh.fund.ref).giver == "济南市慈善总会"
    at_commit()


def test_codes_are_given_in_order(at_north: Workroom) -> None:
    assert [open_one(at_north, name=f"基金{n}", code="").code for n in range(3)] == ["F01", "F02", "F03"]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"opening": Decimal("29999.99")}, "opening", "示例规则第三条"),
        ({"opened_on": TODAY + dt.timedelta(days=1)}, "opened_on", "今天之后"),
        ({"code": "基金"}, "code", "大写字母"),
        ({"code": "A-1"}, "code", "大写字母"),
        ({"code": "RH", "name": "另一个"}, "code", "已被使用"),
        ({"code": "RH2"}, "name", "同名"),
    ],
)
def test_what_breaks_the_rules_does_not_open(rh: Treasury, changes: Any, field: str, words: str) -> None:
    with pytest.raises(fund_actions.CannotKeepFund) as no:
        open_one(rh.room, **changes)

    assert words in no.value.fields[field][0]
    assert Fund.objects.count() == 1


def test_a_change_reaches_the_public(rh: Treasury) -> None:
    fund_actions.change_fund(fund=rh.fund, changes={"name": "人和阳光基金"}, agency=rh.room.tenant.name, by=rh.director)

    assert PublicFund.objects.get(fund=rh.fund.ref).name == "人和阳光基金"
    open_one(rh.room, code="B", name="乙基金")
    with pytest.raises(fund_actions.CannotKeepFund, match="同名"):
        fund_actions.change_fund(fund=rh.fund, changes={"name": "乙基金"}, agency="", by=rh.director)


def close(rh: Treasury, closed_on: dt.date = TODAY) -> None:
    fund_actions.close_fund(fund=rh.fund, closed_on=closed_on, agency=rh.room.tenant.name, today=TODAY, by=rh.director)


def test_a_fund_with_money_hands_it_over_and_closes(rh: Treasury) -> None:
    school = fund_purposes.open_purpose(fund=rh.fund, name="助学", by=rh.qian)
    rh.donate(purpose=school)
    rh.donate(kind="in_kind", goods="大米 20 袋", valuation="发票", amount=Decimal("800.00"))
    with pytest.raises(fund_actions.CannotCloseFund, match="移交"):
        close(rh)

    handed = hand_over(rh.fund, rh.qian, rh.director)
    close(rh)

    assert handed == Decimal("31800.00")
    assert balances(rh.fund).balance == 0
    assert PublicFund.objects.get(fund=rh.fund.ref).closed_on == TODAY
    assert sum(Movement.objects.filter(fund=rh.fund.ref).values_list("amount", flat=True)) == 0
    at_commit()
    with pytest.raises(fund_actions.CannotCloseFund, match="已经关闭"):
        close(rh)


def test_a_fund_with_open_business_does_not_close(rh: Treasury) -> None:
    origin = chart.PostingRef("reserve:1", "tests.row:1", TODAY)
    chart.reserve(fund=rh.fund, purpose=rh.general, amount=Decimal(100), origin=origin, by=None)
    with pytest.raises(fund_actions.CannotCloseFund, match="已承诺"):
        dissolution.request_transfer(fund=rh.fund, by=rh.qian)
    released = chart.PostingRef("release:1", "tests.row:1", TODAY)
    chart.release_reservation(fund=rh.fund, purpose=rh.general, amount=Decimal(100), origin=released, by=None)
    refunds.request_refund(donation=rh.donate(), amount=Decimal(10), reason="重复汇款", by=rh.qian)
    with pytest.raises(fund_actions.CannotCloseFund, match="退款"):
        close(rh)


def test_a_fund_does_not_close_before_its_last_entry(at_north: Workroom) -> None:
    since = TODAY - dt.timedelta(days=30)
    fund = open_one(at_north, opened_on=since)
    hand_over(fund, member(at_north.tenant, "n-keeper", "finance", name="钱会计"), at_north.director)
    for day in (TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)):
        with pytest.raises(fund_actions.CannotKeepFund) as no:
            fund_actions.close_fund(fund=fund, closed_on=day, agency="", today=TODAY, by=at_north.director)
        assert list(no.value.fields) == ["closed_on"]


def test_a_purpose_is_stopped_when_nothing_is_left_in_it(rh: Treasury) -> None:
    school = fund_purposes.open_purpose(fund=rh.fund, name="助学", by=rh.qian)
    with pytest.raises(fund_purposes.CannotOpenPurpose):
        fund_purposes.open_purpose(fund=rh.fund, name="助学", by=rh.qian)
    rh.donate(purpose=school)
    for purpose in (school, rh.general):
        with pytest.raises(fund_purposes.CannotStop):
            fund_purposes.stop_purpose(purpose=purpose, today=TODAY, by=rh.qian)
    empty = fund_purposes.open_purpose(fund=rh.fund, name="助老", by=rh.qian)

    fund_purposes.stop_purpose(purpose=empty, today=TODAY, by=rh.qian)

    empty.refresh_from_db()
    assert empty.closed_on == TODAY


def seat(rh: Treasury, name: str, role: str, duty: str, **changes: Any) -> CommitteeMember:
    user = member(rh.room.tenant, f"n-{name}", role, name=name)
    chosen = Membership.objects.get(user=user)
    values = {"background": "居民代表", "from_on": TODAY, **changes}
    return committee.appoint(fund=rh.fund, member=chosen, role=duty, today=TODAY, by=rh.director, **values)


def test_a_committee_of_five_with_a_monitor_can_decide(rh: Treasury) -> None:
    rules = rules_of(rh.fund.programme, rh.fund.digest)
    for number in range(5):
        seat(rh, f"委员{number}", "fund_committee", "member" if number else "chair")
    assert committee_problems(roles=list(rh.fund.committee_members.values_list("role", flat=True)), rules=rules) != []

    seat(rh, "监督", "fund_monitor", "monitor")

    assert committee_problems(roles=list(rh.fund.committee_members.values_list("role", flat=True)), rules=rules) == []
    logged = JournalEntry.objects.filter(act="funds.seat.appointed")
    assert not any("委员0" in str(line.details) for line in logged)


def test_who_does_not_fit_gets_no_seat(rh: Treasury) -> None:
    seat(rh, "甲", "fund_committee", "chair")
    for name, role, duty, changes, field in [
        ("乙", "fund_committee", "chair", {}, "role"),
        ("丙", "fund_committee", "monitor", {}, "member"),
        ("丁", "worker", "member", {}, "member"),
        ("戊", "fund_committee", "member", {"from_on": TODAY + dt.timedelta(days=1)}, "from_on"),
    ]:
        with pytest.raises(committee.CannotAppoint) as no:
            seat(rh, name, role, duty, **changes)
        assert list(no.value.fields) == [field]
    again = Membership.objects.get(user__name="甲")
    with pytest.raises(committee.CannotAppoint, match="已在任"):
        committee.appoint(
            fund=rh.fund, member=again, role="member", background="", from_on=TODAY, today=TODAY, by=rh.director
        )


def test_a_seat_ends_once_and_may_be_held_again(rh: Treasury) -> None:
    first = seat(rh, "甲", "fund_committee", "chair")
    with pytest.raises(committee.CannotAppoint):
        committee.end_term(committee_member=first, to_on=TODAY - dt.timedelta(days=1), today=TODAY, by=rh.director)
    committee.end_term(committee_member=first, to_on=TODAY, today=TODAY, by=rh.director)
    with pytest.raises(committee.CannotAppoint, match="已登记"):
        committee.end_term(committee_member=first, to_on=TODAY, today=TODAY, by=rh.director)

    again = Membership.objects.get(user__name="甲")
    committee.appoint(
        fund=rh.fund, member=again, role="chair", background="", from_on=TODAY, today=TODAY, by=rh.director
    )
    assert rh.fund.committee_members.filter(to_on=None).count() == 1


def test_what_is_left_goes_to_the_host_by_two(rh: Treasury) -> None:
    asked = dissolution.request_transfer(fund=rh.fund, by=rh.qian)
    with pytest.raises(dissolution.CannotTransfer, match="等待复核"):
        dissolution.request_transfer(fund=rh.fund, by=rh.sun)
    with pytest.raises(dissolution.CannotTransfer, match="另一人"):
        dissolution.approve_transfer(transfer=asked, shown=asked.amount, today=TODAY, by=rh.qian)
    twin = member(rh.room.tenant, "n-twin", "agency_director", name=rh.qian.name)
    with pytest.raises(dissolution.CannotTransfer, match="另一人"):
        dissolution.approve_transfer(transfer=asked, shown=asked.amount, today=TODAY, by=twin)
    with pytest.raises(dissolution.CannotTransfer, match="现在是"):
        dissolution.approve_transfer(transfer=asked, shown=asked.amount + 1, today=TODAY, by=rh.director)
    rh.donate()
    with pytest.raises(dissolution.CannotTransfer, match="现在是"):
        dissolution.approve_transfer(transfer=asked, shown=asked.amount, today=TODAY, by=rh.director)
    assert balances(rh.fund).balance == Decimal("31000.00")

    dissolution.withdraw_transfer(transfer=asked, by=rh.qian)
    hand_over(rh.fund, rh.qian, rh.director)

    assert balances(rh.fund).balance == 0
    with pytest.raises(dissolution.CannotTransfer, match="处理过"):
        dissolution.withdraw_transfer(transfer=asked, by=rh.qian)
    with pytest.raises(dissolution.CannotTransfer, match="没有资金"):
        dissolution.request_transfer(fund=rh.fund, by=rh.qian)


def test_the_hand_over_in_the_browser(north_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        kept = treasury(north_room)
    page = f"/funds/{kept.fund.ref}/"
    qian, director = (signed_in(who, north_room.host) for who in (kept.qian, kept.director))

    assert "等待机构负责人复核" in qian.post(f"{page}hand-over/", {"sure": "on"}, follow=True).content.decode()
    with in_tenant(north_room.tenant):
        asked = kept.fund.residual_transfers.get()
    release = f"{page}hand-over/{asked.ref}/release/"
    assert "复核移交" in director.get(page).content.decode()
    assert "请先改正" in director.post(release, {"shown": "1", "sure": "on"}).content.decode()
    done = director.post(release, {"shown": str(asked.amount), "sure": "on"}, follow=True).content.decode()

    assert "余额已移交并入账" in done
    assert director.get(f"{page}hand-over/nosuch/release/").status_code == 404
    assert "已经处理过" in qian.post(f"{page}hand-over/{asked.ref}/drop/", follow=True).content.decode()
