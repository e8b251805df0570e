"""One's own files of long lists: asking for one, how far it is, all of them, and the file itself."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, signed_in
from common.files import workbook
from common.pages.acts import act
from common.pages.htmx import page
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
        href=lambda list_file: reverse("files:file", args=[list_file.ref]),
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
@act(back="files:list")
def ask(request: MemberRequest) -> HttpResponse:
    """Have a list written by the worker, and go to the page that says how far it is."""
    try:
        list_file = actions.ask(address=request.POST.get("address", ""), by=request.user)
    except NotOpen:  # nothing a person could mend: no such list, or no right to it
        raise PermissionDenied from None
    place = current()
    if place and not place.is_public:
        transaction.on_commit(partial(tasks.write_list_file.delay, tenant=place.slug, file=list_file.ref))
    else:
        transaction.on_commit(partial(tasks.write_shared_list_file.delay, file=list_file.ref))
    return redirect("files:file", ref=list_file.ref)


@require_safe
@signed_in
def file(request: MemberRequest, ref: str) -> HttpResponse:
    """How far it is, or the way to the file; asked again by the page itself while it waits."""
    list_file = _own(request, ref)
    context = {
        "file": list_file,
        "written": actions.written_rows(list_file) if list_file.state == State.WAITING else list_file.rows,
        "crumbs": [(_("我的导出"), reverse("files:list")), (list_file.title, "")],
    }
    return page(request, "list_files/file.html", "list_files/_file.html", context)


@signed_in
@act(back="files:file")
def download(request: MemberRequest, ref: str) -> HttpResponseBase:
    """Hand the file over, by POST so that nothing fetches it ahead and each time is logged."""
    list_file = _own(request, ref)
    try:
        blocks = actions.hand_over(list_file=list_file, by=request.user, now=timezone.now())
    except NotOpen:
        raise PermissionDenied from None
    answer = StreamingHttpResponse(blocks, content_type=workbook.MEDIA_TYPE)
    answer["Content-Disposition"] = workbook.disposition(list_file.title)
    answer["Content-Length"] = str(list_file.size)
    return answer


def _own(request: MemberRequest, ref: str) -> StoredListFile:
    list_file = actions.files_of(request.user).filter(ref=ref).first()
    if list_file is None:
        raise Http404
    return list_file
