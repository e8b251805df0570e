"""An agency's way out, on its own host: what will happen and when, asking for it, staying after all."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from accounts.sign_in.password_proof import prove
from common.pages.acts import Done, act
from common.pages.form_page import handle_part
from tenants.agencies.forms import LeavingForm
from tenants.departure import actions
from tenants.models import Tenant
from tenants.running import current_slug


@allow(Permission.AGENCY_LEAVE)
def page(request: MemberRequest) -> HttpResponse:
    """Say what leaving means; a POST with the agency's name, a reason and the password begins it."""
    tenant = Tenant.objects.get(slug=current_slug())
    leaving = actions.current(tenant)
    form = LeavingForm(request.POST or None)

    def action(data: dict[str, Any]) -> None:
        user = prove(request, data["password"])
        today = timezone.localdate()
        actions.ask(tenant=tenant, typed_name=data["typed_name"], reason=data["reason"], today=today, by=user)

    def show() -> HttpResponse:
        context = {
            "tenant": tenant,
            "leaving": leaving,
            "form": form,
            "days": actions.RETENTION_DAYS,
            "day": timezone.localdate() + dt.timedelta(days=actions.RETENTION_DAYS),
        }
        return render(request, "tenants/leave.html", context)

    done = Done(_("已进入 30 天保留期。期间可以查看和导出，也可以随时取消。"), reverse("leave:page"))
    return handle_part(request, form, done, action, show)


@allow(Permission.AGENCY_LEAVE)
@act(back="leave:page")
def cancel(request: MemberRequest) -> Done:
    actions.cancel(tenant=Tenant.objects.get(slug=current_slug()), by=request.user)
    return Done(_("已取消退出，一切照常。"))
