"""Hours given: the list, and their verification one by one or many at once."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission
from common.pages import batches
from common.pages.acts import Done, act
from common.pages.batches import Batch
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.table import Column
from services.volunteers import actions
from services.volunteers.access import get_hours
from services.volunteers.forms import HoursFilter, RefusalForm
from services.volunteers.models import HourRecord

TO_VERIFY = format_lazy("{}?state=waiting", reverse_lazy("volunteers:hours"))

HOUR_COLUMNS = [
    Column(
        "volunteer",
        gettext_lazy("志愿者"),
        sort="volunteer__name_key",
        value=lambda hours: hours.volunteer.name,
        href=lambda hours: reverse("volunteers:volunteer", args=[hours.volunteer.ref]),
    ),
    Column("served_on", gettext_lazy("服务日期"), sort="served_on"),
    Column("minutes", gettext_lazy("时长（分钟）"), sort="minutes", kind="number"),
    Column("activity", gettext_lazy("服务内容"), sort="activity"),
    Column("site", gettext_lazy("站点"), sort="site__name", value=lambda hours: hours.site.name),
    Column("state", gettext_lazy("状态"), sort="state", kind="state", template="volunteers/_hours_state.html"),
]


@allow(Permission.VOLUNTEER_VIEW)
def hours(request: MemberRequest) -> HttpResponseBase:
    rows = HourRecord.objects.select_related("volunteer", "site")
    listing = Listing(
        request, rows, columns=HOUR_COLUMNS, order="-served_on",
        search=["volunteer__name_key", "volunteer__pinyin", "activity"], form=HoursFilter(request.GET),
    )  # fmt: skip
    if listing.wants_export:
        return listing.export(_("志愿服务时长"))
    context = {
        "list": listing,
        "title": _("志愿服务时长"),
        "may_verify": can(request, Permission.VOLUNTEER_VERIFY),
        "empty_title": _("还没有志愿服务时长"),
        "empty_text": _("在志愿者的档案里登记时长，核实后计入统计。"),
        "me": request.user.ref,
    }
    if can(request, Permission.VOLUNTEER_VERIFY):
        context["batch"] = _to_verify(request, listing)
    return render(request, "list.html", context)


def _to_verify(request: MemberRequest, listing: Listing) -> Batch | None:
    """Return the batch of this page's hours that this person may verify, or None if there are none."""
    me, waiting = request.user.ref, HourRecord.State.WAITING
    rows = {row.ref: _words(row) for row in listing if row.state == waiting and row.recorded_by != me}
    action = f"{reverse('volunteers:verify_many')}?{request.GET.urlencode()}"
    return Batch(action, _("批量核实"), rows) if rows else None


def _words(entry: HourRecord) -> str:
    """Tell an entry apart without a name: 2026-11-20 90 分钟."""
    return _("%(day)s %(n)d 分钟") % {"day": entry.served_on, "n": entry.minutes}


@require_POST
@allow(Permission.VOLUNTEER_VERIFY)
def verify_many(request: MemberRequest) -> HttpResponse:
    """Verify the ticked hours, each by itself, and go back to the list as it was."""
    user = request.user
    rows = HourRecord.objects.filter(ref__in=batches.chosen(request)).order_by("served_on", "pk")
    outcome = batches.each(rows, lambda entry: actions.verify_hours(hours=entry, by=user), _words)
    batches.report(request, outcome, _("已核实 %(n)d 条时长。") % {"n": outcome.done})
    return redirect(f"{reverse('volunteers:hours')}?{request.GET.urlencode()}")


@allow(Permission.VOLUNTEER_VERIFY)
@act(back=TO_VERIFY)
def verify(request: MemberRequest, ref: str) -> Done:
    actions.verify_hours(hours=get_hours(request, ref, Permission.VOLUNTEER_VERIFY), by=request.user)
    return Done(_("时长已核实并计入。"))


@allow(Permission.VOLUNTEER_VERIFY)
def refuse(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_hours(request, ref, Permission.VOLUNTEER_VERIFY)

    def action(data: dict[str, Any]) -> None:
        actions.refuse_hours(hours=found, **data, by=request.user)

    words = FormPage(found.volunteer.name, _("不予通过"), _("已注明未通过。"), reverse("volunteers:hours"))
    return handle_form(request, RefusalForm(request.POST or None), words, action)
