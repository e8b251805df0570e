"""Funds: the list, one fund, opening, changing, handing over, closing; its purposes."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission
from common.pages import notices
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.notices import notify
from common.pages.table import Column, label
from common.refusals import Refused
from directory import door as directory
from services.funds.access import get_fund, get_purpose, seats_on
from services.funds.fund import actions, purposes, queries
from services.funds.fund.forms import FaceForm, FundClosingForm, FundFilter, FundForm, PurposeForm
from services.funds.fund.queries import Standing
from services.funds.fund.tabs import tabs
from services.funds.models import Fund
from services.funds.reports.actions import overdue
from services.funds.rules import committee_problems, is_dormant, rules_of


def _columns(standings: dict[int, Standing]) -> list[Column]:
    """Return the columns of the list; what funds have is taken from `standings`, filled in for the rows shown."""
    return [
        Column("name", gettext_lazy("基金"), sort="name"),
        Column("code", gettext_lazy("编号"), sort="code", wide=True),
        Column("host", gettext_lazy("托管慈善组织"), sort="host", wide=True),
        Column("balance", gettext_lazy("余额"), kind="number", value=lambda fund: standings[fund.pk].balance),
        Column("reserved", gettext_lazy("已承诺"), kind="number", value=lambda fund: standings[fund.pk].reserved,
               wide=True),
        Column("available", gettext_lazy("可用"), kind="number", value=lambda fund: standings[fund.pk].available),
        Column("opened_on", gettext_lazy("设立日期"), sort="opened_on", wide=True),
        Column("state", gettext_lazy("状态"), sort="state", value=label("state")),
    ]  # fmt: skip


@allow(Permission.FUND_VIEW)
def funds(request: MemberRequest) -> HttpResponseBase:
    standings: dict[int, Standing] = {}
    listing = Listing(
        request, Fund.objects.all(), columns=_columns(standings), order="code", search=["code", "name", "host"],
        form=FundFilter(request.GET),
    )  # fmt: skip
    rows: list[Fund] = list(listing.rows.all()) if listing.wants_export else list(listing)
    standings.update(queries.standings(rows))
    if listing.wants_export:
        return listing.export(_("基金"))
    moved = queries.last_moved(rows)
    for each in rows:
        each.standing, each.dormant = standings[each.pk], _dormant(each, moved)  # type: ignore[attr-defined]
    context = {
        "list": listing, "title": _("基金"), "hint": _("基金名称、编号或托管组织"),
        "act_href": reverse("funds:open") if can(request, Permission.FUND_MANAGE) else "", "act_label": _("设立基金"),
        "empty_title": _("还没有基金"),
        "empty_text": _("设立社区公益基金后，在这里登记收入、审议资助、公开收支。"),
    }  # fmt: skip
    return render(request, "funds/list.html", context)


@allow(Permission.FUND_VIEW)
def fund(request: MemberRequest, ref: str) -> HttpResponse:
    found, today = get_fund(request, ref, Permission.FUND_VIEW), timezone.localdate()
    rules = rules_of(found.programme, found.digest)
    duties = list(seats_on(found, today).values_list("duty", flat=True))
    context = {
        "fund": found, "tabs": tabs(found, "funds:fund"), "standing_of_fund": queries.standing(found),
        "area": directory.full_name(found.area) if found.area else "", "rules": rules,
        "purposes": queries.purposes(found), "overdue": overdue(found, today),
        "problems": committee_problems(duties=duties, rules=rules),
        "dormant": _dormant(found, queries.last_moved([found])), "movements": queries.latest(found),
        "receipts_waiting": queries.donations(found).filter(entry__reversed_by=None, has_receipt=False).count(),
        "hand_over": found.hand_overs.filter(state="asked").first(),
        "campaigns": found.campaigns.filter(starts_on__lte=today, ends_on__gte=today),
        "may_manage": can(request, Permission.FUND_MANAGE) and found.is_active,
        "may_keep": can(request, Permission.FUND_KEEP) and found.is_active,
        "crumbs": [(_("基金"), reverse("funds:list")), (found.name, "")],
    }  # fmt: skip
    return render(request, "funds/fund.html", context)


@allow(Permission.FUND_MANAGE)
def open_fund(request: MemberRequest) -> HttpResponse:
    def action(data: dict[str, Any]) -> str:
        new = actions.NewFund(**data)
        found = actions.open_fund(said=new, agency=_agency(request), today=timezone.localdate(), by=request.user)
        return reverse("funds:fund", args=[found.ref])

    text = _("基金不是法人：资金存放在托管慈善组织的账户，按规则由管委会审议使用。")
    act = FormPage(_("设立基金"), _("设立"), _("基金已设立。"), reverse("funds:list"), text)
    return handle_form(request, FundForm(request.POST or None), act, action)


@allow(Permission.FUND_MANAGE)
def change_fund(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_fund(request, ref, Permission.FUND_MANAGE)
    known = {name: getattr(found, name) for name in actions.CHANGEABLE}
    known["site"] = found.site.ref if found.site else ""

    def action(data: dict[str, Any]) -> None:
        actions.change_fund(fund=found, changes=data, agency=_agency(request), by=request.user)

    return handle_form(
        request, FaceForm(request.POST or None, initial=known), _act(found, _("保存"), _("已保存。")), action
    )


@allow(Permission.FUND_MANAGE)
def close_fund(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_fund(request, ref, Permission.FUND_MANAGE)

    def action(data: dict[str, Any]) -> None:
        today = timezone.localdate()
        actions.close_fund(fund=found, **data, agency=_agency(request), today=today, by=request.user)

    text = _("关闭后不能再收支，账簿和公开的信息保留。")
    return handle_form(
        request, FundClosingForm(request.POST or None), _act(found, _("关闭基金"), _("基金已关闭。"), text), action
    )


@allow(Permission.FUND_KEEP)
def new_purpose(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_fund(request, ref, Permission.FUND_KEEP)

    def action(data: dict[str, Any]) -> None:
        purposes.open_purpose(fund=found, **data, by=request.user)

    text = _("捐赠人限定用途的款项单独核算，只能用于这个用途。")
    return handle_form(
        request, PurposeForm(request.POST or None), _act(found, _("增加限定用途"), _("用途已增加。"), text), action
    )


@require_POST
@allow(Permission.FUND_KEEP)
def stop_purpose(request: MemberRequest, ref: str, purpose: str) -> HttpResponse:
    found = get_purpose(request, ref, purpose, Permission.FUND_KEEP)
    try:
        purposes.stop_purpose(purpose=found, today=timezone.localdate(), by=request.user)
    except Refused as refusal:
        notices.show_refusal(request, refusal)
    else:
        notify(request, _("用途已停用。"))
    return redirect("funds:fund", found.fund.ref)


def _dormant(fund: Fund, moved: dict[int, Any]) -> bool:
    if not fund.is_active:
        return False
    months = rules_of(fund.programme, fund.digest).dormant_months
    return is_dormant(last_moved_on=moved.get(fund.pk, fund.opened_on), today=timezone.localdate(), months=months)


def _act(fund: Fund, submit: str, done: str, text: str = "") -> FormPage:
    return FormPage(fund.name, submit, done, reverse("funds:fund", args=[fund.ref]), text)


def _agency(request: HttpRequest) -> str:
    return str(getattr(request, "tenant_name", ""))
