"""Campaigns: the list with how far each has come, one campaign, its pledges and what it brought about."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission
from common.money import yuan
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.table import Column, Table
from services.funds.access import get_campaign, get_fund
from services.funds.campaigns import actions
from services.funds.campaigns.forms import CampaignForm, OutputForm, PledgeForm
from services.funds.fund import queries as fund_queries
from services.funds.fund.queries import CampaignSums
from services.funds.fund.tabs import tabs
from services.funds.models import Campaign, Fund

PLEDGE_COLUMNS = (
    Column("giver", gettext_lazy("配捐方"), value=lambda row: row.pledge.giver),
    Column("rate", gettext_lazy("每元配捐"), kind="number", value=lambda row: row.pledge.rate, wide=True),
    Column("ceiling", gettext_lazy("上限"), kind="money", value=lambda row: row.pledge.ceiling, wide=True),
    Column("due", gettext_lazy("应配捐"), kind="money"),
    Column("came", gettext_lazy("已到账"), kind="money"),
    Column("outstanding", gettext_lazy("待到账"), kind="money"),
)


def _columns(fund: Fund, sums: dict[int, CampaignSums]) -> list[Column]:
    """Return the columns of the list; what came in is taken from `sums`, filled in for the rows shown."""

    def page_of(campaign: Campaign) -> str:
        return reverse("funds:campaign", args=[fund.ref, campaign.ref])

    return [
        Column("name", gettext_lazy("劝募活动"), sort="name", href=page_of),
        Column("starts_on", gettext_lazy("开始日期"), sort="starts_on", wide=True),
        Column("ends_on", gettext_lazy("结束日期"), sort="ends_on", wide=True),
        Column("purpose", gettext_lazy("用途"), value=lambda campaign: campaign.purpose.name, wide=True),
        Column("target", gettext_lazy("募款目标"), sort="target", kind="money", wide=True),
        Column("raised", gettext_lazy("募得"), kind="money", value=lambda campaign: sums[campaign.pk].raised),
        Column("matched", gettext_lazy("配捐"), kind="money", value=lambda campaign: sums[campaign.pk].matched,
               wide=True),
        Column("output", gettext_lazy("成果"), value=output_of),
    ]  # fmt: skip


def output_of(campaign: Campaign) -> str:
    """Return what a campaign brought about: 改造儿童之家 11/11 户."""
    if not campaign.output_target:
        return ""
    return f"{campaign.output} {campaign.output_done}/{campaign.output_target} {campaign.output_unit}"


@allow(Permission.FUND_VIEW)
def campaigns(request: MemberRequest, ref: str) -> HttpResponseBase:
    fund = get_fund(request, ref, Permission.FUND_VIEW)
    sums: dict[int, CampaignSums] = {}
    listing = Listing(
        request, fund.campaigns.select_related("purpose"), columns=_columns(fund, sums), order="-starts_on",
        search=["name", "output"],
    )  # fmt: skip
    rows: list[Campaign] = list(listing.rows.all()) if listing.wants_export else list(listing)
    sums.update(fund_queries.campaign_sums(fund, rows))
    if listing.wants_export:
        return listing.export(_("%(fund)s 劝募活动") % {"fund": fund.name})
    may_manage = can(request, Permission.FUND_MANAGE) and fund.is_active
    context = {
        "fund": fund, "tabs": tabs(fund, "funds:campaigns"), "list": listing, "title": fund.name,
        "hint": _("名称或成果"), "act_label": _("发起劝募"),
        "act_href": reverse("funds:start_campaign", args=[fund.ref]) if may_manage else "",
        "empty_title": _("还没有劝募活动"), "empty_text": _("发起劝募后，登记收入时选择活动，进度自动汇总。"),
        "crumbs": [(_("基金"), reverse("funds:list")), (fund.name, "")],
    }  # fmt: skip
    return render(request, "funds/campaigns.html", context)


@allow(Permission.FUND_VIEW)
def campaign(request: MemberRequest, ref: str, campaign_ref: str) -> HttpResponse:
    campaign = get_campaign(request, ref, campaign_ref, Permission.FUND_VIEW)
    fund = campaign.fund
    sums = fund_queries.campaign_sums(fund, [campaign])[campaign.pk]
    context = {
        "fund": fund, "campaign": campaign, "sums": sums,
        "pledges": Table(PLEDGE_COLUMNS, sums.pledges, _("配捐")),
        "raised": f"{yuan(sums.total)} / {yuan(campaign.target)}",
        "may_manage": can(request, Permission.FUND_MANAGE) and fund.is_active,
        "may_keep": can(request, Permission.FUND_KEEP) and fund.is_active,
        "crumbs": [
            (_("基金"), reverse("funds:list")), (fund.name, reverse("funds:campaigns", args=[fund.ref])),
            (campaign.name, ""),
        ],
    }  # fmt: skip
    return render(request, "funds/campaign.html", context)


@allow(Permission.FUND_MANAGE)
def start(request: MemberRequest, ref: str) -> HttpResponse:
    fund = get_fund(request, ref, Permission.FUND_MANAGE)

    def action(data: dict[str, Any]) -> str:
        campaign = actions.start(fund=fund, drive=actions.Drive(**data), by=request.user)
        return reverse("funds:campaign", args=[fund.ref, campaign.ref])

    page = FormPage(_("发起劝募"), _("发起"), _("劝募已发起。"), reverse("funds:campaigns", args=[fund.ref]), fund.name)
    return handle_form(request, CampaignForm(fund, request.POST or None), page, action)


@allow(Permission.FUND_MANAGE)
def pledge(request: MemberRequest, ref: str, campaign_ref: str) -> HttpResponse:
    campaign = get_campaign(request, ref, campaign_ref, Permission.FUND_MANAGE)

    def action(data: dict[str, Any]) -> None:
        actions.pledge(campaign=campaign, **data, by=request.user)

    text = _("按募得金额配捐，不超过上限；款项到账后登记收入并选择这项配捐。")
    return handle_form(
        request, PledgeForm(request.POST or None), _page(campaign, _("登记配捐"), _("配捐已登记。"), text), action
    )


@allow(Permission.FUND_MANAGE)
def count_output(request: MemberRequest, ref: str, campaign_ref: str) -> HttpResponse:
    campaign = get_campaign(request, ref, campaign_ref, Permission.FUND_MANAGE)

    def action(data: dict[str, Any]) -> None:
        actions.count_output(campaign=campaign, **data, by=request.user)

    form = OutputForm(request.POST or None, initial={"done": campaign.output_done})
    return handle_form(request, form, _page(campaign, _("更新成果"), _("成果已更新。"), output_of(campaign)), action)


def _page(campaign: Campaign, submit: str, done: str, text: str = "") -> FormPage:
    url = reverse("funds:campaign", args=[campaign.fund.ref, campaign.ref])
    return FormPage(campaign.name, submit, done, url, text)
