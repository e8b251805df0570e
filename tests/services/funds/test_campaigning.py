"""A campaign of 27,000 yuan and 21,000 of the street's that renews eleven children's homes (JL-10)."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from services.funds.books.corrections import reverse_entry
from services.funds.campaigns import actions as campaign_actions
from services.funds.donations import actions as donation_actions
from services.funds.donations import refunds
from services.funds.fund import purposes as fund_purposes
from services.funds.fund.queries import campaign_sums, purposes
from services.funds.models import Campaign, Pledge
from services.funds.rules import matching_due
from tenants.running import in_tenant
from tests.cast import signed_in
from tests.services.funds.treasury import Treasury, treasury
from tests.workroom import Workroom

TODAY = timezone.localdate()


def homes(rh: Treasury, **changes: Any) -> Campaign:
    purpose = changes.pop("purpose", None) or fund_purposes.open_purpose(fund=rh.fund, name="儿童之家", by=rh.qian)
    values: dict[str, Any] = {
        "name": "99公益日", "purpose": purpose, "starts_on": TODAY, "ends_on": TODAY + dt.timedelta(days=30),
        "target": Decimal("48000.00"), "output": "改造儿童之家", "output_unit": "户", "output_target": 11,
    }  # fmt: skip
    return campaign_actions.start(fund=rh.fund, drive=campaign_actions.Drive(**{**values, **changes}), by=rh.director)


def street(rh: Treasury, campaign: Campaign, rate: str = "0.7778", ceiling: str = "21000.00") -> Pledge:
    return campaign_actions.pledge(
        campaign=campaign, giver="石坪桥街道", rate=Decimal(rate), ceiling=Decimal(ceiling), by=rh.director
    )


def test_eleven_homes(rh: Treasury) -> None:
    campaign = homes(rh)
    promise = street(rh, campaign)
    rh.donate(campaign=campaign, purpose=campaign.purpose, amount=Decimal("27000.00"))
    stands = campaign_sums(rh.fund, [campaign])[campaign.pk]
    assert (stands.raised, stands.pledges[0].due, stands.pledges[0].outstanding) == (27000, 21000, 21000)

    rh.donate(
        campaign=campaign, pledge=promise, purpose=campaign.purpose, giver="government", donor="石坪桥街道",
        amount=Decimal("21000.00"),
    )  # fmt: skip
    campaign_actions.count_output(campaign=campaign, done=11, by=rh.director)

    stands = campaign_sums(rh.fund, [campaign])[campaign.pk]
    campaign.refresh_from_db()
    assert (stands.raised, stands.matched, stands.total) == (27000, 21000, campaign.target)
    assert stands.pledges[0].outstanding == 0
    assert (campaign.output_done, campaign.output_target) == (11, 11)
    assert {each.purpose.name: each.free for each in purposes(rh.fund)}["儿童之家"] == Decimal("48000.00")


@pytest.mark.parametrize(
    ("raised", "rate", "ceiling", "due"),
    [("100", "0.5", "1000", "50.00"), ("0", "1", "10", "0"), ("99.99", "0.3333", "1000", "33.33"),
     ("5000", "1", "1000", "1000")],
)  # fmt: skip
def test_what_a_pledge_owes(raised: str, rate: str, ceiling: str, due: str) -> None:
    assert matching_due(raised=Decimal(raised), rate=Decimal(rate), ceiling=Decimal(ceiling)) == Decimal(due)


def test_what_goes_back_was_not_raised(rh: Treasury) -> None:
    campaign = homes(rh)
    street(rh, campaign, rate="1")
    kept = rh.donate(campaign=campaign, purpose=campaign.purpose)
    wrong = rh.donate(campaign=campaign, purpose=campaign.purpose, amount=Decimal("5.00"))
    asked = refunds.request_refund(donation=kept, amount=Decimal("400.00"), reason="多汇", by=rh.qian)
    refunds.approve_refund(refund=asked, shown=asked.amount, today=TODAY, by=rh.sun)
    reverse_entry(fund=rh.fund, entry=wrong.entry, occurred_on=TODAY, memo="记错", by=rh.sun)

    stands = campaign_sums(rh.fund, [campaign])[campaign.pk]
    assert (stands.raised, stands.pledges[0].due) == (600, 600)


def test_a_match_stays_under_its_ceiling_and_in_its_campaign(rh: Treasury) -> None:
    campaign = homes(rh)
    promise = street(rh, campaign, ceiling="1500.00")
    match = {"campaign": campaign, "pledge": promise, "purpose": campaign.purpose}
    rh.donate(**match)
    for changes, field in [
        (match, "amount"),
        ({**match, "purpose": rh.general, "amount": Decimal(1)}, "purpose"),
        ({"pledge": promise, "amount": Decimal(1)}, "pledge"),
        ({**match, "amount": Decimal(1), "received_on": TODAY - dt.timedelta(days=1)}, "received_on"),
    ]:
        with pytest.raises(donation_actions.CannotDonate) as no:
            rh.donate(**changes)
        assert field in no.value.fields
    other = homes(rh, name="另一场", purpose=rh.general)
    with pytest.raises(donation_actions.CannotDonate, match="不属于所选"):
        rh.donate(campaign=other, pledge=promise, amount=Decimal(1))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": TODAY - dt.timedelta(days=1)}, "ends_on"),
        ({"starts_on": TODAY - dt.timedelta(days=9)}, "starts_on"),
        ({"output_target": 0}, "output"), ({"output_unit": ""}, "output"), ({"name": "99公益日"}, "name"),
    ],
)  # fmt: skip
def test_a_wrong_campaign_does_not_start(rh: Treasury, changes: Any, field: str) -> None:
    first = homes(rh)
    with pytest.raises(campaign_actions.CannotCampaign) as no:
        homes(rh, **{"purpose": first.purpose, "name": "新的", **changes})
    assert list(no.value.fields) == [field]


def test_a_giver_pledges_once_and_only_a_named_output_is_counted(rh: Treasury) -> None:
    campaign = homes(rh, output="", output_unit="", output_target=0)
    street(rh, campaign)
    with pytest.raises(campaign_actions.CannotCampaign, match="已登记"):
        street(rh, campaign)
    with pytest.raises(campaign_actions.CannotCampaign, match="没有计划成果"):
        campaign_actions.count_output(campaign=campaign, done=1, by=rh.director)


def test_campaigns_in_the_browser(north_room: Workroom) -> None:
    with in_tenant(north_room.tenant):
        rh = treasury(north_room)
    director, fund = signed_in(rh.director, north_room.host), f"/funds/{rh.fund.ref}/"
    form = {
        "name": "99公益日", "purpose": rh.general.ref, "starts_on": f"{TODAY}", "ends_on": f"{TODAY}",
        "target": "４８，０００", "output": "改造儿童之家", "output_unit": "户", "output_target": "11",
    }  # fmt: skip

    made = director.post(f"{fund}campaigns/new/", form)
    assert made.status_code == 302
    pledged = {"giver": "石坪桥街道", "rate": "0.7778", "ceiling": "21,000"}
    assert director.post(f"{made.url}pledge/", pledged).status_code == 302
    assert director.post(f"{made.url}output/", {"done": "11"}).status_code == 302
    for wrong in ({"rate": "0"}, {"rate": "-1"}, {"rate": "1.00001"}, {"ceiling": "0"}, {"rate": "100"}):
        answer = director.post(f"{made.url}pledge/", {**pledged, "giver": "别的", **wrong})
        assert answer.status_code == 200
        assert "has-error" in answer.content.decode()
    page = director.get(made.url).content.decode()
    assert "11 / 11 户" in page
    assert "石坪桥街道" in page
    assert "¥48,000.00" in page
    assert "改造儿童之家 11/11 户" in director.get(f"{fund}campaigns/").content.decode()
    assert director.get(f"{fund}campaigns/", {"export": "xlsx"}).content[:2] == b"PK"
    assert "99公益日" in director.get(fund).content.decode()

    director.get(f"{fund}campaigns/")  # what a session or a process reads once is read
    with CaptureQueriesContext(connection) as few:
        director.get(f"{fund}campaigns/")
    with in_tenant(north_room.tenant):
        for number in range(8):
            street(rh, homes(rh, name=f"活动{number}", purpose=rh.general))
    director.get(f"{fund}campaigns/")
    with CaptureQueriesContext(connection) as many:
        director.get(f"{fund}campaigns/")
    assert len(few) == len(many)
