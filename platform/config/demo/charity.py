"""One agency's charity funds: an older one with a year of life and a campaign, and a young one; by the acts themselves.

Invented like everybody here. What came in is dated when it came; what was written in is written today.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from accounts.models import User
from config.demo.agency import Station
from config.demo.cast import CHARITY_PEOPLE, Agency
from config.demo.dice import Dice
from config.demo.plan import months_before
from disclosure.models import PublishedReport
from services.clients.models import Client
from services.funds.books import chart
from services.funds.donations import actions as donation_actions
from services.funds.donations import receipts
from services.funds.donations.actions import Gift
from services.funds.fund import actions as fund_actions
from services.funds.fund import committee, purposes
from services.funds.models import Campaign, Donation, Fund, Pledge, Purpose, Report
from services.funds.reports import actions as report_actions
from tenants.models import Membership

HOST: Final = "济水慈善会（虚构）"
STREET_MONEY: Final = Decimal(21000)
RAISED: Final = Decimal(27000)
GIFTS: Final = 38
NEIGHBOURS: Final = ("家常菜馆", "文具店", "第三小学家委会", "便民超市", "牙科诊所", "老年书画社")
GOODS: Final = (("大米 20 袋", 1600), ("食用油 30 桶", 2100), ("儿童图书 120 册", 2400))
BACKGROUNDS: Final = ("社区书记", "居民代表", "律师", "退休教师", "驻区单位代表", "街道民政办", "会计")


@dataclass
class Charity:
    """The older fund with its purposes, the young one, and who works for them by the end of their usernames."""

    agency: Agency
    station: Station
    clients: list[Client]
    fund: Fund
    young: Fund
    homes: Purpose
    campaign: Campaign
    people: dict[str, User]
    today: dt.date

    @property
    def general(self) -> Purpose:
        return self.fund.purposes.get(is_restricted=False)


def open_funds(stations: list[Station], people: dict[str, User], today: dt.date) -> Charity:
    """Open both funds with their committees and all that came in."""
    station = next(one for one in stations if not one.post.is_hub)
    agency, director, finance = station.post.agency, people["agency_director"], people["finance"]
    place = station.post.division.name
    opened_on = months_before(today, 13) + dt.timedelta(days=4)

    def fund(name: str, words: str, day: dt.date) -> Fund:
        said = fund_actions.NewFund(
            name=name, custodian=HOST, programme="jinan-funds", opened_on=day, area=station.post.division.code,
            site=station.site, purpose_text=words, opening_giver=HOST,
        )  # fmt: skip
        made = fund_actions.open_fund(new=said, agency=agency.name, today=today, by=director)
        _seat(made, people, today)
        return made

    older = fund(f"{place}邻里阳光基金", "帮助一时困难的邻居，支持居民自己办的活动。", opened_on)
    young = fund(f"{place}助学基金", "让孩子安心上学。", today - dt.timedelta(days=40))
    homes = purposes.open_purpose(fund=older, name="儿童之家改造", by=director)
    clients = [client for one in stations[: stations.index(station) + 3] for client in one.clients]
    charity = Charity(agency, station, clients, older, young, homes, _campaign(older, homes, today), people, today)
    dice = Dice("charity income")
    _raise(charity, dice, finance)
    _small_gifts(charity, dice, finance)
    _receipts(charity, dice, finance)
    return charity


def _seat(fund: Fund, people: dict[str, User], today: dt.date) -> None:
    for number, (name, role) in enumerate((one.username, one.role) for one in CHARITY_PEOPLE if one.role != "finance"):
        role_on_committee = "monitor" if role == "fund_monitor" else "member" if number else "chair"
        member = Membership.objects.get(user=people[name])
        committee.appoint(
            fund=fund, member=member, role=role_on_committee, background=BACKGROUNDS[number], from_on=fund.opened_on,
            today=today, by=people["agency_director"],
        )  # fmt: skip


def _campaign(fund: Fund, homes: Purpose, today: dt.date) -> Campaign:
    """The last 99公益日 that is over: early in September."""
    year = today.year if today > dt.date(today.year, 9, 20) else today.year - 1
    campaign = Campaign.objects.create(
        fund=fund, purpose=homes, name=f"{year} 年 99 公益日：改造儿童之家", starts_on=dt.date(year, 9, 1),
        ends_on=dt.date(year, 9, 9), target=RAISED + STREET_MONEY, output="改造儿童之家", output_unit="户",
        output_target=11, output_done=11,
    )  # fmt: skip
    Pledge.objects.create(
        campaign=campaign, giver=f"{fund.site.name.removesuffix('社工站')}办事处" if fund.site else HOST,
        rate=Decimal(1), ceiling=STREET_MONEY,
    )  # fmt: skip
    return campaign


def _raise(charity: Charity, dice: Dice, by: User) -> None:
    """What the neighbours gave in the campaign, 27,000 in all, and the street's 21,000 afterwards."""
    campaign, left = charity.campaign, RAISED
    for number in range(GIFTS):
        amount = left if number == GIFTS - 1 else Decimal(dice.one_of((100, 200, 300, 500, 800, 1000, 1200)))
        amount = min(amount, left - (GIFTS - 1 - number) * 100)
        left -= amount
        day = dice.day(campaign.starts_on, campaign.ends_on)
        _give(charity, charity.fund, _gift(dice, amount, charity.homes, day, campaign), by)
    pledge = campaign.pledges.get()
    street = Gift(
        kind=Donation.Kind.CASH, giver=Donation.Giver.GOVERNMENT, donor=pledge.giver, amount=STREET_MONEY,
        purpose=charity.homes, received_on=campaign.ends_on + dt.timedelta(days=9), campaign=campaign, pledge=pledge,
    )  # fmt: skip
    _give(charity, charity.fund, street, by)


