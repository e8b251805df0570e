"""The operator's desk: every agency with what it uses and how its schema stands, and looks into them in emergencies."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from billing.models import Cover
from billing.plans import usage
from billing.subscriptions.trials import living
from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.table import Column, Table, label
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
    latest = _latest()
    figures: dict[int, usage.Figures] = {}

    def figure(name: str) -> Any:
        return lambda tenant: getattr(figures[tenant.pk], name)

    columns = [
        Column(
            "name", _("机构名称"), sort="name", href=lambda tenant: reverse("operating:agency", args=[tenant.slug])
        ),
        Column("slug", _("网址名"), sort="slug", wide=True),
        Column("state", _("状态"), sort="state", kind="state"),
        Column("stations", _("站点"), value=figure("stations"), kind="number"),
        Column("seats", _("席位"), value=figure("seats"), kind="number"),
        Column(
            "storage", _("存储（字节）"), value=figure("storage"), kind="number", wide=True,
            template="operating/_storage.html",
        ),
        Column("requests", _("近 30 天请求"), value=figure("requests"), kind="number", wide=True),
        Column("structure", _("数据结构"), value=partial(_structure, latest), template="operating/_structure.html"),
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
        "latest": latest,
    }
    return render(request, "operating/agencies.html", context)


LOOK_COLUMNS = [
    Column("asked_at", gettext_lazy("申请时间")),
    Column("asked_by", gettext_lazy("申请人"), value=lambda look: look.asked_by.get_full_name()),
    Column("reason", gettext_lazy("原因")),
    Column("state", gettext_lazy("状态"), kind="state"),
]


@require_safe
@allow(Permission.TENANT_OPERATE)
def agency(request: MemberRequest, slug: str) -> HttpResponse:
    tenant = get_object_or_404(Tenant.objects.select_related("structure"), slug=slug)
    today = timezone.localdate()
    cover = Cover.objects.select_related("account").filter(tenant=tenant).first()
    context = {
        "tenant": tenant,
        "leaving": departure.current(tenant),
        "certificate": Certificate.objects.filter(tenant=tenant).first(),
        "hosts": tenant.domains.values_list("host", flat=True),
        "people": tenant.memberships.filter(is_active=True).count(),
        "is_current": _latest() == tenant.fingerprint,
        "structure": getattr(tenant, "structure", None),
        "used": usage.figures([tenant], days=USAGE_DAYS, today=today)[tenant.pk],
        "cover": cover,
        "subscription": living(cover.account) if cover else None,
        "emergencies": Table(
            LOOK_COLUMNS, list(tenant.emergencies.select_related("asked_by", "answered_by")[:10]), _("紧急查看")
        ),
        "today": today,
        "crumbs": [(_("入驻机构"), reverse("operating:agencies")), (tenant.name, "")],
    }
    return render(request, "operating/agency.html", context)


@allow(Permission.TENANT_OPERATE)
@act(back="operating:agency")
def check(request: MemberRequest, slug: str) -> Done:
    tenant = get_object_or_404(Tenant.objects.exclude(state=Tenant.State.DELETED), slug=slug)
    if not structure.check(tenant).is_equal:
        raise Refused(_("数据结构与本版不一致，请运行 upgrade。"))
    return Done(_("数据结构与本版一致。"))


EMERGENCY_COLUMNS = [
    Column(
        "tenant",
        gettext_lazy("机构名称"),
        sort="tenant__name",
        value=lambda look: look.tenant.name,
        href=lambda look: reverse("operating:agency", args=[look.tenant.slug]),
    ),
    Column("asked_by", gettext_lazy("申请人"), value=lambda look: look.asked_by.get_full_name()),
    Column("asked_at", gettext_lazy("申请时间"), sort="asked_at"),
    Column("reason", gettext_lazy("原因"), template="operating/_look_reason.html"),
    Column("state", gettext_lazy("状态"), sort="state", value=label("state"), template="operating/_look_state.html"),
]


@require_safe
@allow(Permission.TENANT_OPERATE)
def emergencies(request: MemberRequest) -> HttpResponseBase:
    rows = EmergencyAccess.objects.select_related("tenant", "asked_by", "answered_by")
    listing = Listing(request, rows, columns=EMERGENCY_COLUMNS, order="-asked_at", search=["tenant__name", "reason"])
    if listing.wants_export:
        return listing.export(_("紧急查看"))
    context = {
        "list": listing,
        "title": _("紧急查看"),
        "text": _("一人申请、另一人批准；机构会看到是谁、为什么、何时，以及打开的每一页。"),
        "hint": _("机构名称或原因"),
    }
    return render(request, "list.html", context)


@allow(Permission.TENANT_OPERATE)
def ask_emergency(request: MemberRequest, slug: str) -> HttpResponse:
    tenant = get_object_or_404(Tenant, slug=slug)

    def action(data: dict[str, Any]) -> None:
        emergency.ask(tenant=tenant, **data, by=request.user)

    back = reverse("operating:agency", args=[slug])
    page = FormPage(_("申请紧急查看"), _("申请紧急查看"), _("已申请，等待另一位平台运营人员批准。"), back, tenant.name)
    return handle_form(request, EmergencyForm(request.POST or None), page, action)


def _emergencies(ref: str) -> str:
    return reverse("operating:emergencies")


@allow(Permission.TENANT_OPERATE)
@act(back=_emergencies)
def approve_emergency(request: MemberRequest, ref: str) -> Done:
    emergency.approve(asked=get_object_or_404(EmergencyAccess, ref=ref), by=request.user)
    return Done(_("已批准。"))


@allow(Permission.TENANT_OPERATE)
@act(back=_emergencies)
def refuse_emergency(request: MemberRequest, ref: str) -> Done:
    emergency.refuse(asked=get_object_or_404(EmergencyAccess, ref=ref), by=request.user)
    return Done(_("已拒绝。"))


@allow(Permission.TENANT_OPERATE)
@act(back=_emergencies)
def end_emergency(request: MemberRequest, ref: str) -> Done:
    emergency.end(access=get_object_or_404(EmergencyAccess, ref=ref), by=request.user)
    return Done(_("查看已结束。"))


def _structure(latest: str, tenant: Tenant) -> str:
    row = getattr(tenant, "structure", None)
    equal = row.is_equal if row else tenant.fingerprint == latest
    return _("与本版一致") if equal else _("不一致")


def _latest() -> str:
    latest = Blueprint.objects.order_by("-made_at").values_list("fingerprint", flat=True).first()
    return latest or ""
