"""People of the shared floor, as the operator keeps them."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, allow
from accounts.models import FloorRole
from accounts.permissions import Permission
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.notices import notify, show_refusal
from common.pages.table import Column
from common.refusals import Refused
from directory import door as directory
from operating.forms import FloorRoleForm
from operating.people import actions as floor

COLUMNS = [
    Column("name", gettext_lazy("姓名"), sort="user__name", value=lambda row: row.user.get_full_name()),
    Column("username", gettext_lazy("用户名"), sort="user__username", value=lambda row: row.user.username),
    Column("role", gettext_lazy("角色"), sort="role", value=lambda row: floor.title_of(row.role)),
    Column(
        "area", gettext_lazy("辖区"), sort="area", value=lambda row: directory.full_name(row.area) if row.area else ""
    ),
]


@require_safe
@allow(Permission.TENANT_OPERATE)
def people(request: MemberRequest) -> HttpResponseBase:
    rows = FloorRole.objects.select_related("user")
    listing = Listing(request, rows, columns=COLUMNS, order="name", search=["user__name", "user__username", "area"])
    if listing.wants_export:
        return listing.export(_("平台人员"))
    areas = {row.area for row in listing if row.area}
    context = {
        "list": listing,
        "title": _("平台人员"),
        "text": _("主管人员、督导、评估专家和平台运营。平台运营只能由服务器管理员在命令行开通。"),
        "act_href": reverse("operating:give-role"),
        "act_label": _("开通账号"),
        "hint": _("姓名、用户名或区划代码"),
        "places": {code: region.full_name for code, region in directory.regions(areas).items()},
        "titles": {role: floor.title_of(role) for role in {row.role for row in listing}},
    }
    return render(request, "operating/people.html", context)


@allow(Permission.TENANT_OPERATE)
def give(request: MemberRequest) -> HttpResponse:
    def action(data: dict[str, Any]) -> None:
        floor.give_role(**data, by=request.user)

    words = FormPage(_("开通账号"), _("开通账号"), _("账号已开通。"), reverse("operating:people"))
    return handle_form(request, FloorRoleForm(request.POST or None), words, action)


@require_POST
@allow(Permission.TENANT_OPERATE)
def take(request: MemberRequest, ref: str, role: str) -> HttpResponse:
    rows = FloorRole.objects.select_related("user").filter(user__ref=ref, role=role, area=request.POST.get("area", ""))
    held = get_object_or_404(rows)
    try:
        floor.take_role(held=held, by=request.user)
    except Refused as refusal:
        show_refusal(request, refusal)
    else:
        notify(request, _("角色已收回，立即生效。"))
    return redirect("operating:people")
