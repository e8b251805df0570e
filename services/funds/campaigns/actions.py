"""Drives for money: started with a target, matched by pledges, and what they brought about counted in units."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import RefusedFields
from services.funds.fund.actions import lock
from services.funds.models import Campaign, Fund, Pledge, Purpose
from services.journal import log


class CannotCampaign(RefusedFields):
    """A name that is taken, days in the wrong order, or an output half said."""


@dataclass(frozen=True)
class Drive:
    """What a campaign is: `target` in yuan; what it shall bring about is `output_target` of `output_unit`."""

    name: str
    purpose: Purpose
    starts_on: dt.date
    ends_on: dt.date
    target: Decimal
    output: str = ""
    output_unit: str = ""
    output_target: int = 0


@transaction.atomic
def start(*, fund: Fund, drive: Drive, by: User | None) -> Campaign:
    """Start a campaign.

    :raises CannotCampaign: as the class says.
    :raises services.funds.fund.actions.CannotCloseFund: if the fund is closed.
    """
    fund = lock(fund)
    problems: dict[str, list[str]] = {}
    if drive.ends_on < drive.starts_on:
        problems["ends_on"] = [_("结束日期不能早于开始日期。")]
    if drive.starts_on < fund.opened_on:
        problems["starts_on"] = [_("开始日期不能早于基金设立日期。")]
    if drive.purpose.fund_id != fund.pk or drive.purpose.closed_on:
        problems["purpose"] = [_("这个用途已停用或不属于本基金。")]
    if fund.campaigns.filter(name=drive.name).exists():
        problems["name"] = [_("已有同名的劝募活动。")]
    if bool(drive.output_target) != bool(drive.output and drive.output_unit):
        problems["output"] = [_("成果、单位和计划数量要么都填，要么都不填。")]
    if problems:
        raise CannotCampaign(problems)
    campaign = Campaign.objects.create(fund=fund, **vars(drive))
    log.write("funds.campaign.started", on=campaign, by=by, fund=fund.ref, target=str(drive.target))
    return campaign


@transaction.atomic
def pledge(*, campaign: Campaign, giver: str, rate: Decimal, ceiling: Decimal, by: User | None) -> Pledge:
    """Note that a street or company matches what the campaign raises: `rate` yuan for each, up to `ceiling` yuan.

    :raises CannotCampaign: if the same giver has pledged already.
    """
    lock(campaign.fund)
    if campaign.pledges.filter(giver=giver).exists():
        raise CannotCampaign({"giver": [_("这个配捐方已登记。")]})
    made = Pledge.objects.create(campaign=campaign, giver=giver, rate=rate, ceiling=ceiling)
    log.write("funds.pledge.noted", on=made, by=by, campaign=campaign.ref, ceiling=str(ceiling))
    return made


@transaction.atomic
def count_output(*, campaign: Campaign, done: int, by: User | None) -> None:
    """Note how much of what the campaign was for is done, in its units.

    :raises CannotCampaign: if the campaign names no output.
    """
    held = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if not held.output_target:
        raise CannotCampaign({"done": [_("这个劝募活动没有计划成果。")]})
    held.output_done = done
    held.save(update_fields=["output_done"])
    log.write("funds.campaign.output_counted", on=held, by=by, done=done)
