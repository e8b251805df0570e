"""The inbox of who is signed in, on both hosts."""

from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, signed_in
from common.notifications.models import StoredNotification
from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.table import Column
from notifications import actions, queries
from notifications.forms import InboxFilter, SwitchForm
from notifications.kinds import BY_CODE

COLUMNS = (
    Column("told_at", gettext_lazy("时间"), sort="told_at"),
    Column("kind", gettext_lazy("事项"), sort="kind", value=lambda row: _title(row), wide=True),
    Column("sentence", gettext_lazy("内容"), value=queries.sentence, template="notifications/_sentence.html"),
    Column("acts", gettext_lazy("操作"), kind="acts", template="notifications/_acts.html"),
)


def _title(row: StoredNotification) -> str:
    kind = BY_CODE.get(row.kind)
    return str(kind.title) if kind else "–"


@require_safe
@signed_in
def inbox(request: MemberRequest) -> HttpResponseBase:
    """What one was told, newest first. A fixed number of queries."""
    form = InboxFilter(request.GET, host=queries.host())
    rows = queries.told(request.user.ref)
    listing = Listing(request, rows, columns=COLUMNS, order="-told_at", form=form)
    if listing.wants_export:
        return listing.export(_("通知"))
    context = {
        "list": listing,
        "title": _("通知"),
        "empty_title": _("没有通知"),
        "empty_text": _("与您有关的事发生后，会列在这里。"),
    }
    return render(request, "notifications/inbox.html", context)


@require_safe
@signed_in
def open_one(request: MemberRequest, ref: str) -> HttpResponse:
    """Lead to what a notification is about. Reading it there does not need a POST: only one's own mark is set."""
    row = _own(request, ref)
    actions.mark_read(by=request.user, refs=[row.ref])
    return redirect(queries.url(row) or reverse("notifications:inbox"))


@signed_in
@act(back=lambda ref: reverse("notifications:inbox"))
def read_one(request: MemberRequest, ref: str) -> Done:
    row = _own(request, ref)
    actions.mark_read(by=request.user, refs=[row.ref])
    return Done(_("已标为已读。"), undo=reverse("notifications:unread", args=[row.ref]))


@signed_in
@act(back=reverse_lazy("notifications:inbox"))
def read_all(request: MemberRequest) -> Done:
    newest = queries.told(request.user.ref).filter(read_at=None).first()
    if newest is None:
        return Done(_("没有未读的通知。"))
    count = actions.mark_read(by=request.user)
    undo = reverse("notifications:unread", args=[newest.ref])
    return Done(_("%(count)d 条通知已标为已读。") % {"count": count}, undo=undo)


@signed_in
@act(back=lambda ref: reverse("notifications:inbox"))
def put_back(request: MemberRequest, ref: str) -> Done:
    """Undo: what was marked together is unread again."""
    actions.mark_unread(by=request.user, since=_own(request, ref).ref)
    return Done(_("已恢复为未读。"))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def settings(request: MemberRequest) -> HttpResponse:
    """How each kind is told beside the inbox."""
    user = request.user
    chosen = {kind: row for (_user, kind), row in queries.switches([user.ref]).items()}
    form = SwitchForm(request.POST or None, host=queries.host(), chosen=chosen)

    def action(data: dict[str, Any]) -> None:
        actions.choose(by=user, chosen=form.chosen)

    page = FormPage(
        _("通知设置"),
        _("保存"),
        _("通知设置已保存。"),
        reverse("notifications:inbox"),
        _("收件箱总会收到；这里选择哪些另外发邮件或手机消息。"),
        template="notifications/settings.html",
    )
    return handle_form(request, form, page, action, {"has_mail": bool(user.email)})


def _own(request: MemberRequest, ref: str) -> StoredNotification:
    """Return one of one's own notifications on this host.

    :raises Http404: for an unknown one, another person's, or one of another host.
    """
    row = queries.told(request.user.ref).filter(ref=ref).first()
    if row is None:
        raise Http404
    return row
