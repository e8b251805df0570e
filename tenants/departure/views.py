"""An agency's way out, on its own host: what will happen and when, asking for it, staying after all."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, allow
from accounts.models import User
from accounts.permissions import Permission
from accounts.sign_in.password_proof import prove
from common.pages.notices import notify, show_refusal
from common.refusals import Refused
from tenants.agencies.forms import LeavingForm
from tenants.departure import actions
from tenants.models import Tenant
from tenants.running import current_slug


@allow(Permission.AGENCY_LEAVE)
def page(request: MemberRequest) -> HttpResponse:
    """Say what leaving means; a POST with the agency's name, a reason and the password begins it."""
    tenant = Tenant.objects.get(slug=current_slug())
    on_its_way = actions.current(tenant)
    form = LeavingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said: dict[str, Any] = form.cleaned_data
        try:
            user = prove(request, said.pop("password"))
            actions.ask(tenant=tenant, **said, today=timezone.localdate(), by=user)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            notify(request, _("已进入 30 天保留期。期间可以查看和导出，也可以随时取消。"))
            return redirect("leave:page")
    context = {
        "tenant": tenant,
        "leaving": on_its_way,
        "form": form,
        "days": actions.RETENTION_DAYS,
        "day": timezone.localdate() + dt.timedelta(days=actions.RETENTION_DAYS),
    }
    return form.answered(render(request, "tenants/leave.html", context))


@require_POST
@allow(Permission.AGENCY_LEAVE)
def cancel(request: MemberRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    try:
        actions.cancel(tenant=Tenant.objects.get(slug=current_slug()), by=user)
    except Refused as refusal:
        show_refusal(request, refusal)
    else:
        notify(request, _("已取消退出，一切照常。"))
    return redirect("leave:page")
