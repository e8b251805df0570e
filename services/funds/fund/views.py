"""Funds: the list, one fund, opening, changing, closing; its purposes."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission
from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.table import Column, Table
from directory import door as directory
from services.funds.access import committee_on, get_fund, get_purpose
from services.funds.fund import actions, purposes, queries
from services.funds.fund.forms import FaceForm, FundClosingForm, FundFilter, FundForm, PurposeForm
from services.funds.fund.queries import Balances
from services.funds.fund.tabs import tabs
from services.funds.models import Fund, ResidualTransfer
from services.funds.reports.actions import overdue
from services.funds.rules import committee_problems, is_dormant, rules_of


def _columns(balances: dict[int, Balances]) -> list[Column]:
    """Return the columns of the list; what funds have is taken from `balances`, filled in for the rows shown."""
    return [
        Column("name", gettext_lazy("基金"), sort="name", template="funds/_name.html"),
        Column("code", gettext_lazy("编号"), sort="code", wide=True),
        Column("host", gettext_lazy("托管慈善组织"), sort="custodian", value=lambda fund: fund.custodian, wide=True),
        Column("balance", gettext_lazy("余额"), kind="money", value=lambda fund: balances[fund.pk].balance),
        Column("reserved", gettext_lazy("已承诺"), kind="money", value=lambda fund: balances[fund.pk].reserved,
               wide=True),
        Column("available", gettext_lazy("可用"), kind="money", value=lambda fund: balances[fund.pk].available),
        Column("opened_on", gettext_lazy("设立日期"), sort="opened_on", wide=True),
        Column("state", gettext_lazy("状态"), sort="state", kind="state"),
    ]  # fmt: skip


MOVEMENT_COLUMNS = (
    Column("day", gettext_lazy("日期"), value=lambda movement: movement.entry.occurred_on),
    Column("title", gettext_lazy("事项"), template="funds/_movement.html"),
    Column("change", gettext_lazy("收支"), kind="money"),
)


def _purpose_columns(*, may_keep: bool) -> list[Column]:
    stop = [Column("stop", gettext_lazy("操作"), kind="acts", template="funds/_purpose_acts.html")]
    return [
        Column("purpose", gettext_lazy("用途"), template="funds/_purpose.html"),
        Column("raised", gettext_lazy("收入"), kind="money"),
        Column("used", gettext_lazy("已使用"), kind="money", wide=True),
        Column("reserved", gettext_lazy("已承诺"), kind="money", wide=True),
        Column("free", gettext_lazy("可用"), kind="money"),
        *(stop if may_keep else []),
    ]


@allow(Permission.FUND_VIEW)
def funds(request: MemberRequest) -> HttpResponseBase:
    balances: dict[int, Balances] = {}
    listing = Listing(
        request, Fund.objects.all(), columns=_columns(balances), order="code", search=["code", "name", "custodian"],
        form=FundFilter(request.GET),
    )  # fmt: skip
    rows: list[Fund] = list(listing.rows.all()) if listing.wants_export else list(listing)
    balances.update(queries.balances_of(rows))
    if listing.wants_export:
        return listing.export(_("基金"))
    moved = queries.last_moved(rows)
    context = {
        "list": listing, "dormant": {fund.pk for fund in rows if _is_dormant(fund, moved)},
        "title": _("基金"), "hint": _("基金名称、编号或托管组织"),
        "act_href": reverse("funds:open") if can(request, Permission.FUND_MANAGE) else "", "act_label": _("设立基金"),
        "empty_title": _("还没有基金"),
        "empty_text": _("设立社区公益基金后，在这里登记收入、审议资助、公开收支。"),
    }  # fmt: skip
    return render(request, "funds/list.html", context)


@allow(Permission.FUND_VIEW)
def fund(request: MemberRequest, ref: str) -> HttpResponse:
    fund, today = get_fund(request, ref, Permission.FUND_VIEW), timezone.localdate()
    rules, may_keep = rules_of(fund.programme, fund.digest), can(request, Permission.FUND_KEEP) and fund.is_active
    roles = list(committee_on(fund, today).values_list("role", flat=True))
    context = {
        "fund": fund, "tabs": tabs(fund, "funds:fund"), "balances": queries.balances(fund),
        "area": directory.full_name(fund.area) if fund.area else "", "rules": rules,
        "purposes": Table(_purpose_columns(may_keep=may_keep), queries.purposes(fund), _("用途")),
        "overdue": overdue(fund, today),
        "problems": committee_problems(roles=roles, rules=rules),
        "dormant": _is_dormant(fund, queries.last_moved([fund])),
        "movements": Table(MOVEMENT_COLUMNS, queries.latest(fund), _("最近收支")),
        "receipts_waiting": queries.donations(fund).filter(entry__reversed_by=None, has_receipt=False).count(),
        "transfer": fund.residual_transfers.filter(state=ResidualTransfer.State.ASKED).first(),
        "campaigns": fund.campaigns.filter(starts_on__lte=today, ends_on__gte=today),
        "may_manage": can(request, Permission.FUND_MANAGE) and fund.is_active,
        "may_keep": may_keep,
        "crumbs": [(_("基金"), reverse("funds:list")), (fund.name, "")],
    }  # fmt: skip
    return render(request, "funds/fund.html", context)


@allow(Permission.FUND_MANAGE)
def open_fund(request: MemberRequest) -> HttpResponse:
    def action(data: dict[str, Any]) -> str:
        new, today = actions.NewFund(**data), timezone.localdate()
        fund = actions.open_fund(new=new, agency=request.tenant_name, today=today, by=request.user)
        return reverse("funds:fund", args=[fund.ref])

    text = _("基金不是法人：资金存放在托管慈善组织的账户，按规则由管委会审议使用。")
    page = FormPage(_("设立基金"), _("设立"), _("基金已设立。"), reverse("funds:list"), text)
    return handle_form(request, FundForm(request.POST or None), page, action)


@allow(Permission.FUND_MANAGE)
def change_fund(request: MemberRequest, ref: str) -> HttpResponse:
    fund = get_fund(request, ref, Permission.FUND_MANAGE)
    initial = {name: getattr(fund, name) for name in actions.CHANGEABLE}
    initial["site"] = fund.site.ref if fund.site else ""

    def action(data: dict[str, Any]) -> None:
        actions.change_fund(fund=fund, changes=data, agency=request.tenant_name, by=request.user)

    return handle_form(
        request, FaceForm(request.POST or None, initial=initial), _page(fund, _("保存"), _("已保存。")), action
    )


@allow(Permission.FUND_MANAGE)
def close_fund(request: MemberRequest, ref: str) -> HttpResponse:
    fund = get_fund(request, ref, Permission.FUND_MANAGE)

    def action(data: dict[str, Any]) -> None:
        today = timezone.localdate()
        actions.close_fund(fund=fund, **data, agency=request.tenant_name, today=today, by=request.user)

    text = _("关闭后不能再收支，账簿和公开的信息保留。")
    return handle_form(
        request, FundClosingForm(request.POST or None), _page(fund, _("关闭基金"), _("基金已关闭。"), text), action
    )


@allow(Permission.FUND_KEEP)
def new_purpose(request: MemberRequest, ref: str) -> HttpResponse:
    fund = get_fund(request, ref, Permission.FUND_KEEP)

    def action(data: dict[str, Any]) -> None:
        purposes.open_purpose(fund=fund, **data, by=request.user)

    text = _("捐赠人限定用途的款项单独核算，只能用于这个用途。")
    return handle_form(
        request, PurposeForm(request.POST or None), _page(fund, _("增加限定用途"), _("用途已增加。"), text), action
    )


@allow(Permission.FUND_KEEP)
@act(back=lambda ref, purpose_ref: reverse("funds:fund", args=[ref]))
def stop_purpose(request: MemberRequest, ref: str, purpose_ref: str) -> Done:
    purpose = get_purpose(request, ref, purpose_ref, Permission.FUND_KEEP)
    purposes.stop_purpose(purpose=purpose, today=timezone.localdate(), by=request.user)
    return Done(_("用途已停用。"))


def _is_dormant(fund: Fund, moved: dict[int, Any]) -> bool:
    if not fund.is_active:
        return False
    months = rules_of(fund.programme, fund.digest).dormant_months
    return is_dormant(last_moved_on=moved.get(fund.pk, fund.opened_on), today=timezone.localdate(), months=months)


def _page(fund: Fund, submit: str, done: str, text: str = "") -> FormPage:
    return FormPage(fund.name, submit, done, reverse("funds:fund", args=[fund.ref]), text)
