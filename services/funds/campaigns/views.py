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
from common.pages.table import Column
from services.funds.access import get_campaign, get_fund
from services.funds.campaigns import actions
from services.funds.campaigns.forms import CampaignForm, OutputForm, PledgeForm
from services.funds.fund import queries as fund_queries
from services.funds.fund.queries import CampaignStanding
from services.funds.fund.tabs import tabs
from services.funds.models import Campaign


def _columns(stands: dict[int, CampaignStanding]) -> list[Column]:
    """Return the columns of the list; what came in is taken from `stands`, filled in for the rows shown."""
    return [
        Column("name", gettext_lazy("劝募活动"), sort="name"),
        Column("starts_on", gettext_lazy("开始日期"), sort="starts_on", wide=True),
        Column("ends_on", gettext_lazy("结束日期"), sort="ends_on", wide=True),
        Column("purpose", gettext_lazy("用途"), value=lambda one: one.purpose.name, wide=True),
        Column("target", gettext_lazy("募款目标"), sort="target", kind="number", wide=True),
        Column("raised", gettext_lazy("募得"), kind="number", value=lambda one: stands[one.pk].raised),
        Column("matched", gettext_lazy("配捐"), kind="number", value=lambda one: stands[one.pk].matched, wide=True),
        Column("output", gettext_lazy("成果"), value=output_of),
    ]


def output_of(campaign: Campaign) -> str:
    """Return what a campaign brought about: 改造儿童之家 11/11 户."""
    if not campaign.output_target:
        return ""
    return f"{campaign.output} {campaign.output_done}/{campaign.output_target} {campaign.output_unit}"


@allow(Permission.FUND_VIEW)
def campaigns(request: MemberRequest, ref: str) -> HttpResponseBase:
    fund = get_fund(request, ref, Permission.FUND_VIEW)
    stands: dict[int, CampaignStanding] = {}
    listing = Listing(
        request, fund.campaigns.select_related("purpose"), columns=_columns(stands), order="-starts_on",
        search=["name", "output"],
    )  # fmt: skip
    rows: list[Campaign] = list(listing.rows.all()) if listing.wants_export else list(listing)
    stands.update(fund_queries.campaign_standings(fund, rows))
    if listing.wants_export:
        return listing.export(_("%(fund)s 劝募活动") % {"fund": fund.name})
    for each in rows:
        each.stands, each.brought = stands[each.pk], output_of(each)  # type: ignore[attr-defined]
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
def campaign(request: MemberRequest, ref: str, campaign: str) -> HttpResponse:
    found = get_campaign(request, ref, campaign, Permission.FUND_VIEW)
    fund = found.fund
    stands = fund_queries.campaign_standings(fund, [found])[found.pk]
    context = {
        "fund": fund, "campaign": found, "stands": stands,
        "raised": f"{yuan(stands.total)} / {yuan(found.target)}",
        "may_manage": can(request, Permission.FUND_MANAGE) and fund.is_active,
        "may_keep": can(request, Permission.FUND_KEEP) and fund.is_active,
        "crumbs": [
            (_("基金"), reverse("funds:list")), (fund.name, reverse("funds:campaigns", args=[fund.ref])),
            (found.name, ""),
        ],
    }  # fmt: skip
    return render(request, "funds/campaign.html", context)


@allow(Permission.FUND_MANAGE)
def start(request: MemberRequest, ref: str) -> HttpResponse:
    fund = get_fund(request, ref, Permission.FUND_MANAGE)

    def action(data: dict[str, Any]) -> str:
        made = actions.start(fund=fund, drive=actions.Drive(**data), by=request.user)
        return reverse("funds:campaign", args=[fund.ref, made.ref])

    act = FormPage(_("发起劝募"), _("发起"), _("劝募已发起。"), reverse("funds:campaigns", args=[fund.ref]), fund.name)
    return handle_form(request, CampaignForm(fund, request.POST or None), act, action)


@allow(Permission.FUND_MANAGE)
def pledge(request: MemberRequest, ref: str, campaign: str) -> HttpResponse:
    found = get_campaign(request, ref, campaign, Permission.FUND_MANAGE)

    def action(data: dict[str, Any]) -> None:
        actions.pledge(campaign=found, **data, by=request.user)

    text = _("按募得金额配捐，不超过上限；款项到账后登记收入并选择这项配捐。")
    return handle_form(
        request, PledgeForm(request.POST or None), _act(found, _("登记配捐"), _("配捐已登记。"), text), action
    )


@allow(Permission.FUND_MANAGE)
def count_output(request: MemberRequest, ref: str, campaign: str) -> HttpResponse:
    found = get_campaign(request, ref, campaign, Permission.FUND_MANAGE)

    def action(data: dict[str, Any]) -> None:
        actions.count_output(campaign=found, **data, by=request.user)

    form = OutputForm(request.POST or None, initial={"done": found.output_done})
    return handle_form(request, form, _act(found, _("更新成果"), _("成果已更新。"), output_of(found)), action)


def _act(campaign: Campaign, submit: str, done: str, text: str = "") -> FormPage:
    there = reverse("funds:campaign", args=[campaign.fund.ref, campaign.ref])
    return FormPage(campaign.name, submit, done, there, text)
