"""The operator's desk on the shared host: agencies, their states, opening, suspending, restoring, deleting."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import allow
from accounts.models import User
from accounts.permissions import Permission
from common.acts import Act, perform
from common.listing import Column, Listing
from common.notices import say
from common.refusals import Refused
from tenants import actions, leaving
from tenants.forms import OpenAgencyForm, ReasonForm
from tenants.models import Blueprint, Certificate, Tenant

COLUMNS = [
    Column("name", gettext_lazy("机构名称"), sort="name"),
    Column("slug", gettext_lazy("网址名"), sort="slug"),
    Column("state", gettext_lazy("状态"), sort="state", value=lambda tenant: tenant.get_state_display()),
    Column("fingerprint", gettext_lazy("结构指纹"), value=lambda tenant: tenant.fingerprint[:12]),
    Column(
        "created_at",
        gettext_lazy("开通日期"),
        sort="created_at",
        value=lambda tenant: timezone.localdate(tenant.created_at),
    ),
]


@allow(Permission.TENANT_OPERATE)
def tenants(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(request, Tenant.objects.all(), columns=COLUMNS, order="name", search=["name", "slug"])
    if listing.wants_export:
        return listing.export(_("入驻机构"))
    latest = Blueprint.objects.order_by("-made_at").first()
    context = {
        "list": listing,
        "title": _("入驻机构"),
        "act_href": reverse("tenants:open"),
        "act_label": _("开通机构"),
        "hint": _("机构名称或网址名"),
        "latest": latest.fingerprint if latest else "",
    }
    return render(request, "tenants/list.html", context)


@allow(Permission.TENANT_OPERATE)
def tenant(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Tenant, slug=slug)
    latest = Blueprint.objects.order_by("-made_at").first()
    context = {
        "tenant": found,
        "leaving": leaving.current(found),
        "certificate": Certificate.objects.filter(tenant=found).first(),
        "hosts": found.domains.values_list("host", flat=True),
        "people": found.memberships.filter(is_active=True).count(),
        "is_current": bool(latest and latest.fingerprint == found.fingerprint),
        "today": timezone.localdate(),
        "crumbs": [(_("入驻机构"), reverse("tenants:list")), (found.name, "")],
    }
    return render(request, "tenants/tenant.html", context)


@allow(Permission.TENANT_OPERATE)
def open_agency(request: HttpRequest) -> HttpResponse:
    def do(said: dict[str, Any]) -> str:
        found = actions.open_agency(**said, by=_user(request))
        return reverse("tenants:tenant", args=[found.slug])

    words = Act(_("开通机构"), _("开通机构"), _("机构已开通。"), reverse("tenants:list"))
    return perform(request, OpenAgencyForm(request.POST or None), words, do)


@allow(Permission.TENANT_OPERATE)
def suspend(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Tenant, slug=slug)

    def do(said: dict[str, Any]) -> None:
        actions.suspend(tenant=found, **said, by=_user(request))

    words = _words(found, _("暂停机构"), _("机构已暂停。"), undo=reverse("tenants:restore", args=[found.slug]))
    return perform(request, ReasonForm(request.POST or None), words, do)


@require_POST
@allow(Permission.TENANT_OPERATE)
def restore(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Tenant, slug=slug)
    try:
        actions.restore(tenant=found, by=_user(request))
    except Refused as no:
        say(request, "；".join(no.reasons))
    else:
        say(request, _("机构已恢复。"))
    return redirect("tenants:tenant", slug=found.slug)


def _words(found: Tenant, title: str, done: str, undo: str = "") -> Act:
    return Act(title, title, done, reverse("tenants:tenant", args=[found.slug]), found.name, undo)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
