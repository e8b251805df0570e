"""The requests of one's stations: taken up, called back, closed with an outcome."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from common.pages.acts import Done, act
from common.pages.form_page import handle_part
from common.pages.listing import Listing
from common.pages.table import Column, label
from services.clients.privacy.sealed import opened
from services.help_requests import actions
from services.help_requests.access import get_request, requests_of
from services.help_requests.forms import OutcomeForm, RequestFilter
from services.help_requests.models import HelpRequest
from services.journal import log

COLUMNS = (
    Column(
        "asked_at",
        gettext_lazy("提出时间"),
        sort="asked_at",
        href=lambda row: reverse("helping:request", args=[row.ref]),
    ),
    Column("site", gettext_lazy("站点"), sort="site__name", value=lambda row: row.site.name),
    Column("topic", gettext_lazy("事由"), sort="topic", value=label("topic")),
    Column("state", gettext_lazy("状态"), sort="state", kind="state"),
    Column("outcome", gettext_lazy("结果"), sort="outcome", value=label("outcome"), wide=True),
)


@require_safe
@allow(Permission.CLIENT_MANAGE)
def requests(request: MemberRequest) -> HttpResponseBase:
    """The list; nobody's name stands in it."""
    rows = requests_of(request, timezone.localdate())
    listing = Listing(request, rows, columns=COLUMNS, order="-asked_at", form=RequestFilter(request.GET))
    if listing.wants_export:
        return listing.export(_("求助"))
    context = {
        "list": listing,
        "title": _("求助"),
        "text": _("公众在站点公开页上留下的求助，请尽快联系。"),
        "empty_title": _("没有求助"),
        "empty_text": _("有人在站点公开页上求助后，会列在这里。"),
    }
    return render(request, "list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.CLIENT_MANAGE)
def request_page(request: MemberRequest, ref: str) -> HttpResponse:
    """Whom to call and what about; opening it is noted. A taken one is closed here."""
    row = get_request(request, ref, timezone.localdate())
    form = OutcomeForm(request.POST or None)

    def action(data: dict[str, Any]) -> None:
        actions.close(request=row, by=request.user, **data)

    def show() -> HttpResponse:
        log.write("help_requests.request.read", on=row, by=request.user)
        facts = [
            (_("站点"), row.site.name),
            (_("事由"), row.get_topic_display()),
            (_("怎么称呼您"), opened(row, "name")),
            (_("联系电话"), opened(row, "phone")),
            (_("简单说说情况"), opened(row, "words")),
            (_("提出时间"), row.asked_at),
            (_("结果"), row.get_outcome_display()),
        ]
        context = {"row": row, "facts": facts, "form": form, "is_taken": row.state == HelpRequest.State.TAKEN,
                   "crumbs": [(_("求助"), reverse("helping:list")), (row.ref, "")]}  # fmt: skip
        return render(request, "help_requests/request.html", context)

    return handle_part(request, form, Done(_("求助已办结。"), reverse("helping:list")), action, show)


@allow(Permission.CLIENT_MANAGE)
@act(back="helping:request")
def take(request: MemberRequest, ref: str) -> Done:
    actions.take(request=get_request(request, ref, timezone.localdate()), by=request.user)
    return Done(_("已受理，请尽快联系。"))
