"""One's own files of long lists: asking for one, how far it is, all of them, and the file itself."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, signed_in
from common.files import workbook
from common.pages.acts import act
from common.pages.list_files import StoredListFile
from common.pages.listing import Listing
from common.pages.table import Column
from list_files import actions
from list_files.rendering import NotOpen
from tenants import tasks
from tenants.running import current

State = StoredListFile.State
COLUMNS = [
    Column("asked_at", gettext_lazy("申请时间"), sort="asked_at"),
    Column(
        "title",
        gettext_lazy("清单"),
        sort="title",
        href=lambda file: reverse("files:file", args=[file.ref]),
    ),
    Column("rows", gettext_lazy("行数"), sort="rows", kind="number"),
    Column("state", gettext_lazy("状态"), sort="state", kind="state"),
    Column("expires_at", gettext_lazy("保留至"), sort="expires_at"),
]


@require_safe
@signed_in
def files(request: MemberRequest) -> HttpResponseBase:
    """The files of lists this person asked for."""
    listing = Listing(request, actions.files_of(request.user), columns=COLUMNS, order="-asked_at")
    if listing.wants_export:
        return listing.export(_("我的导出"))
    context = {
        "list": listing,
        "title": _("我的导出"),
        "text": _("较长的清单在后台写成 Excel 文件，完成后保留 3 天，只有您自己可以下载。"),
        "empty_title": _("还没有后台导出的清单"),
        "empty_text": _("在清单下方点“导出 Excel”；行数较多时会在这里准备。"),
    }
    return render(request, "list.html", context)


@signed_in
@act(back=reverse_lazy("files:list"))
def ask(request: MemberRequest) -> HttpResponse:
    """Have a list written by the worker, and go to the page that says how far it is."""
    try:
        made = actions.ask(address=request.POST.get("address", ""), by=request.user)
    except NotOpen:
        raise PermissionDenied from None
    place = current()
    if place and not place.is_public:
        transaction.on_commit(partial(tasks.write_list_file.delay, tenant=place.slug, file=made.ref))
    else:
        transaction.on_commit(partial(tasks.write_shared_list_file.delay, file=made.ref))
    return redirect("files:file", ref=made.ref)


@require_safe
@signed_in
def file(request: MemberRequest, ref: str) -> HttpResponse:
    """How far it is, or the way to the file; asked again by the page itself while it waits."""
    found = _own(request, ref)
    context = {
        "file": found,
        "written": actions.written_rows(found) if found.state == State.WAITING else found.rows,
        "crumbs": [(_("我的导出"), reverse("files:list")), (found.title, "")],
    }
    return render(request, "list_files/_file.html" if request.htmx else "list_files/file.html", context)  # type: ignore[attr-defined]


@signed_in
@act(back="files:file")
def download(request: MemberRequest, ref: str) -> HttpResponseBase:
    """Hand the file over, by POST so that nothing fetches it ahead and each time is logged."""
    found = _own(request, ref)
    try:
        blocks = actions.hand_over(found=found, by=request.user, now=timezone.now())
    except NotOpen:
        raise PermissionDenied from None
    answer = StreamingHttpResponse(blocks, content_type=workbook.MEDIA_TYPE)
    answer["Content-Disposition"] = workbook.disposition(found.title)
    answer["Content-Length"] = str(found.size)
    return answer


def _own(request: MemberRequest, ref: str) -> StoredListFile:
    found = actions.files_of(request.user).filter(ref=ref).first()
    if found is None:
        raise Http404
    return found
