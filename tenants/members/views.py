"""Members of this agency and their roles."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from accounts.roles import BY_SLUG
from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.table import Column
from tenants.agencies import actions as agencies
from tenants.agencies.forms import MemberForm, RolesForm
from tenants.models import Membership, Tenant
from tenants.running import current_slug


def role_titles(member: Membership) -> str:
    return "、".join(str(BY_SLUG[slug].title) if slug in BY_SLUG else slug for slug in member.roles)


COLUMNS = [
    Column(
        "name",
        gettext_lazy("姓名"),
        sort="user__name",
        value=lambda member: member.user.get_full_name(),
        href=lambda member: reverse("members:change", args=[member.ref]),
    ),
    Column("username", gettext_lazy("用户名"), sort="user__username", value=lambda member: member.user.username),
    Column("roles", gettext_lazy("角色"), value=role_titles),
    Column("joined_on", gettext_lazy("加入日期"), sort="joined_on"),
    Column(
        "state",
        gettext_lazy("状态"),
        sort="is_active",
        value=lambda member: _("有效") if member.is_active else _("已停用"),
        template="members/_state.html",
    ),
]


@allow(Permission.MEMBER_MANAGE)
def members(request: MemberRequest) -> HttpResponseBase:
    rows = Membership.objects.filter(tenant__slug=current_slug()).select_related("user")
    listing = Listing(request, rows, columns=COLUMNS, order="name", search=["user__name", "user__username"])
    if listing.wants_export:
        return listing.export(_("成员与角色"))
    context = {
        "list": listing,
        "title": _("成员与角色"),
        "act_href": reverse("members:new"),
        "act_label": _("添加成员"),
        "hint": _("姓名或用户名"),
    }
    return render(request, "members/list.html", context)


@allow(Permission.MEMBER_MANAGE)
def new(request: MemberRequest) -> HttpResponse:
    def action(data: dict[str, Any]) -> None:
        agencies.add_member(tenant=Tenant.objects.get(slug=current_slug()), **data, by=request.user)

    page = FormPage(_("添加成员"), _("添加成员"), _("成员已添加。"), reverse("members:list"))
    return handle_form(request, MemberForm(request.POST or None), page, action)


@allow(Permission.MEMBER_MANAGE)
def change(request: MemberRequest, ref: str) -> HttpResponse:
    member = _member(ref)

    def action(data: dict[str, Any]) -> None:
        agencies.change_roles(member=member, **data, by=request.user)

    page = FormPage(member.user.get_full_name(), _("保存角色"), _("角色已更新，立即生效。"), reverse("members:list"))
    return handle_form(request, RolesForm(request.POST or None, initial={"roles": member.roles}), page, action)


def _members(ref: str) -> str:
    return reverse("members:list")


@allow(Permission.MEMBER_MANAGE)
@act(back=_members)
def close(request: MemberRequest, ref: str) -> Done:
    member = _member(ref)
    agencies.close_membership(member=member, by=request.user)
    return Done(_("成员已停用，立即生效。"), undo=reverse("members:reopen", args=[member.ref]))


@allow(Permission.MEMBER_MANAGE)
@act(back=_members)
def reopen(request: MemberRequest, ref: str) -> Done:
    member = _member(ref)
    agencies.change_roles(member=member, roles=member.roles, by=request.user)
    return Done(_("成员已恢复。"))


def _member(ref: str) -> Membership:
    return get_object_or_404(Membership.objects.select_related("user", "tenant"), ref=ref, tenant__slug=current_slug())