def _small_gifts(charity: Charity, dice: Dice, by: User) -> None:
    """What came in besides, month by month: money, goods, the bank's interest and its fee."""
    fund, today = charity.fund, charity.today
    for number in range(16):
        day = dice.day(fund.opened_on, today - dt.timedelta(days=3))
        amount = Decimal(dice.one_of((50, 100, 188, 200, 365, 500, 666, 2000)))
        _give(charity, fund, _gift(dice, amount, charity.general, day), by)
        if number < len(GOODS):
            goods, worth = GOODS[number]
            gift = Gift(
                kind=Donation.Kind.IN_KIND, giver=Donation.Giver.ORGANISATION, donor=_shop(charity, dice),
                amount=Decimal(worth), purpose=charity.general, received_on=day, goods=goods, valuation="购货发票",
            )  # fmt: skip
            _give(charity, fund, gift, by)
    for number in range(4):
        day = months_before(today, 3 * number) - dt.timedelta(days=11)
        if day > fund.opened_on:
            source = f"demo.bank:{number}"
            interest = chart.PostingRef(f"demo:interest:{number}", source, day, "季度结息")
            fee = chart.PostingRef(f"demo:fee:{number}", source, day, "账户管理费")
            purpose = charity.general
            chart.receive(fund=fund, purpose=purpose, amount=Decimal("36.17"), origin=interest, by=by, kind="interest")
            chart.charge(fund=fund, purpose=purpose, amount=Decimal(15), origin=fee, by=by)
    for _number in range(5):
        day = dice.day(charity.young.opened_on, today)
        gift = _gift(dice, Decimal(dice.one_of((200, 500, 1000))), charity.young.purposes.get(), day)
        _give(charity, charity.young, gift, by)


def _receipts(charity: Charity, dice: Dice, by: User) -> None:
    """Most donors have their receipt by now, in the order they gave; the newest still wait, and one was wrong."""
    waits = charity.today - dt.timedelta(days=20)
    given = charity.fund.donations.filter(received_on__lt=waits).order_by("received_on", "pk")
    issued = [
        receipts.issue(donation=one, today=one.received_on + dt.timedelta(days=2), by=by)
        for one in given
        if one.giver != Donation.Giver.ANONYMOUS and dice.chance(0.9)
    ]
    receipts.void(receipt=issued[-1], reason="抬头写错", today=charity.today, by=by, anew=True)


def _gift(dice: Dice, amount: Decimal, purpose: Purpose, day: dt.date, campaign: Campaign | None = None) -> Gift:
    giver = dice.one_of(("person", "person", "person", "anonymous", "organisation"))
    donor = {"person": dice.name(dice.gender()), "organisation": dice.one_of(NEIGHBOURS), "anonymous": ""}[giver]
    return Gift(
        kind=Donation.Kind.CASH, giver=giver, donor=donor, is_named=giver == "person" and dice.chance(0.4),
        amount=amount, purpose=purpose, received_on=day, campaign=campaign,
        reference=f"{day:%Y%m%d}{dice.between(100000, 999999)}" if dice.chance(0.85) else "",
    )  # fmt: skip


def _shop(charity: Charity, dice: Dice) -> str:
    return f"{charity.station.post.division.name}{dice.one_of(NEIGHBOURS)}"


def _give(charity: Charity, fund: Fund, gift: Gift, by: User) -> None:
    donation_actions.record_donation(fund=fund, gift=gift, today=charity.today, by=by)


def publish_reports(charity: Charity) -> None:
    """Publish what was owed, in its time: all but what is not due yet."""
    for row in report_actions.owed(charity.fund, charity.today):
        if not row.due.is_overdue(charity.today):
            continue
        made = report_actions.publish(
            fund=charity.fund, due=row.due, words="本期收支平稳，主要用于困难救助和居民活动。", today=charity.today,
            by=charity.people["finance"],
        )  # fmt: skip
        at = made.published_at.replace(year=row.due.due_on.year, month=row.due.due_on.month, day=row.due.due_on.day)
        Report.objects.filter(pk=made.pk).update(published_at=at)
        PublishedReport.objects.filter(source=f"funds.report:{made.ref}").update(published_at=at)
