"""The committee of a fund: who sits, appointing, leaving."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission
from common.pages.form_page import FormPage, handle_form
from services.funds.access import get_fund, get_seat, seats_on
from services.funds.fund import committee
from services.funds.fund.forms import SeatEndForm, SeatForm
from services.funds.fund.tabs import tabs
from services.funds.models import Fund
from services.funds.rules import committee_problems, rules_of


@allow(Permission.FUND_VIEW)
def seats(request: MemberRequest, ref: str) -> HttpResponse:
    fund, today = get_fund(request, ref, Permission.FUND_VIEW), timezone.localdate()
    rules, sitting = rules_of(fund.programme, fund.digest), list(seats_on(fund, today))
    context = {
        "fund": fund, "tabs": tabs(fund, "funds:seats"), "sitting": sitting, "rules": rules,
        "former": fund.seats.exclude(pk__in=[seat.pk for seat in sitting]).order_by("-to_on")[:50],
        "problems": committee_problems(duties=[seat.duty for seat in sitting], rules=rules),
        "may_manage": can(request, Permission.FUND_MANAGE) and fund.is_active,
        "crumbs": [(_("基金"), reverse("funds:list")), (fund.name, "")],
    }  # fmt: skip
    return render(request, "funds/seats.html", context)


@allow(Permission.FUND_MANAGE)
def appoint(request: MemberRequest, ref: str) -> HttpResponse:
    fund = get_fund(request, ref, Permission.FUND_MANAGE)

    def action(data: dict[str, Any]) -> None:
        committee.appoint(fund=fund, **data, today=timezone.localdate(), by=request.user)

    text = _("从有“基金管委会委员”或“基金监督员”角色的成员中选择；任职均不领取报酬。")
    return handle_form(request, SeatForm(request.POST or None), _act(fund, _("聘任"), _("已聘任。"), text), action)


@allow(Permission.FUND_MANAGE)
def end_seat(request: MemberRequest, ref: str, seat: str) -> HttpResponse:
    found = get_seat(request, ref, seat, Permission.FUND_MANAGE)

    def action(data: dict[str, Any]) -> None:
        committee.end_seat(seat=found, **data, today=timezone.localdate(), by=request.user)

    text = f"{found.name}（{found.get_duty_display()}）"
    return handle_form(
        request, SeatEndForm(request.POST or None), _act(found.fund, _("登记离任"), _("已登记离任。"), text), action
    )


def _act(fund: Fund, submit: str, done: str, text: str = "") -> FormPage:
    return FormPage(fund.name, submit, done, reverse("funds:seats", args=[fund.ref]), text)
