"""The operators' two steps of deleting an agency: one proposes, another confirms."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import allow
from accounts.models import User
from accounts.permissions import Permission
from common.pages.acts import Act, perform
from tenants import tasks
from tenants.agencies.forms import AskToDeleteForm, DeletionForm
from tenants.departure import actions
from tenants.middleware import REMEMBER_SECONDS
from tenants.models import Tenant


@allow(Permission.TENANT_OPERATE)
def ask_to_delete(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Tenant, slug=slug)

    def do(said: dict[str, Any]) -> None:
        actions.ask(tenant=found, **said, today=timezone.localdate(), by=_user(request))

    words = _words(
        found, _("申请删除机构"), _("已进入 30 天保留期。"), undo=reverse("tenants:restore", args=[found.slug])
    )
    return perform(request, AskToDeleteForm(request.POST or None), words, do)


@allow(Permission.TENANT_OPERATE)
def propose(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Tenant, slug=slug)

    def do(said: dict[str, Any]) -> None:
        actions.propose_deletion(tenant=found, **said, today=timezone.localdate(), by=_user(request))

    words = _words(found, _("提议删除机构数据"), _("已提议，等待另一名运营人员确认。"))
    return perform(request, DeletionForm(request.POST or None), words, do)


@allow(Permission.TENANT_OPERATE)
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """Confirm; the work begins once no process takes the host for an agency's any more."""
    found = get_object_or_404(Tenant, slug=slug)

    def do(said: dict[str, Any]) -> None:
        made = actions.confirm_deletion(tenant=found, **said, today=timezone.localdate(), by=_user(request))
        transaction.on_commit(lambda: tasks.start_deletion(made.ref, REMEMBER_SECONDS * 2))

    words = _words(found, _("确认删除机构数据"), _("已确认。数据正在删除，完成后这里会有删除证明。"))
    return perform(request, DeletionForm(request.POST or None), words, do)


def _words(found: Tenant, title: str, done: str, undo: str = "") -> Act:
    return Act(title, title, done, reverse("operating:agency", args=[found.slug]), found.name, undo)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
