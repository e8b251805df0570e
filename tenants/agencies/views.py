"""What the operator does to an agency: open, suspend, restore, delete by two. The desk itself is `operating`."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import allow
from accounts.models import User
from accounts.permissions import Permission
from common.pages.acts import Act, perform
from common.pages.notices import refuse, say
from common.refusals import Refused
from tenants import tasks
from tenants.agencies import actions
from tenants.agencies.forms import OpenAgencyForm, ReasonForm
from tenants.models import Tenant


@allow(Permission.TENANT_OPERATE)
def open_agency(request: HttpRequest) -> HttpResponse:
    def do(said: dict[str, Any]) -> str:
        found = actions.register(**said, by=_user(request))
        transaction.on_commit(lambda: tasks.provision_agency.delay(slug=found.slug))
        return reverse("operating:agency", args=[found.slug])

    words = Act(_("开通机构"), _("开通机构"), _("已开始建立，通常几秒钟完成。"), reverse("operating:agencies"))
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
        refuse(request, no)
    else:
        say(request, _("机构已恢复。"))
    return redirect("operating:agency", slug=found.slug)


def _words(found: Tenant, title: str, done: str, undo: str = "") -> Act:
    return Act(title, title, done, reverse("operating:agency", args=[found.slug]), found.name, undo)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
