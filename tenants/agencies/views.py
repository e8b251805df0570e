"""What the operator does to an agency: open, suspend, restore, delete by two. The desk itself is `operating`."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form
from tenants import tasks
from tenants.agencies import actions
from tenants.agencies.forms import OpenAgencyForm, SuspensionForm
from tenants.models import Tenant


@allow(Permission.TENANT_OPERATE)
def open_agency(request: MemberRequest) -> HttpResponse:
    def action(data: dict[str, Any]) -> str:
        tenant = actions.register(**data, by=request.user)
        transaction.on_commit(lambda: tasks.provision_agency.delay(slug=tenant.slug))
        return reverse("operating:agency", args=[tenant.slug])

    page = FormPage(_("开通机构"), _("开通机构"), _("已开始建立，通常几秒钟完成。"), reverse("operating:agencies"))
    return handle_form(request, OpenAgencyForm(request.POST or None), page, action)


@allow(Permission.TENANT_OPERATE)
def suspend(request: MemberRequest, slug: str) -> HttpResponse:
    tenant = get_object_or_404(Tenant, slug=slug)

    def action(data: dict[str, Any]) -> None:
        actions.suspend(tenant=tenant, **data, by=request.user)

    page = _page(tenant, _("暂停机构"), _("机构已暂停。"), undo=reverse("tenants:restore", args=[tenant.slug]))
    return handle_form(request, SuspensionForm(request.POST or None), page, action)


@allow(Permission.TENANT_OPERATE)
@act(back="operating:agency")
def restore(request: MemberRequest, slug: str) -> Done:
    actions.restore(tenant=get_object_or_404(Tenant, slug=slug), by=request.user)
    return Done(_("机构已恢复。"))


def _page(tenant: Tenant, title: str, done: str, undo: str = "") -> FormPage:
    return FormPage(title, title, done, reverse("operating:agency", args=[tenant.slug]), tenant.name, undo)
