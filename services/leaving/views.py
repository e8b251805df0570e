"""Full exports: the list, asking for one, how far it is, and the file itself."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts.access import MemberRequest, allow
from accounts.models import User
from accounts.permissions import Permission
from accounts.sign_in.password_proof import prove
from common.pages import htmx
from common.pages.acts import act
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.table import Column, Table
from services.leaving import actions as leaving_actions
from services.leaving import tasks
from services.leaving.forms import ExportForm
from services.leaving.models import Export
from tenants.running import current_slug

COLUMNS = [
    Column(
        "asked_at",
        gettext_lazy("申请时间"),
        sort="asked_at",
        href=lambda export: reverse("leaving:export", args=[export.ref]),
    ),
    Column("state", gettext_lazy("状态"), sort="state", kind="state"),
    Column("rows", gettext_lazy("数据行数"), sort="rows", kind="number"),
    Column(
        "size",
        gettext_lazy("大小"),
        sort="size",
        value=lambda export: filesizeformat(export.size),
        wide=True,
        template="leaving/_size.html",
    ),
    Column("expires_at", gettext_lazy("保留至"), sort="expires_at", wide=True),
    Column("handed_over", gettext_lazy("下载次数"), sort="handed_over", kind="number", wide=True),
]
COUNT_COLUMNS = [
    Column("table", gettext_lazy("表"), value=lambda count: count[0], template="leaving/_table.html"),
    Column("rows", gettext_lazy("行数"), value=lambda count: count[1], kind="number"),
]


@allow(Permission.AGENCY_LEAVE)
def exports(request: MemberRequest) -> HttpResponseBase:
    listing = Listing(request, Export.objects.all(), columns=COLUMNS, order="-asked_at")
    if listing.wants_export:
        return listing.export(_("数据导出"))
    context = {
        "list": listing,
        "title": _("数据导出"),
        "text": _(
            "本机构的全部数据：每张表、文件、账簿和数据字典，打成一个压缩包。随时可以导出，停用或退出期间也可以。"
        ),
        "act_href": reverse("leaving:ask"),
        "act_label": _("申请导出"),
        "empty_title": _("还没有导出过"),
        "empty_text": _("导出在后台准备，完成后保留 7 天，只有机构负责人可以下载。"),
    }
    return render(request, "list.html", context)


@allow(Permission.AGENCY_LEAVE)
def ask(request: MemberRequest) -> HttpResponse:
    def action(data: dict[str, Any]) -> str:
        user = prove(request, data["password"])
        requested = leaving_actions.ask(reason=data["reason"], by=user)
        slug = current_slug()
        transaction.on_commit(lambda: tasks.prepare_export.delay(tenant=slug, export=requested.ref))
        return reverse("leaving:export", args=[requested.ref])

    text = _("压缩包里的证件号码、电话、住址和记录内容是明文。下载后请妥善保管，用完删除。")
    page = FormPage(_("申请数据导出"), _("开始导出"), _("已开始准备，可以离开本页。"), reverse("leaving:exports"), text)
    return handle_form(request, ExportForm(request.POST or None), page, action)


@never_cache
@allow(Permission.AGENCY_LEAVE)
def export(request: MemberRequest, ref: str) -> HttpResponse:
    """How far it is, or the way to the file; asked again by the page itself while it waits."""
    row = get_object_or_404(Export, ref=ref)
    names = dict(User.objects.filter(ref=row.asked_by).values_list("ref", "name"))
    context = {
        "export": row,
        "asked_by": names.get(row.asked_by, ""),
        "progress": leaving_actions.progress(row),
        "counts": Table(COUNT_COLUMNS, sorted(row.counts.items()), _("每张表的行数")),
        "crumbs": [(_("数据导出"), reverse("leaving:exports")), (f"{timezone.localtime(row.asked_at):%Y-%m-%d}", "")],
    }
    return htmx.page(request, "leaving/export.html", "leaving/_export.html", context)


@allow(Permission.AGENCY_LEAVE)
@act(back="leaving:export")
def download(request: MemberRequest, ref: str) -> HttpResponseBase:
    """Hand the file over, by POST so that nothing fetches it ahead and each time is logged."""
    row = get_object_or_404(Export, ref=ref)
    blocks = leaving_actions.hand_over(export=row, by=request.user, now=timezone.now())
    name = f"{current_slug()}-{timezone.localtime(row.asked_at):%Y%m%d}.zip"
    answer = StreamingHttpResponse(blocks, content_type="application/zip")
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    answer["Content-Length"] = str(row.size)
    answer["Cache-Control"] = "no-store"
    return answer
