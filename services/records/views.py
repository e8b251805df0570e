"""Service records: the list, one record, countersigning, returning, withdrawing and undoing."""

from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, access_of, allow, can
from accounts.permissions import Permission
from common.pages import batches, tones
from common.pages.acts import Done, act
from common.pages.batches import Batch
from common.pages.form_page import FormPage, handle_form
from common.pages.forms import ReasonForm
from common.pages.listing import Listing
from common.pages.table import Column, label
from services.clients.privacy.sealed import opened
from services.journal import log
from services.people.access import sites_in_reach
from services.records import actions
from services.records.access import get_own_record, get_record, may_change, visible_records
from services.records.forms import RecordFilter
from services.records.models import Attendance, ServiceRecord

COLUMNS = [
    Column(
        "held_at",
        gettext_lazy("开始时间"),
        sort="held_at",
        href=lambda record: reverse("records:record", args=[record.ref]),
    ),
    Column("kind", gettext_lazy("服务类型"), sort="kind", value=label("kind")),
    Column(
        "clients",
        gettext_lazy("服务对象"),
        value=lambda record: "、".join(attendance.client.name for attendance in record.attendances.all()),
        template="records/_clients.html",
    ),
    Column("contacts", gettext_lazy("人次"), sort="contacts", kind="number", wide=True),
    Column("minutes", gettext_lazy("时长（分钟）"), sort="minutes", kind="number", wide=True),
    Column("site", gettext_lazy("站点"), sort="site__name", value=lambda record: record.site.name),
    Column("worker", gettext_lazy("社工"), sort="worker__name_key", value=lambda record: record.worker.name, wide=True),
    Column(
        "state",
        gettext_lazy("状态"),
        sort="state",
        value=lambda record: record.shown_state,
        kind="state",
        tone=lambda record: tones.tone_of(record.tone),
    ),
]

# Counted for the rows that are shown: a GROUP BY would count for the whole table before the page is cut out of it.
ATTENDED = Coalesce(
    Subquery(
        Attendance.objects.filter(record=OuterRef("pk"))
        .order_by()
        .values("record")
        .annotate(attended=Count("pk"))
        .values("attended"),
        output_field=IntegerField(),
    ),
    0,
)


@allow(Permission.RECORD_VIEW)
def records(request: MemberRequest) -> HttpResponseBase:
    today = timezone.localdate()
    people = Prefetch("attendances", queryset=Attendance.objects.select_related("client"))
    rows = (
        visible_records(request, today)
        .select_related("site", "worker")
        .prefetch_related(people)
        .annotate(contacts=ATTENDED + F("others"))
    )
    listing = Listing(
        request, rows, columns=COLUMNS, order="-held_at",
        search=["attendances__client__name_key", "attendances__client__pinyin", "worker__name_key"],
        form=RecordFilter(request.GET, sites=sites_in_reach(request, today)),
    )  # fmt: skip
    if listing.wants_export:
        return listing.export(
            _("服务记录"),
            told=lambda: log.write("records.list.exported", on=request.user, by=request.user, rows=listing.total),
        )
    context = {
        "list": listing,
        "title": _("服务记录"),
        "hint": _("服务对象或社工的姓名"),
        "act_href": reverse("records:new") if can(request, Permission.RECORD_WRITE) else "",
        "act_label": _("记录服务"),
        "empty_title": _("还没有服务记录"),
        "empty_text": _("社工每次服务后在这里记录，合同进度和得分随之更新。"),
    }
    if can(request, Permission.RECORD_COUNTERSIGN):
        context["batch"] = _to_countersign(request, listing)
    return render(request, "list.html", context)


def _to_countersign(request: MemberRequest, listing: Listing) -> Batch | None:
    """Return the batch of this page's records that this person may countersign, or None if there are none."""
    me, waiting = request.user.ref, ServiceRecord.State.WAITING
    rows = {row.ref: _words(row) for row in listing if row.state == waiting and row.recorded_by != me}
    action = f"{reverse('records:countersign_many')}?{request.GET.urlencode()}"
    return Batch(action, _("批量签核"), rows) if rows else None


def _words(record: ServiceRecord) -> str:
    """Tell a record apart without a name: 2026-11-20 14:30 入户走访."""
    return f"{timezone.localtime(record.held_at):%Y-%m-%d %H:%M} {record.get_kind_display()}"


