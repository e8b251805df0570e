"""Clients' files: find, open, read, change, reveal."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission
from common.pages import notices
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.notices import notify
from common.pages.table import Column, label
from common.refusals import Refused
from directory import door as directory
from services.clients import actions, codes
from services.clients.access import get_client, served_clients, visible_clients, visible_households
from services.clients.forms import CategoryForm, ClientFilter, ClientForm, EndCategoryForm, RestrictForm, RevealForm
from services.clients.models import Client
from services.clients.queries import find
from services.journal import log
from services.people.access import sites_in_reach, staff_of


def worker_name(client: Client) -> str:
    return client.worker.name if client.worker else ""


COLUMNS = [
    Column("name", gettext_lazy("姓名"), sort="name_key"),
    Column("number", gettext_lazy("编号"), sort="number", wide=True),
    Column("gender", gettext_lazy("性别"), sort="gender", value=label("gender"), wide=True),
    Column("birth_on", gettext_lazy("出生日期"), sort="birth_on"),
    Column(
        "categories",
        gettext_lazy("类别"),
        value=lambda client: "、".join(codes.title_of(each.code) for each in client.categories.all()),
    ),
    Column("site", gettext_lazy("站点"), sort="site__name", value=lambda client: client.site.name),
    Column("worker", gettext_lazy("负责社工"), sort="worker__name_key", value=worker_name, wide=True),
    Column("opened_on", gettext_lazy("建档日期"), sort="opened_on", wide=True),
    Column("state", gettext_lazy("状态"), sort="state", value=label("state")),
]


@allow(Permission.CLIENT_VIEW)
def clients(request: MemberRequest) -> HttpResponseBase:
    today = timezone.localdate()
    known = served_clients(request, today).filter(merged_into=None)
    rows = known.select_related("site", "worker").prefetch_related("categories")
    listing = Listing(
        request,
        rows,
        columns=COLUMNS,
        order="-opened_on",
        search=find,
        form=ClientFilter(request.GET, sites=sites_in_reach(request, today)),
    )
    if listing.wants_export:
        return listing.export(
            _("服务对象"),
            told=lambda: log.write("clients.list.exported", on=request.user, by=request.user, rows=listing.total),
        )
    context = {
        "list": listing,
        "title": _("服务对象"),
        "hint": _("姓名、拼音、首字母或编号"),
        "act_href": reverse("clients:new") if can(request, Permission.CLIENT_MANAGE) else "",
        "act_label": _("建立档案"),
        "empty_title": _("还没有服务对象"),
        "empty_text": _("为第一位服务对象建立档案后，就可以记录走访和服务。"),
    }
    return render(request, "clients/list.html", context)


@allow(Permission.CLIENT_VIEW)
def client(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_client(request, ref, Permission.CLIENT_VIEW, timezone.localdate())
    log.write("clients.client.read", on=found, by=request.user)
    return render(request, "clients/client.html", _file_context(request, found))


@allow(Permission.CLIENT_MANAGE)
def new(request: MemberRequest) -> HttpResponse:
    today = timezone.localdate()
    sites = sites_in_reach(request, today)
    household = request.GET.get("household", "")
    known = {"site": sites.open().first(), "worker": staff_of(request), "household": household}
    households = visible_households(request, today)
    form = ClientForm(request.POST or None, sites=sites, households=households, initial=known)

    def action(data: dict[str, Any]) -> str:
        found = actions.open_file(file=form.file(), opened_on=today, today=today, by=request.user)
        return reverse("clients:client", args=[found.ref])

    return handle_form(
        request, form, FormPage(_("建立档案"), _("建立档案"), _("档案已建立。"), reverse("clients:list")), action
    )


@allow(Permission.CLIENT_MANAGE)
def change(request: MemberRequest, ref: str) -> HttpResponse:
    today = timezone.localdate()
    found = get_client(request, ref, Permission.CLIENT_MANAGE, today)
    fields = ("name", "gender", "birth_on", "site", "worker", "household", "relation", "registered_region",
              "living_region", "is_restricted")  # fmt: skip
    form = ClientForm(
        request.POST or None,
        sites=sites_in_reach(request, today),
        households=visible_households(request, today),
        changing=True,
        initial={name: getattr(found, name) for name in fields},
    )

    def action(data: dict[str, Any]) -> None:
        actions.change_file(client=found, file=form.file(), today=today, by=request.user)

    return handle_form(request, form, _words(found, _("修改档案"), _("保存"), _("档案已更新。")), action)


@never_cache
@allow(Permission.CLIENT_REVEAL)
def reveal(request: MemberRequest, ref: str, field: str) -> HttpResponse:
    """Ask for the reason; with a good one show the value once, on a page that nobody keeps."""
    found = get_client(request, ref, Permission.CLIENT_REVEAL, timezone.localdate())
    form = RevealForm(request.POST or None)
    shown = ""
    if request.method == "POST" and form.is_valid():
        try:
            shown = actions.reveal(client=found, field=field, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            form.refuse(refusal)
    labels = {"id_number": _("身份证号"), "phone": _("电话"), "address": _("详细住址"), "remark": _("备注")}
    context = {"client": found, "form": form, "value": shown, "what": labels.get(field, ""), "field": field}
    return render(request, "clients/reveal.html", context)


@allow(Permission.CLIENT_MANAGE)
def category(request: MemberRequest, ref: str) -> HttpResponse:
    today = timezone.localdate()
    found = get_client(request, ref, Permission.CLIENT_MANAGE, today)

    def action(data: dict[str, Any]) -> None:
        actions.note_category(client=found, **data, today=today, by=request.user)

    words = _words(found, _("登记类别"), _("登记类别"), _("类别已登记。"))
    return handle_form(request, CategoryForm(request.POST or None), words, action)


@allow(Permission.CLIENT_MANAGE)
def end_category(request: MemberRequest, ref: str, category: str) -> HttpResponse:
    found = get_client(request, ref, Permission.CLIENT_MANAGE, timezone.localdate())
    held = get_object_or_404(found.categories.select_related("client"), ref=category)

    def action(data: dict[str, Any]) -> None:
        actions.end_category(category=held, **data, by=request.user)

    title = _("结束类别：%(title)s") % {"title": codes.title_of(held.code)}
    words = _words(found, title, _("结束类别"), _("类别已结束。"))
    return handle_form(request, EndCategoryForm(request.POST or None), words, action)


@allow(Permission.CLIENT_MANAGE)
def restrict(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_client(request, ref, Permission.CLIENT_MANAGE, timezone.localdate())
    form = RestrictForm(request.POST or None, initial={"workers": found.named_workers.all()})

    def action(data: dict[str, Any]) -> str:
        actions.restrict(client=found, **data, by=request.user)
        return reverse("clients:list")

    return handle_form(request, form, _words(found, _("限制查看"), _("限制查看"), _("已限制查看。")), action)


@require_POST
@allow(Permission.CLIENT_MANAGE)
def close(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_client(request, ref, Permission.CLIENT_MANAGE, timezone.localdate())
    actions.close_file(client=found, by=request.user)
    notify(request, _("服务已结束。"), undo=reverse("clients:reopen", args=[found.ref]))
    return redirect("clients:client", ref=found.ref)


@require_POST
@allow(Permission.CLIENT_MANAGE)
def reopen(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_client(request, ref, Permission.CLIENT_MANAGE, timezone.localdate())
    try:
        actions.reopen_file(client=found, by=request.user)
    except Refused as refusal:
        notices.show_refusal(request, refusal)
    else:
        notify(request, _("已恢复服务。"))
    return redirect("clients:client", ref=found.ref)


def _file_context(request: HttpRequest, found: Client) -> dict[str, object]:
    places = directory.regions([code for code in (found.registered_region, found.living_region) if code])
    names = {code: region.full_name for code, region in places.items()}
    records = found.attendances.select_related("record__worker", "record__site").order_by("-record__held_at")
    return {
        "client": found,
        "categories": [(each, codes.title_of(each.code)) for each in found.categories.all()],
        "registered": names.get(found.registered_region, ""),
        "living": names.get(found.living_region, ""),
        "records": [attendance.record for attendance in records[:20]],
        "records_total": records.count(),
        "merged_into": _known_as(request, found),
        "crumbs": [(_("服务对象"), reverse("clients:list")), (found.name, "")],
    }


def _known_as(request: HttpRequest, found: Client) -> Client | None:
    """Return the file this one was merged into, if this person may know of it."""
    return visible_clients(request, timezone.localdate()).filter(pk=found.merged_into_id or 0).first()


def _words(found: Client, title: str, submit: str, done: str) -> FormPage:
    return FormPage(title, submit, done, reverse("clients:client", args=[found.ref]), found.name)
