"""What the nightly verification of the logs found, and verifying at once."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from common.pages.acts import Done, act
from common.pages.listing import Listing
from common.pages.table import Column
from common.refusals import Refused
from operating.checks import logs
from operating.models import LogCheck

COLUMNS = [
    Column(
        "place", gettext_lazy("日志"), sort="place", value=lambda check: check.place or _("共享层"),
        template="operating/_place.html",
    ),
    Column("at", gettext_lazy("核对时间"), sort="at"),
    Column("blocks", gettext_lazy("封存块"), sort="blocks", kind="number"),
    Column("wrong", gettext_lazy("异常"), sort="wrong", kind="number"),
    Column("findings", gettext_lazy("位置"), value=LogCheck.in_words, wide=True),
]  # fmt: skip


@require_safe
@allow(Permission.TENANT_OPERATE)
def log_checks(request: MemberRequest) -> HttpResponseBase:
    """Every log with its last verification, those that were changed first."""
    listing = Listing(request, LogCheck.objects.all(), columns=COLUMNS, order="-wrong", search=["place"])
    if listing.wants_export:
        return listing.export(_("日志核对"))
    context = {
        "list": listing,
        "title": _("日志核对"),
        "text": _("每条日志在一分钟内封存，每晚重算。改动、删除和补写都会在这里指明。"),
        "hint": _("机构网址名"),
    }
    return render(request, "operating/log_checks.html", context)


@allow(Permission.TENANT_OPERATE)
@act(back="operating:logs")
def verify_logs(request: MemberRequest) -> Done:
    logs.seal_all()
    if wrong := logs.verify_all():
        raise Refused(_("有 %(count)s 份日志被改动过。") % {"count": len(wrong)})
    return Done(_("全部日志与封存时一致。"))