@require_POST
@allow(Permission.RECORD_COUNTERSIGN)
def countersign_many(request: MemberRequest) -> HttpResponse:
    """Countersign the ticked records, each by itself, and go back to the list as it was."""
    user = request.user
    rows = visible_records(request, timezone.localdate()).filter(ref__in=batches.chosen(request)).order_by("held_at")
    outcome = batches.each(rows, lambda record: actions.countersign(record=record, by=user), _words)
    batches.report(request, outcome, _("已签核 %(n)d 条记录，均已计入。") % {"n": outcome.done})
    return redirect(f"{reverse('records:list')}?{request.GET.urlencode()}")


@allow(Permission.RECORD_VIEW)
def record(request: MemberRequest, ref: str) -> HttpResponse:
    record = get_record(request, ref, Permission.RECORD_VIEW, timezone.localdate())
    context = {
        "record": record,
        "note": opened(record, "note"),
        "attendances": record.attendances.all(),
        "versions": record.versions.all(),
        "may": acts_on(request, record),
        "crumbs": [(_("服务记录"), reverse("records:list")), (record.get_kind_display(), "")],
    }
    return render(request, "records/record.html", context)


def acts_on(request: MemberRequest, record: ServiceRecord) -> set[str]:
    """Return what this person may do with the record: correct, withdraw, restore, countersign, return."""
    user = request.user
    writes = may_change(request, record)
    state = ServiceRecord.State
    acts: set[str] = set()
    if writes and record.state in (state.COUNTED, state.WAITING, state.RETURNED):
        acts |= {"correct", "withdraw"}
    if writes and record.state == state.WITHDRAWN:
        acts.add("restore")
    if can(request, Permission.RECORD_COUNTERSIGN) and record.state == state.WAITING and record.recorded_by != user.ref:
        acts |= {"countersign", "return"}
    return acts


def needs_countersign(request: HttpRequest) -> bool:
    """Tell whether what this person records waits for a countersign: an intern's does."""
    return access_of(request).roles == {"intern"}


@allow(Permission.RECORD_WRITE)
def withdraw(request: MemberRequest, ref: str) -> HttpResponse:
    record = get_own_record(request, ref, timezone.localdate())

    def action(data: dict[str, Any]) -> None:
        actions.withdraw_record(record=record, **data, by=request.user)

    page = FormPage(
        _("撤回记录"), _("撤回记录"), _("记录已撤回，不再计入。"), reverse("records:record", args=[record.ref]),
        _("撤回后记录仍保留，但不计入任何统计。"), undo=reverse("records:restore", args=[record.ref]),
    )  # fmt: skip
    return handle_form(request, ReasonForm(request.POST or None), page, action)


@allow(Permission.RECORD_WRITE)
@act(back="records:record")
def undo(request: MemberRequest, ref: str) -> Done:
    """Take back what was just recorded, from the notice."""
    record = get_own_record(request, ref, timezone.localdate())
    actions.withdraw_record(record=record, reason=_("录入后即撤销"), by=request.user)
    return Done(_("已撤销刚才的记录。"), undo=reverse("records:restore", args=[record.ref]))


@allow(Permission.RECORD_WRITE)
@act(back="records:record")
def restore(request: MemberRequest, ref: str) -> Done:
    record = get_own_record(request, ref, timezone.localdate())
    actions.restore_record(
        record=record, now=timezone.now(), by=request.user, needs_countersign=needs_countersign(request)
    )
    return Done(_("记录已恢复。"))


@allow(Permission.RECORD_COUNTERSIGN)
@act(back="records:record")
def countersign(request: MemberRequest, ref: str) -> Done:
    record = get_record(request, ref, Permission.RECORD_COUNTERSIGN, timezone.localdate())
    actions.countersign(record=record, by=request.user)
    return Done(_("已签核，记录已计入。"))


@allow(Permission.RECORD_COUNTERSIGN)
def send_back(request: MemberRequest, ref: str) -> HttpResponse:
    record = get_record(request, ref, Permission.RECORD_COUNTERSIGN, timezone.localdate())

    def action(data: dict[str, Any]) -> None:
        actions.return_record(record=record, **data, by=request.user)

    page = FormPage(
        _("退回记录"), _("退回记录"), _("记录已退回，记录人会看到原因。"), reverse("records:record", args=[record.ref])
    )
    return handle_form(request, ReasonForm(request.POST or None), page, action)
