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
from tenants.agencies.forms import OpenAgencyForm, ReasonForm
from tenants.models import Tenant


@allow(Permission.TENANT_OPERATE)
def open_agency(request: MemberRequest) -> HttpResponse:
    def action(data: dict[str, Any]) -> str:
        found = actions.register(**data, by=request.user)
        transaction.on_commit(lambda: tasks.provision_agency.delay(slug=found.slug))
        return reverse("operating:agency", args=[found.slug])

    words = FormPage(_("开通机构"), _("开通机构"), _("已开始建立，通常几秒钟完成。"), reverse("operating:agencies"))
    return handle_form(request, OpenAgencyForm(request.POST or None), words, action)


@allow(Permission.TENANT_OPERATE)
def suspend(request: MemberRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Tenant, slug=slug)

    def action(data: dict[str, Any]) -> None:
        actions.suspend(tenant=found, **data, by=request.user)

    words = _words(found, _("暂停机构"), _("机构已暂停。"), undo=reverse("tenants:restore", args=[found.slug]))
    return handle_form(request, ReasonForm(request.POST or None), words, action)


@allow(Permission.TENANT_OPERATE)
@act(back="operating:agency")
def restore(request: MemberRequest, slug: str) -> Done:
    actions.restore(tenant=get_object_or_404(Tenant, slug=slug), by=request.user)
    return Done(_("机构已恢复。"))


def _words(found: Tenant, title: str, done: str, undo: str = "") -> FormPage:
    return FormPage(title, title, done, reverse("operating:agency", args=[found.slug]), found.name, undo)
