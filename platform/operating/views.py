"""The operator's desk: every agency with what it uses and how its schema stands, and looks into them in emergencies."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from billing.models import Cover
from billing.plans import usage
from billing.subscriptions.trials import living
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.notices import notify, show_refusal
from common.pages.table import Column, label
from common.refusals import Refused
from operating import structure
from operating.forms import EmergencyForm
from tenants.departure import actions as departure
from tenants.emergency import actions as emergency
from tenants.models import Blueprint, Certificate, EmergencyAccess, Tenant

USAGE_DAYS = 30


@require_safe
@allow(Permission.TENANT_OPERATE)
def agencies(request: MemberRequest) -> HttpResponseBase:
    """Every agency: state, plan, what it uses, its schema. A fixed number of queries."""
    today = timezone.localdate()
    figures: dict[int, usage.Figures] = {}

    def figure(name: str) -> Any:
        return lambda tenant: getattr(figures[tenant.pk], name)

    columns = [
        Column("name", _("机构名称"), sort="name"),
        Column("slug", _("网址名"), sort="slug", wide=True),
        Column("state", _("状态"), sort="state", value=label("state")),
        Column("stations", _("站点"), value=figure("stations"), kind="number"),
        Column("seats", _("席位"), value=figure("seats"), kind="number"),
        Column("storage", _("存储（字节）"), value=figure("storage"), kind="number", wide=True),
        Column("requests", _("近 30 天请求"), value=figure("requests"), kind="number", wide=True),
        Column("structure", _("数据结构"), value=_structure),
        Column(
            "created_at", _("开通日期"), sort="created_at", value=lambda tenant: timezone.localdate(tenant.created_at),
            wide=True,
        ),
    ]  # fmt: skip
    rows = Tenant.objects.select_related("structure")
    listing = Listing(request, rows, columns=columns, order="name", search=["name", "slug"])
    shown = listing.rows.all() if listing.wants_export else listing
    figures.update(usage.figures(shown, days=USAGE_DAYS, today=today))
    if listing.wants_export:
        return listing.export(_("入驻机构"))
    context = {
        "list": listing,
        "title": _("入驻机构"),
        "act_href": reverse("tenants:open"),
        "act_label": _("开通机构"),
        "hint": _("机构名称或网址名"),
        "figures": figures,
        "latest": _latest(),
    }
    return render(request, "operating/agencies.html", context)


@require_safe
@allow(Permission.TENANT_OPERATE)
def agency(request: MemberRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Tenant.objects.select_related("structure"), slug=slug)
    today = timezone.localdate()
    cover = Cover.objects.select_related("account").filter(tenant=found).first()
    context = {
        "tenant": found,
        "leaving": departure.current(found),
        "certificate": Certificate.objects.filter(tenant=found).first(),
        "hosts": found.domains.values_list("host", flat=True),
        "people": found.memberships.filter(is_active=True).count(),
        "is_current": _latest() == found.fingerprint,
        "structure": getattr(found, "structure", None),
        "used": usage.figures([found], days=USAGE_DAYS, today=today)[found.pk],
        "cover": cover,
        "taken": living(cover.account) if cover else None,
        "emergencies": found.emergencies.select_related("asked_by", "answered_by")[:10],
        "today": today,
        "crumbs": [(_("入驻机构"), reverse("operating:agencies")), (found.name, "")],
    }
    return render(request, "operating/agency.html", context)


@require_POST
@allow(Permission.TENANT_OPERATE)
def check(request: MemberRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Tenant.objects.exclude(state=Tenant.State.DELETED), slug=slug)
    row = structure.check(found)
    if row.is_equal:
        notify(request, _("数据结构与本版一致。"))
    else:
        show_refusal(request, Refused(_("数据结构与本版不一致，请运行 upgrade。")))
    return redirect("operating:agency", slug=slug)


EMERGENCIES = [
    Column("tenant", gettext_lazy("机构名称"), sort="tenant__name", value=lambda row: row.tenant.name),
    Column("asked_by", gettext_lazy("申请人"), value=lambda row: row.asked_by.get_full_name()),
    Column("asked_at", gettext_lazy("申请时间"), sort="asked_at"),
    Column("reason", gettext_lazy("原因")),
    Column("state", gettext_lazy("状态"), sort="state", value=label("state")),
]


@require_safe
@allow(Permission.TENANT_OPERATE)
def emergencies(request: MemberRequest) -> HttpResponseBase:
    rows = EmergencyAccess.objects.select_related("tenant", "asked_by", "answered_by")
    listing = Listing(request, rows, columns=EMERGENCIES, order="-asked_at", search=["tenant__name", "reason"])
    if listing.wants_export:
        return listing.export(_("紧急查看"))
    context = {
        "list": listing,
        "title": _("紧急查看"),
        "text": _("一人申请、另一人批准；机构会看到是谁、为什么、何时，以及打开的每一页。"),
        "hint": _("机构名称或原因"),
    }
    return render(request, "operating/emergencies.html", context)


@allow(Permission.TENANT_OPERATE)
def ask_emergency(request: MemberRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Tenant, slug=slug)

    def action(data: dict[str, Any]) -> None:
        emergency.ask(tenant=found, **data, by=request.user)

    back = reverse("operating:agency", args=[slug])
    words = FormPage(_("申请紧急查看"), _("申请紧急查看"), _("已申请，等待另一位平台运营人员批准。"), back, found.name)
    return handle_form(request, EmergencyForm(request.POST or None), words, action)


@require_POST
@allow(Permission.TENANT_OPERATE)
def approve_emergency(request: MemberRequest, ref: str) -> HttpResponse:
    return _answer(request, lambda found: emergency.approve(asked=found, by=request.user), ref, _("已批准。"))


@require_POST
@allow(Permission.TENANT_OPERATE)
def refuse_emergency(request: MemberRequest, ref: str) -> HttpResponse:
    return _answer(request, lambda found: emergency.refuse(asked=found, by=request.user), ref, _("已拒绝。"))


@require_POST
@allow(Permission.TENANT_OPERATE)
def end_emergency(request: MemberRequest, ref: str) -> HttpResponse:
    return _answer(request, lambda found: emergency.end(access=found, by=request.user), ref, _("查看已结束。"))


def _answer(request: HttpRequest, act: Any, ref: str, done: str) -> HttpResponse:
    found = get_object_or_404(EmergencyAccess, ref=ref)
    try:
        act(found)
    except Refused as refusal:
        show_refusal(request, refusal)
    else:
        notify(request, done)
    return redirect("operating:emergencies")


def _structure(tenant: Tenant) -> str:
    row = getattr(tenant, "structure", None)
    equal = row.is_equal if row else tenant.fingerprint == _latest()
    return _("与本版一致") if equal else _("不一致")


def _latest() -> str:
    latest = Blueprint.objects.order_by("-made_at").values_list("fingerprint", flat=True).first()
    return latest or ""
