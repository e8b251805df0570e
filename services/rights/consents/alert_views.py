"""What the data officer has to look into: the list, and settling one."""

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, allow
from accounts.models import User
from accounts.permissions import Permission
from common.pages.acts import Done, act
from common.pages.listing import Listing
from common.pages.table import Column, label
from services.clients.access import visible_clients
from services.clients.models import DataAlert
from services.clients.privacy import alerts
from services.journal import log
from services.rights.forms import AlertFilter


@require_safe
@allow(Permission.LOG_VIEW)
def data_alerts(request: MemberRequest) -> HttpResponseBase:
    """The alerts, newest first. A restricted file is named by its number and the workers it is open to, no more."""
    rows = DataAlert.objects.select_related("client", "twin").prefetch_related(
        "client__named_workers", "twin__named_workers"
    )
    people = dict(User.objects.filter(ref__in=set(rows.values_list("by", flat=True))).values_list("ref", "name"))
    columns = [
        Column("raised_at", _("时间"), sort="raised_at"),
        Column("kind", _("事项"), sort="kind", value=label("kind")),
        Column("who", _("操作人"), value=lambda row: people.get(row.by, "")),
        Column("about", _("情况"), value=alerts.about, template="rights/_alert_about.html"),
        Column(
            "state", _("状态"), value=lambda row: _("已处理") if row.settled_at else _("待处理"),
            template="rights/_alert_state.html",
        ),
    ]  # fmt: skip
    listing = Listing(request, rows, columns=columns, order="-raised_at", form=AlertFilter(request.GET))
    if listing.wants_export:
        return listing.export(
            _("数据安全提醒"),
            told=lambda: log.write("rights.alerts.exported", on=request.user, by=request.user, rows=listing.total),
        )
    context = {
        "list": listing,
        "visible": set(visible_clients(request, timezone.localdate()).values_list("pk", flat=True)),
        "title": _("数据安全提醒"),
        "text": _(
            "只有能查看日志的人看到这里。同一人有两份档案时，请与可查看限制档案的社工商定是否合并；录入的人不会得知。"
        ),
        "empty_title": _("没有提醒"),
        "empty_text": _("新档与限制查看的档案是同一人，或有人一小时内查看很多加密内容时，会列在这里。"),
    }
    return render(request, "list.html", context)


@allow(Permission.MEMBER_MANAGE)
@act(back=lambda ref: reverse("rights:alerts"))
def settle(request: MemberRequest, ref: str) -> Done:
    alerts.settle(alert=get_object_or_404(DataAlert, ref=ref), by=request.user)
    return Done(_("已记为处理完毕。"))
