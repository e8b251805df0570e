"""People of the shared floor, as the operator keeps them."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, allow
from accounts.models import FloorRole
from accounts.permissions import Permission
from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.table import Column
from directory import door as directory
from operating.forms import FloorRoleForm
from operating.people import actions as floor


def _columns(places: Mapping[str, str]) -> list[Column]:
    """Return the columns; `places` are the areas' names by their codes."""
    return [
        Column("name", _("姓名"), sort="user__name", value=lambda row: row.user.get_full_name()),
        Column("username", _("用户名"), sort="user__username", value=lambda row: row.user.username),
        Column("role", _("角色"), sort="role", value=lambda row: floor.title_of(row.role)),
        Column(
            "area", _("辖区"), sort="area", value=lambda row: places.get(row.area, row.area),
            template="operating/_role_area.html",
        ),
    ]  # fmt: skip


@require_safe
@allow(Permission.TENANT_OPERATE)
def people(request: MemberRequest) -> HttpResponseBase:
    rows = FloorRole.objects.select_related("user")
    areas = FloorRole.objects.exclude(area="").values_list("area", flat=True).distinct()
    places = {code: region.full_name for code, region in directory.regions(set(areas)).items()}
    listing = Listing(
        request, rows, columns=_columns(places), order="name", search=["user__name", "user__username", "area"]
    )
    if listing.wants_export:
        return listing.export(_("平台人员"))
    context = {
        "list": listing,
        "title": _("平台人员"),
        "text": _("主管人员、督导、评估专家和平台运营。平台运营只能由服务器管理员在命令行开通。"),
        "act_href": reverse("operating:give-role"),
        "act_label": _("开通账号"),
        "hint": _("姓名、用户名或区划代码"),
    }
    return render(request, "list.html", context)


@allow(Permission.TENANT_OPERATE)
def give(request: MemberRequest) -> HttpResponse:
    def action(data: dict[str, Any]) -> None:
        floor.give_role(**data, by=request.user)

    page = FormPage(_("开通账号"), _("开通账号"), _("账号已开通。"), reverse("operating:people"))
    return handle_form(request, FloorRoleForm(request.POST or None), page, action)


@allow(Permission.TENANT_OPERATE)
@act(back=lambda ref, role: reverse("operating:people"))
def take(request: MemberRequest, ref: str, role: str) -> Done:
    rows = FloorRole.objects.select_related("user").filter(user__ref=ref, role=role, area=request.POST.get("area", ""))
    floor.take_role(floor_role=get_object_or_404(rows), by=request.user)
    return Done(_("角色已收回，立即生效。"))
