"""What an agency sees of operators who looked into it in emergencies."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from audit.models import AuditEntry
from common.pages.acts import Done, act
from common.pages.listing import Listing
from common.pages.table import Column, Table, label
from tenants.emergency import actions
from tenants.models import EmergencyAccess
from tenants.running import current_slug

PAGES_SHOWN = 500  # of the newest; the page says how many there were
COLUMNS = [
    Column(
        "asked_at",
        gettext_lazy("申请时间"),
        sort="asked_at",
        href=lambda look: reverse("platform-access:access", args=[look.ref]),
    ),
    Column("asked_by", gettext_lazy("查看人"), value=lambda look: look.asked_by.get_full_name()),
    Column("answered_by", gettext_lazy("批准人"), value=lambda look: look.answered_by.get_full_name()),
    Column("reason", gettext_lazy("原因")),
    Column("state", gettext_lazy("状态"), sort="state", value=label("state"), template="tenants/_look_state.html"),
]
PAGE_COLUMNS = [
    Column("at", gettext_lazy("时间")),
    Column("path", gettext_lazy("页面"), value=lambda entry: entry.details.get("path", "")),
]


@require_safe
@allow(Permission.LOG_VIEW)
def accesses(request: MemberRequest) -> HttpResponseBase:
    listing = Listing(request, _own(), columns=COLUMNS, order="-asked_at", search=["reason"])
    if listing.wants_export:
        return listing.export(_("平台紧急查看"))
    context = {
        "list": listing,
        "title": _("平台紧急查看"),
        "text": _("平台运营人员只有经第二人批准才能进入本机构，只读，不超过 8 小时。"),
        "hint": _("原因"),
        "empty_title": _("没有人查看过"),
    }
    return render(request, "list.html", context)


@require_safe
@allow(Permission.LOG_VIEW)
def access(request: MemberRequest, ref: str) -> HttpResponse:
    look = get_object_or_404(_own(), ref=ref)
    entries = AuditEntry.objects.filter(act=actions.OPENED, object_ref=look.ref).order_by("-pk")
    pages = Table(PAGE_COLUMNS, list(entries[:PAGES_SHOWN]), _("打开的页面"))
    return render(request, "tenants/emergency.html", {"look": look, "pages": pages, "count": entries.count()})


@allow(Permission.MEMBER_MANAGE)
@act(back=lambda ref: reverse("platform-access:list"))
def end(request: MemberRequest, ref: str) -> Done:
    """The director shows the operator out."""
    actions.end(access=get_object_or_404(_own(), ref=ref), by=request.user)
    return Done(_("查看已结束。"))


def _own() -> Any:
    """Return the approved looks into the agency we are in; what was refused never was one."""
    states = [EmergencyAccess.State.APPROVED, EmergencyAccess.State.ENDED]
    looks = EmergencyAccess.objects.filter(tenant__slug=current_slug(), state__in=states)
    return looks.select_related("asked_by", "answered_by")
