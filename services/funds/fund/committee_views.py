"""The committee of a fund: who sits, appointing, leaving."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission
from common.pages.form_page import FormPage, handle_form
from common.pages.table import Column, Table, label
from services.funds.access import committee_on, get_committee_member, get_fund
from services.funds.fund import committee
from services.funds.fund.forms import CommitteeMemberForm, EndOfTermForm
from services.funds.fund.tabs import tabs
from services.funds.models import Fund
from services.funds.rules import committee_problems, rules_of

FORMER_SHOWN = 50


def _columns(*, may_manage: bool) -> list[Column]:
    end = [Column("end", gettext_lazy("操作"), kind="acts", template="funds/_member_acts.html")]
    return [
        Column("name", gettext_lazy("姓名")),
        Column("duty", gettext_lazy("职责"), value=label("role")),
        Column("background", gettext_lazy("身份"), wide=True),
        Column("from_on", gettext_lazy("任职日期"), wide=True),
        Column("pay", gettext_lazy("报酬"), value=lambda member: gettext("无")),  # the rules pay nobody (1C-14)
        *(end if may_manage else []),
    ]


@allow(Permission.FUND_VIEW)
def members(request: MemberRequest, ref: str) -> HttpResponse:
    fund, today = get_fund(request, ref, Permission.FUND_VIEW), timezone.localdate()
    rules, sitting = rules_of(fund.programme, fund.digest), list(committee_on(fund, today))
    may_manage = can(request, Permission.FUND_MANAGE) and fund.is_active
    context = {
        "fund": fund, "tabs": tabs(fund, "funds:seats"),
        "sitting": Table(_columns(may_manage=may_manage), sitting, _("在任")),
        "former": fund.committee_members.exclude(pk__in=[member.pk for member in sitting])
        .order_by("-to_on")[:FORMER_SHOWN],
        "problems": committee_problems(roles=[member.role for member in sitting], rules=rules),
        "may_manage": may_manage,
        "crumbs": [(_("基金"), reverse("funds:list")), (fund.name, "")],
    }  # fmt: skip
    return render(request, "funds/committee.html", context)


@allow(Permission.FUND_MANAGE)
def appoint(request: MemberRequest, ref: str) -> HttpResponse:
    fund = get_fund(request, ref, Permission.FUND_MANAGE)

    def action(data: dict[str, Any]) -> None:
        committee.appoint(fund=fund, **data, today=timezone.localdate(), by=request.user)

    text = _("从有“基金管委会委员”或“基金监督员”角色的成员中选择；任职均不领取报酬。")
    return handle_form(
        request, CommitteeMemberForm(request.POST or None), _page(fund, _("聘任"), _("已聘任。"), text), action
    )


@allow(Permission.FUND_MANAGE)
def end_term(request: MemberRequest, ref: str, member_ref: str) -> HttpResponse:
    member = get_committee_member(request, ref, member_ref, Permission.FUND_MANAGE)

    def action(data: dict[str, Any]) -> None:
        committee.end_term(committee_member=member, **data, today=timezone.localdate(), by=request.user)

    text = f"{member.name}（{member.get_role_display()}）"
    return handle_form(
        request, EndOfTermForm(request.POST or None), _page(member.fund, _("登记离任"), _("已登记离任。"), text), action
    )


def _page(fund: Fund, submit: str, done: str, text: str = "") -> FormPage:
    return FormPage(fund.name, submit, done, reverse("funds:seats", args=[fund.ref]), text)
