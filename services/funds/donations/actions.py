"""Record what comes in: money and goods, from persons, organisations, the government, or nobody named."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import User
from common.money import yuan
from common.refs import new_ref
from common.refusals import Conflict, RefusedFields
from common.texts.names import INVISIBLE, name_problems
from services.funds.books import chart
from services.funds.books.chart import PostingRef
from services.funds.models import Campaign, Donation, DonationRefund, Fund, Pledge, Purpose
from services.journal import log

Kind, Giver = Donation.Kind, Donation.Giver


class CannotDonate(RefusedFields):
    """What is said of the donation does not hold together."""


class FundClosed(Conflict):
    """The fund takes nothing any more."""


@dataclass(frozen=True)
class Gift:
    """What came in. `amount` is yuan (goods at their value), `received_on` the day it arrived.

    `donor` is '' exactly if `giver` is anonymous. A `pledge` makes it the matching money of its campaign.
    """

    kind: str
    giver: str
    amount: Decimal
    purpose: Purpose
    received_on: dt.date
    donor: str = ""
    is_named: bool = False
    goods: str = ""
    valuation: str = ""
    campaign: Campaign | None = None
    pledge: Pledge | None = None
    reference: str = ""


@transaction.atomic
def record_donation(*, fund: Fund, gift: Gift, today: dt.date, by: User | None) -> Donation:
    """Record a donation and post it; it is free for its purpose at once.

    :raises FundClosed: if the fund is closed.
    :raises CannotDonate: as the class says.
    :raises services.ledger.posting.CannotPost: for a day of a closed year.
    """
    held = Fund.objects.select_for_update(of=("self",), no_key=True).select_related("book").get(pk=fund.pk)
    if not held.is_active:
        raise FundClosed(_("基金已经关闭，不能再接受捐赠。"))
    if problems := {**_donor_problems(gift), **_gift_problems(held, gift, today)}:
        raise CannotDonate(problems)
    ref = new_ref()
    campaign = gift.campaign.name if gift.campaign else ""
    origin = PostingRef(f"donation:{ref}", f"funds.donation:{ref}", gift.received_on, campaign, public_giver(gift))
    entry = chart.receive(
        fund=held, purpose=gift.purpose, amount=gift.amount, origin=origin, by=by, kind=_entry_kind(gift)
    )
    donation = Donation.objects.create(
        ref=ref, fund=held, entry=entry, recorded_by=getattr(by, "ref", ""), **vars(gift)
    )  # fmt: skip
    log.write("funds.donation.recorded", on=donation, by=by, fund=held.ref, amount=str(gift.amount), kind=gift.kind)
    return donation


def public_giver(gift: Gift | Donation) -> str:
    """Return who the public reads gave it: an organisation, or a person who agreed to be named; else ''."""
    return gift.donor if gift.giver in (Giver.ORGANISATION, Giver.GOVERNMENT) or gift.is_named else ""


def matched(pledge: Pledge) -> Decimal:
    """Return how much of a pledge has come in, in yuan; what was reversed or given back does not count."""
    live = pledge.donations.filter(entry__reversed_by=None)
    given_back = live.filter(refunds__state=DonationRefund.State.DONE).aggregate(sum=Sum("refunds__amount"))[
        "sum"
    ] or Decimal(0)
    return (live.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)) - given_back


def _entry_kind(gift: Gift) -> str:
    if gift.kind == Kind.IN_KIND:
        return "in_kind"
    return "grant" if gift.pledge or gift.giver == Giver.GOVERNMENT else "donation"


def _donor_problems(gift: Gift) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    if gift.giver == Giver.ANONYMOUS:
        if gift.donor:
            problems["donor"] = [_("匿名捐赠不留姓名，请清空捐赠人，或改选捐赠人类别。")]
        if gift.is_named:
            problems["is_named"] = [_("匿名捐赠不公开姓名。")]
    elif not gift.donor.strip():
        problems["donor"] = [_("请填写捐赠人；不愿留名的请选“匿名”。")]
    elif gift.giver == Giver.PERSON and (wrong := name_problems(gift.donor)):
        problems["donor"] = wrong
    elif any(ord(letter) < 32 or ord(letter) in INVISIBLE for letter in gift.donor):
        problems["donor"] = [_("名称里有看不见或无法保存的字符，请重新输入。")]
    return problems


def _gift_problems(fund: Fund, gift: Gift, today: dt.date) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    if gift.amount <= 0:
        problems["amount"] = [_("金额须大于 0。")]
    if gift.received_on > today:
        problems["received_on"] = [_("到账日期不能在今天之后。")]
    elif gift.received_on < fund.opened_on:
        problems["received_on"] = [_("到账日期不能早于基金设立日期。")]
    if gift.kind == Kind.IN_KIND:
        if not gift.goods:
            problems["goods"] = [_("请填写物资名称和数量。")]
        if not gift.valuation:
            problems["valuation"] = [_("请填写计价依据，例如 发票、市场询价。")]
    elif gift.goods:
        problems["goods"] = [_("货币捐赠没有物资；捐赠物资请选“实物”。")]
    if gift.purpose.fund_id != fund.pk or gift.purpose.closed_on:
        problems["purpose"] = [_("这个用途已停用或不属于本基金。")]
    if gift.campaign:
        problems |= _campaign_problems(fund, gift, gift.campaign)
    elif gift.pledge:
        problems["pledge"] = [_("配捐须注明劝募活动。")]
    return problems


def _campaign_problems(fund: Fund, gift: Gift, campaign: Campaign) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    if campaign.fund_id != fund.pk:
        problems["campaign"] = [_("这个劝募活动不属于本基金。")]
    elif campaign.purpose_id != gift.purpose.pk:
        problems["purpose"] = [_("劝募活动“%(name)s”的用途不同，请改选。") % {"name": campaign.name}]
    elif gift.received_on < campaign.starts_on:
        problems["received_on"] = [_("到账日期早于劝募活动开始日期。")]
    if gift.pledge and gift.pledge.campaign_id != campaign.pk:
        problems["pledge"] = [_("这项配捐不属于所选的劝募活动。")]
    elif gift.pledge and gift.amount > (left := gift.pledge.ceiling - matched(gift.pledge)):
        problems["amount"] = [_("超过配捐上限，还可配捐 %(left)s。") % {"left": yuan(max(left, Decimal(0)))}]
    return problems
