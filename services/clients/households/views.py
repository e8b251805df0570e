"""Households' files: find, open, read."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.table import Column
from services.clients import actions
from services.clients.access import get_household, served_clients, visible_clients, visible_households
from services.clients.forms import HouseholdForm
from services.journal import log
from services.people.access import sites_in_reach

COLUMNS = [
    Column("number", gettext_lazy("档号"), sort="number"),
    Column(
        "title",
        gettext_lazy("户名"),
        sort="title",
        href=lambda household: reverse("households:household", args=[household.ref]),
    ),
    Column("site", gettext_lazy("站点"), sort="site__name", value=lambda household: household.site.name, wide=True),
    Column("people", gettext_lazy("家庭成员"), sort="people", kind="number"),
    Column("opened_on", gettext_lazy("建档日期"), sort="opened_on"),
]


@allow(Permission.CLIENT_VIEW)
def households(request: MemberRequest) -> HttpResponseBase:
    today = timezone.localdate()
    visible = Q(members__in=visible_clients(request, today).values("pk"))
    rows = visible_households(request, today).select_related("site").annotate(people=Count("members", filter=visible))
    listing = Listing(request, rows, columns=COLUMNS, order="-opened_on", search=["number", "title"])
    if listing.wants_export:
        return listing.export(_("家庭"))
    context = {
        "list": listing,
        "title": _("家庭"),
        "hint": _("户名或档号"),
        "act_href": reverse("households:new") if can(request, Permission.CLIENT_MANAGE) else "",
        "act_label": _("建立家庭档案"),
        "empty_title": _("还没有家庭档案"),
        "empty_text": _("一户一档：先建立家庭档案，再把家庭成员加进来。"),
    }
    return render(request, "list.html", context)


@allow(Permission.CLIENT_VIEW)
def household(request: MemberRequest, ref: str) -> HttpResponse:
    today = timezone.localdate()
    household = get_household(request, ref, Permission.CLIENT_VIEW, today)
    log.write("clients.household.read", on=household, by=request.user)
    context = {
        "household": household,
        "members": served_clients(request, today).filter(household=household).order_by("birth_on"),
        "crumbs": [(_("家庭"), reverse("households:list")), (household.title, "")],
    }
    return render(request, "clients/household.html", context)


@allow(Permission.CLIENT_MANAGE)
def new(request: MemberRequest) -> HttpResponse:
    today = timezone.localdate()
    sites = sites_in_reach(request, today)
    form = HouseholdForm(request.POST or None, sites=sites, initial={"site": sites.open().first()})

    def action(data: dict[str, Any]) -> str:
        household = actions.open_household(**data, by=request.user)
        return reverse("households:household", args=[household.ref])

    page = FormPage(_("建立家庭档案"), _("建立家庭档案"), _("家庭档案已建立。"), reverse("households:list"))
    return handle_form(request, form, page, action)
