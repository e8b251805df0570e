"""The network: all sites as a tree and as a list, one site, opening, changing and closing."""

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
from common.pages import tones
from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.table import Column, Table, label
from contracts import door as contracts
from directory import door as directory
from services.network import actions, programmes
from services.network.access import get_site
from services.network.forms import ClosingForm, SiteChangeForm, SiteFilter, SiteForm
from services.network.models import Site
from tenants.models import Tenant
from tenants.running import current_slug

COLUMNS = [
    Column("code", gettext_lazy("编号"), sort="code", wide=True),
    Column("name", gettext_lazy("名称"), sort="name", template="network/_name.html"),
    Column("label", gettext_lazy("称呼"), sort="label"),
    Column("level", gettext_lazy("层级"), sort="level", value=label("level"), wide=True),
    Column("parent", gettext_lazy("上级"), value=lambda site: site.parent.name if site.parent else "", wide=True),
    Column("staff", gettext_lazy("在岗人员"), sort="staff", kind="number"),
    Column("clients", gettext_lazy("服务对象"), sort="files", kind="number", value=lambda site: site.files, wide=True),
    Column("opened_on", gettext_lazy("启用日期"), sort="opened_on", wide=True),
    Column(
        "state",
        gettext_lazy("状态"),
        value=lambda site: _("已停用") if site.closed_on else _("在用"),
        kind="state",
        tone=lambda site: tones.QUIET if site.closed_on else tones.GOOD,
    ),
]
POSTING_COLUMNS = [
    Column(
        "staff",
        gettext_lazy("姓名"),
        value=lambda posting: posting.staff.name,
        href=lambda posting: reverse("people:staff", args=[posting.staff.ref]),
    ),
    Column("post", gettext_lazy("岗位"), value=label("post")),
    Column("started_on", gettext_lazy("到岗日期")),
]


@allow(Permission.STATION_VIEW)
def stations(request: MemberRequest) -> HttpResponseBase:
    today = timezone.localdate()
    now = Q(postings__started_on__lte=today) & (Q(postings__ended_on=None) | Q(postings__ended_on__gte=today))
    rows = Site.objects.select_related("parent").annotate(
        staff=Count("postings__staff", filter=now, distinct=True),
        files=Count("clients", filter=Q(clients__is_restricted=False, clients__is_sample=False), distinct=True),
    )
    listing = Listing(
        request, rows, columns=COLUMNS, order="code", search=["code", "name", "address"], form=SiteFilter(request.GET)
    )
    if listing.wants_export:
        return listing.export(_("服务站点"))
    may_open = can(request, Permission.STATION_MANAGE)
    return render(
        request,
        "list.html",
        {
            "list": listing,
            "title": _("服务站点"),
            "text": _register_words(),
            "act_href": reverse("network:open") if may_open else "",
            "act_label": _("开设站点"),
        },
    )


def _register_words() -> str:
    """Return why the public does not see the stations yet, '' once the agency is confirmed."""
    agency = Tenant.objects.get(slug=current_slug())
    if agency.confirmed_at:
        return ""
    if agency.refusal:
        return _("机构没有通过核实，站点暂不向公众公开：%(reason)s") % {"reason": agency.refusal}
    return _("机构等待平台或当地购买方核实，核实之前站点不向公众公开。")


@allow(Permission.STATION_VIEW)
def station(request: MemberRequest, ref: str) -> HttpResponse:
    site = get_site(request, ref)
    today = timezone.localdate()
    programme = programmes.chosen(today)
    at_work = site.postings.filter(Q(ended_on=None) | Q(ended_on__gte=today)).select_related("staff")
    context = {
        "site": site,
        "region": directory.full_name(site.region),
        "children": site.children.order_by("code"),
        "postings": Table(POSTING_COLUMNS, list(at_work), _("在岗人员")),
        "programme": programme,
        "checks": programmes.staffing(programme, [site], today).get(site.pk, []) if programme else [],
        "scores": contracts.station_scores(tenant=current_slug(), stations=[site.code], as_of=today),
        "crumbs": [(_("服务站点"), reverse("network:stations")), (site.name, "")],
    }
    return render(request, "network/station.html", context)


@allow(Permission.STATION_MANAGE)
def open_site(request: MemberRequest) -> HttpResponse:
    form = SiteForm(request.POST or None, initial={"parent": request.GET.get("parent", "")})

    def action(data: dict[str, Any]) -> str:
        site = actions.open_site(**data, agency=request.tenant_name, today=timezone.localdate(), by=request.user)
        return reverse("network:station", args=[site.ref])

    return handle_form(
        request, form, FormPage(_("启用站点"), _("启用站点"), _("站点已启用。"), reverse("network:stations")), action
    )


@allow(Permission.STATION_MANAGE)
def change_site(request: MemberRequest, ref: str) -> HttpResponse:
    site = get_site(request, ref, Permission.STATION_MANAGE)
    initial = {"name": site.name, "label": site.label, "region": site.region, "address": site.address}
    initial |= {"phone": site.phone, "hours": site.hours, "services": site.services}

    def action(data: dict[str, Any]) -> None:
        actions.change_site(site=site, changes=data, agency=request.tenant_name, by=request.user)

    page = FormPage(site.name, _("保存"), _("站点资料已更新。"), reverse("network:station", args=[site.ref]))
    return handle_form(request, SiteChangeForm(request.POST or None, initial=initial), page, action)


@allow(Permission.STATION_MANAGE)
def close_site(request: MemberRequest, ref: str) -> HttpResponse:
    site = get_site(request, ref, Permission.STATION_MANAGE)

    def action(data: dict[str, Any]) -> None:
        actions.close_site(site=site, **data, by=request.user)

    page = FormPage(
        _("停用%(name)s") % {"name": site.name},
        _("停用站点"),
        _("站点已停用。"),
        reverse("network:station", args=[site.ref]),
        undo=reverse("network:reopen", args=[site.ref]),
    )
    return handle_form(request, ClosingForm(request.POST or None), page, action)


@allow(Permission.STATION_MANAGE)
@act(back="network:station")
def reopen_site(request: MemberRequest, ref: str) -> Done:
    site = get_site(request, ref, Permission.STATION_MANAGE)
    actions.reopen_site(site=site, agency=request.tenant_name, by=request.user)
    return Done(_("站点已恢复使用。"))
