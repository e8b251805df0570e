"""The operators' two steps of deleting an agency: one proposes, another confirms."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from common.pages.form_page import FormPage, handle_form
from tenants import tasks
from tenants.agencies.forms import AskToDeleteForm, DeletionForm
from tenants.departure import actions
from tenants.middleware import REMEMBER_SECONDS
from tenants.models import Tenant


@allow(Permission.TENANT_OPERATE)
def ask_to_delete(request: MemberRequest, slug: str) -> HttpResponse:
    tenant = get_object_or_404(Tenant, slug=slug)

    def action(data: dict[str, Any]) -> None:
        actions.ask(tenant=tenant, **data, today=timezone.localdate(), by=request.user)

    page = _page(
        tenant, _("申请删除机构"), _("已进入 30 天保留期。"), undo=reverse("tenants:restore", args=[tenant.slug])
    )
    return handle_form(request, AskToDeleteForm(request.POST or None), page, action)


@allow(Permission.TENANT_OPERATE)
def propose(request: MemberRequest, slug: str) -> HttpResponse:
    tenant = get_object_or_404(Tenant, slug=slug)

    def action(data: dict[str, Any]) -> None:
        actions.propose_deletion(tenant=tenant, **data, today=timezone.localdate(), by=request.user)

    page = _page(tenant, _("提议删除机构数据"), _("已提议，等待另一名运营人员确认。"))
    return handle_form(request, DeletionForm(request.POST or None), page, action)


@allow(Permission.TENANT_OPERATE)
def confirm(request: MemberRequest, slug: str) -> HttpResponse:
    """Confirm; the work begins once no process takes the host for an agency's any more."""
    tenant = get_object_or_404(Tenant, slug=slug)

    def action(data: dict[str, Any]) -> None:
        leaving = actions.confirm_deletion(tenant=tenant, **data, today=timezone.localdate(), by=request.user)
        transaction.on_commit(lambda: tasks.start_deletion(leaving.ref, REMEMBER_SECONDS * 2))

    page = _page(tenant, _("确认删除机构数据"), _("已确认。数据正在删除，完成后这里会有删除证明。"))
    return handle_form(request, DeletionForm(request.POST or None), page, action)


def _page(tenant: Tenant, title: str, done: str, undo: str = "") -> FormPage:
    return FormPage(title, title, done, reverse("operating:agency", args=[tenant.slug]), tenant.name, undo)
