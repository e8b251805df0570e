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
from services.funds.access import get_fund, get_seat, seats_on
from services.funds.fund import committee
from services.funds.fund.forms import SeatEndForm, SeatForm
from services.funds.fund.tabs import tabs
from services.funds.models import Fund
from services.funds.rules import committee_problems, rules_of

FORMER_SHOWN = 50


def _columns(*, may_manage: bool) -> list[Column]:
    end = [Column("end", gettext_lazy("操作"), kind="acts", template="funds/_seat_acts.html")]
    return [
        Column("name", gettext_lazy("姓名")),
        Column("duty", gettext_lazy("职责"), value=label("duty")),
        Column("background", gettext_lazy("身份"), wide=True),
        Column("from_on", gettext_lazy("任职日期"), wide=True),
        Column("pay", gettext_lazy("报酬"), value=lambda seat: gettext("无")),  # the rules pay nobody (1C-14)
        *(end if may_manage else []),
    ]


@allow(Permission.FUND_VIEW)
def seats(request: MemberRequest, ref: str) -> HttpResponse:
    fund, today = get_fund(request, ref, Permission.FUND_VIEW), timezone.localdate()
    rules, sitting = rules_of(fund.programme, fund.digest), list(seats_on(fund, today))
    may_manage = can(request, Permission.FUND_MANAGE) and fund.is_active
    context = {
        "fund": fund, "tabs": tabs(fund, "funds:seats"),
        "sitting": Table(_columns(may_manage=may_manage), sitting, _("在任")),
        "former": fund.seats.exclude(pk__in=[seat.pk for seat in sitting]).order_by("-to_on")[:FORMER_SHOWN],
        "problems": committee_problems(duties=[seat.duty for seat in sitting], rules=rules),
        "may_manage": may_manage,
        "crumbs": [(_("基金"), reverse("funds:list")), (fund.name, "")],
    }  # fmt: skip
    return render(request, "funds/seats.html", context)


@allow(Permission.FUND_MANAGE)
def appoint(request: MemberRequest, ref: str) -> HttpResponse:
    fund = get_fund(request, ref, Permission.FUND_MANAGE)

    def action(data: dict[str, Any]) -> None:
        committee.appoint(fund=fund, **data, today=timezone.localdate(), by=request.user)

    text = _("从有“基金管委会委员”或“基金监督员”角色的成员中选择；任职均不领取报酬。")
    return handle_form(request, SeatForm(request.POST or None), _page(fund, _("聘任"), _("已聘任。"), text), action)


@allow(Permission.FUND_MANAGE)
def end_seat(request: MemberRequest, ref: str, seat_ref: str) -> HttpResponse:
    seat = get_seat(request, ref, seat_ref, Permission.FUND_MANAGE)

    def action(data: dict[str, Any]) -> None:
        committee.end_seat(seat=seat, **data, today=timezone.localdate(), by=request.user)

    text = f"{seat.name}（{seat.get_duty_display()}）"
    return handle_form(
        request, SeatEndForm(request.POST or None), _page(seat.fund, _("登记离任"), _("已登记离任。"), text), action
    )


def _page(fund: Fund, submit: str, done: str, text: str = "") -> FormPage:
    return FormPage(fund.name, submit, done, reverse("funds:seats", args=[fund.ref]), text)
