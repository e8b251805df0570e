"""Commits of which nobody knew whether they were kept: the list, and what a person found out about one."""

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
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.table import Column, label
from operating.forms import NoteForm, UnknownFilter
from tenants.backend import unknown_commits as backend_unknown_commits
from tenants.models import UnknownCommit

State = UnknownCommit.State
COLUMNS = [
    Column("at", gettext_lazy("时间"), sort="at", href=lambda row: reverse("operating:unknown-commit", args=[row.ref])),
    Column(
        "agency",
        gettext_lazy("机构"),
        sort="agency",
        value=lambda row: row.agency or _("共享层"),
        template="operating/_commit_agency.html",
    ),
    Column("what", gettext_lazy("操作"), sort="what", template="operating/_commit_what.html"),
    Column("reason", gettext_lazy("原因"), sort="reason", value=label("reason"), wide=True),
    Column("state", gettext_lazy("状态"), sort="state", kind="state"),
]


@require_safe
@allow(Permission.TENANT_OPERATE)
def unknown_commits(request: MemberRequest) -> HttpResponseBase:
    listing = Listing(
        request, UnknownCommit.objects.all(), columns=COLUMNS, order="-at", search=["agency", "what", "objects_named"],
        form=UnknownFilter(request.GET),
    )  # fmt: skip
    if listing.wants_export:
        return listing.export(_("存疑的提交"))
    context = {
        "list": listing,
        "title": _("存疑的提交"),
        "text": _("提交时数据库没有答复，当时不知道有没有存上。带去重标识的由系统在一分钟内核对，其余请人工核对。"),
        "hint": _("机构网址名、操作或对象编号"),
        "empty_title": _("没有存疑的提交"),
        "empty_text": _("数据库在提交时断开、或备库没有确认时，会列在这里。"),
    }
    return render(request, "list.html", context)


@allow(Permission.TENANT_OPERATE)
def unknown_commit(request: MemberRequest, ref: str) -> HttpResponse:
    """One of them, with where to look; while it is unknown, a POST with a note settles it."""
    commit = get_object_or_404(UnknownCommit.objects.select_related("settled_by"), ref=ref)

    def action(data: dict[str, Any]) -> None:
        backend_unknown_commits.settle(unknown=commit, **data, by=request.user)

    page = FormPage(
        _("存疑的提交"), _("标为已处理"), _("已标为处理。"), reverse("operating:unknown-commits"), _where(commit),
        template="operating/unknown_commit.html",
    )  # fmt: skip
    return handle_form(
        request, NoteForm(request.POST or None), page, action, extra_context={"commit": commit, "facts": _facts(commit)}
    )


def _where(commit: UnknownCommit) -> str:
    """Return in a sentence what to do about it."""
    if commit.state != State.UNKNOWN:
        return ""
    if commit.key:
        return _("系统会按去重标识核对；数据库恢复后一分钟内有结果，不必先处理。")
    if commit.kind in (UnknownCommit.Kind.TASK, UnknownCommit.Kind.COMMAND):
        return _("请看它要做的事做成了没有：定时的任务会自己再做一次，命令请再运行一次。")
    return _("请联系使用者，打开同一页面，看这次的内容在不在：涉及付款、预约的先核对，确认没有存上再重做。")


def _facts(commit: UnknownCommit) -> list[tuple[Any, Any]]:
    return [
        (_("机构"), commit.agency or _("共享层")),
        (_("来自"), commit.get_kind_display()),
        (_("操作"), commit.what),
        (_("对象编号"), commit.objects_named),
        (_("使用者编号"), commit.user),
        (_("原因"), commit.get_reason_display()),
        (_("去重标识"), _("有") if commit.key else _("没有")),
        *([(_("处理说明"), commit.note)] if commit.note else []),
        *([(_("处理人"), commit.settled_by.get_full_name())] if commit.settled_by else []),
    ]
